"""Callers who cannot wait for ever, in virtual time."""

import asyncio
import math

import pytest

from depotfinity_async.ratelimit import Budget, BudgetTimeout
from tests.support.budgets import BACK, Order, use, virtual_budget
from tests.support.virtual_time import VirtualClock, VirtualTimeLoop, in_virtual_time


async def refused(budget: Budget, after: float, *, ahead: bool = False) -> float:
    """What a caller who would wait `after` seconds is told, at once, about coming back."""
    began = budget.clock.now()
    with pytest.raises(BudgetTimeout) as caught:
        await budget.acquire(timeout=after, ahead=ahead)
    assert budget.clock.now() == began
    return caught.value.retry_after


@in_virtual_time
async def test_a_wait_known_to_be_too_long_is_refused_at_once() -> None:
    budget = virtual_budget(2)
    await use(budget, 2)
    await budget.clock.sleep(100)
    assert await refused(budget, 200) == pytest.approx(200.001)
    assert budget.status().waiting == 0


@in_virtual_time
async def test_the_place_in_the_queue_counts() -> None:
    budget = virtual_budget(2)
    await use(budget)
    await budget.clock.sleep(10)
    await use(budget)
    waiters = [asyncio.create_task(use(budget)) for _ in range(2)]
    await asyncio.sleep(0)
    # Both slots are spoken for; the third one waits for the second return of the first.
    assert await refused(budget, 590) == pytest.approx(2 * BACK - 10)
    assert await refused(budget, 280, ahead=True) == pytest.approx(BACK - 10)
    (await budget.acquire(timeout=295, ahead=True)).close()
    await asyncio.gather(*waiters)


@in_virtual_time
async def test_who_has_waited_is_told_of_its_own_lane() -> None:
    budget = Budget(2, clock=VirtualClock(), lanes=("command", "poll"))
    leases = [await budget.acquire() for _ in range(2)]
    polls = [asyncio.create_task(budget.acquire(lane="poll")) for _ in range(40)]
    await asyncio.sleep(0)
    waited = asyncio.create_task(budget.acquire(lane="command", timeout=301))
    await asyncio.sleep(100)
    leases[0].answered()
    with pytest.raises(BudgetTimeout) as failed:
        await waited
    assert failed.value.retry_after == pytest.approx(99, abs=0.1)
    for poll in polls:
        poll.cancel()
    leases[1].close()


@in_virtual_time
async def test_the_hold_counts() -> None:
    budget = virtual_budget()
    budget.hold(60, "429")
    assert await refused(budget, 59) == pytest.approx(60)
    (await budget.acquire(timeout=60)).close()
    assert budget.clock.now() == 60.0


@in_virtual_time
async def test_a_leased_slot_cannot_be_expected_before_a_window_from_now() -> None:
    budget = virtual_budget(1)
    with await budget.acquire():
        assert await refused(budget, 299) == pytest.approx(BACK)


@in_virtual_time
async def test_a_timeout_that_runs_out_while_waiting() -> None:
    budget = virtual_budget(1)
    lease = await budget.acquire()
    lease.sent()
    waiter = asyncio.create_task(budget.acquire(timeout=310))
    await budget.clock.sleep(40)
    lease.answered()
    with pytest.raises(BudgetTimeout) as caught:
        await waiter
    assert budget.clock.now() == pytest.approx(310)
    assert caught.value.retry_after == pytest.approx(40 + BACK - 310)
    assert budget.status().waiting == 0
    await use(budget)
    assert budget.clock.now() == pytest.approx(40 + BACK)


@in_virtual_time
async def test_a_slot_due_in_the_moment_of_the_timeout_is_granted() -> None:
    budget = virtual_budget(1)
    await use(budget)
    (await budget.acquire(timeout=BACK)).close()
    assert budget.clock.now() == pytest.approx(BACK)


@in_virtual_time
async def test_a_slot_that_is_there_when_the_timeout_is_noticed_is_granted() -> None:
    budget = virtual_budget(1)
    lease = await budget.acquire()
    waiter = asyncio.create_task(budget.acquire(timeout=310))
    await budget.clock.sleep(20)
    lease.answered()
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    loop.block(301)
    (await waiter).close()
    assert budget.clock.now() == 321.0


@in_virtual_time
async def test_a_timeout_after_the_grant_takes_nothing_away() -> None:
    budget = virtual_budget(1)
    lease = await budget.acquire()
    waiter = asyncio.create_task(budget.acquire(timeout=400))
    await budget.clock.sleep(399)
    lease.close()
    granted = await waiter
    await budget.clock.sleep(10)
    granted.sent()
    granted.answered()
    assert budget.status().granted == 2


@pytest.mark.parametrize("patience", [0, -5])
@in_virtual_time
async def test_now_or_never(patience: float) -> None:
    budget = virtual_budget(1)
    lease = await budget.acquire(timeout=patience)
    assert await refused(budget, patience) == pytest.approx(BACK)
    lease.close()


@in_virtual_time
async def test_now_or_never_does_not_overtake_either() -> None:
    order = Order(virtual_budget(2))
    leases = [await order.budget.acquire() for _ in range(2)]
    queued = asyncio.create_task(order.join(0))
    await asyncio.sleep(0)
    for lease in leases:
        lease.close()
    with await order.budget.acquire(timeout=0):
        order.append(1)
    await queued
    assert order == [0, 1]


@in_virtual_time
async def test_an_endless_timeout_is_none() -> None:
    budget = virtual_budget(1)
    await use(budget)
    (await budget.acquire(timeout=math.inf)).close()
    with pytest.raises(ValueError, match="nan"):
        await budget.acquire(timeout=math.nan)
