"""Charger Status: are chargers and connectors available, and are chargers connected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import attrs

from depotfinity_async.jsonapi import flat_items
from depotfinity_async.models.assets import Charger, Connector
from depotfinity_async.models.charger_status import (
    ChargerAvailabilityRecord,
    ConnectivityRecord,
    ConnectorAvailabilityRecord,
    R,
    newest,
)
from depotfinity_async.models.glossary import ChargerId, ConnectorId

from .identity import charger_of, connector_of
from .parameters import from_one, query, window
from .requester import Requester


@attrs.frozen
class ChargerStatus:
    """``depot.chargers``. Vendor page: Charger Status; packages Basic, Advanced, Premium.

    The service answers with a list of records. The plain methods give its newest record by time, or ``None``
    when the list is empty; the ``…_history`` methods give the whole list, oldest first. How far the list goes
    back without ``start`` is not documented.

    A client with an identity map keeps what it is told in the map's :class:`Charger` and :class:`Connector`
    objects too: records that reach further take the place of older ones.
    """

    _requester: Requester

    async def availability(self, charger_id: ChargerId) -> ChargerAvailabilityRecord | None:
        """The newest availability of a charger. Vendor page: Charger Status."""
        return newest(await self.availability_history(charger_id))

    async def availability_history(
        self, charger_id: ChargerId, *, start: datetime | None = None, end: datetime | None = None
    ) -> Sequence[ChargerAvailabilityRecord]:
        """Availability of a charger over time. Vendor page: Charger Status; the window is assumed."""
        found = await self._requester.read_records(
            "charger_status.availability",
            flat_items(ChargerAvailabilityRecord),
            Charger,
            values={"charger_id": charger_id},
            query=query(**window(start, end)),
        )
        records = _in_order(found.availability_records if isinstance(found, Charger) else found)
        if self._requester.identity is not None:
            charger = charger_of(self._requester.identity, charger_id)
            charger.availability_records = _later(charger.availability_records, records)
        return records

    async def connector_availability(
        self, charger_id: ChargerId, connector_id: ConnectorId
    ) -> ConnectorAvailabilityRecord | None:
        """The newest availability of one connector. The function is documented; path and body are assumed."""
        return newest(await self.connector_availability_history(charger_id, connector_id))

    async def connector_availability_history(
        self,
        charger_id: ChargerId,
        connector_id: ConnectorId,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Sequence[ConnectorAvailabilityRecord]:
        """Availability of one connector over time. The function is documented; the rest is assumed."""
        found = await self._requester.read_records(
            "charger_status.connector_availability",
            flat_items(ConnectorAvailabilityRecord),
            Connector,
            values={"charger_id": charger_id, "connector_id": from_one("connector_id", connector_id)},
            query=query(**window(start, end)),
        )
        records = _in_order(found.availability_records if isinstance(found, Connector) else found)
        if self._requester.identity is not None:
            connector = connector_of(self._requester.identity, charger_id, connector_id)
            connector.availability_records = _later(connector.availability_records, records)
        return records

    async def connectivity(self, charger_id: ChargerId) -> ConnectivityRecord | None:
        """Whether a charger is connected now. The function is documented; path and body are assumed."""
        return newest(await self.connectivity_history(charger_id))

    async def connectivity_history(
        self, charger_id: ChargerId, *, start: datetime | None = None, end: datetime | None = None
    ) -> Sequence[ConnectivityRecord]:
        """Connectivity of a charger over time. The function is documented; the rest is assumed."""
        found = await self._requester.read_records(
            "charger_status.connectivity",
            flat_items(ConnectivityRecord),
            Charger,
            values={"charger_id": charger_id},
            query=query(**window(start, end)),
        )
        records = _in_order(found.connectivity_records if isinstance(found, Charger) else found)
        if self._requester.identity is not None:
            charger = charger_of(self._requester.identity, charger_id)
            charger.connectivity_records = _later(charger.connectivity_records, records)
        return records


def _in_order(records: Iterable[R]) -> list[R]:
    return sorted(records, key=lambda record: record.timestamp)


def _later(known: tuple[R, ...], records: Sequence[R]) -> tuple[R, ...]:
    """What an object of the identity map keeps: the records that reach further."""
    before, now = newest(known), newest(records)
    if now is None or (before is not None and now.timestamp < before.timestamp):
        return known
    return tuple(records)
