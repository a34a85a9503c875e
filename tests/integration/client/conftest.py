"""A simulator whose time stands still, and a client of it whose waits are short all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from depotfinity_async import DepotFinity
from depotfinity_async.simulator import Simulator
from tests.support.clients import still
from tests.support.simulated import NOW


@pytest.fixture
async def standing() -> AsyncIterator[Simulator]:
    async with Simulator(chargers=6, connectors=2, now=NOW, speed=0, limit=1000) as simulator:
        yield simulator


@pytest.fixture
async def depot(standing: Simulator) -> AsyncIterator[DepotFinity]:
    async with still(standing) as depot:
        yield depot
