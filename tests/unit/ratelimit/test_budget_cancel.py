"""No slot is lost or doubled by a cancellation in any turn, and those who give up leave nothing behind."""

import asyncio
import contextlib
import gc
import tracemalloc

import pytest

from depotfinity_async.ratelimit import Budget, BudgetTimeout, Lease
from tests.support.virtual_time import VirtualClock, in_virtual_time


def make(limit: int) -> Budget:
    return Budget(limit, 300.0, grace=30.0, clock=VirtualClock())


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.parametrize("patience", [None, 1000.0])
@pytest.mark.parametrize("before", [True, False], ids=["cancel-then-grant", "grant-then-cancel"])
@pytest.mark.parametrize("granted_in_turn", range(6))
@pytest.mark.parametrize("cancelled_in_turn", range(6))
@in_virtual_time
async def test_cancelled_in_any_turn_around_the_grant(
    cancelled_in_turn: int, granted_in_turn: int, before: bool, patience: float | None
) -> None:
    budget = make(1)
    lease = await budget.acquire()
    got: list[Lease] = []

    async def call() -> None:
        with await budget.acquire(timeout=patience) as mine:
            got.append(mine)
            await turns(2)

    first = asyncio.create_task(call())
    second = asyncio.create_task(call())
    for turn in range(7):
        if before and turn == cancelled_in_turn:
            first.cancel()
        if turn == granted_in_turn:
            lease.close()
        if not before and turn == cancelled_in_turn:
            first.cancel()
        await asyncio.sleep(0)
        status = budget.status()
        assert (status.free, status.leased) in [(1, 0), (0, 1)]
    with contextlib.suppress(asyncio.CancelledError):
        await first
    await second
    assert len(got) in (1, 2)
    status = budget.status()
    assert (status.free, status.leased, status.waiting) == (1, 0, 0)
    assert budget.clock.now() == 0.0


@pytest.mark.parametrize("turn", range(4))
@in_virtual_time
async def test_cancelled_while_it_lets_one_granted_before_return_first(turn: int) -> None:
    budget = make(2)
    leases = [await budget.acquire() for _ in range(2)]

    async def call() -> None:
        with await budget.acquire():
            await asyncio.sleep(0)

    queued = asyncio.create_task(call())
    await asyncio.sleep(0)
    for lease in leases:
        lease.close()
    newcomer = asyncio.create_task(call())
    await turns(turn)
    newcomer.cancel()
    await asyncio.gather(queued, newcomer, return_exceptions=True)
    assert (budget.status().free, budget.status().leased) == (2, 0)


@in_virtual_time
async def test_all_of_a_crowd_cancelled_in_the_turn_of_the_grant() -> None:
    budget = make(10)
    leases = [await budget.acquire() for _ in range(10)]
    crowd = [asyncio.create_task(budget.acquire()) for _ in range(30)]
    await asyncio.sleep(0)
    for lease in leases:
        lease.close()
    for task in crowd[:25]:
        task.cancel()
    served = await asyncio.gather(*crowd[25:])
    assert budget.status().leased == 5
    for lease in served:
        lease.close()
    assert budget.status().free == 10
    assert await asyncio.gather(*crowd[:25], return_exceptions=True)


@in_virtual_time
async def test_a_cancelled_caller_inside_the_block_ends_its_lease() -> None:
    budget = make(2)

    async def call(*, sent: bool) -> None:
        async with budget.lease() as lease:
            if sent:
                lease.sent()
            await asyncio.sleep(1000)

    tasks = [asyncio.create_task(call(sent=sent)) for sent in (True, False)]
    await asyncio.sleep(1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    status = budget.status()
    assert (status.free, status.leased) == (1, 0)
    await asyncio.sleep(330.01)
    assert budget.status().free == 2


@in_virtual_time
async def test_asyncio_timeout_passes_as_itself() -> None:
    budget = make(1)
    with await budget.acquire():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await budget.acquire()
        assert budget.status().waiting == 0


@in_virtual_time
async def test_ten_thousand_who_give_up_leave_no_growth() -> None:
    budget = make(1)
    lease = await budget.acquire()

    async def give_up() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await budget.acquire()

    async def time_out() -> None:
        with contextlib.suppress(BudgetTimeout):
            await budget.acquire(timeout=301)

    async def crowd() -> int:
        for call in (give_up, time_out):
            await asyncio.gather(*(call() for _ in range(5_000)))
        assert budget.status().waiting == 0
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        await crowd()
        before = await crowd()
        after = await crowd()
    finally:
        tracemalloc.stop()
    assert after - before < 20_000
    lease.close()
    (await budget.acquire()).close()


@in_virtual_time
async def test_a_caller_destroyed_in_the_queue_leaves_it() -> None:
    budget = make(1)
    lease = await budget.acquire()
    call = budget.acquire()
    # Driven by hand, as by a task that is then thrown away.
    call.send(None)
    assert budget.status().waiting == 1
    call.close()
    assert budget.status().waiting == 0
    call = budget.acquire()
    call.send(None)
    lease.close()
    assert budget.status().leased == 1
    call.close()
    assert (budget.status().free, budget.status().leased) == (1, 0)


# Lost leases


@pytest.mark.parametrize("sent", [True, False])
@in_virtual_time
async def test_a_lease_lost_by_its_owner_comes_back_as_of_unknown_outcome(sent: bool) -> None:
    budget = make(1)
    lease = await budget.acquire()
    if sent:
        lease.sent()
    waiter = asyncio.create_task(budget.acquire())
    await asyncio.sleep(10)
    del lease
    assert budget.status().leased == 0
    (await waiter).close()
    assert budget.clock.now() == pytest.approx(10 + 330.001)


@in_virtual_time
async def test_a_lease_lost_while_the_lock_is_held_blocks_nobody() -> None:
    budget = make(2)
    other, lease = await budget.acquire(), await budget.acquire()
    waiter = asyncio.create_task(budget.acquire())
    await asyncio.sleep(0)
    # As the garbage collector may do in the middle of any of the budget's methods.
    with budget._pump.lock:
        del lease
    other.close()
    (await waiter).close()
    assert (budget.status().free, budget.status().leased) == (1, 0)


@in_virtual_time
async def test_a_lease_kept_alive_by_a_cycle_comes_back_with_the_cycle() -> None:
    budget = make(1)
    cycle: list[object] = [await budget.acquire()]
    cycle.append(cycle)
    del cycle
    gc.collect()
    assert budget.status().leased == 0


@in_virtual_time
async def test_a_slot_that_a_cancelled_waiter_was_granted_goes_on_at_once() -> None:
    """Also when the next slot that is known to come back is far away."""
    budget = make(2)
    with await budget.acquire() as used:
        used.sent()
        used.answered()
    lease = await budget.acquire()
    first = asyncio.create_task(budget.acquire())
    second = asyncio.create_task(budget.acquire())
    await turns(2)
    lease.close()
    first.cancel()
    with await second:
        assert budget.clock.now() == 0.0
    assert first.cancelled()
