"""Reservations: keep a connector for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import attrs

from depotfinity_async.jsonapi import flat_array, flat_object
from depotfinity_async.models.acknowledgement import Acknowledgement
from depotfinity_async.models.glossary import ChargerId, ConnectorId, RfidTag
from depotfinity_async.models.reservations import (
    AuthorizationType,
    Reservation,
    ReservationAdded,
    ReservationAddedBody,
)

from .parameters import filled, from_one, span
from .requester import Requester


@attrs.frozen
class Reservations:
    """``depot.reservations``. Vendor page: Reservations; packages Advanced, Premium."""

    _requester: Requester

    async def add(
        self,
        charger_id: ChargerId,
        connector_id: ConnectorId,
        tag: RfidTag,
        *,
        start: datetime,
        end: datetime,
        authorization_type: AuthorizationType | str = AuthorizationType.RFID,
    ) -> ReservationAdded:
        """Reserve a connector. Vendor page: Reservations; the answer is assumed, not documented.

        It is not sent again when no answer came, since that could reserve twice.

        Args:
            charger_id: of the charger.
            connector_id: number of the connector, from 1 on.
            tag: who the connector is kept for.
            start: begin of the charging session, aware.
            end: its end, aware, later than ``start``.
            authorization_type: what ``tag`` is; only ``RFID`` is documented.

        Raises:
            InvalidArgumentError: an argument cannot be sent; nothing was.
            NotFoundError: there is no such charger or connector (assumed).
            ConflictError: the connector is reserved for a part of that time (assumed).
        """
        begin, finish = span("start", start, "end", end)
        written = await self._requester.write(
            "reservations.add",
            flat_object(ReservationAddedBody),
            values={"charger_id": charger_id, "connector_id": from_one("connector_id", connector_id)},
            body={
                "ReservationStart": begin,
                "ReservationEnd": finish,
                "AuthorizationType": filled("authorization_type", authorization_type),
                "AuthorizationValue": filled("tag", tag),
            },
        )
        return ReservationAdded.of(written.status, written.data)

    async def list(self, charger_id: ChargerId, connector_id: ConnectorId) -> Sequence[Reservation]:
        """Reservations of a connector. Assumed, not documented: that the call exists, its path and body."""
        document = await self._requester.read(
            "reservations.list",
            flat_array(Reservation),
            values={"charger_id": charger_id, "connector_id": from_one("connector_id", connector_id)},
        )
        return document.data

    async def cancel(
        self, charger_id: ChargerId, connector_id: ConnectorId, reservation_id: int | str
    ) -> Acknowledgement:
        """End a reservation. Assumed, not documented: that the call exists, its path and answer.

        It is sent again when no answer came; a :class:`NotFoundError` after more than one of its ``attempts``
        may mean that the first one did it.
        """
        return await self._requester.acknowledged(
            "reservations.cancel",
            values={
                "charger_id": charger_id,
                "connector_id": from_one("connector_id", connector_id),
                "reservation_id": reservation_id,
            },
        )
