"""One saturated hour in virtual time through any limiter, as six kinds of servers see it."""

import asyncio
import itertools
import random
import statistics
from collections.abc import Callable, Mapping

import attrs

from benchmarks.budget_peers import Limiter, Maker, virtual
from tests.support.limit_servers import (
    PHASES,
    FixedWindow,
    LookBack,
    Server,
    SlidingCounter,
    SlidingLog,
    TokenBucket,
    peak,
    rejected,
)
from tests.support.virtual_time import VirtualClock, run_virtual

__all__ = ["LIMIT", "SERVERS", "TURN", "WINDOW", "Found", "saturated", "servers"]

LIMIT, WINDOW = 100, 300.0

TURN = 1e-6
"""Seconds that a turn of the loop takes: aiolimiter sets a timer for now again until it is later."""

SERVERS = (
    "fixed window",
    "sliding log",
    "token bucket",
    "log that counts rejections",
    "look-back",
    "two-bucket counter",
)


def servers(kind: str) -> list[Server]:
    """The servers of one kind, new ones: one, or one for each phase at which its windows may begin."""
    phases = [WINDOW * number / PHASES for number in range(PHASES)]
    match kind:
        case "fixed window":
            return [FixedWindow(LIMIT, WINDOW, phase) for phase in phases]
        case "sliding log":
            return [SlidingLog(LIMIT, WINDOW)]
        case "token bucket":
            return [TokenBucket(LIMIT, WINDOW)]
        case "log that counts rejections":
            return [SlidingLog(LIMIT, WINDOW, rejections=True)]
        case "look-back":
            return [LookBack(LIMIT, WINDOW)]
        case _:
            return [SlidingCounter(LIMIT, WINDOW, phase) for phase in phases]


@attrs.frozen
class Found:
    """What one limiter let through.

    Args:
        peak: the most arrivals in any window.
        hundredth: when the 100th caller got through, in seconds; None if there was none.
        inversions: how many got through before one who had lined up earlier.
        rejected: by kind of server; of several phases the one that rejects most.
        share: requests that were let in, of those that the rule grants in this time, by kind of server; of
            several phases the mean.
    """

    peak: int
    hundredth: float | None
    inversions: int
    rejected: Mapping[str, int]
    share: Mapping[str, float]


def saturated(make: Maker, *, callers: int, seconds: float, latency: float) -> Found:
    """Let `callers` send one request after the other; each takes up to `latency` seconds to arrive.

    No caller does anything else when a server rejects it, so one run stands for all servers. (Those that
    our budget is made for reject none of its requests; for the last one see `budget_days`.)
    """
    clock, chosen = VirtualClock(), random.Random(1)
    tickets: list[int] = []
    granted: list[float] = []
    arrivals: list[float] = []

    async def caller(limiter: Limiter, take: Callable[[], int]) -> None:
        while True:
            ticket = take()
            lease = await limiter.acquire()
            tickets.append(ticket)
            granted.append(clock.now())
            await asyncio.sleep(chosen.uniform(0.0, latency))
            arrivals.append(clock.now())
            if limiter.answered is not None:
                limiter.answered(lease)

    async def run() -> None:
        limiter, take = make(LIMIT, WINDOW), itertools.count().__next__
        tasks = [asyncio.create_task(caller(limiter, take)) for _ in range(callers)]
        await asyncio.sleep(seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    with virtual(clock):
        run_virtual(run(), turn=TURN)
    lost = {kind: [rejected(server, arrivals) for server in servers(kind)] for kind in SERVERS}
    return Found(
        peak=peak(arrivals, WINDOW),
        hundredth=granted[LIMIT - 1] if len(granted) >= LIMIT else None,
        inversions=sum(
            ticket < last for last, ticket in zip(itertools.accumulate(tickets, max), tickets, strict=True)
        ),
        rejected={kind: max(counts) for kind, counts in lost.items()},
        share={
            kind: (len(arrivals) - statistics.mean(counts)) / (LIMIT * seconds / WINDOW)
            for kind, counts in lost.items()
        },
    )
