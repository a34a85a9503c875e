"""The depot as a whole: planned day by day as time passes, asked for what the backend knows at a moment.

How commands change the plan stands in `live`; here is what the plan is and what is known of it.
"""

from bisect import bisect_right, insort
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar

import attrs

from depotfinity_async.simulator.times import to_milliseconds

from .days import DAY, EARLY_ENDS, MARGIN, DayPlan, day_start, depot_day, plan_day
from .ledger import Ledger, Search
from .model import Charger, Connector, Interruption, Transaction, Vehicle
from .onboard import Onboards
from .power import PowerGroup, make_groups, throttle
from .prices import SITE_ID, PriceBlock
from .reservations import Reservations
from .tags import Tags
from .timelines import Timelines

T = TypeVar("T")

GAP = timedelta(minutes=5)
"""Kept free between a transaction that a command made and a planned one."""

_VEHICLE_STEP = 7
_DRIVER_STEP = 3
"""Each depot day vehicles and drivers move on by so many places: still one of each per place."""


class Depot:
    """Chargers `CP-1`.., vehicles `BUS-001`.., drivers `DRV-001`.. and their history since `begin`.

    Moments may be asked for in any order, but a command must not be earlier than what was asked for: by then
    it has happened.

    Args:
        chargers: number of chargers, at least 1.
        connectors: number of connectors of each charger, at least 1.
        seed: same seed and same `begin`, with the same commands at the same times, make the same depot.
        begin: aware UTC time the history begins at.

    Raises:
        ValueError: fewer than one charger or connector.
    """

    def __init__(self, *, chargers: int, connectors: int, seed: int, begin: datetime) -> None:
        if chargers < 1 or connectors < 1:
            raise ValueError("a depot has at least one charger, and a charger at least one connector")
        random = Random(f"{seed}/depot")
        self.seed = seed
        self.begin = to_milliseconds(begin)
        self.chargers = tuple(
            _charger(random, f"CP-{number}", connectors) for number in range(1, chargers + 1)
        )
        places = range(1, chargers * connectors + 1)
        self.vehicles = tuple(
            Vehicle(
                f"BUS-{number:03d}",
                random.choice((250e3, 300e3, 350e3, 450e3)),
                random.choice((100e3, 150e3)),
            )
            for number in places
        )
        self.drivers = tuple(f"DRV-{number:03d}" for number in places)
        self.tags = Tags(seed, self.drivers)
        self.onboards = Onboards(seed, self.vehicles)
        self.reservations = Reservations()
        self.site_id = SITE_ID
        self.energy_prices: tuple[PriceBlock, ...] = ()
        self.power_groups = make_groups(seed, self.chargers)
        self.timelines = Timelines(self.places)
        self._by_id = {charger.id: charger for charger in self.chargers}
        self._group_of = {charger.id: group for group in self.power_groups for charger in group.chargers}
        self._interruptions: dict[str, list[Interruption]] = {charger.id: [] for charger in self.chargers}
        self._ledger = Ledger()
        self._next_day = depot_day(self.begin)
        self._latest = datetime.min.replace(tzinfo=UTC)

    @property
    def places(self) -> list[Connector]:
        """All connectors, charger by charger."""
        return [connector for charger in self.chargers for connector in charger.connectors]

    def charger(self, charger_id: str) -> Charger | None:
        """The charger with this id, or None."""
        return self._by_id.get(charger_id)

    def power_group(self, group_id: str) -> PowerGroup | None:
        """The power group with this GUID, or None."""
        return next((group for group in self.power_groups if group.id == group_id.lower()), None)

    def known_until(self, charger_id: str, now: datetime) -> datetime:
        """Up to when the backend knows what happened at a charger: `now`, or when its connection was lost."""
        outage = self.interruption_at(charger_id, now, connected=False)
        return outage.start if outage else now

    def interruption_at(self, charger_id: str, moment: datetime, *, connected: bool) -> Interruption | None:
        """What keeps a charger from working (`connected`) or from telling (not `connected`) at `moment`."""
        self._plan(moment)
        known = self._interruptions[charger_id]
        for index in range(bisect_right(known, moment, key=lambda each: each.start) - 1, -1, -1):
            each = known[index]
            if each.start <= moment - DAY:
                return None
            if moment < each.end and (each.kind != "NotConnected") is connected:
                return each
        return None

    def interruptions(self, charger_id: str, until: datetime) -> list[Interruption]:
        """The interruptions of a charger that began up to `until`, oldest first."""
        self._plan(until)
        known = self._interruptions[charger_id]
        return known[: bisect_right(known, until, key=lambda each: each.start)]

    def transactions(self, now: datetime) -> list[Transaction]:
        """The transactions the backend has stored at `now`, in the order of their ids."""
        self._advance(now)
        return self._ledger.until(now)

    def transaction(self, transaction_id: int, now: datetime) -> Transaction | None:
        """The stored transaction with this id, or None."""
        self._advance(now)
        return self._ledger.get(transaction_id, now)

    def search(self, search: Search, now: datetime, *, first: int, count: int) -> list[Transaction]:
        """`count` of the wanted transactions from place `first` on; `now` must not be earlier than before."""
        self._advance(now)
        self._ledger.settle(now, self._told_at)
        return self._ledger.page(search, first, count)

    def is_running(self, transaction: Transaction, now: datetime) -> bool:
        """Whether the backend, at `now`, knows of no end of the transaction."""
        return transaction.end_at > self.known_until(transaction.charger_id, now)

    def on_connector(self, connector: Connector, until: datetime) -> list[Transaction]:
        """What really happened on a connector: its transactions that began up to `until`, oldest first."""
        self._plan(until)
        return self.timelines.until(connector, until)

    def vehicle_at(self, connector: Connector, day: int) -> Vehicle:
        """The vehicle that belongs to a connector on a depot day."""
        place = self._place(connector)
        return self.vehicles[(place + _VEHICLE_STEP * day) % len(self.vehicles)]

    def places_of_vehicle(self, vehicle: Vehicle, days: Sequence[int]) -> list[Connector]:
        """The connectors a vehicle belongs to on these depot days."""
        places, index = self.places, self.vehicles.index(vehicle)
        return [places[(index - _VEHICLE_STEP * day) % len(places)] for day in days]

    def places_of_driver(self, driver_id: str, days: Sequence[int]) -> list[Connector]:
        """The connectors a driver charges at on these depot days."""
        places, index = self.places, self.drivers.index(driver_id)
        return [places[(index - _DRIVER_STEP * day) % len(places)] for day in days]

    def prepare(self, now: datetime, horizon: timedelta) -> datetime:
        """Make ready for a command at `now` that reaches `horizon` ahead; returns the time of the command.

        All is planned that far, however often the depot was looked at before: so commands alone decide.

        Raises:
            ValueError: a later moment was asked for already.
        """
        self._advance(now)
        if now < self._latest:
            raise ValueError("a command cannot change what has happened already")
        self._plan(now + horizon)
        return to_milliseconds(now)

    def end_changed(self, transaction: Transaction) -> None:
        """Take note that a transaction ends at another time."""
        self._ledger.end_changed(transaction)

    def interrupt(self, charger_id: str, interruption: Interruption) -> None:
        """Add an interruption; one of its kind that was planned to begin before its end goes."""
        known = self._interruptions[charger_id]
        known[:] = [
            each
            for each in known
            if each.kind != interruption.kind or not interruption.start <= each.start <= interruption.end
        ]
        insort(known, interruption, key=lambda each: each.start)

    def next_interruption(self, charger_id: str, after: datetime, *, connected: bool) -> Interruption | None:
        """The next planned interruption of the kind that `interruption_at` tells of."""
        return next(
            (
                each
                for each in self._interruptions[charger_id]
                if (each.kind != "NotConnected") is connected and each.start > after
            ),
            None,
        )

    def limit(self, transaction: Transaction, since: datetime) -> None:
        """Charge on under the limits of the charger's power group from `since` on; may end later for it."""
        connector = self._by_id[transaction.charger_id].connectors[transaction.connector_id - 1]
        throttle(
            transaction,
            self._group_of[transaction.charger_id].shares(),
            since,
            self._latest_end(connector, transaction),
        )
        self._ledger.end_changed(transaction)

    def _latest_end(self, connector: Connector, transaction: Transaction) -> datetime:
        """Until when a vehicle that charges slowly can stay; never earlier than it means to."""
        if transaction.end_result in EARLY_ENDS:
            return transaction.end_at
        stop = self.next_interruption(connector.charger_id, transaction.start_at, connected=True)
        moments = [day_start(depot_day(transaction.start_at) + 1) - MARGIN]
        moments += [
            each.plugged_at - GAP for each in self.timelines.after(connector, transaction.start_at)[:1]
        ]
        moments += [stop.start] if stop else []
        moments += [
            each.start for each in self.reservations.on(connector) if each.start >= transaction.end_at
        ]
        return max(transaction.end_at, min(moments))

    def _place(self, connector: Connector) -> int:
        size = len(self.chargers[0].connectors)
        return (int(connector.charger_id.removeprefix("CP-")) - 1) * size + connector.number - 1

    def _told_at(self, charger_id: str, end: datetime, now: datetime) -> datetime:
        """When the backend learns of what happened at `end`, as far as that is known at `now`."""
        outage = self.interruption_at(charger_id, now, connected=False)
        return outage.end if outage and outage.start < end else end

    def _advance(self, now: datetime) -> None:
        """Store what reaches the backend up to `now`."""
        while True:
            planned_until = day_start(self._next_day)
            for transaction in self.timelines.take_stored(min(now, planned_until)):
                self._ledger.store(transaction)
            if planned_until > now:
                break
            self._plan(planned_until)
        self._latest = max(self._latest, now)

    def _plan(self, until: datetime) -> None:
        while day_start(self._next_day) <= until:
            self._add_day(self._next_day)
            self._next_day += 1

    def _add_day(self, day: int) -> None:
        size = len(self.chargers[0].connectors)
        for number, charger in enumerate(self.chargers):
            first = number * size
            vehicles = _rotated(self.vehicles, first + _VEHICLE_STEP * day, size)
            drivers = _rotated(self.drivers, first + _DRIVER_STEP * day, size)
            plan = plan_day(self.seed, day, charger, vehicles, drivers)
            if plan.interruption is not None and plan.interruption.end > self.begin:
                start = max(self.begin, plan.interruption.start)
                self._interruptions[charger.id].append(attrs.evolve(plan.interruption, start=start))
            self._add_plan(charger, plan)

    def _add_plan(self, charger: Charger, plan: DayPlan) -> None:
        """Add what was planned, but for what the commands up to now do not let happen."""
        happening = [
            each
            for each in plan.transactions
            if each.start_at >= self.begin and self._may_happen(charger, each)
        ]
        for transaction in happening:
            self.timelines.add(transaction)
        if self._group_of[charger.id].windows:
            for transaction in happening:
                self.limit(transaction, transaction.start_at)

    def _may_happen(self, charger: Charger, transaction: Transaction) -> bool:
        connector = charger.connectors[transaction.connector_id - 1]
        assert transaction.driver_id is not None  # a planned one has a driver
        tag = self.tags.of_driver(transaction.driver_id)
        reserved = self.reservations.overlapping(connector, transaction.plugged_at, transaction.end_at)
        return tag.enabled and (reserved is None or reserved.tag == tag.value)


def _charger(random: Random, charger_id: str, connectors: int) -> Charger:
    power = random.choice((60e3, 90e3, 120e3, 150e3))
    return Charger(
        charger_id, tuple(Connector(charger_id, number, power) for number in range(1, connectors + 1))
    )


def _rotated(items: Sequence[T], first: int, count: int) -> list[T]:
    return [items[(first + offset) % len(items)] for offset in range(count)]
