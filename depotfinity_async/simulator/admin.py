"""Calls for other processes that test against a simulator: what it saw, and which faults it shall make.

They ask for no credentials and count towards no limit, so they exist only on a loopback address.
"""

import json
from typing import Any

from aiohttp import web

from .gate import ADMIN_PREFIX
from .replies import Refusal, json_reply
from .world import WORLD


async def report(request: web.Request) -> web.Response:
    """Requests, refusals, the busiest window and the requests per path."""
    world = request.app[WORLD]
    return json_reply(
        {
            "requests": len(world.log),
            "refusals": world.log.refusals,
            "busiest_window": world.log.busiest_window(world.requests.window),
            "limit": world.requests.limit,
            "window": world.requests.window,
            "by_path": world.log.by_path(),
        }
    )


async def add_fault(request: web.Request) -> web.Response:
    """Add one fault: a JSON object with the arguments of `FaultSwitchboard.add`."""
    world = request.app[WORLD]
    try:
        fault: dict[str, Any] = await request.json()
        world.faults.add(**fault)
    except (json.JSONDecodeError, UnicodeDecodeError, TypeError, ValueError) as error:
        raise Refusal(400, f"fault: {error}") from None
    return json_reply({"pending": len(world.faults.pending)}, 201)


async def clear_faults(request: web.Request) -> web.Response:
    """Remove all faults."""
    request.app[WORLD].faults.clear()
    return json_reply({"pending": 0})


ROUTES = (
    web.get(f"{ADMIN_PREFIX}report", report, allow_head=False),
    web.post(f"{ADMIN_PREFIX}faults", add_fault),
    web.delete(f"{ADMIN_PREFIX}faults", clear_faults),
)
