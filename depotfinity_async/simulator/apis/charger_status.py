"""Charger Status API: availability of chargers and connectors, connectivity (vendor page Charger Status).

Paths and bodies of the connector and connectivity calls are assumed, not documented, and so are `from`, `to`,
`page` and `limit`: without bounds the last 24 hours are served, without `page` and `limit` all records.
"""

from datetime import timedelta

from aiohttp import web

from depotfinity_async.simulator import parameters
from depotfinity_async.simulator.depot.status import (
    StatusRecord,
    charger_availability,
    charger_connectivity,
    connector_availability,
)
from depotfinity_async.simulator.world import WORLD

from .assets import availability_bodies, charger_resource, connectivity_bodies, connector_resource
from .documents import reply
from .places import CHARGER, CONNECTOR, charger_of, connector_of

DEFAULT_HISTORY = timedelta(hours=24)
"""Longer than any outage and report interval of the depot, so that the status in force is always served."""

DEFAULT_LIMIT = 100


async def availability_of_charger(request: web.Request) -> web.Response:
    """Availability of a charger, as documented."""
    world, charger = request.app[WORLD], charger_of(request)
    records = _wanted(request, charger_availability(world.depot, charger, world.clock.now()))
    bodies = availability_bodies(records)
    return reply(request, {"items": bodies}, lambda: charger_resource(charger, availabilityStatus=bodies))


async def availability_of_connector(request: web.Request) -> web.Response:
    """Availability of a connector (assumed, not documented)."""
    world, connector = request.app[WORLD], connector_of(request, charger_of(request))
    records = _wanted(request, connector_availability(world.depot, connector, world.clock.now()))
    bodies = availability_bodies(records)
    return reply(request, {"items": bodies}, lambda: connector_resource(connector, bodies), ("charger",))


async def connectivity_of_charger(request: web.Request) -> web.Response:
    """Connectivity of a charger (assumed, not documented)."""
    world, charger = request.app[WORLD], charger_of(request)
    records = _wanted(request, charger_connectivity(world.depot, charger, world.clock.now()))
    bodies = connectivity_bodies(records)
    return reply(request, {"items": bodies}, lambda: charger_resource(charger, connectivityStatus=bodies))


def _wanted(request: web.Request, records: list[StatusRecord]) -> list[StatusRecord]:
    """The records that the query asks for, in the order in which they are served."""
    world, query = request.app[WORLD], request.query
    start, end = parameters.between(query)
    page, limit = parameters.integer(query, "page"), parameters.integer(query, "limit")
    if start is None and end is None:
        start = world.clock.now() - DEFAULT_HISTORY
    records = [
        record
        for record in records
        if (start is None or record.at >= start) and (end is None or record.at <= end)
    ]
    if world.newest_first:
        records.reverse()
    if page is not None or limit is not None:
        size = min(limit or DEFAULT_LIMIT, world.max_page_size)
        first = ((page or 1) - 1) * size
        records = records[first : first + size]
    return records


_BASE = f"/v1/chargerStatus/{CHARGER}"

ROUTES = (
    web.get(f"{_BASE}/availabilityStatus", availability_of_charger, allow_head=False),
    web.get(f"{_BASE}/{CONNECTOR}/availabilityStatus", availability_of_connector, allow_head=False),
    web.get(f"{_BASE}/connectivityStatus", connectivity_of_charger, allow_head=False),
)
