"""First come, first served, without exception, in virtual time."""

import asyncio

from tests.support.budgets import BACK, Order, use, virtual_budget
from tests.support.virtual_time import VirtualTimeLoop, in_virtual_time


@in_virtual_time
async def test_first_come_first_served_without_an_inversion() -> None:
    order = Order(virtual_budget(7))
    tasks = []
    for number in range(500):
        tasks.append(asyncio.create_task(order.join(number, work=number % 5)))
        await order.budget.clock.sleep(number % 3)
    await asyncio.gather(*tasks)
    assert order == list(range(500))


@in_virtual_time
async def test_those_who_go_ahead_come_before_all_others_in_their_own_order() -> None:
    order = Order(virtual_budget(1))
    await use(order.budget)
    tasks = [asyncio.create_task(order.join(number, ahead=number >= 3)) for number in range(5)]
    await asyncio.gather(*tasks)
    assert order == [3, 4, 0, 1, 2]


@in_virtual_time
async def test_a_newcomer_does_not_overtake_when_the_loop_was_blocked_past_the_return_of_slots() -> None:
    order = Order(virtual_budget(3))
    await use(order.budget, 3)
    queued = [asyncio.create_task(order.join(number)) for number in range(2)]
    await asyncio.sleep(0)
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    loop.block(BACK)
    # Three slots are due and no timer has had a chance to ring; one of them is left for a newcomer.
    await order.join(2)
    await asyncio.gather(*queued)
    assert order == [0, 1, 2]


@in_virtual_time
async def test_newcomers_in_the_turn_in_which_slots_come_back_do_not_overtake() -> None:
    order = Order(virtual_budget(3))
    await use(order.budget, 3)
    newcomers: list[asyncio.Task[None]] = []

    def arrive() -> None:
        newcomers.extend(asyncio.create_task(order.join(number)) for number in (2, 3))

    order.budget.clock.call_later(asyncio.get_running_loop(), BACK, arrive)
    queued = [asyncio.create_task(order.join(number)) for number in range(2)]
    await asyncio.gather(*queued)
    await asyncio.gather(*newcomers)
    assert order == [0, 1, 2, 3]


@in_virtual_time
async def test_a_newcomer_does_not_overtake_one_who_was_granted_and_has_yet_to_return() -> None:
    order = Order(virtual_budget(2))
    leases = [await order.budget.acquire() for _ in range(2)]
    queued = asyncio.create_task(order.join(0))
    await asyncio.sleep(0)
    for lease in leases:
        lease.close()
    # The queued one has its slot, a second one is free, and this task goes on without a pause.
    await order.join(1)
    await queued
    assert order == [0, 1]
