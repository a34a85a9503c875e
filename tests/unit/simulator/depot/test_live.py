"""Whatever is commanded, the depot hangs together; and each command does what it says."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depotfinity_async.simulator import Depot
from depotfinity_async.simulator.depot import Charger, Connector, Rejection, Transaction
from depotfinity_async.simulator.depot.days import depot_day
from depotfinity_async.simulator.depot.live import (
    cancel,
    limit_power,
    reserve,
    start_charging,
    stop_charging,
    switch_tag,
    take_offline,
)
from depotfinity_async.simulator.depot.power import PowerWindow
from depotfinity_async.simulator.depot.series import connector_series
from depotfinity_async.simulator.depot.status import (
    charger_availability,
    charger_connectivity,
    connector_availability,
)

from .test_state import DAY, NOW, overlapping

NOON = NOW.replace(hour=12, minute=0, second=0, microsecond=0)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@attrs.frozen
class Command:
    """What is done after `wait`, at a charger and connector of the depot, with a driver's tag."""

    wait: timedelta
    kind: str
    charger: int
    connector: int
    driver: int
    amount: int

    def run(self, depot: Depot, now: datetime) -> None:
        charger = depot.chargers[self.charger % len(depot.chargers)]
        number = self.connector % len(charger.connectors) + 1
        tag = depot.tags.of_driver(depot.drivers[self.driver % len(depot.drivers)])
        connector = charger.connectors[number - 1]
        begin = now + (self.amount - 30) * MINUTE
        match self.kind:
            case "start":
                start_charging(depot, charger, number, tag.value, now)
            case "stop":
                stop_charging(depot, charger, number, now)
            case "offline":
                take_offline(depot, charger, now)
            case "disable" | "enable":
                switch_tag(depot, tag, now, enabled=self.kind == "enable")
            case "reserve":
                reserve(depot, connector, begin, max(begin, now) + 90 * MINUTE, tag.value, now)
            case "cancel":
                for each in depot.reservations.on(connector)[:1]:
                    if each.ends_at > now:
                        cancel(depot, each, now)
            case _:
                windows = [PowerWindow(begin, begin + HOUR, 500.0 * self.amount)]
                limit_power(depot, depot.power_groups[0], "test", windows, now)


commands = st.lists(
    st.builds(
        Command,
        wait=st.integers(0, 5 * 3600 * 1000).map(lambda ms: timedelta(milliseconds=ms)),
        kind=st.sampled_from(
            ["start", "start", "stop", "offline", "disable", "enable", "reserve", "cancel", "limit"]
        ),
        charger=st.integers(0, 1),
        connector=st.integers(0, 1),
        driver=st.integers(0, 3),
        amount=st.integers(0, 240),
    ),
    max_size=14,
)


def made(seed: int) -> Depot:
    return Depot(chargers=2, connectors=2, seed=seed, begin=NOW - DAY)


def run(
    depot: Depot, sequence: list[Command], look: Callable[[datetime], None] = lambda now: None
) -> datetime:
    """Run the commands, looking before and after each; returns the time of the last."""
    now = NOW
    for command in sequence:
        now += command.wait
        look(now)
        command.run(depot, now)
        look(now)
    return now


def everything(depot: Depot, now: datetime) -> list[Transaction]:
    """Copies, since a running transaction may be changed."""
    return [attrs.evolve(each) for each in depot.transactions(now)]


