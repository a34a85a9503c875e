"""What a depot consists of: chargers, connectors, vehicles and drivers, as far as the API shows them.

No call of the API lists these; other records name them by id, and references point to these classes. What is
known of them beside their ids comes from Charger Status, or with ``include`` from a service that speaks
JSON:API (assumed, not documented).
"""

from __future__ import annotations

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import ToOne, attribute, relationship

from .charger_status import (
    ChargerAvailabilityRecord,
    ConnectivityRecord,
    ConnectorAvailabilityRecord,
    newest,
)
from .glossary import Vin


@jsonapi.resource("chargers")
class Charger:
    """A charger (charge point). Vendor page: General Information, glossary."""

    id: str
    availability_records: tuple[ChargerAvailabilityRecord, ...] = attribute("availabilityStatus", default=())
    """What was last told of its availability, oldest first."""
    connectivity_records: tuple[ConnectivityRecord, ...] = attribute("connectivityStatus", default=())
    """What was last told of its connectivity, oldest first."""

    @property
    def availability(self) -> ChargerAvailabilityRecord | None:
        """The newest record that is known; ``None`` when none is."""
        return newest(self.availability_records)

    @property
    def connectivity(self) -> ConnectivityRecord | None:
        """The newest record that is known; ``None`` when none is."""
        return newest(self.connectivity_records)


@jsonapi.resource("connectors")
class Connector:
    """A connector. Its id is charger and number, ``CP-7/1``, since number 1 exists on every charger."""

    id: str
    charger: ToOne[Charger] = relationship()
    number: int | None = attribute("ConnectorID", default=None)
    """Its number on its charger, from 1 on, where that was told."""
    availability_records: tuple[ConnectorAvailabilityRecord, ...] = attribute(
        "availabilityStatus", default=()
    )
    """What was last told of its availability, oldest first."""

    @property
    def availability(self) -> ConnectorAvailabilityRecord | None:
        """The newest record that is known; ``None`` when none is."""
        return newest(self.availability_records)


@jsonapi.resource("vehicles")
class Vehicle:
    """An electric vehicle. Vendor page: General Information, glossary (Vehicle ID)."""

    id: str
    vin: Vin | None = attribute("VIN", default=None)
    """Where the service tells it (assumed, not documented)."""


@jsonapi.resource("drivers")
class Driver:
    """A driver linked to a charging vehicle. Vendor page: General Information, glossary (Driver ID)."""

    id: str
