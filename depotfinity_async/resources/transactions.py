"""Transactions: what was charged, when, where and by whom. Read only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import attrs

from depotfinity_async.jsonapi import Document, PageNumbers, Paginator, flat_array, flat_object
from depotfinity_async.models.glossary import ChargerId, ConnectorId, VehicleId
from depotfinity_async.models.transactions import FilterBy, Order, OrderBy, Transaction

from .identity import link
from .paging import PageLinks, paging, refusal
from .parameters import query, text, whole, window
from .requester import Requester

SERVER_LIMIT = 100
"""Rows per page when none are asked for. Vendor page: Transactions."""


@attrs.frozen
class Transactions:
    """``depot.transactions``. Vendor page: Transactions; packages Basic, Advanced, Premium."""

    _requester: Requester

    async def get(self, transaction_id: int, *, include: Sequence[str] = ()) -> Transaction:
        """One transaction by its id. The function is documented, its path and body are assumed.

        ``include`` is that of :meth:`list`. Raises :class:`NotFoundError` when there is none of that id
        (assumed), :class:`InvalidArgumentError` for an ``include`` that cannot be asked for.
        """
        document = await self._requester.read(
            "transactions.get",
            flat_object(Transaction),
            values={"transaction_id": transaction_id},
            query=query(include=self._requester.include(Transaction, include)),
            identity=self._requester.identity,
        )
        link(self._requester.identity, document.data)
        return document.data

    def list(
        self,
        *,
        charger_id: ChargerId | None = None,
        connector_id: ConnectorId | None = None,
        vehicle_id: VehicleId | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        filter_by: FilterBy | str | None = None,
        order_by: OrderBy | str | None = None,
        order: Order | str | None = None,
        page: int = 1,
        limit: int | None = None,
        include: Sequence[str] = (),
    ) -> Paginator[Transaction]:
        """Transactions, newest id first unless ordered otherwise. Vendor page and reference: Transactions.

        ``await`` the result for its first page, or loop over it with ``async for`` for all transactions,
        page by page. Nothing is sent before that; each page takes one slot of the budget.

        Args:
            charger_id: of this charger only.
            connector_id: of the connectors of this number only, from 1 on.
            vehicle_id: of this vehicle only.
            start: begin of the time window, aware; it applies to what ``filter_by`` says.
            end: end of the time window, aware.
            filter_by: ``StartAt``, ``EndAt``, ``InsertedAt`` or ``Overlapping``; the service's own default
                is not documented (assumed ``InsertedAt``), so say it whenever you give ``start`` or ``end``.
            order_by: ``TransactionID`` (the service's default), ``StartAt`` or ``EndAt``.
            order: ``asc`` or ``desc`` (the service's default).
            page: number of the first page to fetch, from 1 on.
            limit: transactions per page, from 1 on; the service's default is 100, its maximum is not known.
            include: paths of related resources that the service shall send along: ``charger``, ``connector``,
                ``connector.charger``, ``vehicle``, ``driver`` (assumed, not documented). Needs the setting
                ``media_type``; a service that answers plain JSON all the same sends none.

        Raises:
            InvalidArgumentError: an argument cannot be sent; nothing was.
        """
        whole("page", page)
        rows = whole("limit", limit)
        parameters = {
            "chargerId": text("charger_id", charger_id),
            "connectorId": whole("connector_id", connector_id),
            "vehicleId": text("vehicle_id", vehicle_id),
            **window(start, end),
            "filterBy": text("filter_by", filter_by),
            "orderBy": text("order_by", order_by),
            "order": text("order", order),
            "include": self._requester.include(Transaction, include),
        }
        identity = self._requester.identity

        async def fetch(number: int) -> Document[list[Transaction]]:
            document = await self._requester.read(
                "transactions.list",
                flat_array(Transaction),
                query=query(**parameters, **paging(number, rows)),
                identity=identity,
            )
            link(identity, *document.data)
            return document

        numbers = PageNumbers(start=page, limit=limit, server_limit=SERVER_LIMIT)
        return Paginator(
            fetch, PageLinks(numbers), lambda transaction: transaction.id, refusal("transactions.list")
        )
