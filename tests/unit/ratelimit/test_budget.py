"""Slots: when they are taken, when they come back, and what status() says of them, in virtual time."""

import asyncio
import time

import pytest

from depotfinity_async.ratelimit import Budget, Clock, Lease
from tests.support.budgets import BACK, use, virtual_budget
from tests.support.virtual_time import in_virtual_time


def test_by_default_it_is_the_rule_of_the_vendor_in_real_time() -> None:
    budget = Budget()
    assert (budget.limit, budget.window, budget.clock.speed) == (100, 300.0, 1.0)
    assert budget.clock.now() == pytest.approx(time.monotonic(), abs=60)


def test_keeps_the_clock_it_is_given() -> None:
    clock = Clock(7)
    assert Budget(clock=clock).clock is clock


@in_virtual_time
async def test_the_whole_burst_goes_at_once_and_the_next_one_after_the_window() -> None:
    budget = virtual_budget()
    await use(budget, 100)
    assert budget.clock.now() == 0.0
    status = budget.status()
    assert (status.used, status.free) == (100, 0)
    assert status.next_slot == pytest.approx(BACK)
    await use(budget)
    assert budget.clock.now() == pytest.approx(BACK)
    assert budget.clock.now() > 300.0


@in_virtual_time
async def test_the_window_counts_from_the_reply_and_not_from_the_grant() -> None:
    budget = virtual_budget(1)
    async with budget.lease() as lease:
        lease.sent()
        await budget.clock.sleep(20)
        lease.answered()
        await budget.clock.sleep(3)
    await use(budget)
    assert budget.clock.now() == pytest.approx(20 + BACK)


@in_virtual_time
async def test_a_slot_never_sent_is_free_at_once_and_the_head_of_the_queue_gets_it() -> None:
    budget = virtual_budget(1)
    lease = await budget.acquire()
    waiter = asyncio.create_task(budget.acquire())
    await asyncio.sleep(0)
    assert budget.status().waiting == 1
    lease.close()
    (await waiter).close()
    assert budget.clock.now() == 0.0
    assert budget.status().free == 1


@in_virtual_time
async def test_an_unknown_outcome_costs_the_grace_as_well() -> None:
    budget = virtual_budget(1)

    async def call() -> None:
        async with budget.lease() as lease:
            lease.sent()
            await budget.clock.sleep(10)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await call()
    await use(budget)
    assert budget.clock.now() == pytest.approx(10 + 30 + BACK)


@in_virtual_time
async def test_a_late_reply_of_a_waiters_slot_wakes_it_though_no_time_of_return_was_known() -> None:
    budget = virtual_budget(1)
    lease = await budget.acquire()
    waiter = asyncio.create_task(use(budget))
    await budget.clock.sleep(50)
    lease.answered()
    await waiter
    assert budget.clock.now() == pytest.approx(50 + BACK)


@in_virtual_time
async def test_an_earlier_return_than_the_one_awaited_is_noticed() -> None:
    budget = virtual_budget(2)
    lost, kept = await budget.acquire(), await budget.acquire()
    lost.sent()
    lost.close()
    waiter = asyncio.create_task(use(budget))
    await asyncio.sleep(0)
    kept.answered()
    await waiter
    assert budget.clock.now() == pytest.approx(BACK)


def taken_without_a_pause(budget: Budget) -> bool:
    call = budget.acquire()
    try:
        call.send(None)
    except StopIteration as done:
        done.value.close()
        return True
    call.close()
    return False


@in_virtual_time
async def test_with_a_slot_free_and_nobody_waiting_the_loop_is_not_given_a_turn() -> None:
    budget = virtual_budget(2)
    assert taken_without_a_pause(budget)
    await asyncio.gather(*(use(budget) for _ in range(4)))
    assert not taken_without_a_pause(budget)
    await budget.clock.sleep(300)
    assert not taken_without_a_pause(budget)
    await budget.clock.sleep(0.01)
    assert taken_without_a_pause(budget)


@in_virtual_time
async def test_status_counts_all_kinds_of_slots() -> None:
    budget = virtual_budget(3)
    await use(budget)
    leases = [await budget.acquire() for _ in range(2)]
    status = budget.status()
    assert (status.limit, status.window, status.used, status.free) == (3, 300.0, 3, 0)
    assert (status.leased, status.waiting, status.granted) == (2, 0, 3)
    assert (status.hold, status.hold_reason) == (0.0, None)
    assert status.next_slot == pytest.approx(BACK)
    for lease in leases:
        lease.close()
    assert budget.status().next_slot == 0.0


@in_virtual_time
async def test_the_next_slot_is_unknown_while_all_are_leased() -> None:
    budget = virtual_budget(1)
    with await budget.acquire():
        assert budget.status().next_slot is None


@in_virtual_time
async def test_a_saturated_day_uses_nearly_all_of_the_limit() -> None:
    budget = virtual_budget()
    clock = budget.clock
    day = 24 * 3600.0

    async def worker() -> None:
        while True:
            async with budget.lease() as lease:
                lease.sent()
                await clock.sleep(1.25)
                lease.answered()

    workers = [asyncio.create_task(worker()) for _ in range(150)]
    await clock.sleep(day)
    for task in workers:
        task.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    assert budget.status().granted >= 0.995 * 100 * day / 300
    assert budget.status().leased == 0


@in_virtual_time
async def test_a_lease_cannot_pay_for_two_requests() -> None:
    budget = virtual_budget(2)
    lease: Lease
    async with budget.lease() as lease:
        lease.sent()
        lease.answered()
    lease.close()
    lease.answered()
    status = budget.status()
    assert (status.used, status.leased) == (1, 0)
