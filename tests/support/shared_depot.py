"""Busy and idle processes that share a budget, in virtual time."""

import asyncio

from depotfinity_async.ratelimit import Budget
from depotfinity_async.ratelimit.stores import Store
from tests.support.shared_budgets import Process, Processes
from tests.support.virtual_time import VirtualClock

LIMIT, WINDOW = 100, 300.0
TURNAROUND = 1.25


class Depot:
    """Processes that send to one service and share a budget of 100 in 300 s; the store is like a server.

    Args:
        count: how many there are from the start.
        limit: another limit.

    Attributes:
        shared: the processes' state, and the ways to it.
        arrivals: when requests arrived.
        callers: what `keep_busy` has started.
    """

    def __init__(self, count: int, *, limit: int = LIMIT) -> None:
        self.clock = VirtualClock()
        self.limit = limit
        self.shared = Processes(self.clock, self.make_budget, on_host=False)
        self.arrivals: list[float] = []
        self.processes = [self.start() for _ in range(count)]
        self.callers: list[asyncio.Task[None]] = []

    def make_budget(self, store: Store) -> Budget:
        """A budget of a process."""
        return Budget(self.limit, WINDOW, clock=self.clock, lease=60.0, store=store)

    def start(self) -> Process:
        """A process that asks its store once, so that it is known."""
        process = self.shared.start()
        process.budget.hold(0.0, "none")
        return process

    async def use(self, process: Process) -> None:
        """One request."""
        lease = await process.budget.acquire()
        lease.sent()
        self.arrivals.append(self.clock.now())
        await asyncio.sleep(TURNAROUND)
        lease.answered()

    async def use_at_once(self, process: Process, count: int) -> None:
        """So many of them."""
        await asyncio.gather(*(self.use(process) for _ in range(count)))

    def keep_busy(self, process: Process, callers: int = 250) -> None:
        """Callers who send one request after the other."""

        async def call() -> None:
            while True:
                await self.use(process)

        self.callers += [asyncio.create_task(call()) for _ in range(callers)]

    async def end(self) -> None:
        """Nothing runs any more."""
        for caller in self.callers:
            caller.cancel()
        await asyncio.gather(*self.callers, return_exceptions=True)
        for process in self.processes:
            self.shared.kill(process)

    def between(self, start: float, end: float) -> list[float]:
        """The arrivals after `start`, until `end`."""
        return [moment for moment in self.arrivals if start < moment <= end]
