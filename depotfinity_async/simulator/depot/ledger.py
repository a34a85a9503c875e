"""What the backend has stored: transactions by id, and the orders in which pages of them are asked for.

It knows nothing of plans and commands; when a record is stored, and when its end is known, it is told.
"""

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal

import attrs

from .model import Transaction

FIRST_TRANSACTION_ID = 100_001

TimeField = Literal["StartAt", "EndAt", "InsertedAt", "Overlapping"]
SortKey = Literal["TransactionID", "StartAt", "EndAt"]

_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)


@attrs.frozen
class Search:
    """Which stored transactions are wanted, and in which order; what is None is not looked at.

    `start` and `end` are inclusive and apply to `time_field`. Transactions whose end is not known meet no
    bounds on `EndAt` and stand behind all ends; the id breaks ties.
    """

    charger_id: str | None = None
    connector_id: int | None = None
    vehicle_id: str | None = None
    time_field: TimeField = "InsertedAt"
    start: datetime | None = None
    end: datetime | None = None
    sort_key: SortKey = "TransactionID"
    descending: bool = True

    @property
    def bounded(self) -> bool:
        """Whether there are bounds on the time."""
        return self.start is not None or self.end is not None

    @property
    def sorted_by_bounds(self) -> bool:
        """Whether the order goes by the moment that the bounds apply to: ids ascend with the storing."""
        return (self.sort_key, self.time_field) in (
            ("TransactionID", "InsertedAt"),
            ("StartAt", "StartAt"),
            ("EndAt", "EndAt"),
        )


@attrs.define
class _Order:
    """Positions sorted by a moment, then by position."""

    moments: list[datetime] = attrs.field(factory=list[datetime])
    positions: list[int] = attrs.field(factory=list[int])

    def add(self, moment: datetime, position: int) -> None:
        place = bisect_right(self.moments, moment)
        while place and self.moments[place - 1] == moment and self.positions[place - 1] > position:
            place -= 1
        self.moments.insert(place, moment)
        self.positions.insert(place, position)

    def between(self, low: datetime | None, high: datetime | None) -> tuple[Sequence[int], range]:
        return self.positions, _places(self.moments, low, high)


def _places(moments: Sequence[datetime], low: datetime | None, high: datetime | None) -> range:
    """Where the moments from `low` to `high` stand among sorted ones."""
    begin = 0 if low is None else bisect_left(moments, low)
    return range(begin, len(moments) if high is None else bisect_right(moments, high))


