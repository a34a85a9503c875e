"""One working day of a depot by calls of the SDK alone: what was done in one API shows in all the others.

The simulator is only told how late it is, and asked for a vehicle's password. The first test is the day from
morning to night in one depot; the others look closer at its parts, each in a depot of its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from depotfinity_async import (
    AuthenticationError,
    CommandRejectedError,
    ConflictError,
    Connectivity,
    ConnectorAvailability,
    DepotFinity,
    EndResult,
    EnergyPriceBlock,
    HvacPreparation,
    Measurand,
    NotFoundError,
    Preconditioning,
    ServerError,
    TimeSeriesPoint,
    Transaction,
    VehicleReport,
    power_limit_windows,
)
from depotfinity_async.simulator import Simulator
from tests.support.clients import still

SIX = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
"""On the grid of five minutes that values are measured on."""

OPTIONS: dict[str, Any] = {"chargers": 8, "connectors": 2, "now": SIX, "speed": 0, "limit": 1000}
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
HPC_POWER = 150e3
TAG, OTHER_TAG = "89C4704A", "59170C5D"


@attrs.define
class Day:
    """The depot as the SDK sees it, and the time."""

    depot: DepotFinity
    _simulator: Simulator

    @property
    def now(self) -> datetime:
        return self._simulator.clock.now()

    def wait(self, until: datetime) -> None:
        self._simulator.clock.advance((until - self.now).total_seconds())

    async def status(self, charger: str, connector: int) -> ConnectorAvailability | None:
        record = await self.depot.chargers.connector_availability(charger, connector)
        return None if record is None else record.status

    async def free(self, power: float = 0.0) -> list[tuple[str, int]]:
        """The connectors of the connected chargers that are available and give at least so much, in W."""
        group, *_ = await self.depot.charger_control.power_groups()
        assert group.last_power_limits is not None
        return [
            (limits.charger_id, each.connector_id)
            for limits in group.last_power_limits.result
            for each in limits.connectors
            if (each.power_set_point or 0.0) >= power
            and await self.is_connected(limits.charger_id)
            and await self.status(limits.charger_id, each.connector_id) is ConnectorAvailability.AVAILABLE
        ]

    async def is_connected(self, charger: str) -> bool:
        record = await self.depot.chargers.connectivity(charger)
        return record is not None and record.status is Connectivity.CONNECTED

    def credentials(self, vehicle: str) -> tuple[str, str]:
        """VIN and password of a vehicle, as its operator knows them."""
        onboard = self._simulator.depot.onboards.of_vehicle(vehicle)
        return onboard.vin, onboard.password

    async def running(self, charger: str, connector: int) -> Transaction | None:
        found = await self.depot.transactions.list(charger_id=charger, connector_id=connector, limit=5)
        return next((each for each in found if each.is_running), None)

    async def started(self, tag: str, power: float = 0.0) -> tuple[str, int, Transaction]:
        """Start a charge on the first free connector whose vehicle is there; five minutes pass."""
        for charger, connector in await self.free(power):
            told = await self.depot.remote_commands.start_charging(
                charger, connector, tag, raise_on_rejection=False
            )
            if told.is_accepted:
                self.wait(self.now + 5 * MINUTE)
                transaction = await self.running(charger, connector)
                assert transaction is not None
                return charger, connector, transaction
        raise AssertionError("no charge can be started")

    async def free_with_vehicle(self) -> tuple[str, int]:
        """A free connector at which a charge could be started: one was, in a depot of its own."""
        async with Simulator(**OPTIONS) as twin, still(twin) as depot:
            await depot.rfid.import_tags([TAG])
            charger, connector, _ = await Day(depot, twin).started(TAG)
            return charger, connector

    async def measured(
        self, charger: str, connector: int, measurand: Measurand, start: datetime
    ) -> list[TimeSeriesPoint]:
        """What was measured at a connector from `start` until now."""
        series = self.depot.time_series
        return list(await series.connector(charger, connector, measurand, start=start, end=self.now))


@pytest.fixture
async def day() -> AsyncIterator[Day]:
    async with (
        Simulator(**OPTIONS) as simulator,
        still(simulator) as depot,
    ):
        await depot.rfid.import_tags([TAG, OTHER_TAG])
        yield Day(depot, simulator)


def numbers(points: list[TimeSeriesPoint]) -> list[float]:
    assert all(isinstance(point.value, float) for point in points)
    return [point.value for point in points if isinstance(point.value, float)]


async def test_from_morning_to_night(day: Day) -> None:
    depot, commands = day.depot, day.depot.remote_commands
    # 6:00. The prices of the day, a limit for the afternoon, a place for the first vehicle.
    prices = [
        EnergyPriceBlock(start=SIX + hour * HOUR, duration=HOUR, price=0.2 + hour / 100) for hour in range(16)
    ]
    assert (await depot.virtual_power_plant.set_energy_prices("SITE-1", prices)).is_finished
    (group, *_) = await depot.charger_control.power_groups()
    limited = SIX + 20 * MINUTE
    windows = power_limit_windows({limited: 80_000.0}, end=limited + 20 * MINUTE)
    await depot.charger_control.set_external_power_limit(group.id, windows)
    charger, connector = await day.free_with_vehicle()
    await depot.reservations.add(charger, connector, TAG, start=SIX, end=SIX + HOUR)
    with pytest.raises(CommandRejectedError):
        await commands.start_charging(charger, connector, OTHER_TAG)
    await commands.start_charging(charger, connector, TAG)
    # 6:05. It charges, and says what it needs.
    day.wait(SIX + 5 * MINUTE)
    begun = await day.running(charger, connector)
    assert begun is not None
    async with depot.vehicle(*day.credentials(begun.vehicle.id)) as vehicle:
        told = await vehicle.send(VehicleReport(evccid="0011AABBCCDD", bat_eamount=120))
    assert told.driveoff is not None
    # 6:40. The limit is over: it has lowered the power while it lasted.
    day.wait(limited + 20 * MINUTE)
    power = numbers(await day.measured(charger, connector, Measurand.ACTIVE_POWER_IMPORT, SIX + 5 * MINUTE))
    assert power[0] > 5_000.0 == power[4]
    # 6:40. The tag is lost; what it has started ends, and it starts nothing more.
    await depot.rfid.disable(TAG)
    await commands.stop_charging(charger, connector)
    ended = await depot.transactions.get(begun.id)
    assert (ended.started_at, ended.ended_at, ended.end_result) == (
        begun.started_at,
        day.now,
        EndResult.REMOTE,
    )
    with pytest.raises(CommandRejectedError):
        await commands.start_charging(charger, connector, TAG)
    # 6:45. The charger is taken offline, and comes back by itself.
    day.wait(SIX + 45 * MINUTE)
    await depot.force_termination.force_terminate(charger)
    assert not await day.is_connected(charger)
    with pytest.raises(ServerError):
        await commands.start_charging(charger, connector, OTHER_TAG)
    # 22:00. The day's list holds the charge once, the register of the connector has its energy.
    day.wait(SIX + 16 * HOUR)
    assert await day.is_connected(charger)
    listed = depot.transactions.list(
        charger_id=charger, connector_id=connector, start=SIX, filter_by="Overlapping", order="asc"
    )
    today = [each async for each in listed]
    assert [each.id for each in today].count(begun.id) == 1
    registers = numbers(await day.measured(charger, connector, Measurand.ACTIVE_ENERGY_IMPORT, SIX))
    since = sum(each.energy_delivered or 0 for each in today if each.started_at and each.started_at >= SIX)
    assert registers[-1] - registers[0] == pytest.approx(since, abs=len(today))
    assert list(await depot.virtual_power_plant.energy_prices("SITE-1")) == prices
    reports = depot.session_reports.list(charger, connector, start=SIX)
    assert {each.id async for each in reports} <= {each.id for each in today}


async def test_a_charge_shows_in_transaction_series_and_status(day: Day) -> None:
    charger, connector, begun = await day.started(TAG)
    day.wait(SIX + 30 * MINUTE)
    running = await day.depot.transactions.get(begun.id)
    energy = numbers(await day.measured(charger, connector, Measurand.ACTIVE_ENERGY_IMPORT, SIX))
    assert running.energy_delivered == pytest.approx(energy[-1] - energy[0], abs=1)
    assert energy[-1] - energy[0] > 5_000
    soc = numbers(await day.measured(charger, connector, Measurand.SOC, SIX))
    assert running.initial_soc is not None
    assert running.initial_soc < soc[-1]
    assert sorted(soc) == soc
    power = numbers(await day.measured(charger, connector, Measurand.ACTIVE_POWER_IMPORT, SIX + 5 * MINUTE))
    assert sum(power[:-1]) / 12 == pytest.approx(energy[-1] - energy[1], rel=0.02)
    assert await day.status(charger, connector) is ConnectorAvailability.CHARGING

    await day.depot.remote_commands.stop_charging(charger, connector, tag=TAG)
    ended = await day.depot.transactions.get(begun.id)
    assert (ended.ended_at, ended.end_result) == (day.now, EndResult.REMOTE)
    assert ended.energy_delivered == running.energy_delivered
    assert ended.end_soc == pytest.approx(soc[-1], abs=1)
    assert await day.status(charger, connector) is ConnectorAvailability.FINISHING
    day.wait(SIX + 35 * MINUTE)
    assert await day.status(charger, connector) is ConnectorAvailability.AVAILABLE
    later = numbers(await day.measured(charger, connector, Measurand.ACTIVE_ENERGY_IMPORT, SIX + 30 * MINUTE))
    assert later == [energy[-1], energy[-1]], "nothing flows any more"


async def test_a_limit_lowers_the_power(day: Day) -> None:
    charger, connector, _ = await day.started(TAG)
    group, *_ = await day.depot.charger_control.power_groups()
    share = 5_000.0
    limited = SIX + 10 * MINUTE
    schedule = {limited: share * 16, limited + 20 * MINUTE: 0.0}
    windows = power_limit_windows(schedule, end=limited + 40 * MINUTE)
    await day.depot.charger_control.set_external_power_limit(group.id, windows)
    day.wait(limited + 50 * MINUTE)
    points = await day.measured(charger, connector, Measurand.ACTIVE_POWER_IMPORT, SIX + 5 * MINUTE)
    power = {point.timestamp: point.value for point in points}
    assert isinstance(full := power[SIX + 5 * MINUTE], float)
    assert full > share
    assert {power[limited + minutes * MINUTE] for minutes in (0, 5, 10, 15)} == {share}
    assert {power[limited + minutes * MINUTE] for minutes in (20, 25, 30, 35)} == {0.0}
    assert isinstance(after := power[limited + 45 * MINUTE], float)
    assert after > share
    statuses = await day.depot.chargers.connector_availability_history(charger, connector)
    since = [record.status for record in statuses if record.timestamp >= limited + 20 * MINUTE]
    assert ConnectorAvailability.SUSPENDED_EVSE in since, "no power is offered"
    groups = await day.depot.charger_control.power_groups()
    assert groups[0].last_algorithm_triggered_time == SIX + 5 * MINUTE


async def test_a_reservation_keeps_others_away_until_it_is_used(day: Day) -> None:
    charger, connector = await day.free_with_vehicle()
    commands, reservations = day.depot.remote_commands, day.depot.reservations
    added = await reservations.add(charger, connector, TAG, start=SIX, end=SIX + HOUR)
    assert [each.id for each in await reservations.list(charger, connector)] == [added.id]
    assert await day.status(charger, connector) is ConnectorAvailability.RESERVED
    with pytest.raises(ConflictError, match="reserved"):
        await reservations.add(charger, connector, OTHER_TAG, start=SIX, end=SIX + HOUR)
    with pytest.raises(CommandRejectedError):
        await commands.start_charging(charger, connector, OTHER_TAG)
    assert await day.running(charger, connector) is None
    await commands.start_charging(charger, connector, TAG)
    day.wait(SIX + 5 * MINUTE)
    assert await day.running(charger, connector) is not None
    assert await day.status(charger, connector) is ConnectorAvailability.CHARGING
    assert await reservations.list(charger, connector) == []


async def test_a_reservation_that_is_cancelled_keeps_nobody_away(day: Day) -> None:
    charger, connector = await day.free_with_vehicle()
    reservations = day.depot.reservations
    added = await reservations.add(charger, connector, TAG, start=SIX, end=SIX + HOUR)
    assert added.id is not None
    await reservations.cancel(charger, connector, added.id)
    assert await day.status(charger, connector) is ConnectorAvailability.AVAILABLE
    await day.depot.remote_commands.start_charging(charger, connector, OTHER_TAG)


async def test_a_disabled_tag_starts_nothing(day: Day) -> None:
    charger, connector = await day.free_with_vehicle()
    commands = day.depot.remote_commands
    await day.depot.rfid.disable(TAG)
    with pytest.raises(CommandRejectedError):
        await commands.start_charging(charger, connector, TAG)
    with pytest.raises(CommandRejectedError):
        await commands.start_charging(charger, connector, "NOBODYS")
    assert await day.status(charger, connector) is ConnectorAvailability.AVAILABLE
    await day.depot.rfid.enable(TAG)
    assert (await commands.start_charging(charger, connector, TAG)).is_accepted


async def test_a_charger_that_was_taken_offline_takes_no_command_and_tells_later(day: Day) -> None:
    charger, connector, begun = await day.started(TAG)
    await day.depot.force_termination.force_terminate(charger)
    offline_since = day.now
    assert not await day.is_connected(charger)
    with pytest.raises(ServerError) as caught:
        await day.depot.remote_commands.stop_charging(charger, connector)
    assert caught.value.status == 504
    with pytest.raises(ConflictError):
        await day.depot.force_termination.force_terminate(charger)

    known = await day.depot.transactions.get(begun.id)
    day.wait(offline_since + 4 * MINUTE)
    unchanged = await day.depot.transactions.get(begun.id)
    assert unchanged.energy_delivered == known.energy_delivered, "nobody tells"
    day.wait(offline_since + 25 * MINUTE)
    assert await day.is_connected(charger)
    told = await day.depot.transactions.get(begun.id)
    assert told.energy_delivered is not None
    assert known.energy_delivered is not None
    assert told.energy_delivered > known.energy_delivered + 1_000, "it went on charging"
    assert (await day.depot.remote_commands.stop_charging(charger, connector)).is_accepted


async def test_prices_read_back(day: Day) -> None:
    prices = [
        EnergyPriceBlock(start=SIX + hour * HOUR, duration=HOUR, price=price)
        for hour, price in enumerate((0.31, -0.02, 0.4))
    ]
    power_plant = day.depot.virtual_power_plant
    await power_plant.set_energy_prices("SITE-1", prices)
    assert list(await power_plant.energy_prices("SITE-1")) == prices
    day.wait(SIX + DAY)
    await power_plant.set_energy_prices("SITE-1", prices[:1])
    assert list(await power_plant.energy_prices("SITE-1")) == prices[:1]
    with pytest.raises(NotFoundError):
        await power_plant.energy_prices("SITE-2")


async def test_the_session_report_tells_what_transaction_and_status_tell(day: Day) -> None:
    charger, connector, begun = await day.started(TAG, power=HPC_POWER)
    day.wait(SIX + 30 * MINUTE)
    (running,) = [
        each
        async for each in day.depot.session_reports.list(charger, connector, start=SIX)
        if each.id == begun.id
    ]
    assert running.dc_breaker_opening is None, "it is not over"
    await day.depot.remote_commands.stop_charging(charger, connector)
    day.wait(SIX + 35 * MINUTE)
    (report,) = [
        each
        async for each in day.depot.session_reports.list(charger, connector, start=SIX)
        if each.id == begun.id
    ]
    ended = await day.depot.transactions.get(begun.id)
    assert report.vehicle.id == ended.vehicle.id
    statuses = {each.status: each.timestamp for each in report.ocpp_statuses}
    assert statuses[ConnectorAvailability.CHARGING] == ended.started_at
    assert statuses[ConnectorAvailability.FINISHING] == ended.ended_at
    assert report.dc_breaker_opening is not None
    assert report.dc_breaker_opening.timestamp == ended.ended_at
    history = await day.depot.chargers.connector_availability_history(charger, connector, start=SIX)
    known = {(each.status, each.timestamp) for each in history}
    assert {(each.status, each.timestamp) for each in report.ocpp_statuses if each.timestamp >= SIX} <= known


async def test_a_vehicle_learns_when_it_leaves_and_that_it_is_to_be_prepared(day: Day) -> None:
    charger, connector, begun = await day.started(TAG)
    vin, password = day.credentials(str(begun.vehicle.id))
    report = VehicleReport(
        evccid="0011AABBCCDD", odo=812_345, bat_reqtime=0, bat_eamount=0, prec_reqtime=10, prec_eamount=5
    )
    async with day.depot.vehicle(vin, password) as vehicle:
        told = await vehicle.send(report)
        assert (told.seq, told.vin) == (0, vin)
        assert told.driveoff is not None
        assert told.driveoff > 10
        assert told.prec_dsrd == Preconditioning.NOT_DESIRED
        assert told.prec_hvac == HvacPreparation.AUTOMATIC

        day.wait(day.now + (told.driveoff - 5) * MINUTE)
        soon = await vehicle.send(report)
        assert (soon.seq, soon.driveoff) == (1, 5)
        assert soon.prec_dsrd == Preconditioning.DESIRED
        assert soon.prec_hvac != HvacPreparation.AUTOMATIC
        assert soon.ambienttemp is not None
        late = await vehicle.send(attrs.evolve(report, bat_reqtime=60))
        assert late.prec_dsrd == Preconditioning.NOT_DESIRED, "the battery comes first"

        await day.depot.remote_commands.stop_charging(charger, connector)
        gone = await vehicle.send(report)
        assert (gone.seq, gone.driveoff, gone.prec_dsrd, gone.ambienttemp) == (3, None, None, None)
    async with day.depot.vehicle(vin, "wrong") as stranger:
        with pytest.raises(AuthenticationError):
            await stranger.send(report)


async def test_in_the_evening_everything_adds_up(day: Day) -> None:
    """The transactions of the day against the registers of the connectors, over the whole depot."""
    await day.started(TAG)
    day.wait(SIX + 14 * HOUR)
    places = [
        (limits.charger_id, each.connector_id)
        for group in await day.depot.charger_control.power_groups()
        if group.last_power_limits is not None
        for limits in group.last_power_limits.result
        for each in limits.connectors
    ]
    assert len(places) == len(set(places)) == 16
    compared = 0
    for charger, connector in places:
        if not await day.is_connected(charger):
            continue
        registers = numbers(
            await day.measured(charger, connector, Measurand.ACTIVE_ENERGY_IMPORT, SIX - 3 * DAY)
        )
        listed = day.depot.transactions.list(charger_id=charger, connector_id=connector)
        delivered = [each.energy_delivered async for each in listed]
        assert registers[-1] - registers[0] == pytest.approx(sum(filter(None, delivered)), abs=len(delivered))
        compared += len(delivered)
    assert compared > 60
