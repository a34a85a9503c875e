"""Keeps the calls in flight, so that closing a client can end them with an error of ours.

It knows tasks only, nothing of requests.
"""

import asyncio
from types import TracebackType

from depotfinity_async.errors import ClientStateError
from depotfinity_async.http.exchange import Progress

__all__ = ["InFlight"]


class InFlight:
    """The calls that are under way, each in a task."""

    def __init__(self) -> None:
        self._calls: set[_Call] = set()
        self._idle: asyncio.Event | None = None

    def call(self, operation: str, progress: Progress) -> "_Call":
        """Counts the current task as in flight within a `with` block.

        The block raises ClientStateError in place of CancelledError if `end_all` cancelled the task.
        """
        return _Call(self, operation, progress)

    async def end_all(self) -> None:
        """Cancels every call in flight and waits until all are over."""
        for call in self._calls:
            call.end()
        if self._calls:
            self._idle = self._idle or asyncio.Event()
            await self._idle.wait()

    def add(self, call: "_Call") -> None:
        """A call begins."""
        self._calls.add(call)

    def remove(self, call: "_Call") -> None:
        """A call is over."""
        self._calls.remove(call)
        if self._idle is not None and not self._calls:
            self._idle.set()


class _Call:
    def __init__(self, in_flight: InFlight, operation: str, progress: Progress) -> None:
        task = asyncio.current_task()
        # Only a task can get here: all that a call waits for are futures and timers of the loop.
        assert task is not None
        self._in_flight = in_flight
        self._operation = operation
        self._progress = progress
        self._task = task
        self._cancelled_before = task.cancelling()
        self._ended = False

    def end(self) -> None:
        if not self._ended:
            self._ended = True
            self._task.cancel()

    def __enter__(self) -> None:
        self._in_flight.add(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._in_flight.remove(self)
        # Somebody else's cancellation goes before ours, as with asyncio.timeout().
        alone = self._ended and self._task.uncancel() <= self._cancelled_before
        if alone and isinstance(error, asyncio.CancelledError):
            raise ClientStateError(
                f"{self._operation}: the client was closed while the call was in flight.",
                operation=self._operation,
                attempts=self._progress.attempts,
                maybe_processed=self._progress.maybe_processed,
            ) from None