@settings(max_examples=150)
@given(st.integers(0, 500), commands)
def test_the_invariants_hold_whatever_is_commanded(seed: int, sequence: list[Command]) -> None:
    depot = made(seed)
    now = run(depot, sequence) + 2 * DAY
    stored = depot.transactions(now)
    assert [each.id for each in stored] == list(range(100_001, 100_001 + len(stored)))
    assert [each.inserted_at for each in stored] == sorted(each.inserted_at for each in stored)
    for each in stored:
        assert each.start_at <= each.charged_at <= each.end_at
        assert each.start_at < each.end_at
        assert 0 <= each.curve.initial_soc <= each.soc(each.end_at) <= 1 + 1e-9
        gained = each.soc(each.end_at) - each.curve.initial_soc
        assert each.energy(each.end_at) == pytest.approx(gained * each.curve.capacity)
        assert each.inserted_at > each.start_at
    by_vehicle = [[each for each in stored if each.vehicle_id == bus.id] for bus in depot.vehicles]
    assert not [pair for group in by_vehicle for pair in overlapping(group)]
    for charger in depot.chargers:
        for connector in charger.connectors:
            happened = depot.on_connector(connector, now)
            assert not overlapping(happened)
            assert all(each.id for each in happened if each.inserted_at <= now)
            register = connector_series(
                depot, charger, connector, "ActiveEnergyImport", None, NOW - DAY, now, now
            )
            assert all(float(late.value) >= float(early.value) for early, late in pairwise(register))
            soc = connector_series(depot, charger, connector, "SoC", None, NOW - DAY, now, now)
            assert all(0 <= float(sample.value) <= 100 for sample in soc)
        outages = [each for each in depot.interruptions(charger.id, now) if each.kind == "NotConnected"]
        assert all(early.end <= late.start for early, late in pairwise(outages))


@settings(max_examples=60)
@given(st.integers(0, 500), commands)
def test_a_command_changes_nothing_that_has_happened(seed: int, sequence: list[Command]) -> None:
    depot = made(seed)
    seen: dict[str, list[object]] = {}

    def look(now: datetime) -> None:
        current: dict[str, list[object]] = {}
        for charger in depot.chargers:
            current[f"availability {charger.id}"] = [*charger_availability(depot, charger, now)]
            current[f"connectivity {charger.id}"] = [*charger_connectivity(depot, charger, now)]
            for connector in charger.connectors:
                place = f"{charger.id}/{connector.number}"
                current[place] = [*connector_availability(depot, connector, now)]
                current[f"power {place}"] = [
                    *connector_series(
                        depot, charger, connector, "ActivePowerImport", None, NOW - DAY, now - MINUTE, now
                    )
                ]
        for key, records in seen.items():
            assert current[key][: len(records)] == records, (key, now)
        # A command at this very moment may still say what the moment is.
        seen.update({key: records[:-1] for key, records in current.items()})

    run(depot, sequence, look)


@settings(max_examples=60)
@given(st.integers(0, 500), commands)
def test_same_commands_same_depot_however_often_it_is_looked_at(seed: int, sequence: list[Command]) -> None:
    watched, unwatched = made(seed), made(seed)

    def look(now: datetime) -> None:
        watched.transactions(now)
        for connector in watched.places:
            connector_availability(watched, connector, now)

    end = run(watched, sequence, look)
    for hours in range(72):
        look(end + hours * HOUR)
    run(unwatched, sequence)
    assert everything(watched, end + 3 * DAY) == everything(unwatched, end + 3 * DAY)


def idle_place(depot: Depot, now: datetime = NOW) -> tuple[Charger, Connector, str]:
    """A connector where a charge can be started, and a tag that may."""
    tag = depot.tags.of_driver(depot.drivers[0]).value
    return next(
        (charger, connector, tag)
        for charger in depot.chargers
        if not any(depot.interruption_at(charger.id, now, connected=each) for each in (True, False))
        and not depot.next_interruption(charger.id, now, connected=True)
        and not depot.next_interruption(charger.id, now, connected=False)
        for connector in charger.connectors
        if connector_availability(depot, connector, now)[-1].status == "Available"
        and not depot.timelines.plugged_in(connector, now + MINUTE)
    )


def large() -> Depot:
    return Depot(chargers=12, connectors=2, seed=4, begin=NOW - DAY)


def started(depot: Depot, now: datetime = NOW) -> tuple[Charger, Connector, Transaction]:
    charger, connector, tag = idle_place(depot, now)
    transaction = start_charging(depot, charger, connector.number, tag, now)
    assert isinstance(transaction, Transaction)
    return charger, connector, transaction


def statuses(depot: Depot, connector: Connector, now: datetime) -> list[str]:
    return [record.status for record in connector_availability(depot, connector, now)]


