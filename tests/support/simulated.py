"""A bare HTTP caller of the simulator, for tests that must not depend on the client they judge."""

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
import attrs

from depotfinity_async.simulator import Simulator

NOW = datetime(2026, 3, 10, 15, 30, 0, 123000, tzinfo=UTC)


@attrs.frozen
class Reply:
    status: int
    headers: Mapping[str, str]
    body: Any


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@attrs.define
class Caller:
    """Calls one simulator; `token` is sent when there is one."""

    simulator: Simulator
    session: aiohttp.ClientSession
    token: str | None = None

    async def get(self, path: str, headers: Mapping[str, str] | None = None, **query: str | int) -> Reply:
        return await self.call(
            "GET", path, headers=headers, params={key.rstrip("_"): value for key, value in query.items()}
        )

    async def call(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **options: Any
    ) -> Reply:
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self.session.request(
            method, self.simulator.url + path, headers={**sent, **(headers or {})}, **options
        ) as response:
            return Reply(response.status, response.headers, await response.json(content_type=None))

    async def ask_token(self, secret: str = "demo-secret", grant: str = "client_credentials") -> Reply:
        return await self.call(
            "POST", "/oauth2/token", {"Authorization": basic("demo", secret)}, data={"grant_type": grant}
        )


async def arrived(simulator: Simulator, count: int) -> None:
    """Wait until so many requests have arrived."""
    async with asyncio.timeout(10):
        while len(simulator.log) < count:  # noqa: ASYNC110  # what arrives is the server's to see, there is no event
            await asyncio.sleep(0.001)


@asynccontextmanager
async def calling(simulator: Simulator, *, authorized: bool = True) -> AsyncIterator[Caller]:
    """A caller of a simulator that is started and stopped around it; its token call is not in the log."""
    async with simulator, aiohttp.ClientSession() as session:
        caller = Caller(simulator, session)
        if authorized:
            caller.token = (await caller.ask_token()).body["access_token"]
            simulator.log.clear()
        yield caller
