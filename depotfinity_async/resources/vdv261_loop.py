"""The reporting of a vehicle in even steps. It knows when to report and when to stop, not how."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Protocol, Self

from depotfinity_async.errors import (
    AuthenticationError,
    CertificateError,
    ClientStateError,
    ConfigurationError,
    DepotFinityError,
    InvalidArgumentError,
    PermissionDeniedError,
)
from depotfinity_async.models.vdv261 import VehicleAnswer, VehicleReport
from depotfinity_async.ratelimit import Clock

# What the next report would meet again.
_FINAL = (
    AuthenticationError,
    PermissionDeniedError,
    CertificateError,
    ClientStateError,
    ConfigurationError,
    InvalidArgumentError,
)


class Send(Protocol):
    """Sends one report, in time or not at all."""

    def __call__(self, report: VehicleReport, *, deadline: float) -> Awaitable[VehicleAnswer]:
        """Sends it."""
        ...


class ReportLoop:
    """Reports of a vehicle in even steps, as long as its ``async with`` block lasts. VDV 261: every 10 s.

    The first report goes out at once, each later one a whole number of steps after it, whatever the calls
    take; a step whose time has passed is not made up for.

    A failure that may pass is kept in :attr:`failure`, and the loop goes on: no answer, a status such as 503
    or 400, no slot of the budget in time. It ends for what the next report would meet again: 401, 403, an
    invalid certificate, a closed session, a wrong argument, and whatever else the source raises. :meth:`wait`
    then raises that error at once, else the block does at its end.

    Made by :meth:`VehicleSession.loop`.
    """

    answer: VehicleAnswer | None
    """The latest answer; None: there was none yet."""
    failure: DepotFinityError | None
    """Why the latest report was not answered; None: it was, or there was none yet."""

    def __init__(self, send: Send, source: Callable[[], VehicleReport], every: float, clock: Clock) -> None:
        if isinstance(every, bool) or not 0 < every < math.inf:
            raise InvalidArgumentError("every must be a finite number of seconds above 0.")
        self.answer = None
        self.failure = None
        self._send = send
        self._source = source
        self._every = every
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._is_told = False

    async def wait(self) -> None:
        """Wait until the loop ends.

        Raises:
            ClientStateError: it has not begun: use ``async with``.
            Exception: what has ended it.
        """
        if self._task is None:
            raise ClientStateError("The loop has not begun: use `async with`.")
        # Not `await task`: whoever gives up waiting does not end the loop.
        await asyncio.wait((self._task,))
        if not self._task.cancelled():
            self._is_told = True
            self._task.result()

    async def __aenter__(self) -> Self:
        if self._task is not None:
            raise ClientStateError("The loop has begun already: make one for each block.")
        self._task = asyncio.get_running_loop().create_task(self._run(), name="depotfinity vehicle")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # Only __aenter__ leads here.
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait((self._task,))
        ended_by = None if self._task.cancelled() else self._task.exception()
        if ended_by is not None and error is None and not self._is_told:
            raise ended_by

    async def _run(self) -> None:
        start = self._clock.now()
        step = 0
        while True:
            try:
                self.answer = await self._send(self._source(), deadline=self._every)
                self.failure = None
            except _FINAL:
                raise
            except DepotFinityError as failure:
                self.failure = failure
            passed = self._clock.now() - start
            step = max(step + 1, math.floor(passed / self._every))
            await self._clock.sleep(step * self._every - passed)