def test_a_started_charge_is_a_transaction_a_status_and_a_series() -> None:
    depot = large()
    charger, connector, transaction = started(depot)
    assert statuses(depot, connector, NOW)[-1] == "Preparing"
    assert transaction not in depot.transactions(NOW)
    later = NOW + 10 * MINUTE
    stored = depot.transactions(later)
    assert transaction in stored
    assert transaction.id == 100_001 + stored.index(transaction)
    assert statuses(depot, connector, later)[-1] == "Charging"
    power = connector_series(depot, charger, connector, "ActivePowerImport", None, NOW, later, later)
    assert float(power[-1].value) == pytest.approx(transaction.power(power[-1].at), abs=0.1)
    assert float(power[-1].value) > 10e3
    assert transaction.driver_id == depot.drivers[0]


def test_a_stopped_charge_ends_at_once() -> None:
    depot = large()
    charger, connector, transaction = started(depot)
    later = NOW + 10 * MINUTE
    assert stop_charging(depot, charger, connector.number, later) is transaction
    assert (transaction.end_at, transaction.charged_at, transaction.end_result) == (later, later, "Remote")
    assert not depot.is_running(transaction, later)
    assert statuses(depot, connector, later)[-1] == "Finishing"
    assert statuses(depot, connector, later + MINUTE)[-1] == "Available"
    assert stop_charging(depot, charger, connector.number, later) is Rejection.NO_CHARGE


def test_a_charge_started_while_the_last_vehicle_leaves_shows_no_gap() -> None:
    depot = large()
    charger, connector, first = started(depot)
    later = NOW + 10 * MINUTE
    stop_charging(depot, charger, connector.number, later)
    tag = depot.tags.of_driver(depot.drivers[0]).value
    again = start_charging(depot, charger, connector.number, tag, later + timedelta(seconds=20))
    assert isinstance(again, Transaction)
    assert again.curve.initial_soc <= first.soc(first.end_at)
    assert statuses(depot, connector, later + 3 * MINUTE)[-4:] == [
        "Charging",
        "Finishing",
        "Preparing",
        "Charging",
    ]


def test_what_a_charger_rejects() -> None:
    depot = large()
    charger, connector, _ = started(depot)
    tag = depot.tags.of_driver(depot.drivers[1])
    assert start_charging(depot, charger, connector.number, tag.value, NOW) is Rejection.OCCUPIED
    assert start_charging(depot, charger, 3, tag.value, NOW) is Rejection.NO_CONNECTOR
    assert stop_charging(depot, charger, 3, NOW) is Rejection.NO_CONNECTOR
    assert start_charging(depot, charger, 1, "unknown", NOW) is Rejection.TAG
    switch_tag(depot, tag, NOW, enabled=False)
    assert start_charging(depot, charger, 1, tag.value, NOW) is Rejection.TAG


def test_a_charger_out_of_order_rejects() -> None:
    depot = Depot(chargers=60, connectors=1, seed=4, begin=NOW - DAY)
    faulted = next(
        each for each in depot.chargers if charger_availability(depot, each, NOW)[-1].status == "Faulted"
    )
    tag = depot.tags.of_driver(depot.drivers[2]).value
    assert start_charging(depot, faulted, 1, tag, NOW) is Rejection.OUT_OF_ORDER


def test_a_command_cannot_come_before_what_was_looked_at() -> None:
    depot = large()
    charger, connector, tag = idle_place(depot)
    depot.transactions(NOW + HOUR)
    with pytest.raises(ValueError, match="happened already"):
        start_charging(depot, charger, connector.number, tag, NOW)


def test_an_imported_tag_has_no_driver() -> None:
    depot = large()
    charger, connector, _ = idle_place(depot)
    depot.tags.add(["GUEST"])
    transaction = start_charging(depot, charger, connector.number, "GUEST", NOW)
    assert isinstance(transaction, Transaction)
    assert transaction.driver_id is None


def test_a_disabled_tag_starts_no_planned_charge_either() -> None:
    depot = large()
    for driver in depot.drivers:
        switch_tag(depot, depot.tags.of_driver(driver), NOW, enabled=False)
    assert not [each for each in depot.transactions(NOW + 3 * DAY) if each.start_at > NOW + MINUTE]
    other = large()
    assert [each for each in other.transactions(NOW + 3 * DAY) if each.start_at > NOW + MINUTE]
    switch_tag(depot, depot.tags.of_driver(depot.drivers[0]), NOW + 3 * DAY, enabled=True)
    assert {
        each.driver_id for each in depot.transactions(NOW + 9 * DAY) if each.start_at > NOW + 3 * DAY
    } == {depot.drivers[0]}


