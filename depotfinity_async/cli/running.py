"""Coroutines of a command: run one under the signals, clean up to the end, do two at once. No output."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Coroutine
from typing import Any, TypeVar, cast

from depotfinity_async.cli.signals import Signals, leave
from depotfinity_async.client import DepotFinity
from depotfinity_async.errors import DepotFinityError

T = TypeVar("T")


def run(work: Coroutine[Any, Any, int], signals: Signals) -> int:
    """Run `work` in an event loop of its own; a signal cancels it.

    Returns:
        Its exit code, or that of the signal.
    """
    return asyncio.run(_watched(work, signals))


async def _watched(work: Coroutine[Any, Any, int], signals: Signals) -> int:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None  # asyncio.run has made one
    code = 0
    with signals.cancelling(lambda: loop.call_soon_threadsafe(task.cancel)):
        try:
            code = await work
        except (asyncio.CancelledError, DepotFinityError, OSError):
            # What fails because of the signal is not worth a word.
            if signals.code is None:
                raise
    if signals.code is None:
        return code
    if signals.owns_process:
        # The work has cleaned up. Closing the loop would only wait for threads, such as one that looks up a
        # name in a network that does not answer.
        leave(signals.code)
    return signals.code


async def to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Await `work`, and let a cancellation take effect only when it is done. For clean-up that is bounded."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        # A signal cancels once, so nothing disturbs this second wait.
        await task
        raise


@contextlib.asynccontextmanager
async def closing(depot: DepotFinity) -> AsyncGenerator[DepotFinity, None]:
    """Close the client at the end of the block, whatever happens."""
    try:
        yield depot
    finally:
        await to_the_end(depot.aclose())


async def alongside(work: Coroutine[Any, Any, T], ticker: Coroutine[Any, Any, None]) -> T:
    """Do `work` while `ticker`, which never ends by itself, runs beside it.

    Returns:
        The result of `work`.

    Raises:
        Exception: the first error of either, as it is and not in a group; the other one is cancelled.
    """
    try:
        async with asyncio.TaskGroup() as group:
            ticking = group.create_task(ticker)
            result = await group.create_task(work)
            ticking.cancel()
    except ExceptionGroup as failures:
        raise first_of(failures) from None
    return result


def first_of(failures: ExceptionGroup[Exception]) -> Exception:
    """The first error of a group that is not a group itself."""
    failure = failures.exceptions[0]
    if not isinstance(failure, ExceptionGroup):
        return failure
    return first_of(cast("ExceptionGroup[Exception]", failure))
