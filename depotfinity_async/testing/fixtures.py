"""The fixtures. What they stand on is imported when a test asks for them, so others pay nothing.

They need pytest-asyncio, in any mode. Server and client live in the event loop of the test.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest
import pytest_asyncio

from . import MARKER

if TYPE_CHECKING:
    from depotfinity_async import DepotFinity
    from depotfinity_async.simulator import Simulator

DEFAULTS: Final[dict[str, Any]] = {
    "chargers": 4,
    "days": 1.0,
    "now": datetime(2026, 3, 10, 15, 30, tzinfo=UTC),
    "speed": 0.0,
    # The places of a limit come free with time, and time stands still.
    "limit": 10_000,
}
"""Options of the server where nothing else is said: the same depot at the same moment in every test."""

_CLIENT_SPEED = 1000.0
"""How fast the client's waits pass while the server's time stands still."""


@pytest.fixture
def depotfinity_options() -> Mapping[str, Any]:
    """Options of `depotfinity_server`; override it to set your own, by the arguments of `Simulator`."""
    return {}


@pytest.fixture
def depotfinity_client_options() -> Mapping[str, Any]:
    """Options of `depotfinity_client`; override it to set your own, by the arguments of `Settings`."""
    return {}


@pytest_asyncio.fixture
async def depotfinity_server(
    request: pytest.FixtureRequest, depotfinity_options: Mapping[str, Any]
) -> AsyncIterator[Simulator]:
    """A DepotFinity on a loopback port of this machine, running while the test runs.

    By default its time stands still at 2026-03-10 15:30 UTC until it is stepped by ``clock.advance(seconds)``
    and its limit is out of reach; with ``speed=300`` five minutes pass in a second. Options come from the
    marker ``depotfinity(...)`` of the test, its class or its module, else from the fixture
    `depotfinity_options`, else from `DEFAULTS`.

    Raises:
        ValueError: an option is outside its range.
        TypeError: an option is not known.
    """
    from depotfinity_async.simulator import Simulator  # noqa: PLC0415  # see the top of the module

    markers = [marker.kwargs for marker in request.node.iter_markers(MARKER)]
    options = {**DEFAULTS, **depotfinity_options}
    for marked in reversed(markers):
        options |= marked
    async with Simulator(**options) as simulator:
        yield simulator


@pytest_asyncio.fixture
async def depotfinity_client(
    depotfinity_server: Simulator, depotfinity_client_options: Mapping[str, Any]
) -> AsyncIterator[DepotFinity]:
    """A client of `depotfinity_server`, closed at the end of the test.

    Neither the environment nor a profile file has a say. Its budget is the server's limit, and its own waits
    pass as fast as the server's time; a thousand times as fast as real ones while that stands still.

    Raises:
        ConfigurationError: an option is not allowed.
        TypeError: an option is not known.
    """
    from depotfinity_async import Budget, Clock, DepotFinity, Secret, Settings  # noqa: PLC0415  # as above
    from depotfinity_async.http import LANES  # noqa: PLC0415  # as above

    server = depotfinity_server
    clock = Clock(server.clock.speed or _CLIENT_SPEED)
    budget = Budget(server.limit, server.window, clock=clock, lanes=LANES)
    options: dict[str, Any] = {
        "client_id": server.client_id,
        "client_secret": Secret(server.client_secret),
        "base_url": server.url,
        "token_url": server.token_url,
        **depotfinity_client_options,
    }
    async with DepotFinity.from_settings(Settings(**options), budget=budget, clock=clock) as depot:
        yield depot