def test_a_charger_taken_offline_charges_on_and_tells_it_later() -> None:
    depot = large()
    charger, connector, transaction = started(depot)
    depot.transactions(NOW + MINUTE)
    cut = NOW + 5 * MINUTE
    outage = take_offline(depot, charger, cut)
    assert not isinstance(outage, Rejection)
    assert 5 * MINUTE <= outage.end - cut <= 20 * MINUTE
    during, after = cut + 3 * MINUTE, outage.end
    assert depot.known_until(charger.id, during) == outage.start
    assert charger_connectivity(depot, charger, during)[-1].status == "NotConnected"
    tag = depot.tags.of_driver(depot.drivers[0]).value
    assert start_charging(depot, charger, 2, tag, during) is Rejection.NOT_CONNECTED
    assert stop_charging(depot, charger, connector.number, during) is Rejection.NOT_CONNECTED
    assert take_offline(depot, charger, during) is Rejection.NOT_CONNECTED
    assert depot.known_until(charger.id, after) == after
    assert charger_connectivity(depot, charger, after)[-1].status == "Connected"
    assert transaction.energy(after) > transaction.energy(during) > transaction.energy(cut)


def test_what_starts_without_connection_is_stored_when_it_is_back() -> None:
    late = 0
    for seed in range(30):
        depot = Depot(chargers=12, connectors=2, seed=seed, begin=NOW - DAY)
        for charger in depot.chargers:
            outage = take_offline(depot, charger, NOW)
            if isinstance(outage, Rejection):
                continue
            for connector in charger.connectors:
                for each in depot.on_connector(connector, outage.end):
                    if NOW < each.start_at < outage.end:
                        assert each not in depot.transactions(outage.end)
                        assert each.inserted_at > outage.end
                        late += 1
            break
    assert late


def test_a_reservation_blocks_the_connector_for_others() -> None:
    depot = large()
    charger, connector, tag = idle_place(depot)
    other = depot.tags.of_driver(depot.drivers[1]).value
    made = reserve(depot, connector, NOW - HOUR, NOW + HOUR, tag, NOW)
    assert not isinstance(made, Rejection)
    assert made.start == NOW
    assert statuses(depot, connector, NOW)[-1] == "Reserved"
    assert reserve(depot, connector, NOW + HOUR / 2, NOW + 2 * HOUR, other, NOW) is Rejection.RESERVED
    assert start_charging(depot, charger, connector.number, other, NOW) is Rejection.RESERVED
    transaction = start_charging(depot, charger, connector.number, tag, NOW + MINUTE)
    assert isinstance(transaction, Transaction)
    later = NOW + 5 * MINUTE
    assert statuses(depot, connector, later)[-1] == "Charging"
    stop_charging(depot, charger, connector.number, later)
    assert statuses(depot, connector, later + 2 * MINUTE)[-1] == "Available"


def test_a_reservation_keeps_planned_charges_of_others_away_and_ends() -> None:
    depot = large()
    _, connector, tag = idle_place(depot)
    begin, end = NOW + 2 * HOUR, NOW + 40 * HOUR
    made = reserve(depot, connector, begin, end, tag, NOW)
    assert not isinstance(made, Rejection)
    happened = depot.on_connector(connector, end)
    assert not [each for each in happened if each.end_at > begin and each.driver_id != depot.drivers[0]]
    assert statuses(depot, connector, end - MINUTE)[-1] == "Reserved"
    assert statuses(depot, connector, end)[-1] == "Available"


def test_a_cancelled_reservation_is_over() -> None:
    depot = large()
    _, connector, tag = idle_place(depot)
    made = reserve(depot, connector, NOW, NOW + HOUR, tag, NOW)
    assert not isinstance(made, Rejection)
    cancel(depot, made, NOW + MINUTE)
    assert statuses(depot, connector, NOW + MINUTE)[-1] == "Available"
    assert not isinstance(reserve(depot, connector, NOW, NOW + HOUR, tag, NOW + MINUTE), Rejection)


