"""The depot as a whole: planned day by day as time passes, asked for what the backend knows at a moment."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import TypeVar

import attrs

from depotfinity_async.simulator.times import to_milliseconds

from .days import DayPlan, day_start, depot_day, plan_day
from .model import Charger, Connector, Interruption, Transaction, Vehicle

T = TypeVar("T")

FIRST_TRANSACTION_ID = 100_001


class Depot:
    """Chargers `CP-1`.., vehicles `BUS-001`.., drivers `DRV-001`.. and their history since `begin`.

    Args:
        chargers: number of chargers, at least 1.
        connectors: number of connectors of each charger, at least 1.
        seed: same seed and same `begin` make the same depot.
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
        self._by_id = {charger.id: charger for charger in self.chargers}
        self._interruptions: dict[str, list[Interruption]] = {charger.id: [] for charger in self.chargers}
        self._transactions: list[Transaction] = []
        self._by_connector: dict[tuple[str, int], list[Transaction]] = {
            (charger.id, connector.number): []
            for charger in self.chargers
            for connector in charger.connectors
        }
        self._next_day = depot_day(self.begin)

    def charger(self, charger_id: str) -> Charger | None:
        """The charger with this id, or None."""
        return self._by_id.get(charger_id)

    def known_until(self, charger_id: str, now: datetime) -> datetime:
        """Up to when the backend knows what happened at a charger: `now`, or when its connection was lost."""
        return next(
            (
                outage.start
                for outage in self.interruptions(charger_id, now)
                if outage.kind == "NotConnected" and outage.start <= now < outage.end
            ),
            now,
        )

    def interruptions(self, charger_id: str, until: datetime) -> list[Interruption]:
        """The interruptions of a charger that began up to `until`, oldest first."""
        self._plan(until)
        return [
            interruption for interruption in self._interruptions[charger_id] if interruption.start <= until
        ]

    def transactions(self, now: datetime) -> list[Transaction]:
        """The transactions the backend has stored at `now`, in the order of their ids."""
        self._plan(now)
        return self._transactions[
            : bisect_right(self._transactions, now, key=lambda known: known.inserted_at)
        ]

    def transaction(self, transaction_id: int, now: datetime) -> Transaction | None:
        """The stored transaction with this id, or None."""
        stored = self.transactions(now)
        index = transaction_id - FIRST_TRANSACTION_ID
        return stored[index] if 0 <= index < len(stored) else None

    def is_running(self, transaction: Transaction, now: datetime) -> bool:
        """Whether the backend, at `now`, knows of no end of the transaction."""
        return transaction.end_at > self.known_until(transaction.charger_id, now)

    def on_connector(self, connector: Connector, until: datetime) -> list[Transaction]:
        """What really happened on a connector: its transactions that began up to `until`, oldest first."""
        self._plan(until)
        planned = self._by_connector[connector.charger_id, connector.number]
        return planned[: bisect_right(planned, until, key=lambda known: known.start_at)]

    def _plan(self, until: datetime) -> None:
        while day_start(self._next_day) <= until:
            self._add_day(self._next_day)
            self._next_day += 1

    def _add_day(self, day: int) -> None:
        size = len(self.chargers[0].connectors)
        plans: list[DayPlan] = []
        for number, charger in enumerate(self.chargers):
            first = number * size
            # Each depot day vehicles move on by 7 places, drivers by 3: still one vehicle per place.
            vehicles = _rotated(self.vehicles, first + 7 * day, size)
            drivers = _rotated(self.drivers, first + 3 * day, size)
            plan = plan_day(self.seed, day, charger, vehicles, drivers)
            plans.append(plan)
            if plan.interruption is not None and plan.interruption.end > self.begin:
                start = max(self.begin, plan.interruption.start)
                self._interruptions[charger.id].append(attrs.evolve(plan.interruption, start=start))
        planned = [known for plan in plans for known in plan.transactions if known.start_at >= self.begin]
        planned.sort(key=lambda known: (known.inserted_at, known.charger_id, known.connector_id))
        next_id = FIRST_TRANSACTION_ID + len(self._transactions)
        named = [attrs.evolve(known, id=next_id + offset) for offset, known in enumerate(planned)]
        self._transactions += named
        for known in sorted(named, key=lambda known: known.start_at):
            self._by_connector[known.charger_id, known.connector_id].append(known)


def _charger(random: Random, charger_id: str, connectors: int) -> Charger:
    power = random.choice((60e3, 90e3, 120e3, 150e3))
    return Charger(
        charger_id, tuple(Connector(charger_id, number, power) for number in range(1, connectors + 1))
    )


def _rotated(items: Sequence[T], first: int, count: int) -> list[T]:
    return [items[(first + offset) % len(items)] for offset in range(count)]
