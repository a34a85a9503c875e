"""RFID Management API: import tags, switch one on or off (vendor page RFID Management).

Assumed, not documented: tags of 1 to 20 characters, all or nothing in an import, 409 for a tag that is known,
404 for one that is not, and the body of the second call.
"""

from typing import Any

from aiohttp import web

from depotfinity_async.simulator.depot.live import switch_tag
from depotfinity_async.simulator.replies import Refusal, json_reply
from depotfinity_async.simulator.world import WORLD

from .bodies import items, read_object

MAX_LENGTH = 20
"""Of a tag in OCPP 1.6, `CiString20Type`."""

_FIELD = "interimVehicleIDs"


async def import_tags(request: web.Request) -> web.Response:
    """Import tags, as documented; they are enabled."""
    tags = request.app[WORLD].depot.tags
    values = [_tag(value, place) for place, value in enumerate(items(await read_object(request), _FIELD))]
    if len(set(values)) < len(values):
        raise Refusal(400, f"{_FIELD}: holds a tag twice")
    known = next((value for value in values if tags.get(value)), None)
    if known is not None:
        raise Refusal(409, f"RFID {known} exists already.")
    tags.add(values)
    return json_reply({"message": "RFID has been created successfully."}, 201)


async def switch(request: web.Request) -> web.Response:
    """Enable or disable a tag, as documented but for the body."""
    world, value = request.app[WORLD], request.match_info["tag"]
    status = request.match_info["status"]
    if status not in ("true", "false"):
        raise Refusal(400, "status: must be true or false")
    tag = world.depot.tags.get(value)
    if tag is None:
        raise Refusal(404, f"RFID {value} not found.")
    switch_tag(world.depot, tag, world.clock.now(), enabled=status == "true")
    return json_reply({"message": "RFID status has been updated successfully."}, 201)


def _tag(value: Any, place: int) -> str:
    if not (isinstance(value, str) and 1 <= len(value) <= MAX_LENGTH and value.isprintable()):
        raise Refusal(400, f"{_FIELD}[{place}]: must be a text of 1 to {MAX_LENGTH} characters")
    return value


ROUTES = (web.post("/v2/rfid", import_tags), web.post("/v2/rfid/{tag}/{status}", switch))
