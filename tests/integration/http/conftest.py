"""A scripted service, and transports that talk to it on a clock that runs a thousand times faster."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import attrs
import pytest

from depotfinity_async.config import Secret, Settings
from depotfinity_async.http import Call, Transport
from depotfinity_async.http.auth import Token, TokenSource
from depotfinity_async.ratelimit import Budget, Clock
from tests.integration.http.service import RawService, Service

SECRET = "CANARY-client-secret"
SPEED = 1000.0

READ = Call(operation="things.get", method="GET", path="/v1/things", repeatable=True)
WRITE = Call(
    operation="things.end",
    method="PUT",
    path="/v1/things/7/end",
    body=b"{}",
    content_type="application/json",
    repeatable=False,
)


@attrs.frozen
class Side:
    """The client's side of a test."""

    transport: Transport
    budget: Budget
    clock: Clock


Make = Callable[..., Side]


@pytest.fixture
async def raw() -> AsyncIterator[RawService]:
    raw = RawService()
    await raw.start()
    yield raw
    await raw.stop()


def settings_for(service: Service, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "client_id": "depot-1",
        "client_secret": Secret(SECRET),
        "base_url": service.base_url,
        "token_url": service.token_url,
        "timeout": 5.0,
        "max_retries": 2,
    }
    return Settings(**(values | changes))


@pytest.fixture
async def make(service: Service) -> AsyncIterator[Make]:
    made: list[Transport] = []

    def make(
        *, limit: int = 100, window: float = 300.0, speed: float = SPEED, session: Any = None, **changes: Any
    ) -> Side:
        clock = Clock(speed)
        budget = Budget(limit, window, clock=clock)
        transport = Transport(settings_for(service, **changes), budget=budget, clock=clock, session=session)
        made.append(transport)
        return Side(transport, budget, clock)

    yield make
    for transport in made:
        await transport.aclose()


@pytest.fixture
def ready_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token is there already, so that the service sees nothing but the calls."""
    monkeypatch.setattr(TokenSource, "current", lambda _: Token(Secret("Bearer ready"), float("inf")))
