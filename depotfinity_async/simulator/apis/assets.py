"""Chargers, connectors, vehicles and drivers as resource objects of JSON:API, with their newest status.

Assumed, not documented: all of it. The bodies of status records, which have no identity, are those of the
Charger Status API.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from depotfinity_async.simulator.depot import Charger, Connector, Depot
from depotfinity_async.simulator.depot.status import (
    REPORT_EVERY,
    StatusRecord,
    charger_availability,
    charger_connectivity,
    connector_availability,
)
from depotfinity_async.simulator.jsonapi import Find, Resource, connector_id, to_one
from depotfinity_async.simulator.times import print_time

VENDOR_ID = 23

Body = dict[str, object]


def availability_bodies(records: Iterable[StatusRecord]) -> list[Body]:
    """The bodies of availability records; those of a charger are documented."""
    return [
        {
            "timeStamp": print_time(record.at),
            "errorCode": record.error_code,
            "vendorErrorCode": record.vendor_error_code,
            "vendorId": VENDOR_ID,
            "status": record.status,
        }
        for record in records
    ]


def connectivity_bodies(records: Iterable[StatusRecord]) -> list[Body]:
    """The bodies of connectivity records (assumed, not documented)."""
    return [{"timeStamp": print_time(record.at), "status": record.status} for record in records]


def charger_resource(charger: Charger, **statuses: Sequence[Body]) -> Resource:
    """A charger with the statuses given."""
    return {"type": "chargers", "id": charger.id, "attributes": statuses}


def connector_resource(connector: Connector, availability: Sequence[Body]) -> Resource:
    """A connector of its charger."""
    return {
        "type": "connectors",
        "id": connector_id(connector.charger_id, connector.number),
        "attributes": {"ConnectorID": connector.number, "availabilityStatus": availability},
        "relationships": {"charger": to_one("charger", connector.charger_id)},
    }


def finder(depot: Depot, now: datetime) -> Find:
    """The function that finds resources of the depot as the backend knows them at `now`."""

    def charger_of(charger_id: str) -> Charger:
        charger = depot.charger(charger_id)
        assert charger is not None  # what is related to exists
        return charger

    def find(kind: str, key: str) -> Resource:
        match kind:
            case "chargers":
                charger = charger_of(key)
                since = depot.known_until(charger.id, now) - REPORT_EVERY
                availability = charger_availability(depot, charger, now, since)
                connectivity = charger_connectivity(depot, charger, now, since)
                return charger_resource(
                    charger,
                    availabilityStatus=availability_bodies(availability[-1:]),
                    connectivityStatus=connectivity_bodies(connectivity[-1:]),
                )
            case "connectors":
                charger_id, _, number = key.rpartition("/")
                connector = charger_of(charger_id).connectors[int(number) - 1]
                since = depot.known_until(charger_id, now) - REPORT_EVERY
                records = connector_availability(depot, connector, now, since)
                return connector_resource(connector, availability_bodies(records[-1:]))
            case "vehicles":
                return {"type": kind, "id": key, "attributes": {"VIN": depot.onboards.of_vehicle(key).vin}}
            case _:
                return {"type": kind, "id": key}

    return find