def test_an_occupied_connector_and_a_bad_tag_cannot_be_reserved() -> None:
    depot = large()
    _, connector, transaction = started(depot)
    tag = depot.tags.of_driver(depot.drivers[1]).value
    assert reserve(depot, connector, NOW, NOW + HOUR, tag, NOW) is Rejection.OCCUPIED
    after = transaction.end_at + HOUR
    assert not isinstance(reserve(depot, connector, after, after + HOUR, tag, NOW), Rejection)
    assert reserve(depot, connector, after, after + HOUR, "unknown", NOW) is Rejection.TAG


def test_a_limit_lowers_the_power_of_the_whole_group_while_it_lasts() -> None:
    depot, free = large(), large()
    group = depot.power_groups[0]
    begin, end = NOW + 10 * MINUTE, NOW + 3 * HOUR
    limit_power(depot, group, "test", [PowerWindow(begin, end, 40e3)], NOW)

    def power(of: Depot, moment: datetime) -> float:
        return sum(
            each.power(moment)
            for charger in group.chargers
            for connector in charger.connectors
            for each in of.on_connector(connector, moment)
        )

    for minutes in range(0, 170, 5):
        moment = begin + minutes * MINUTE
        assert 0 < power(depot, moment) <= 40e3 + 1e-6 < power(free, moment)
    assert power(depot, begin - MINUTE) == power(free, begin - MINUTE)
    assert power(depot, end) > 40e3
    other = depot.chargers[-1].connectors[0]
    assert not [each for each in depot.on_connector(other, NOW + DAY) if each.segments]


def test_a_limited_charge_takes_longer_and_ends_where_it_should() -> None:
    depot = large()
    _, connector, transaction = started(depot)
    before = attrs.evolve(transaction)
    group = depot.power_groups[0]
    connectors = sum(len(charger.connectors) for charger in group.chargers)
    begin = NOW + 10 * MINUTE
    halved = transaction.curve.power / 2 * connectors
    limit_power(depot, group, "test", [PowerWindow(begin, begin + 30 * MINUTE, halved)], NOW)
    assert transaction.charged_at - before.charged_at == pytest.approx(15 * MINUTE, abs=2 * MINUTE)
    assert transaction.end_at > before.end_at
    assert transaction.soc(transaction.end_at) == pytest.approx(transaction.goal_soc, abs=1e-4)
    assert transaction.power(begin - MINUTE) == before.power(begin - MINUTE)
    assert transaction.power(begin + MINUTE) == transaction.curve.power / 2
    assert transaction.offered(begin, connector.max_power) == transaction.curve.power / 2
    limit_power(depot, group, "test", [], begin + 10 * MINUTE)
    assert transaction.power(begin + 9 * MINUTE) == transaction.curve.power / 2
    assert transaction.power(begin + 11 * MINUTE) == transaction.curve.power


def test_no_power_at_all_suspends_the_charge() -> None:
    depot = large()
    _, connector, transaction = started(depot)
    begin = NOW + 10 * MINUTE
    window = PowerWindow(begin, begin + 30 * MINUTE, 0.0)
    limit_power(depot, depot.power_groups[0], "test", [window], NOW)
    assert statuses(depot, connector, begin)[-1] == "SuspendedEVSE"
    assert transaction.power(begin + MINUTE) == 0
    assert transaction.energy(begin + MINUTE) == transaction.energy(begin + 20 * MINUTE)
    assert statuses(depot, connector, window.end)[-1] == "Charging"


def test_limits_hold_for_days_that_are_planned_later() -> None:
    depot = large()
    begin = NOW + 3 * DAY
    limit_power(depot, depot.power_groups[0], "test", [PowerWindow(begin, begin + DAY, 20e3)], NOW)
    charges = [
        each
        for charger in depot.power_groups[0].chargers
        for connector in charger.connectors
        for each in depot.on_connector(connector, begin + DAY)
    ]
    limited = [each.power(begin + 6 * HOUR) for each in charges if each.power(begin + 6 * HOUR)]
    assert limited
    assert max(limited) <= 1000


