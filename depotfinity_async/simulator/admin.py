"""Calls for other processes that test against a simulator: what it saw, and how it shall behave.

They ask for no credentials, tell passwords and count towards no limit, so they exist only on a loopback
address.
"""

import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from .gate import ADMIN_PREFIX
from .limit import POLICIES, Policy, make_limit
from .replies import Refusal, json_reply
from .times import print_time
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
    faults = request.app[WORLD].faults
    await _call(request, "fault", faults.add)
    return json_reply({"pending": len(faults.pending)}, 201)


async def clear_faults(request: web.Request) -> web.Response:
    """Remove all faults."""
    request.app[WORLD].faults.clear()
    return json_reply({"pending": 0})


async def begin_maintenance(request: web.Request) -> web.Response:
    """Answer 503 from now on: a JSON object with the arguments of `Simulator.begin_maintenance`."""
    world = request.app[WORLD]
    now = world.clock.time()

    def begin(**arguments: Any) -> None:
        world.maintenance.begin(now, **arguments)

    await _call(request, "maintenance", begin)
    return json_reply({"seconds": world.maintenance.left(now)}, 201)


async def end_maintenance(request: web.Request) -> web.Response:
    """Answer rightly again."""
    world = request.app[WORLD]
    world.maintenance.begin(world.clock.time(), 0)
    return json_reply({"seconds": 0.0})


async def list_deferrals(request: web.Request) -> web.Response:
    """The writes that were answered 202, oldest first, and what has become of them."""
    return json_reply(_deferrals(request))


async def add_deferral(request: web.Request) -> web.Response:
    """Accept the next writes with 202 and refuse them later: the arguments of `Deferrals.add`."""
    await _call(request, "deferral", request.app[WORLD].deferrals.add)
    return json_reply(_deferrals(request), 201)


async def clear_deferrals(request: web.Request) -> web.Response:
    """Forget the writes that were answered 202, and treat the next ones as usual."""
    request.app[WORLD].deferrals.clear()
    return json_reply(_deferrals(request))


async def read_limit(request: web.Request) -> web.Response:
    """How requests are limited now."""
    world = request.app[WORLD]
    return json_reply(
        {
            "policy": world.requests.policy,
            "limit": world.requests.limit,
            "window": world.requests.window,
            "count_refused": world.requests.count_refused,
            "retry_after": world.retry_after,
            "count_vehicles": world.count_vehicles,
        }
    )


async def change_limit(request: web.Request) -> web.Response:
    """Begin a new limit with nothing used; what the body leaves out stays as it is."""
    world = request.app[WORLD]

    def change(
        *,
        policy: Policy = world.requests.policy,
        limit: int = world.requests.limit,
        window: float = world.requests.window,
        count_refused: bool = world.requests.count_refused,
        retry_after: bool = world.retry_after,
        count_vehicles: bool = world.count_vehicles,
    ) -> None:
        if policy not in POLICIES:
            raise ValueError(f"policy must be one of {', '.join(POLICIES)}")
        world.requests = make_limit(policy, limit, window, count_refused=count_refused)
        world.retry_after, world.count_vehicles = retry_after, count_vehicles

    await _call(request, "limit", change)
    return await read_limit(request)


async def read_clock(request: web.Request) -> web.Response:
    """The simulated time and how fast it runs."""
    clock = request.app[WORLD].clock
    return json_reply({"now": print_time(clock.now()), "speed": clock.speed})


async def step_clock(request: web.Request) -> web.Response:
    """Step the clock: a JSON object with the arguments of `SimulatedClock.advance`."""
    await _call(request, "clock", request.app[WORLD].clock.advance)
    return await read_clock(request)


async def list_vehicles(request: web.Request) -> web.Response:
    """The vehicles with their VDV-261 credentials, and what they reported last."""
    return json_reply(
        [
            {
                "vehicleId": each.vehicle.id,
                "vin": each.vin,
                "password": each.password,
                "seq": each.seq,
                "signals": each.signals,
            }
            for each in request.app[WORLD].depot.onboards
        ]
    )


def _deferrals(request: web.Request) -> list[dict[str, object]]:
    world = request.app[WORLD]
    now = world.clock.time()
    return [
        {
            "method": each.method,
            "path": each.path,
            "accepted_at": each.accepted_at,
            "outcome": "refused" if each.refused_at <= now else "pending",
        }
        for each in world.deferrals
    ]


async def _call(request: web.Request, name: str, function: Callable[..., object]) -> None:
    """Call `function` with the members of the body; 400 when they are none of its arguments."""
    try:
        arguments: dict[str, Any] = await request.json()
        function(**arguments)
    except (json.JSONDecodeError, UnicodeDecodeError, TypeError, ValueError) as error:
        raise Refusal(400, f"{name}: {error}") from None


ROUTES = (
    web.get(f"{ADMIN_PREFIX}report", report, allow_head=False),
    web.post(f"{ADMIN_PREFIX}faults", add_fault),
    web.delete(f"{ADMIN_PREFIX}faults", clear_faults),
    web.post(f"{ADMIN_PREFIX}maintenance", begin_maintenance),
    web.delete(f"{ADMIN_PREFIX}maintenance", end_maintenance),
    web.get(f"{ADMIN_PREFIX}deferrals", list_deferrals, allow_head=False),
    web.post(f"{ADMIN_PREFIX}deferrals", add_deferral),
    web.delete(f"{ADMIN_PREFIX}deferrals", clear_deferrals),
    web.get(f"{ADMIN_PREFIX}limit", read_limit, allow_head=False),
    web.patch(f"{ADMIN_PREFIX}limit", change_limit),
    web.get(f"{ADMIN_PREFIX}clock", read_clock, allow_head=False),
    web.post(f"{ADMIN_PREFIX}clock", step_clock),
    web.get(f"{ADMIN_PREFIX}vehicles", list_vehicles, allow_head=False),
)
