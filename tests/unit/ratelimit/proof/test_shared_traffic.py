"""Processes that share a budget, killed and started again, seen from the server: as for one process."""

import itertools
import random

import pytest

from depotfinity_async.ratelimit import Budget
from tests.support.limit_servers import peak, rejected, strict_servers
from tests.support.limit_traffic import GRACE, Run, Traffic, random_traffic
from tests.support.shared_budgets import Process, Processes
from tests.support.virtual_time import VirtualClock, run_virtual

HOUR = 3600.0
LIMIT, WINDOW = 100, 300.0


class World:
    """Some processes with as many callers each, and what they send."""

    def __init__(
        self,
        traffic: Traffic,
        processes: int,
        *,
        limit: int = LIMIT,
        window: float = WINDOW,
        seed: int = 0,
        on_host: bool = True,
    ) -> None:
        self.clock = VirtualClock()
        self.traffic = traffic
        self.count = processes
        self.random = random.Random(seed)
        self.shared = Processes(
            self.clock,
            lambda store: Budget(limit, window, grace=GRACE, lease=60.0, clock=self.clock, store=store),
            on_host=on_host,
        )
        self.running: list[Process] = []
        self.granted = [0] * processes
        self.sent = Run(traffic, self.budget, self.clock, seed=seed)

    def budget(self, caller: int) -> Budget:
        return self.running[caller % self.count].budget

    async def run(self, life: float | None = None) -> None:
        """All the traffic; every `life` seconds one process, in turn, is killed and started again."""
        self.running = [self.shared.start() for _ in range(self.count)]
        callers = range(self.traffic.callers)
        self.sent.begin(callers)
        left = self.traffic.seconds
        for turn in itertools.cycle(range(self.count)):
            pause = min(left, life or left)
            await self.clock.sleep(pause)
            left -= pause
            if not left:
                break
            await self.restart(turn)
        await self.sent.end(callers)
        await self.clock.sleep(2 * GRACE)
        for process in self.running:
            self.shared.kill(process)

    async def restart(self, number: int) -> None:
        # First the way to the store, so that nothing of how the callers end gets there.
        self.shared.kill(self.running[number])
        mine = range(number, self.traffic.callers, self.count)
        await self.sent.end(mine)
        self.running[number] = self.shared.start()
        self.sent.begin(mine)

    def use(self) -> float:
        moments = [moment for moment in self.sent.arrivals if moment <= self.traffic.seconds]
        return len(moments) / (LIMIT * self.traffic.seconds / WINDOW)


@pytest.mark.parametrize("seed", range(20))
def test_no_strict_server_ever_rejects_a_request(seed: int) -> None:
    limit, window = [(3, 20.0), (20, 60.0), (100, 300.0)][seed % 3]
    world = World(
        random_traffic(seed, 2 * limit, 8 * window),
        1 + seed % 4,
        limit=limit,
        window=window,
        seed=seed,
        on_host=seed % 2 == 0,
    )
    run_virtual(world.run(life=[None, window / 7, window * 1.3][seed % 3]))
    assert world.sent.arrivals
    for name, server in strict_servers(limit, window).items():
        assert rejected(server, world.sent.arrivals) == 0, name


@pytest.mark.parametrize("life", [40.0, 130.0, 400.0])
def test_a_process_that_is_killed_again_and_again_wastes_hardly_anything(life: float) -> None:
    world = World(Traffic(callers=130, seconds=2 * HOUR, latency=1.25), 1)
    run_virtual(world.run(life))
    assert peak(world.sent.arrivals, WINDOW) <= LIMIT
    assert world.use() >= 0.98


def test_four_processes_use_all_of_it_and_share_alike() -> None:
    world = World(Traffic(callers=1000, seconds=2 * HOUR, latency=1.25), 4)
    run_virtual(world.run())
    assert peak(world.sent.arrivals, WINDOW) <= LIMIT
    assert world.use() >= 0.98
    granted = [process.budget.status().granted for process in world.running]
    assert max(granted) <= 1.1 * min(granted)
    exchanges = sum(process.exchanges for process in world.running)
    assert exchanges <= 10 * sum(granted)
    for name, server in strict_servers(LIMIT, WINDOW).items():
        assert rejected(server, world.sent.arrivals) == 0, name
