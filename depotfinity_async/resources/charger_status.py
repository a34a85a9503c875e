"""Charger Status: are chargers and connectors available, and are chargers connected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

import attrs

from depotfinity_async.jsonapi import flat_items
from depotfinity_async.models.charger_status import (
    ChargerAvailabilityRecord,
    ConnectivityRecord,
    ConnectorAvailabilityRecord,
)
from depotfinity_async.models.glossary import ChargerId, ConnectorId

from .parameters import from_one, query, window
from .requester import Requester


class _Timed(Protocol):
    timestamp: datetime


R = TypeVar("R", bound=_Timed)


@attrs.frozen
class ChargerStatus:
    """``depot.chargers``. Vendor page: Charger Status; packages Basic, Advanced, Premium.

    The service answers with a list of records. The plain methods give its newest record by time, or ``None``
    when the list is empty; the ``…_history`` methods give the whole list, oldest first. How far the list goes
    back without ``start`` is not documented.
    """

    _requester: Requester

    async def availability(self, charger_id: ChargerId) -> ChargerAvailabilityRecord | None:
        """The newest availability of a charger. Vendor page: Charger Status."""
        return _newest(await self.availability_history(charger_id))

    async def availability_history(
        self, charger_id: ChargerId, *, start: datetime | None = None, end: datetime | None = None
    ) -> Sequence[ChargerAvailabilityRecord]:
        """Availability of a charger over time. Vendor page: Charger Status; the window is assumed."""
        return await self._records(
            "charger_status.availability", ChargerAvailabilityRecord, {"charger_id": charger_id}, start, end
        )

    async def connector_availability(
        self, charger_id: ChargerId, connector_id: ConnectorId
    ) -> ConnectorAvailabilityRecord | None:
        """The newest availability of one connector. The function is documented; path and body are assumed."""
        return _newest(await self.connector_availability_history(charger_id, connector_id))

    async def connector_availability_history(
        self,
        charger_id: ChargerId,
        connector_id: ConnectorId,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Sequence[ConnectorAvailabilityRecord]:
        """Availability of one connector over time. The function is documented; the rest is assumed."""
        return await self._records(
            "charger_status.connector_availability",
            ConnectorAvailabilityRecord,
            {"charger_id": charger_id, "connector_id": from_one("connector_id", connector_id)},
            start,
            end,
        )

    async def connectivity(self, charger_id: ChargerId) -> ConnectivityRecord | None:
        """Whether a charger is connected now. The function is documented; path and body are assumed."""
        return _newest(await self.connectivity_history(charger_id))

    async def connectivity_history(
        self, charger_id: ChargerId, *, start: datetime | None = None, end: datetime | None = None
    ) -> Sequence[ConnectivityRecord]:
        """Connectivity of a charger over time. The function is documented; the rest is assumed."""
        return await self._records(
            "charger_status.connectivity", ConnectivityRecord, {"charger_id": charger_id}, start, end
        )

    async def _records(
        self,
        operation: str,
        record: type[R],
        values: Mapping[str, str | int],
        start: datetime | None,
        end: datetime | None,
    ) -> Sequence[R]:
        document = await self._requester.read(
            operation, flat_items(record), values=values, query=query(**window(start, end))
        )
        return sorted(document.data, key=lambda found: found.timestamp)


def _newest(history: Sequence[R]) -> R | None:
    return history[-1] if history else None
