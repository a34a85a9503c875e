"""Session Reports: what HPC chargers recorded of their charging sessions. Read only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import attrs

from depotfinity_async.jsonapi import (
    Document,
    Identifier,
    PageNumbers,
    Paginator,
    State,
    ToOne,
    flat_items,
)
from depotfinity_async.models.assets import Charger, Connector
from depotfinity_async.models.glossary import ChargerId, ConnectorId
from depotfinity_async.models.session_reports import SessionReport

from .identity import link
from .paging import PageLinks, paging, refusal
from .parameters import filled, from_one, query, whole, window
from .requester import Requester

SERVER_LIMIT = 3
"""Reports per page when none are asked for. Vendor reference: Session Reports."""

ADVICE = (
    "The vendor's description contradicts itself on limit: 3 unless asked for, but at least 10 and at most "
    "2000. If limit is what was refused, ask for 10 to 2000."
)


@attrs.frozen
class SessionReports:
    """``depot.session_reports``. Vendor page: Session Reports; packages Basic, Advanced, Premium.

    HPC chargers with the legacy "CCBox" only; what the service says of other chargers is not documented.
    """

    _requester: Requester

    def list(
        self,
        charger_id: ChargerId,
        connector_id: ConnectorId,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        page: int = 1,
        limit: int | None = None,
        include: Sequence[str] = (),
    ) -> Paginator[SessionReport]:
        """The reports of one connector of an HPC charger. Vendor page and reference: Session Reports.

        ``await`` the result for its first page, or loop over it with ``async for`` for all reports, page by
        page. Nothing is sent before that; each page takes one slot of the budget.

        Args:
            charger_id: the charger, such as a pantograph.
            connector_id: number of the connector on its charger, from 1 on.
            start: begin of the time window, aware.
            end: end of the time window, aware.
            page: number of the first page to fetch, from 1 on.
            limit: reports per page, from 1 on, sent as it is. The vendor says both that it is 3 unless given
                and that it is 10 to 2000; the error of a 400 tells so.
            include: paths of related resources that the service shall send along: ``charger``, ``connector``,
                ``connector.charger``, ``vehicle`` (assumed, not documented). Needs the setting
                ``media_type``; a service that answers plain JSON all the same sends none.

        Raises:
            InvalidArgumentError: an argument cannot be sent; nothing was.
        """
        identity = self._requester.identity
        whole("page", page)
        rows = whole("limit", limit)
        parameters = {
            "chargerId": filled("charger_id", charger_id),
            "connectorId": str(from_one("connector_id", connector_id)),
            **window(start, end),
            "include": self._requester.include(SessionReport, include),
        }

        async def fetch(number: int) -> Document[list[SessionReport]]:
            document = await self._requester.read(
                "session_reports.list",
                flat_items(SessionReport),
                query=query(**parameters, **paging(number, rows)),
                identity=identity,
                advice_if_refused=ADVICE,
            )
            for report in document.data:
                _place(report, charger_id, connector_id)
            link(identity, *document.data)
            return document

        numbers = PageNumbers(start=page, limit=limit, server_limit=SERVER_LIMIT)
        return Paginator(fetch, PageLinks(numbers), lambda report: report.id, refusal("session_reports.list"))


def _place(report: SessionReport, charger_id: str, connector_id: int) -> None:
    """Say where a report is from: a flat body tells it beside the reports, if at all; it was asked for."""
    if report.charger.state is State.NOT_LOADED:
        report.charger = ToOne[Charger]("charger", State.PRESENT, Identifier("chargers", charger_id))
    if report.connector.state is State.NOT_LOADED:
        there = Identifier("connectors", f"{charger_id}/{connector_id}")
        report.connector = ToOne[Connector]("connector", State.PRESENT, there)
