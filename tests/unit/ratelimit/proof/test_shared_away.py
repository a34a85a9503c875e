"""What processes can do while their store is away: the first calls wait for nothing, and the limit holds."""

import asyncio
import math

import pytest

from depotfinity_async.ratelimit import BudgetTimeout
from tests.support.limit_servers import peak
from tests.support.shared_depot import LIMIT, WINDOW, Depot
from tests.support.virtual_time import run_virtual


@pytest.mark.parametrize(
    ("used", "busy"),
    [
        ([0], 0),
        ([40], 0),
        ([10, 10], 0),
        ([50, 40], 0),
        ([0, 0], 1),
        ([0, 0, 0, 0], 3),
        ([1, 1, 1, 1, 1, 1, 1, 1], 0),
        ([1, 1, 1, 1, 1, 1, 1, 1], 7),
    ],
)
@pytest.mark.parametrize("before", [0.5, 7.0, 301.3])
def test_who_wanted_nothing_is_served_within_a_second(used: list[int], busy: int, before: float) -> None:
    async def run() -> None:
        depot = Depot(len(used))
        await asyncio.sleep(45.0)
        for process, count in zip(depot.processes, used, strict=True):
            await depot.use_at_once(process, count)
        for process in depot.processes[:busy]:
            depot.keep_busy(process)
        if busy:
            # One that comes while others are busy has its slot when one is back.
            await asyncio.sleep(2 * WINDOW)
        await asyncio.sleep(before)
        depot.shared.down = True
        async with asyncio.timeout(1.0):
            await depot.processes[-1].budget.acquire()
        assert "away" in depot.processes[-1].budget.status().store
        await asyncio.sleep(2 * WINDOW)
        assert peak(depot.arrivals, WINDOW) <= LIMIT
        await depot.end()

    run_virtual(run())


@pytest.mark.parametrize("count", [1, 2, 4])
def test_busy_processes_go_on_as_if_the_store_were_there_and_then_with_their_part(count: int) -> None:
    async def run(*, down: bool) -> tuple[int, int]:
        depot = Depot(count)
        await asyncio.sleep(45.0)
        for number in range(LIMIT):
            depot.callers.append(asyncio.create_task(depot.use(depot.processes[number % count])))
            await asyncio.sleep(3.0)
        for process in depot.processes:
            depot.keep_busy(process, callers=50)
        await asyncio.sleep(400.5)
        depot.shared.down, start = down, depot.clock.now()
        await asyncio.sleep(WINDOW)
        depot.shared.down = False
        await asyncio.sleep(2 * WINDOW)
        assert peak(depot.arrivals, WINDOW) <= LIMIT
        await depot.end()
        return len(depot.between(start, start + 9.0)), len(depot.between(start, start + WINDOW))

    at_first, usual = run_virtual(run(down=False))
    first, later = run_virtual(run(down=True))
    assert first == at_first == 3
    assert later >= 0.4 * usual


def test_one_that_was_alone_and_out_of_reach_is_waited_for() -> None:
    async def run() -> None:
        depot = Depot(1)
        await asyncio.sleep(45.0)
        depot.shared.down = True
        depot.keep_busy(depot.processes[0])
        await asyncio.sleep(450.0)
        start = depot.clock.now()
        assert len(depot.between(start - WINDOW, start)) >= LIMIT // 3
        # It looks for the store every five seconds, so the other one comes first if it has just done so.
        await depot.processes[0].next_exchange()
        depot.shared.down = False
        depot.processes.append(depot.start())
        depot.keep_busy(depot.processes[1])
        await asyncio.sleep(1.0)
        assert "away" in depot.processes[0].budget.status().store
        assert depot.processes[1].budget.status().granted
        await asyncio.sleep(9.0)
        assert "away" not in depot.processes[0].budget.status().store
        await asyncio.sleep(2 * WINDOW)
        assert peak(depot.arrivals, WINDOW) <= LIMIT
        await depot.end()

    run_virtual(run())


@pytest.mark.parametrize("joins", [True, False], ids=["another one comes", "two know of each other"])
@pytest.mark.parametrize("away", [5.0, 10.2, 10.9, 12.0])
@pytest.mark.parametrize("spread", [0.0, 6.0])
def test_a_store_may_be_back_just_before_it_has_missed_everybody(
    joins: bool, away: float, spread: float
) -> None:
    async def run() -> None:
        depot = Depot(1 if joins else 2)
        await asyncio.sleep(45.0)
        first = depot.processes[0]
        for _ in range(LIMIT):
            depot.callers.append(asyncio.create_task(depot.use(first)))
            await asyncio.sleep(spread / LIMIT)
        # All slots come back while nobody knows whether the store was away for everybody.
        await asyncio.sleep(WINDOW - 6.0 - spread)
        await first.next_exchange()
        depot.shared.down = True
        depot.keep_busy(first, callers=150)
        await asyncio.sleep(away)
        depot.shared.down = False
        if joins:
            depot.processes.append(depot.start())
        depot.keep_busy(depot.processes[1], callers=150)
        await asyncio.sleep(WINDOW)
        assert peak(depot.arrivals, WINDOW) <= LIMIT
        await depot.end()

    run_virtual(run())


