"""What really happens on every connector, past and planned, and what the backend is still to be told."""

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import count

from .model import Connector, Transaction

_NEVER = datetime.max.replace(tzinfo=UTC)


class Timelines:
    """The transactions of each connector by `start_at`, which no two of them share."""

    def __init__(self, connectors: Iterable[Connector]) -> None:
        self._by_connector: dict[tuple[str, int], list[Transaction]] = {
            (connector.charger_id, connector.number): [] for connector in connectors
        }
        # The number keeps apart the entries of one transaction that was stamped twice.
        self._to_store: list[tuple[datetime, str, int, int, Transaction]] = []
        self._number = count()

    def on(self, connector: Connector) -> Sequence[Transaction]:
        """All transactions of a connector, planned ones included."""
        return self._by_connector[connector.charger_id, connector.number]

    def until(self, connector: Connector, until: datetime) -> list[Transaction]:
        """Those that begin up to `until`."""
        happening = self._by_connector[connector.charger_id, connector.number]
        return happening[: bisect_right(happening, until, key=lambda each: each.start_at)]

    def after(self, connector: Connector, since: datetime) -> list[Transaction]:
        """Those that begin after `since`."""
        happening = self._by_connector[connector.charger_id, connector.number]
        return happening[bisect_right(happening, since, key=lambda each: each.start_at) :]

    def plugged_in(self, connector: Connector, moment: datetime) -> Transaction | None:
        """The transaction whose vehicle is at the connector at `moment`, from plugging in to its end."""
        happening = self._by_connector[connector.charger_id, connector.number]
        index = bisect_right(happening, moment, key=lambda each: each.plugged_at) - 1
        return happening[index] if index >= 0 and moment < happening[index].end_at else None

    def add(self, transaction: Transaction) -> None:
        """Let the transaction happen; its record is stored at `inserted_at`."""
        happening = self._by_connector[transaction.charger_id, transaction.connector_id]
        happening.insert(
            bisect_right(happening, transaction.start_at, key=lambda each: each.start_at), transaction
        )
        self._push(transaction)

    def drop(self, transaction: Transaction) -> None:
        """Let a transaction that has not begun not happen."""
        happening = self._by_connector[transaction.charger_id, transaction.connector_id]
        del happening[bisect_left(happening, transaction.start_at, key=lambda each: each.start_at)]
        transaction.inserted_at = _NEVER

    def stamp(self, transaction: Transaction, inserted_at: datetime) -> None:
        """Let a record that is not stored yet be stored at another time."""
        transaction.inserted_at = inserted_at
        self._push(transaction)

    def take_stored(self, now: datetime) -> Iterator[Transaction]:
        """Take out what is to be stored up to `now`, in the order of storing."""
        while self._to_store and self._to_store[0][0] <= now:
            due, _, _, _, transaction = heapq.heappop(self._to_store)
            if transaction.inserted_at == due and not transaction.id:
                yield transaction

    def _push(self, transaction: Transaction) -> None:
        heapq.heappush(
            self._to_store,
            (
                transaction.inserted_at,
                transaction.charger_id,
                transaction.connector_id,
                next(self._number),
                transaction,
            ),
        )
