"""A scripted service on loopback: it says what it is told to say and keeps what it was asked.

Not a model of the vendor; answers are set by the tests, one by one.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import attrs
from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@attrs.frozen
class Seen:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


def says(status: int = 200, body: Any = None, headers: Mapping[str, str] | None = None) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        if isinstance(body, bytes | str):
            data = body if isinstance(body, bytes) else body.encode()
            return web.Response(status=status, body=data, headers=headers)
        return web.json_response({"message": "ok"} if body is None else body, status=status, headers=headers)

    return handler


class Service:
    """Answers calls from `answers` and token calls from `token_answers`; when they are used up, well."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.token_calls: list[Seen] = []
        self.answers: deque[Handler] = deque()
        self.token_answers: deque[Handler] = deque()
        self.expires_in: object = 3600
        self.always: Handler = says()
        self._runner: web.AppRunner | None = None
        self.base_url = ""

    @property
    def token_url(self) -> str:
        return self.base_url + "/oauth2/token"

    async def start(self) -> None:
        self._runner = web.AppRunner(_application(self), access_log=None, shutdown_timeout=0.01)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def token(self, request: web.Request) -> web.StreamResponse:
        self.token_calls.append(await _seen(request))
        if self.token_answers:
            return await self.token_answers.popleft()(request)
        return web.json_response(
            {
                "access_token": f"token-{len(self.token_calls)}",
                "expires_in": self.expires_in,
                "token_type": "bearer",
            }
        )

    async def call(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(await _seen(request))
        return await (self.answers.popleft() if self.answers else self.always)(request)


def _application(service: Service) -> web.Application:
    application = web.Application()
    application.router.add_post("/oauth2/token", service.token)
    application.router.add_route("*", "/{rest:.*}", service.call)
    return application


async def _seen(request: web.Request) -> Seen:
    return Seen(request.method, request.raw_path, dict(request.headers), await request.read())


class RawService:
    """Speaks bytes: for each request the next script writes what it likes, then the connection is closed.

    A script that sets `keep` leaves the connection open for the next request.
    """

    def __init__(self) -> None:
        self.scripts: deque[Script] = deque()
        self.requests: list[bytes] = []
        self.connections = 0
        self.keep = False
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.base_url = ""

    async def start(self, **arguments: Any) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, **arguments)
        self.base_url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        try:
            while True:
                self.requests.append(await reader.readuntil(b"\r\n\r\n"))
                self.keep = False
                await self.scripts.popleft()(reader, writer)
                if not self.keep:
                    break
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()


def writes(data: bytes) -> Script:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return script
