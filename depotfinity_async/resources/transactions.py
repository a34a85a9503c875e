"""Transactions: what was charged, when, where and by whom. Read only."""

from __future__ import annotations

from datetime import datetime

import attrs

from depotfinity_async.errors import UnexpectedResponseError
from depotfinity_async.jsonapi import Document, PageNumbers, Paginator, flat_array, flat_object
from depotfinity_async.models.glossary import ChargerId, ConnectorId, VehicleId
from depotfinity_async.models.transactions import FilterBy, Order, OrderBy, Transaction

from .parameters import query, text, whole, window
from .requester import Requester

SERVER_LIMIT = 100
"""Rows per page when none are asked for. Vendor page: Transactions."""


@attrs.frozen
class Transactions:
    """``depot.transactions``. Vendor page: Transactions; packages Basic, Advanced, Premium."""

    _requester: Requester

    async def get(self, transaction_id: int) -> Transaction:
        """One transaction by its id. The function is documented, its path and body are assumed.

        Raises :class:`NotFoundError` when there is none of that id (assumed).
        """
        document = await self._requester.read(
            "transactions.get", flat_object(Transaction), values={"transaction_id": transaction_id}
        )
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
        }

        async def fetch(number: int) -> Document[list[Transaction]]:
            paging = {"page": str(number) if number > 1 else None, "limit": rows}
            return await self._requester.read(
                "transactions.list", flat_array(Transaction), query=query(**parameters, **paging)
            )

        def refuse(sentence: str) -> UnexpectedResponseError:
            return UnexpectedResponseError(
                f"transactions.list: {sentence}.", operation="transactions.list", status=200
            )

        policy = PageNumbers(start=page, limit=limit, server_limit=SERVER_LIMIT)
        return Paginator(fetch, policy, lambda transaction: transaction.id, refuse)
