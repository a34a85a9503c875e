"""Random traffic through a budget in virtual time, and what servers see of it.

One run stands for any number of servers as long as none rejects anything, since only rejections would change
what the callers do. It also stands in for callers that err: they give up, lose replies and drop leases.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable, Iterable

import attrs

from depotfinity_async.ratelimit import Budget, Lease
from tests.support.limit_servers import Server
from tests.support.virtual_time import VirtualClock

GRACE = 30.0
"""A request may reach the server at most this long after its caller gave it up."""


@attrs.frozen
class Traffic:
    """What the callers do; all times in seconds.

    Args:
        callers: how many tasks send one request after the other.
        seconds: how long they begin new ones.
        pause: longest pause of a caller between two requests; 0: they ask for all they can get.
        latency: longest way to the server, and back from it.
        tail: share of the ways that take up to 30 s instead.
        cancelled: share of the calls whose caller gives up at a random moment.
        lost: share of the requests that never arrive, and of the replies.
        unsent: share of the leases that are closed without a request.
        holds: share of the calls after which somebody asks for a hold of up to one window.
    """

    callers: int
    seconds: float
    pause: float = 0.0
    latency: float = 1.0
    tail: float = 0.0
    cancelled: float = 0.0
    lost: float = 0.0
    unsent: float = 0.0
    holds: float = 0.0


class Run:
    """One run of `traffic`.

    Args:
        traffic: what the callers do.
        budget: where the n-th caller takes its slots, asked anew for each call.
        clock: the clock of all budgets.
        server: what answers; without one all requests are answered well.
        seed: of all that is random.

    Attributes:
        arrivals: when requests arrived, in order.
        accepted: how many of them the server let in.
        rejections: when it did not.
    """

    def __init__(
        self,
        traffic: Traffic,
        budget: Callable[[int], Budget],
        clock: VirtualClock,
        *,
        server: Server | None = None,
        seed: int = 0,
    ) -> None:
        self.traffic = traffic
        self.arrivals: list[float] = []
        self.accepted = 0
        self.rejections: list[float] = []
        self._budget = budget
        self._clock = clock
        self._server = server
        self._random = random.Random(seed)
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Have all callers do their work, and the last request arrive."""
        self.begin(range(self.traffic.callers))
        await self._clock.sleep(self.traffic.seconds)
        await self.end(range(self.traffic.callers))
        await self._clock.sleep(2 * GRACE)

    def begin(self, numbers: Iterable[int]) -> None:
        """These callers begin."""
        for number in numbers:
            self._tasks[number] = asyncio.create_task(self._caller(number))

    async def end(self, numbers: Iterable[int]) -> None:
        """These callers end where they are; their requests go on."""
        ended = [self._tasks.pop(number) for number in numbers]
        for task in ended:
            task.cancel()
        for task in ended:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _caller(self, number: int) -> None:
        chance = self._random.random
        while True:
            if self.traffic.pause:
                await self._clock.sleep(chance() * self.traffic.pause)
            budget = self._budget(number)
            if chance() < self.traffic.cancelled:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(chance() * budget.window):
                        await self._call(budget)
            else:
                await self._call(budget)
            if chance() < self.traffic.holds:
                budget.hold(chance() * budget.window, "test")

    async def _call(self, budget: Budget) -> None:
        with await budget.acquire() as lease:
            if self._random.random() < self.traffic.unsent:
                await self._clock.sleep(self._way())
                return
            lease.sent()
            await self._send(lease)

    async def _send(self, lease: Lease) -> None:
        """Send a request, which goes on alone from here, and wait for its reply for up to 30 s."""
        loop = asyncio.get_running_loop()
        reply: asyncio.Future[bool] = loop.create_future()
        if self._random.random() >= self.traffic.lost:
            self._clock.call_later(loop, self._way(), lambda: self._arrive(loop, reply))
        try:
            async with asyncio.timeout(30.0):
                accepted = await reply
        except TimeoutError:
            return
        if accepted:
            lease.answered()
        else:
            lease.refused(None)

    def _arrive(self, loop: asyncio.AbstractEventLoop, reply: asyncio.Future[bool]) -> None:
        now = self._clock.now()
        accepted = self._server is None or self._server.arrive(now)
        self.arrivals.append(now)
        if accepted:
            self.accepted += 1
        else:
            self.rejections.append(now)
        if self._random.random() >= self.traffic.lost:

            def deliver() -> None:
                if not reply.done():
                    reply.set_result(accepted)

            self._clock.call_later(loop, self._way(), deliver)

    def _way(self) -> float:
        if self._random.random() < self.traffic.tail:
            return self._random.uniform(0.0, GRACE)
        return self._random.uniform(0.0, self.traffic.latency)


def random_traffic(seed: int, callers: int, seconds: float) -> Traffic:
    """A different kind of traffic for each seed: how dense, how slow, how faulty."""
    chosen = random.Random(seed)
    return Traffic(
        callers=callers,
        seconds=seconds,
        pause=chosen.choice([0.0, 0.0, 5.0, 60.0, 600.0]),
        latency=chosen.choice([0.0, 0.1, 2.0]),
        tail=chosen.choice([0.0, 0.02, 0.3]),
        cancelled=chosen.choice([0.0, 0.1, 0.5]),
        lost=chosen.choice([0.0, 0.01, 0.1]),
        unsent=chosen.choice([0.0, 0.2]),
        holds=chosen.choice([0.0, 0.002]),
    )
