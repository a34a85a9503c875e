"""Force Termination API: end a charger's connection (vendor page Force Terminate Connection).

Assumed, not documented: 404 for an unknown charger, 409 for one that is not connected, and that the charger
connects again by itself.
"""

from aiohttp import web

from depotfinity_async.simulator.depot import Rejection
from depotfinity_async.simulator.depot.live import take_offline
from depotfinity_async.simulator.replies import Refusal, json_reply
from depotfinity_async.simulator.world import WORLD

from .places import charger_of


async def force_terminate(request: web.Request) -> web.Response:
    """Take the charger offline, as documented; it goes on charging."""
    world, charger = request.app[WORLD], charger_of(request)
    outcome = take_offline(world.depot, charger, world.clock.now())
    if isinstance(outcome, Rejection):
        raise Refusal(409, f"Charger {charger.id}: {outcome.value}.")
    return json_reply({"code": 200, "message": "Charger Accepted."})


# As documented: no `/chargers/` in this path.
ROUTES = (web.put("/v1/chargerControl/{charger_id}/forceTerminateConnection", force_terminate),)
