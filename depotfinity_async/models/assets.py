"""What a depot consists of: chargers, connectors, vehicles and drivers, as far as the API shows them.

No call of the API describes these; other records name them by id, and references point to these classes.
"""

from __future__ import annotations

from depotfinity_async import jsonapi


@jsonapi.resource("chargers")
class Charger:
    """A charger (charge point). Vendor page: General Information, glossary."""

    id: str


@jsonapi.resource("connectors")
class Connector:
    """A connector. Its id is charger and number, ``CP-7/1``, since number 1 exists on every charger."""

    id: str


@jsonapi.resource("vehicles")
class Vehicle:
    """An electric vehicle. Vendor page: General Information, glossary (Vehicle ID)."""

    id: str


@jsonapi.resource("drivers")
class Driver:
    """A driver linked to a charging vehicle. Vendor page: General Information, glossary (Driver ID)."""

    id: str
