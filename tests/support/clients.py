"""A client of a simulator, for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from depotfinity_async import Budget, Clock, DepotFinity
from depotfinity_async.simulator import Simulator

CREDENTIALS: dict[str, Any] = {"client_id": "demo", "client_secret": "demo-secret"}


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