def test_a_charge_over_noon_is_not_met_by_the_plan_of_the_next_day() -> None:
    """At noon the plan changes, and with it the places of the vehicles."""
    over = refused = 0
    for seed in range(20):
        depot = Depot(chargers=4, connectors=2, seed=seed, begin=NOON - DAY)
        before = NOON - 20 * MINUTE
        for charger in depot.chargers:
            for connector in charger.connectors:
                start_charging(
                    depot, charger, connector.number, depot.tags.of_driver("DRV-001").value, before
                )
        running = [
            each
            for place in depot.places
            for each in depot.on_connector(place, NOON)
            if each.start_at < NOON < each.end_at
        ]
        over += len(running)
        for each in running:
            vehicle = next(bus for bus in depot.vehicles if bus.id == each.vehicle_id)
            (place,) = depot.places_of_vehicle(vehicle, [depot_day(NOON)])
            tag = depot.tags.of_driver("DRV-001").value
            charger = next(one for one in depot.chargers if one.id == place.charger_id)
            now = NOON + MINUTE
            if not depot.timelines.plugged_in(place, now):
                outcome = start_charging(depot, charger, place.number, tag, now)
                assert isinstance(outcome, Rejection)
                refused += outcome is Rejection.NO_VEHICLE
        stored = depot.transactions(NOON + 2 * DAY)
        for key in ("vehicle_id", "place"):
            groups: dict[object, list[Transaction]] = {}
            for each in stored:
                place_of = (each.charger_id, each.connector_id)
                groups.setdefault(place_of if key == "place" else each.vehicle_id, []).append(each)
            assert not [pair for group in groups.values() for pair in overlapping(group)]
    assert over
    assert refused


def test_a_started_charge_ends_at_a_stop_of_the_charger() -> None:
    kinds: set[str] = set()
    for seed in range(60):
        depot = Depot(chargers=1, connectors=1, seed=seed, begin=NOW - DAY)
        depot.transactions(NOW)
        stop = depot.next_interruption("CP-1", NOW + HOUR, connected=True)
        if stop is None:
            continue
        tag = depot.tags.of_driver("DRV-001").value
        transaction = start_charging(depot, depot.chargers[0], 1, tag, stop.start - 5 * MINUTE)
        if isinstance(transaction, Transaction):
            assert transaction.end_at == stop.start
            assert transaction.end_result == ("PowerLoss" if stop.kind == "Faulted" else "Remote")
            kinds.add(stop.kind)
    assert kinds == {"Faulted", "Unavailable"}


def test_a_started_charge_ends_where_another_ones_reservation_begins() -> None:
    depot = large()
    charger, connector, tag = idle_place(depot)
    other = depot.tags.of_driver(depot.drivers[1]).value
    begin = NOW + 10 * MINUTE
    assert not isinstance(reserve(depot, connector, begin, begin + HOUR, other, NOW), Rejection)
    transaction = start_charging(depot, charger, connector.number, tag, NOW)
    assert isinstance(transaction, Transaction)
    assert transaction.end_at == begin


def test_a_vehicle_that_stays_hides_the_reservation() -> None:
    depot = large()
    _, connector, transaction = started(depot)
    other = depot.tags.of_driver(depot.drivers[1]).value
    begin, end = NOW + 10 * MINUTE, transaction.end_at + HOUR
    assert not isinstance(reserve(depot, connector, begin, end, other, NOW), Rejection)
    assert statuses(depot, connector, begin)[-1] == "Charging"
    assert statuses(depot, connector, transaction.end_at + 2 * MINUTE)[-1] == "Reserved"
    assert statuses(depot, connector, end)[-1] == "Available"


def test_a_charger_taken_offline_just_before_it_loses_its_connection_comes_back_after_that() -> None:
    met = 0
    for seed in range(30):
        depot = Depot(chargers=1, connectors=2, seed=seed, begin=NOW - DAY)
        depot.transactions(NOW)
        planned = depot.next_interruption("CP-1", NOW, connected=False)
        if planned is None:
            continue
        outage = take_offline(depot, depot.chargers[0], planned.start - 2 * MINUTE)
        assert not isinstance(outage, Rejection)
        assert outage.end == planned.end
        records = charger_connectivity(depot, depot.chargers[0], planned.end)
        since = [record.status for record in records if record.at >= outage.start]
        assert since == ["NotConnected"] * (len(since) - 1) + ["Connected"]
        for each in depot.transactions(planned.end + MINUTE):
            assert not outage.start < each.inserted_at < outage.end
        met += 1
    assert met
