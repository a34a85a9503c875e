"""Charger Control API: the power groups, and limits set on them from outside (vendor page Charger Control).

Assumed, not documented: `W` as the only unit, 400 for windows that overlap, that a new set replaces the one
before, that the group's `ID` is the path's `chargerGroupId`, and the values of a group that mean nothing
here.
"""

from datetime import datetime
from itertools import pairwise
from typing import Any

from aiohttp import web

from depotfinity_async.simulator.depot import Charger, PowerGroup, PowerWindow
from depotfinity_async.simulator.depot.live import limit_power
from depotfinity_async.simulator.depot.power import power_offered
from depotfinity_async.simulator.replies import Refusal, json_reply
from depotfinity_async.simulator.times import to_milliseconds
from depotfinity_async.simulator.world import WORLD

from .bodies import as_object, items, moment, number, read_object, text

_OPERATOR = "operator@depot.example"
_FIELD = "dynamicPowerLimit"


async def set_external_power_limit(request: web.Request) -> web.Response:
    """Replace the external power limits of a group, as documented."""
    world, group_id = request.app[WORLD], request.match_info["group_id"]
    group = world.depot.power_group(group_id)
    if group is None:
        raise Refusal(404, f"Charger group {group_id} not found.")
    body = await read_object(request)
    source = text(body, "source")
    if text(body, "externalPowerRateUnit") != "W":
        raise Refusal(400, "externalPowerRateUnit: must be W")
    windows = [_window(entry, place) for place, entry in enumerate(items(body, _FIELD))]
    windows.sort(key=lambda window: window.start)
    if any(later.start < earlier.end for earlier, later in pairwise(windows)):
        raise Refusal(400, f"{_FIELD}: the times must not overlap")
    limit_power(world.depot, group, source, windows, world.clock.now())
    return json_reply({"message": "External power limit saved successfully."})


async def list_power_groups(request: web.Request) -> web.Response:
    """All power groups, as documented: a bare array, times without a zone."""
    world = request.app[WORLD]
    now, begin = world.clock.now(), world.depot.begin
    return json_reply([_body(group, begin, now) for group in world.depot.power_groups])


def _window(entry: Any, place: int) -> PowerWindow:
    path = f"{_FIELD}[{place}]"
    each = as_object(entry, path)
    window = PowerWindow(
        to_milliseconds(moment(each, "fromDate", path=f"{path}.")),
        to_milliseconds(moment(each, "toDate", path=f"{path}.")),
        number(each, "externalPowerLimit", path=f"{path}."),
    )
    if window.end <= window.start:
        raise Refusal(400, f"{path}.toDate: must be later than fromDate")
    return window


def _body(group: PowerGroup, begin: datetime, now: datetime) -> dict[str, object]:
    changed = group.limited_at or begin
    return {
        "PowerGroupID": group.number,
        "ID": group.id,
        "CommonName": f"Group {group.number}",
        "Algorithm": "FO",
        "ChargeStrategy": None,
        "IsOptimalChargingActive": False,
        "DefaultMaxPower": int(group.max_power),
        "DefaultPrice": 0,
        "CreatedOn": _without_zone(begin),
        "CreatedBy": _OPERATOR,
        "ModifiedOn": _without_zone(changed),
        "ModifiedBy": _OPERATOR,
        "FullUpdateRequired": False,
        "SetLimitsRetryNecessary": False,
        "LastAlgorithmTriggeredTime": _without_zone(group.limited_at) if group.limited_at else None,
        "LastAlgorithmRetriedTime": None,
        "PowerElementEntries": [_element(charger) for charger in group.chargers],
        "LastPowerLimits": {
            "ClientID": group.source or "",
            "GUID": group.id,
            "Result": [_limits(charger, group.shares(), now) for charger in group.chargers],
        },
        "PowerSchedulingEntries": [],
        "PriceSchedulingEntries": [],
        "UserDefaultPowerProfile": "ChargerMaxPower",
    }


def _element(charger: Charger) -> dict[str, object]:
    return {
        "DefaultProfileStatus": "Accepted",
        "Type": "Charger",
        "PowerElementID": charger.id,
        "DefaultProfileRetryCount": 0,
        "SendClearProfile": False,
    }


def _limits(charger: Charger, shares: list[PowerWindow], now: datetime) -> dict[str, object]:
    return {
        "ChargerID": charger.id,
        "Connectors": [
            {
                "ChargingZone": "charging",
                "ConnectorID": connector.number,
                "ETC": 0,
                "PowerSetPoint": int(power_offered(connector.max_power, shares, now)),
            }
            for connector in charger.connectors
        ],
    }


def _without_zone(moment: datetime) -> str:
    """To microseconds, and without a zone: only this API prints times so."""
    return moment.replace(tzinfo=None).isoformat()


ROUTES = (
    web.put("/v1/chargerControl/chargerGroups/{group_id}/externalPowerLimits", set_external_power_limit),
    web.get("/v1/chargerGroup/powergroups", list_power_groups, allow_head=False),
)
