"""The job of `demo`: everything a depot has to tell, asked for at once, and counted as it comes in."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Final

import attrs

from depotfinity_async.cli.screen import Bar
from depotfinity_async.client import DepotFinity
from depotfinity_async.models.time_series import Measurand, TimeSeries
from depotfinity_async.models.transactions import FilterBy

NO_RECORD: Final = "no record"


@attrs.define
class Workload:
    """What is asked, and what has come of it.

    Args:
        depot: the client.
        chargers: ids of the chargers.
        connectors: number of connectors of each.
        measured_charger: the charger whose power is fetched.
        since, until: of the transactions and of the power, aware.
        on_answer: called after each answer.
    """

    depot: DepotFinity
    chargers: tuple[str, ...]
    connectors: int
    measured_charger: str
    since: datetime
    until: datetime
    on_answer: Callable[[], object]

    charger_statuses: Counter[str] = attrs.field(init=False, factory=Counter[str])
    connector_statuses: Counter[str] = attrs.field(init=False, factory=Counter[str])
    transactions: int = attrs.field(init=False, default=0)
    energy: float = attrs.field(init=False, default=0.0)
    """Delivered in all transactions, in Wh."""
    power: TimeSeries | None = attrs.field(init=False, default=None)
    _pages: int = attrs.field(init=False, default=0)
    _has_all_pages: bool = attrs.field(init=False, default=False)

    async def run(self) -> None:
        """Ask for all of it at once; the request budget sees to the pace.

        Raises:
            ExceptionGroup: of the errors of the calls that failed; the others are cancelled.
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(self._fetch_power())
            group.create_task(self._fetch_transactions())
            for charger in self.chargers:
                group.create_task(self._fetch_charger(charger))
            for charger in self.chargers:
                for number in range(1, self.connectors + 1):
                    group.create_task(self._fetch_connector(charger, number))

    def bars(self) -> tuple[Bar, ...]:
        """How far each kind of thing is, in requests."""
        chargers, connectors = self.charger_statuses.total(), self.connector_statuses.total()
        all_chargers = len(self.chargers)
        all_connectors = all_chargers * self.connectors
        pages = self._pages if self._has_all_pages else None
        return (
            Bar("chargers", chargers, all_chargers, f"{chargers} of {all_chargers}"),
            Bar("connectors", connectors, all_connectors, f"{connectors} of {all_connectors}"),
            Bar("transactions", self._pages, pages, f"{self.transactions} in {_pages_text(self._pages)}"),
            Bar("power", int(self.power is not None), 1, f"{len(self.power or ())} points"),
        )

    async def _fetch_charger(self, charger: str) -> None:
        record = await self.depot.chargers.availability(charger)
        self.charger_statuses[record.status.value if record else NO_RECORD] += 1
        self.on_answer()

    async def _fetch_connector(self, charger: str, number: int) -> None:
        record = await self.depot.chargers.connector_availability(charger, number)
        self.connector_statuses[record.status.value if record else NO_RECORD] += 1
        self.on_answer()

    async def _fetch_transactions(self) -> None:
        found = self.depot.transactions.list(start=self.since, end=self.until, filter_by=FilterBy.START_AT)
        async for page in found.pages():
            self._pages += 1
            self._has_all_pages = page.next_position is None
            self.transactions += len(page)
            self.energy += sum(transaction.energy_delivered or 0.0 for transaction in page)
            self.on_answer()
        # A full page can be the last one, which only an empty one after it tells.
        self._has_all_pages = True

    async def _fetch_power(self) -> None:
        self.power = await self.depot.time_series.charger(
            self.measured_charger, Measurand.ACTIVE_POWER_IMPORT, start=self.since, end=self.until
        )
        self.on_answer()


def _pages_text(pages: int) -> str:
    return "1 page" if pages == 1 else f"{pages} pages"
