"""VDV-261 API: a vehicle reports, and learns when it leaves and how to prepare (vendor page VDV-261).

Assumed, not documented: the path `/v1/vdv` with `/vdv` as an alias, the ranges of the numbers, that only
`seq` and `vin` are always due and the full set at `seq` 0, 403 for a VIN that is not the user's, and
400 naming the field. `seq` may skip or repeat: replies get lost, and nothing is said of it.
"""

import hmac
import re
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from depotfinity_async.simulator.basic import basic_credentials
from depotfinity_async.simulator.depot.onboard import NOT_AVAILABLE_8, NOT_AVAILABLE_16, Onboard
from depotfinity_async.simulator.depot.readiness import readiness
from depotfinity_async.simulator.gate import VEHICLE_PATHS
from depotfinity_async.simulator.replies import Refusal, json_reply
from depotfinity_async.simulator.world import WORLD, World

from .bodies import read_object

LARGEST: Final = {
    # Of a bus that has gone round the earth more than once: 16 bits would not do.
    "odo": 2**32 - 1,
    "bat_reqtime": NOT_AVAILABLE_16,
    "bat_eamount": NOT_AVAILABLE_16,
    "bprec_eamount": NOT_AVAILABLE_16,
    "prec_reqtime": NOT_AVAILABLE_16,
    "prec_eamount": NOT_AVAILABLE_16,
    "chrg_stat": NOT_AVAILABLE_8,
}
"""The largest value of each number of a report."""

_MAC = re.compile(r"[0-9A-Fa-f]{2}([:-]?[0-9A-Fa-f]{2}){5}")


async def report(request: web.Request) -> web.Response:
    """Take a vehicle's report and answer it; the members of both bodies are documented."""
    world = request.app[WORLD]
    onboard = _vehicle(request, world)
    body = await read_object(request)
    seq, vin = _whole(body, "seq", 255), body.get("vin")
    if not (isinstance(vin, str) and 11 <= len(vin) <= 17):
        raise Refusal(400, "vin: must be a text of 11 to 17 characters")
    if vin != onboard.vin:
        raise Refusal(403, "vin: is not the one of the credentials.")
    if seq and onboard.signals is None:
        raise Refusal(400, "seq: must be 0, with the full set, in the first report")
    onboard.report(seq, _signals(body, full=seq == 0))
    found = readiness(world.depot, onboard, world.clock.now())
    return json_reply(
        {
            "seq": seq,
            "driveoff": NOT_AVAILABLE_16 if found.departure is None else found.departure,
            "prec_dsrd": NOT_AVAILABLE_8 if found.precondition is None else int(found.precondition),
            "prec_hvac": int(found.climate),
            "ambienttemp": NOT_AVAILABLE_8 if found.ambient is None else found.ambient,
            "vin": vin,
        }
    )


def _vehicle(request: web.Request, world: World) -> Onboard:
    """The vehicle whose credentials the request carries."""
    vin, password = basic_credentials(request) or ("", "")
    onboard = world.depot.onboards.get(vin)
    if onboard is None or not hmac.compare_digest(password.encode(), onboard.password.encode()):
        raise Refusal(
            401,
            "The vehicle's credentials are missing or wrong.",
            {"WWW-Authenticate": 'Basic realm="VDV-261"'},
        )
    return onboard


def _signals(body: Mapping[str, Any], *, full: bool) -> dict[str, int | str]:
    """What the body holds of the set, checked; all of it is due when `full`."""
    signals: dict[str, int | str] = {}
    if full or "evccid" in body:
        evccid = body.get("evccid")
        if not (isinstance(evccid, str) and _MAC.fullmatch(evccid)):
            raise Refusal(400, "evccid: must be a MAC address of 12 hex digits")
        signals["evccid"] = evccid
    for name, largest in LARGEST.items():
        if full or name in body:
            signals[name] = _whole(body, name, largest)
    return signals


def _whole(body: Mapping[str, Any], name: str, largest: int) -> int:
    value = body.get(name)
    # True is an int to Python, not to JSON.
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= largest:
        raise Refusal(400, f"{name}: must be an integer of 0 to {largest}")
    return value


ROUTES = tuple(web.post(path, report) for path in VEHICLE_PATHS)