class Ledger:
    """The stored transactions; positions in it are ids less `FIRST_TRANSACTION_ID`.

    Indexes are kept for every sort key, so that a page costs the same however many transactions there are.
    """

    def __init__(self) -> None:
        self._stored: list[Transaction] = []
        self._inserted: list[datetime] = []
        self._by_charger: dict[str, list[int]] = {}
        self._by_vehicle: dict[str, list[int]] = {}
        self._connectors: set[int] = set()
        self._starts = _Order()
        self._ends = _Order()
        self._open: set[int] = set()
        self._due: list[tuple[datetime, int]] = []
        # The longest that a transaction lasted, or seemed to, and that a record was delayed; they never
        # shrink, which costs only time.
        self._lasted = timedelta()
        self._delayed = timedelta()

    def __len__(self) -> int:
        return len(self._stored)

    def store(self, transaction: Transaction) -> None:
        """Give the transaction the next id; `inserted_at` must not be earlier than that of the last one."""
        position = len(self._stored)
        transaction.id = FIRST_TRANSACTION_ID + position
        self._stored.append(transaction)
        self._inserted.append(transaction.inserted_at)
        self._by_charger.setdefault(transaction.charger_id, []).append(position)
        self._by_vehicle.setdefault(transaction.vehicle_id, []).append(position)
        self._connectors.add(transaction.connector_id)
        self._starts.add(transaction.start_at, position)
        self._open.add(position)
        self.end_changed(transaction)

    def end_changed(self, transaction: Transaction) -> None:
        """Look at a running transaction again at its new end; nothing to do for one that is not stored."""
        if transaction.id:
            heapq.heappush(self._due, (transaction.end_at, transaction.id - FIRST_TRANSACTION_ID))
            self._lasted = max(self._lasted, transaction.end_at - transaction.start_at)
            self._delayed = max(self._delayed, transaction.inserted_at - transaction.start_at)

    def settle(self, now: datetime, back_at: Callable[[str, datetime, datetime], datetime]) -> None:
        """Move what has ended to the ended ones; `back_at(charger, end, now)` says when the end is known."""
        while self._due and self._due[0][0] <= now:
            _, position = heapq.heappop(self._due)
            transaction = self._stored[position]
            if position not in self._open or transaction.end_at > now:
                continue
            known_at = back_at(transaction.charger_id, transaction.end_at, now)
            if known_at > now:
                heapq.heappush(self._due, (known_at, position))
                self._lasted = max(self._lasted, known_at - transaction.start_at)
            else:
                self._open.remove(position)
                self._ends.add(transaction.end_at, position)

    def until(self, now: datetime) -> list[Transaction]:
        """All that was stored up to `now`, in the order of the ids."""
        return self._stored[: bisect_right(self._inserted, now)]

    def get(self, transaction_id: int, now: datetime) -> Transaction | None:
        """The transaction with this id if it was stored up to `now`."""
        position = transaction_id - FIRST_TRANSACTION_ID
        return self._stored[position] if 0 <= position < bisect_right(self._inserted, now) else None

    def page(self, search: Search, first: int, count: int) -> list[Transaction]:
        """`count` transactions from place `first` of those that are wanted, as of the last `settle`."""
        stored = self._stored
        indexes = [
            index.get(wanted, [])
            for index, wanted in (
                (self._by_charger, search.charger_id),
                (self._by_vehicle, search.vehicle_id),
            )
            if wanted is not None
        ]
        if indexes:
            few = [each for each in min(indexes, key=len) if self._is_wanted(search, each)]
            few.sort(key=self._key(search.sort_key), reverse=search.descending)
            return [stored[position] for position in few[first : first + count]]
        if search.connector_id is not None and search.connector_id not in self._connectors:
            return []
        runs = self._in_order(search)
        if search.connector_id is not None or (search.bounded and not search.sorted_by_bounds):
            ordered = (positions[place] for positions, places in runs for place in places)
            wanted = (position for position in ordered if self._is_wanted(search, position))
            return [stored[position] for position in islice(wanted, first, first + count)]
        found: list[Transaction] = []
        for positions, places in runs:
            found += [stored[positions[place]] for place in places[first : first + count - len(found)]]
            first = max(0, first - len(places))
        return found

    def _is_wanted(self, search: Search, position: int) -> bool:
        each = self._stored[position]
        if (
            (search.charger_id is not None and each.charger_id != search.charger_id)
            or (search.connector_id is not None and each.connector_id != search.connector_id)
            or (search.vehicle_id is not None and each.vehicle_id != search.vehicle_id)
        ):
            return False
        if not search.bounded:
            return True
        first = last = each.inserted_at
        match search.time_field:
            case "StartAt":
                first = last = each.start_at
            case "EndAt":
                if position in self._open:
                    return False
                first = last = each.end_at
            case "Overlapping":
                first, last = each.start_at, each.end_at
                if position in self._open:
                    return search.end is None or first <= search.end
            case "InsertedAt":
                pass
        return (search.end is None or first <= search.end) and (search.start is None or last >= search.start)

    def _key(self, sort_key: SortKey) -> Callable[[int], tuple[bool, datetime | int, int]]:
        match sort_key:
            case "TransactionID":
                return lambda position: (False, position, position)
            case "StartAt":
                return lambda position: (False, self._stored[position].start_at, position)
            case "EndAt":
                return lambda position: (
                    (True, position, position)
                    if position in self._open
                    else (False, self._stored[position].end_at, position)
                )

    def _in_order(self, search: Search) -> list[tuple[Sequence[int], range]]:
        """Runs of positions in the wanted order, each with the places in it that lie in or near the bounds.

        The bounds may be on another moment of the transaction than the order goes by. Neither its end nor its
        storing comes before its start, and neither by much after it.
        """
        low, high = search.start, search.end
        if not search.sorted_by_bounds:
            nothing = timedelta()
            before = {"StartAt": nothing, "InsertedAt": self._delayed}.get(search.time_field, self._lasted)
            after = {"StartAt": nothing, "TransactionID": self._delayed}.get(search.sort_key, self._lasted)
            low = low - before if low is not None and low - _EARLIEST > before else None
            high = high + after if high is not None and _LATEST - high > after else None
        if search.sort_key == "TransactionID":
            runs: list[tuple[Sequence[int], range]] = [
                (range(len(self._stored)), _places(self._inserted, low, high))
            ]
        elif search.sort_key == "StartAt":
            runs = [self._starts.between(low, high)]
        else:
            running = [] if search.bounded and search.time_field == "EndAt" else sorted(self._open)
            runs = [self._ends.between(low, high), (running, range(len(running)))]
        return (
            [(positions, places[::-1]) for positions, places in reversed(runs)] if search.descending else runs
        )
