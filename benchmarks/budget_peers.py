"""The limiters that the budget is compared with, each as its documentation uses it, and our own beside them.

A peer that is not installed is left out and named; requirements/bench.txt pins them all. Each can run in
virtual time: where a peer reads a clock of its own, another one is put in its place for the run.
"""

import asyncio
import contextlib
import datetime
import functools
import importlib
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any
from unittest import mock

import attrs

from benchmarks.common import installed
from depotfinity_async.ratelimit import Budget, Clock, Lease
from tests.support.virtual_time import VirtualClock

__all__ = ["OURS", "PEERS", "SPACED", "Limiter", "Maker", "limiters", "missing", "versions", "virtual"]

OURS, SPACED = "depotfinity_async", "depotfinity_async, smooth"

PEERS = ("aiolimiter", "pyrate-limiter", "limits", "throttled-py")
"""Names of the peers' distributions."""


@attrs.frozen
class Limiter:
    """Something that lets callers through.

    Args:
        acquire: returns when the caller may go.
        answered: told of the reply, with what `acquire` returned; None if the limiter does not want to know.
    """

    acquire: Callable[[], Awaitable[Any]]
    answered: Callable[[Any], object] | None = None


Maker = Callable[[int, float], Limiter]
"""Makes a limiter of so many requests per so many seconds; in the loop that it is for."""


def limiters() -> dict[str, Maker]:
    """All that are there, by name, ours first. Ours live in the time of their loop, as aiolimiter does."""
    found: dict[str, Maker] = {OURS: _ours, SPACED: functools.partial(_ours, smooth=True)}
    made = dict(zip(PEERS, (_aiolimiter, _pyrate_limiter, _limits, _throttled), strict=True))
    return found | {name: make for name, make in made.items() if name not in missing()}


def versions() -> dict[str, str]:
    """Versions of the peers that are installed."""
    return installed(PEERS)


def missing() -> list[str]:
    """The peers that are not installed."""
    return [name for name in PEERS if name not in versions()]


@contextlib.contextmanager
def virtual(clock: VirtualClock) -> Iterator[None]:
    """While this is open, all clocks that the peers read show `clock`."""
    shift = 1_700_000_000  # some of them take 0 for "never"

    def seconds() -> float:
        return shift + clock.now()

    def nanoseconds() -> int:
        return int(seconds() * 1e9)

    async def here(work: Callable[..., Any], *arguments: Any) -> Any:
        # A thread lives in real time; what it is asked to do takes none.
        return work(*arguments)

    patched: Mapping[str, Mapping[str, Any]] = {
        "pyrate-limiter": {"pyrate_limiter.clocks.monotonic_ns": nanoseconds},
        "limits": {
            "limits.aio.storage.memory.time": _Time(seconds),
            "limits.aio.storage.memory.asyncio.to_thread": here,
        },
        "throttled-py": {"throttled.utils.time": _Time(seconds)},
    }
    with contextlib.ExitStack() as patches:
        for name in versions().keys() & patched.keys():
            for target, instead in patched[name].items():
                patches.enter_context(mock.patch(target, instead))
        patches.enter_context(mock.patch(f"{__name__}._wall", seconds))
        yield


class _Time:
    """Stands for the module `time`."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self.time = self.monotonic = seconds


_wall = time.time


class _LoopClock(Clock):
    """The time of one loop, real or virtual, read as cheaply as the peers read theirs."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._loop = loop

    def now(self) -> float:
        return self._loop.time()


def _ours(limit: int, window: float, *, smooth: bool = False) -> Limiter:
    budget = Budget(limit, window, clock=_LoopClock(asyncio.get_running_loop()), smooth=smooth)
    return Limiter(budget.acquire, Lease.answered)


def _aiolimiter(limit: int, window: float) -> Limiter:
    return Limiter(_module("aiolimiter").AsyncLimiter(limit, window).acquire)


def _pyrate_limiter(limit: int, window: float) -> Limiter:
    """Its default bucket, a log. Without its thread that empties the log, which lives in real time."""
    module = _module("pyrate_limiter")
    bucket = module.InMemoryBucket([module.Rate(limit, int(window * 1000))])
    limiter = module.Limiter(
        _module("pyrate_limiter.limiter").SingleBucketFactory(bucket, schedule_leak=False)
    )
    return Limiter(limiter.try_acquire_async)


def _limits(limit: int, window: float) -> Limiter:
    """Its moving window. It only says yes or no, so the caller waits until the moment that it names."""
    limiter = _module("limits.aio.strategies").MovingWindowRateLimiter(
        _module("limits.aio.storage").MemoryStorage()
    )
    rule = _module("limits").RateLimitItemPerSecond(limit, int(window))

    async def acquire() -> None:
        while not await limiter.hit(rule):
            stats = await limiter.get_window_stats(rule)
            await asyncio.sleep(max(0.001, stats.reset_time - _wall()))

    return Limiter(acquire)


def _throttled(limit: int, window: float) -> Limiter:
    """Its default, a token bucket."""
    module = _module("throttled.asyncio")
    quota = module.rate_limiter.per_duration(datetime.timedelta(seconds=window), limit)
    throttled = module.Throttled(key="api", timeout=1e9, quota=quota, store=module.MemoryStore())
    return Limiter(throttled.limit)


def _module(name: str) -> Any:
    return importlib.import_module(name)
