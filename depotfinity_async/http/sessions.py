"""The life of the aiohttp session: opened in the first call, tied to one event loop and process, closed once.

It sends nothing itself. A session that the caller brought is used and never closed.
"""

import asyncio
import contextlib
import os
import ssl
import warnings
import weakref
from collections.abc import Callable
from contextvars import ContextVar

import aiohttp
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from depotfinity_async._version import __version__
from depotfinity_async.config import Settings
from depotfinity_async.errors import ClientStateError, ConfigurationError

__all__ = ["Sessions", "leaving"]

_CONNECTIONS = 100

leaving: ContextVar[Callable[[], None]] = ContextVar("leaving")
"""Called by the own session of a client when the bytes of the current task's request go out."""


class Sessions:
    """Gives out the one session of a client, and refuses it to the wrong loop or process.

    Args:
        settings: of the client.
        session: the caller's own; None: one is made in the first call.
    """

    def __init__(self, settings: Settings, session: aiohttp.ClientSession | None) -> None:
        self._settings = settings
        self._session = session
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = 0
        self.closed = False
        """Nothing new can be sent."""
        self._finalizer: weakref.finalize[..., Sessions] | None = None
        self.own = session is None
        """Whether the session is ours; only then does it call `leaving` when a request leaves."""
        self.user_agent = f"depotfinity-async/{__version__} aiohttp/{aiohttp.__version__}"
        if settings.user_agent_suffix:
            self.user_agent += f" {settings.user_agent_suffix}"
        self.ssl: ssl.SSLContext | bool = True

    def check(self) -> None:
        """Refuses a loop or process other than the one of the first call.

        Raises:
            ClientStateError: it is another one.
        """
        if self._loop is None:
            return
        if self._process != os.getpid():
            raise ClientStateError(
                "This client was opened before the process was forked: make a client in each process."
            )
        if self._loop is not asyncio.get_running_loop():
            raise ClientStateError(
                "This client belongs to another event loop: make one client for each asyncio.run()."
            )

    def open(self) -> aiohttp.ClientSession:
        """The session, made now if need be.

        Raises:
            ClientStateError: closed, or the wrong loop or process.
            ConfigurationError: the CA bundle can't be read.
        """
        if self.closed:
            raise ClientStateError("This client is closed: make a new one.")
        self.check()
        if self._loop is not None and self._session is not None and not self._session.closed:
            return self._session
        if self._session is not None and self._session.closed:
            raise ClientStateError("The aiohttp session given to this client is closed: give it an open one.")
        self.ssl = self._trust()
        if self._session is None:
            self._session = self._make()
        self._loop = asyncio.get_running_loop()
        self._process = os.getpid()
        if self.own:
            self._finalizer = weakref.finalize(self, _abandoned, self._session, self._loop, self._process)
        return self._session

    def refuse(self) -> None:
        """From now on nothing new can be sent."""
        self.closed = True

    async def close(self) -> None:
        """Closes an own session; does nothing the second time."""
        if self._finalizer is not None:
            self._finalizer.detach()
        if self.own and self._session is not None:
            await self._session.close()

    def _trust(self) -> ssl.SSLContext | bool:
        bundle = self._settings.ca_bundle
        if bundle is None:
            return True
        try:
            return ssl.create_default_context(cafile=bundle)
        except OSError as error:
            raise ConfigurationError(
                f"The CA bundle {bundle} can't be used ({type(error).__name__})."
            ) from None

    def _make(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=_Connector(limit=_CONNECTIONS),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )


class _Connector(aiohttp.TCPConnector):
    """Tells a request that it leaves: it has its connection, and aiohttp writes it next without a pause.

    aiohttp's trace hooks tell the same and cost more, since they are built and awaited at every step.
    """

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109  # aiohttp names it
    ) -> Connection:
        connection = await super().connect(req, traces, timeout)
        leaving.get()()
        return connection


def _abandoned(session: aiohttp.ClientSession, loop: asyncio.AbstractEventLoop, process: int) -> None:
    # In a forked child the sockets are the parent's: closing them there would end its connections.
    if process != os.getpid():
        return
    if loop.is_running():
        asyncio.run_coroutine_threadsafe(session.close(), loop)
    else:
        # Nobody runs the loop any more: the first step of closing does the work, the rest only waits.
        closing = session.close()
        with contextlib.suppress(StopIteration):
            closing.send(None)
        closing.close()
    warnings.warn(
        "A DepotFinity client was never closed: use `async with`, or `await client.aclose()` at its end.",
        ResourceWarning,
        stacklevel=2,
    )
