"""A hold stops everybody, in virtual time."""

import asyncio
import math

import pytest

from tests.support.budgets import use, virtual_budget
from tests.support.virtual_time import in_virtual_time


@in_virtual_time
async def test_a_hold_stops_everybody_though_slots_are_free() -> None:
    budget = virtual_budget()
    budget.hold(90, "503")
    status = budget.status()
    assert (status.hold, status.hold_reason, status.free, status.next_slot) == (90.0, "503", 100, 0.0)
    await use(budget, 5)
    assert budget.clock.now() == 90.0
    assert (budget.status().hold, budget.status().hold_reason) == (0.0, None)


@in_virtual_time
async def test_a_hold_outlasts_the_return_of_a_slot() -> None:
    budget = virtual_budget(1)
    await use(budget)
    waiter = asyncio.create_task(use(budget))
    await budget.clock.sleep(200)
    budget.hold(500, "429")
    await waiter
    assert budget.clock.now() == 700.0


@in_virtual_time
async def test_a_hold_stops_those_who_wait_for_its_predecessor() -> None:
    budget = virtual_budget()
    budget.hold(10, "first")
    waiter = asyncio.create_task(use(budget))
    await budget.clock.sleep(5)
    budget.hold(30, "second")
    await waiter
    assert budget.clock.now() == 35.0


@in_virtual_time
async def test_a_hold_only_gets_longer() -> None:
    budget = virtual_budget()
    budget.hold(90, "long")
    budget.hold(30, "short")
    assert (budget.status().hold, budget.status().hold_reason) == (90.0, "long")
    budget.hold(120, "longer")
    assert (budget.status().hold, budget.status().hold_reason) == (120.0, "longer")


@in_virtual_time
async def test_a_hold_is_cut_at_three_windows_of_the_vendor() -> None:
    budget = virtual_budget()
    budget.hold(1e9, "absurd")
    assert budget.status().hold == 900.0


@pytest.mark.parametrize("seconds", [-1.0, math.inf, -math.inf, math.nan])
@in_virtual_time
async def test_a_senseless_hold_is_refused(seconds: float) -> None:
    budget = virtual_budget()
    with pytest.raises(ValueError, match="hold"):
        budget.hold(seconds, "senseless")
    assert budget.status().hold == 0.0


@in_virtual_time
async def test_a_hold_of_no_seconds_holds_nobody() -> None:
    budget = virtual_budget()
    budget.hold(0, "nothing")
    await use(budget)
    assert budget.clock.now() == 0.0
    assert budget.status().hold_reason is None