@pytest.mark.parametrize("after", [0.0, 1.0, 2.0])
def test_a_store_that_lost_its_state_promises_nothing_before_it_knows_what_was_used(after: float) -> None:
    async def run() -> None:
        depot = Depot(4)
        await asyncio.sleep(45.0)
        for process, count in zip(depot.processes, [10, 30, 30, 30], strict=True):
            await depot.use_at_once(process, count)
        await asyncio.sleep(30.0)
        depot.shared.record = None
        await depot.processes[0].next_exchange()
        await asyncio.sleep(after)
        depot.shared.down = True
        for process in depot.processes:
            depot.keep_busy(process)
        await asyncio.sleep(WINDOW)
        assert peak(depot.arrivals, WINDOW) <= LIMIT
        await depot.end()

    run_virtual(run())


@pytest.mark.parametrize("count", [3, 5])
@pytest.mark.parametrize("up", [0.5, 2.0, 4.0])
@pytest.mark.parametrize("emptied", [False, True])
def test_a_store_may_come_and_go_again(count: int, up: float, emptied: bool) -> None:
    async def run() -> None:
        depot = Depot(1)
        for _ in range(count - 1):
            # Each looks for its store at a time of its own.
            await asyncio.sleep(1.1)
            depot.processes.append(depot.start())
        await asyncio.sleep(45.0)
        depot.shared.down = True
        await asyncio.sleep(15.0)
        for process in depot.processes:
            depot.keep_busy(process, callers=60)
        for down, seconds in [(True, 60.0), (False, up), (True, 8.0), (False, up), (True, 900.0)]:
            depot.shared.down = down
            if emptied and not down:
                depot.shared.record = None
            await asyncio.sleep(seconds)
        depot.shared.down = False
        await asyncio.sleep(WINDOW)
        assert peak(depot.arrivals, WINDOW) <= LIMIT
        await depot.end()

    run_virtual(run())


def test_processes_that_came_just_before_the_store_went_have_a_part() -> None:
    async def run() -> None:
        depot = Depot(1)
        await asyncio.sleep(45.0)
        for _ in range(3):
            depot.processes.append(depot.start())
            await asyncio.sleep(0.1)
        depot.shared.down = True
        async with asyncio.timeout(WINDOW + 65.0):
            await asyncio.gather(*(depot.use(process) for process in depot.processes))
        await depot.end()

    run_virtual(run())


def test_one_that_has_no_part_says_that_it_waits_for_the_store() -> None:
    async def run() -> None:
        depot = Depot(1, limit=1)
        await asyncio.sleep(45.0)
        depot.processes.append(depot.start())
        await asyncio.sleep(45.0)
        depot.shared.down = True
        budget = depot.processes[1].budget
        with pytest.raises(BudgetTimeout, match="nobody knows"):
            await budget.acquire(timeout=5.0)
        assert budget.status().next_slot == math.inf
        assert "when the shared state is in reach again" in f"{budget.status()}"
        depot.shared.down = False
        async with asyncio.timeout(10.0):
            await budget.acquire()
        await depot.end()

    run_virtual(run())


@pytest.mark.parametrize(("others", "at_once"), [(1, 89), (3, 82)])
def test_a_burst_beside_processes_that_want_nothing_is_hardly_held_up(others: int, at_once: int) -> None:
    async def run() -> None:
        depot = Depot(1 + others)
        await asyncio.sleep(45.0)
        depot.keep_busy(depot.processes[0])
        await asyncio.sleep(0.5)
        assert len(depot.arrivals) == at_once
        await asyncio.sleep(12.0)
        # The others keep one each at most.
        assert LIMIT - others <= len(depot.arrivals) < LIMIT
        await depot.end()

    run_virtual(run())


def test_who_wanted_nothing_is_served_at_once_beside_busy_processes() -> None:
    async def run() -> None:
        depot = Depot(5)
        await asyncio.sleep(45.0)
        for process in depot.processes[:4]:
            depot.keep_busy(process)
        await asyncio.sleep(2 * WINDOW)
        async with asyncio.timeout(0.1):
            await depot.processes[4].budget.acquire()
        await depot.end()

    run_virtual(run())


def test_one_that_comes_beside_a_process_that_wants_nothing_is_served_at_once() -> None:
    async def run() -> None:
        depot = Depot(1)
        await asyncio.sleep(45.0)
        await depot.use_at_once(depot.processes[0], 96)
        await asyncio.sleep(5.0)
        depot.processes.append(depot.start())
        async with asyncio.timeout(0.1):
            await depot.processes[1].budget.acquire()
        await depot.end()

    run_virtual(run())
