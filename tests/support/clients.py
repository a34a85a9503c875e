"""A client of a simulator, for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from depotfinity_async import Budget, Clock, DepotFinity
from depotfinity_async.simulator import Simulator

CREDENTIALS: dict[str, Any] = {"client_id": "demo", "client_secret": "demo-secret"}


def still(simulator: Simulator, **options: Any) -> DepotFinity:
    """A client of a simulator whose time stands still; its own time runs fast, so that no wait takes long."""
    clock = Clock(1000)
    made: dict[str, Any] = {"budget": Budget(1000, clock=clock), "clock": clock, "max_retries": 1}
    return DepotFinity(
        **CREDENTIALS, base_url=simulator.url, token_url=simulator.token_url, **{**made, **options}
    )


def arrived(simulator: Simulator) -> list[str]:
    """Method and path of each API call, in the order of arrival."""
    return [f"{entry.method} {entry.path}" for entry in simulator.log if entry.kind == "api"]


@asynccontextmanager
async def simulated(simulator: Simulator, **options: Any) -> AsyncIterator[DepotFinity]:
    """A client of a running simulator, as fast as that is, with a budget of its own."""
    clock = Clock(simulator.clock.speed)
    budget = Budget(clock=clock)
    settings: dict[str, Any] = {
        "base_url": simulator.url,
        "token_url": simulator.token_url,
        "budget": budget,
        "clock": clock,
    }
    async with DepotFinity(**{**CREDENTIALS, **settings, **options}) as depot:
        yield depot
