"""What a limiter costs: an acquire that need not wait, a grant among many who wait, a waiter, and waiting.

All ways are interleaved as in `common`. Grants are measured in virtual time, so that only work counts.
"""

import asyncio
import functools
import gc
import time
import tracemalloc
from collections.abc import Mapping

from benchmarks.budget_peers import Limiter, Maker, virtual
from benchmarks.budget_traffic import LIMIT, TURN, WINDOW
from benchmarks.common import Rounds, Sample, interleave
from tests.support.virtual_time import VirtualClock, run_virtual

__all__ = ["bytes_per_waiter", "grants", "parked", "uncontended"]

_ENOUGH = 1_000_000


def uncontended(makers: Mapping[str, Maker], *, rounds: int, calls: int) -> Rounds:
    """Acquire and answer in one task, with slots to spare; of one call."""
    return interleave(
        {name: functools.partial(_uncontended, make, calls) for name, make in makers.items()}, rounds
    )


def _uncontended(make: Maker, calls: int) -> Sample:
    async def run() -> Sample:
        limiter = make(_ENOUGH, WINDOW)
        acquire, answered = limiter.acquire, limiter.answered
        gc.collect()
        cpu, wall = time.process_time(), time.perf_counter()
        if answered is None:
            for _ in range(calls):
                await acquire()
        else:
            for _ in range(calls):
                answered(await acquire())
        return Sample((time.process_time() - cpu) / calls, (time.perf_counter() - wall) / calls)

    return asyncio.run(run(), debug=False)


def grants(makers: Mapping[str, Maker], *, waiters: int, count: int, rounds: int) -> Rounds:
    """One grant while `waiters` wait, each of whom lines up again at once; `makers` are for virtual time."""
    return interleave(
        {name: functools.partial(_grants, make, waiters, count) for name, make in makers.items()}, rounds
    )


def _grants(make: Maker, waiters: int, count: int) -> Sample:
    granted = 0
    done = asyncio.Event()

    async def caller(limiter: Limiter) -> None:
        nonlocal granted
        while True:
            lease = await limiter.acquire()
            granted += 1
            if granted == LIMIT + count:
                done.set()
            if limiter.answered is not None:
                limiter.answered(lease)

    async def run() -> Sample:
        limiter = make(LIMIT, WINDOW)
        tasks = [asyncio.create_task(caller(limiter)) for _ in range(waiters)]
        await asyncio.sleep(TURN)  # all have lined up, and the first burst is through
        gc.collect()
        cpu, wall = time.process_time(), time.perf_counter()
        await done.wait()
        sample = Sample((time.process_time() - cpu) / count, (time.perf_counter() - wall) / count)
        await _end(tasks)
        return sample

    with virtual(VirtualClock()):
        return run_virtual(run(), turn=TURN)


def bytes_per_waiter(makers: Mapping[str, Maker], *, waiters: int) -> dict[str, float]:
    """Memory of one task that waits in `acquire`, with the task itself."""

    async def run(make: Maker) -> float:
        limiter = make(LIMIT, WINDOW)
        await _use_up(limiter)
        # Those who come first make what is made once and kept.
        first = [asyncio.ensure_future(limiter.acquire()) for _ in range(10)]
        await asyncio.sleep(0.01)
        gc.collect()
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        tasks = [asyncio.ensure_future(limiter.acquire()) for _ in range(waiters)]
        await asyncio.sleep(0.01)
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        await _end(first + tasks)
        return (held - before) / waiters

    return {name: asyncio.run(run(make), debug=False) for name, make in makers.items()}


def parked(makers: Mapping[str, Maker], *, waiters: int, seconds: float) -> dict[str, float]:
    """The share of a core that so many waiters take, in real time; grants that fall due are in it."""

    async def run(make: Maker) -> float:
        limiter = make(LIMIT, WINDOW)
        await _use_up(limiter)
        tasks = [asyncio.ensure_future(limiter.acquire()) for _ in range(waiters)]
        await asyncio.sleep(min(0.5, seconds))
        cpu, wall = time.process_time(), time.perf_counter()
        await asyncio.sleep(seconds)
        share = (time.process_time() - cpu) / (time.perf_counter() - wall)
        await _end(tasks)
        return share

    return {name: asyncio.run(run(make), debug=False) for name, make in makers.items()}


async def _use_up(limiter: Limiter) -> None:
    for _ in range(LIMIT):
        lease = await limiter.acquire()
        if limiter.answered is not None:
            limiter.answered(lease)


async def _end(tasks: "list[asyncio.Task[None]] | list[asyncio.Future[object]]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
