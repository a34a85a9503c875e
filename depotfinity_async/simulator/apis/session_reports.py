"""Session Reports API: what High Power Chargers recorded of their sessions (vendor page and reference).

Assumed, not documented: that a session has the id of its transaction, newest first, 400 for a missing
parameter, an empty list for a charger that is no HPC, that `from` and `to` are about a session's start,
and null for what a running session does not have yet. Any `limit` from 1 on is taken.
"""

from aiohttp import web

from depotfinity_async.simulator import parameters
from depotfinity_async.simulator.depot import Search
from depotfinity_async.simulator.depot.sessions import (
    MAX_VOLTAGE,
    MIN_VOLTAGE,
    Device,
    Limit,
    Session,
    sessions,
)
from depotfinity_async.simulator.jsonapi import Kind
from depotfinity_async.simulator.times import print_time
from depotfinity_async.simulator.world import WORLD

from .documents import Page, reply
from .places import find_charger, find_connector

DEFAULT_LIMIT = 3

_KIND = Kind("sessionReports", "sessionId", {"vehicleId": "vehicle"})
_PATHS = ("charger", "connector", "connector.charger", "vehicle")


async def list_session_reports(request: web.Request) -> web.Response:
    """The reports of one connector, as documented."""
    world, query = request.app[WORLD], request.query
    charger = find_charger(world.depot, parameters.required(query, "chargerId"))
    number = parameters.whole_number("connectorId", parameters.required(query, "connectorId"), of_query=True)
    connector = find_connector(charger, number)
    page = parameters.integer(query, "page", 1)
    size = min(parameters.integer(query, "limit", DEFAULT_LIMIT), world.max_page_size)
    start, end = parameters.between(query)
    now = world.clock.now()
    search = Search(
        charger_id=charger.id,
        connector_id=number,
        time_field="StartAt",
        start=start,
        end=end,
        sort_key="StartAt",
    )
    found = world.depot.search(search, now, first=(page - 1) * size, count=size + 1) if charger.is_hpc else []
    items = [_body(each) for each in sessions(world.depot, connector, found[:size], now)]
    place = {"ChargerID": charger.id, "ConnectorID": number}
    return reply(
        request,
        {**place, "items": items},
        lambda: [_KIND.resource({**place, **item}) for item in items],
        _PATHS,
        Page(page, more=len(found) > size),
    )


def _body(session: Session) -> dict[str, object]:
    alignment, opening = session.alignment, session.opening
    return {
        "sessionId": session.transaction.id,
        "vehicleId": session.transaction.vehicle_id,
        "ocppStatus": [
            {"value": status.status, "eventTimestamp": print_time(status.at)} for status in session.statuses
        ],
        "detailStatus": [
            {"key": word.key, "value": f"0x{word.value:08X}", "eventTimestamp": print_time(word.at)}
            for word in session.words
        ],
        "deviceStatus": [_device(device) for device in session.devices],
        "batteryAlignmentResults": alignment
        and {
            "eventTimestamp": print_time(alignment.at),
            "inRange": True,
            "presentVoltage": alignment.volts,
            "requestedVoltage": alignment.volts,
        },
        "chargeParameters": [_limit(limit) for limit in session.limits],
        "dcBreakerOpenConditions": opening
        and {
            # A breaker opens when no current flows any more.
            "current": 0,
            "eventTimestamp": print_time(opening.at),
            "voltage": opening.volts,
        },
    }


def _device(device: Device) -> dict[str, object]:
    fault = device.fault
    codes = (
        [{"errorCode": f"WA{fault.vendor_error_code:04d}", "eventTimestamp": print_time(fault.at)}]
        if fault
        else []
    )
    return {
        "status": device.state,
        "deviceId": device.name,
        "eventTimestamp": print_time(device.at),
        "errorCodes": codes,
    }


def _limit(limit: Limit) -> dict[str, object]:
    return {
        "eventTimestamp": print_time(limit.at),
        "maxCurrent": round(limit.power / MAX_VOLTAGE),
        "maxPower": round(limit.power),
        "maxVoltage": MAX_VOLTAGE,
        "minCurrent": 0,
        "minVoltage": MIN_VOLTAGE,
        "paramType": limit.party,
    }


ROUTES = (web.get("/v1/sessionReports", list_session_reports, allow_head=False),)
