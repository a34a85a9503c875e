"""Our budget over a day of virtual time: the share of the limit that it uses, and what servers reject.

The restarts use the real store in a real file. A process is killed by ending all it does at once: nothing
that it has in memory, and no lease on the way, reaches the store any more; the next one sees that it is gone.
"""

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import attrs

from benchmarks.budget_traffic import LIMIT, WINDOW
from depotfinity_async.ratelimit import Budget, Store
from depotfinity_async.ratelimit.host import BootClock
from depotfinity_async.ratelimit.shapes import Reply, Request
from depotfinity_async.ratelimit.stores.file import FileStore
from tests.support.limit_servers import PHASES, SlidingCounter, peak, rejected, strict_servers
from tests.support.limit_traffic import GRACE, Run, Traffic
from tests.support.shared_budgets import Process
from tests.support.virtual_time import VirtualClock, run_virtual

__all__ = ["LIVES", "Day", "counter", "restarted", "steady", "troubled"]

LIVES = (40.0, 130.0, 400.0)
"""Seconds after which a process is killed and started again."""

_CALLERS = 130


@attrs.frozen
class Day:
    """One run.

    Args:
        rejected: by the strictest of the five kinds of servers.
        peak: the most arrivals in any window.
        share: arrivals, of those that the rule grants in this time.
    """

    rejected: int
    peak: int
    share: float


def steady(seconds: float, *, smooth: bool) -> Day:
    """Callers who ask for all they can get; way there and back take 1.25 s in the mean."""
    return _day(_run(Traffic(_CALLERS, seconds, latency=1.25), smooth=smooth))


def troubled(seconds: float) -> Day:
    """Ways of up to 30 s, callers who give up, lost requests and replies, leases that are not used."""
    traffic = Traffic(
        _CALLERS, seconds, pause=5.0, latency=2.0, tail=0.05, cancelled=0.1, lost=0.01, unsent=0.1
    )
    return _day(_run(traffic))


def counter(seconds: float) -> list[float]:
    """Rejections an hour of the server with two buckets, for each phase; the budget learns of each."""
    found: list[float] = []
    for number in range(PHASES):
        server = SlidingCounter(LIMIT, WINDOW, WINDOW * number / PHASES)
        run = _run(Traffic(_CALLERS, seconds, latency=1.25), server=server)
        found.append(len(run.rejections) * 3600 / seconds)
    return found


def restarted(seconds: float, life: float) -> Day:
    """As `steady`, in a process that is killed every `life` seconds; the next one is there at once."""
    with tempfile.TemporaryDirectory() as folder:
        return _day(_Restarts(Path(folder) / "budget.sqlite3").run(seconds, life))


def _run(traffic: Traffic, *, smooth: bool = False, server: SlidingCounter | None = None) -> Run:
    clock = VirtualClock()
    budget = Budget(LIMIT, WINDOW, grace=GRACE, clock=clock, smooth=smooth)
    run = Run(traffic, lambda _: budget, clock, server=server)
    run_virtual(run.run())
    return run


def _day(run: Run) -> Day:
    servers = strict_servers(LIMIT, WINDOW).values()
    in_time = sum(moment <= run.traffic.seconds for moment in run.arrivals)
    return Day(
        rejected=max(rejected(server, run.arrivals) for server in servers),
        peak=peak(run.arrivals, WINDOW),
        share=in_time / (LIMIT * run.traffic.seconds / WINDOW),
    )


@attrs.frozen
class _Boot(BootClock):
    """The clock of a host in virtual time."""

    clock: VirtualClock = attrs.field(kw_only=True)

    def boot(self) -> str:
        return "virtual"

    def now(self) -> int:
        return int(self.clock.now() * 1000)


class _Store(FileStore):
    """The file, opened by a process that exists in name only."""

    def __init__(self, path: Path, clock: BootClock, process: str) -> None:
        super().__init__(path, clock)
        self.name = process
        self.tries = 0

    def new_process(self) -> str:
        return self.name

    def exchange(self, request: Request) -> Reply:
        self.tries += 1
        return super().exchange(request)


class _Restarts:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._clock = VirtualClock()
        self._names: Iterator[str] = (f"process{number}" for number in itertools.count())
        self._alive: Process | None = None

    def run(self, seconds: float, life: float) -> Run:
        traffic = Traffic(_CALLERS, seconds, latency=1.25)
        run = Run(traffic, lambda _: self._process().budget, self._clock)
        with mock.patch("depotfinity_async.ratelimit.stores.file.is_gone", self._is_gone):
            run_virtual(self._live(run, life))
        return run

    async def _live(self, run: Run, life: float) -> None:
        callers, left = range(run.traffic.callers), run.traffic.seconds
        while left > 0:
            self._alive = self._start()
            run.begin(callers)
            await self._clock.sleep(min(life, left))
            left -= life
            self._alive.stop()  # first, so that nothing of how the callers end gets to the store
            await run.end(callers)
            self._store.close()
        await self._clock.sleep(2 * GRACE)

    def _start(self) -> Process:
        def make(store: Store) -> Budget:
            return Budget(LIMIT, WINDOW, grace=GRACE, clock=self._clock, store=store)

        self._store = _Store(self._path, _Boot(clock=self._clock), next(self._names))
        return Process(make, self._store)

    def _process(self) -> Process:
        assert self._alive is not None
        return self._alive

    def _is_gone(self, process: str) -> bool:
        return process != self._process().name
