"""What a budget of one process does with what the service says, in virtual time."""

import asyncio
import itertools
import logging
import math

import pytest

from depotfinity_async.ratelimit import Budget, BudgetTimeout, Lease
from tests.support.virtual_time import VirtualClock, in_virtual_time

LATENCY = 0.5


def make(limit: int = 10, *, smooth: bool = False) -> Budget:
    return Budget(limit, clock=VirtualClock(), smooth=smooth)


class Service:
    """Answers with the next of `says`, then well; notes when each request left."""

    def __init__(self, budget: Budget, *says: str) -> None:
        self.budget = budget
        self.says = list(says)
        self.left: list[float] = []

    async def call(self) -> None:
        """One request, tried again until it is answered well."""
        while not await self.attempt():
            pass

    async def attempt(self) -> bool:
        with await self.budget.acquire() as lease:
            self.left.append(round(asyncio.get_running_loop().time(), 3))
            lease.sent()
            await asyncio.sleep(LATENCY)
            return self._answer(lease)

    def _answer(self, lease: Lease) -> bool:
        match self.says.pop(0) if self.says else "well":
            case "well":
                lease.answered()
                return True
            case "lost":
                lease.close()
            case "refused":
                lease.refused()
            case text if text.startswith("refused "):
                lease.refused(float(text.removeprefix("refused ")))
            case text:
                lease.unavailable(float(text.removeprefix("away ")))
        return False

    async def calls(self, count: int) -> list[float]:
        await asyncio.gather(*(self.call() for _ in range(count)))
        return self.left


@in_virtual_time
async def test_one_probe_goes_after_a_refusal_and_then_the_others_evenly() -> None:
    budget = make(10)
    service = Service(budget, "refused 20")
    await service.calls(10)
    await service.calls(3)
    # All ten slots were in use, so the refusal is explained and none is cut off. The first of them is back
    # at 300.5; that request is the probe.
    gap = 302 / 9
    after = 301.001 + gap
    assert service.left == pytest.approx(
        [0.0] * 10 + [300.501, after, after + gap, after + 2 * gap], abs=0.01
    )
    status = budget.status()
    assert (status.refused, status.unexplained, status.cap, status.mode) == (1, 0, 10, "spaced")


@in_virtual_time
async def test_hundreds_through_a_service_that_is_away_send_a_handful_of_probes() -> None:
    budget = make(200)
    service = Service(budget, *["away 90"] * 53, *["well"] * 97, "away 60")
    left = asyncio.create_task(service.calls(150))
    await asyncio.sleep(LATENCY + 0.01)
    status = budget.status()
    assert (status.mode, status.hold_reason) == ("held", "unavailable")
    assert 89 < status.hold <= 90
    moments = await left
    # The first probe is turned away, the second is not; then all go whose slots are free.
    assert [moment for moment in moments if 0 < moment < 300] == [90.5, 151.0, *[151.5] * 48]
    assert len(moments) == 150 + 53 + 1
    for moment in moments:
        assert sum(moment <= other <= moment + 300 for other in moments) <= 200


@in_virtual_time
async def test_probes_that_fail_are_followed_by_longer_holds() -> None:
    budget = make(100)
    service = Service(budget, *["refused"] * 4)
    assert await service.calls(1) == pytest.approx([0, 30.5, 91, 211.5, 452], abs=0.01)


@in_virtual_time
async def test_a_lost_probe_is_followed_by_another() -> None:
    budget = make(100)
    service = Service(budget, "away 90", "lost", "lost")
    assert await service.calls(1) == pytest.approx([0, 90.5, 91, 91.5], abs=0.01)


@in_virtual_time
async def test_a_probe_that_was_never_sent_hands_its_turn_on() -> None:
    budget = make(100)
    with await budget.acquire() as lease:
        lease.unavailable(90)
    with await budget.acquire():
        assert asyncio.get_running_loop().time() == pytest.approx(90, abs=0.01)
        for timeout in (1, 0):
            with pytest.raises(BudgetTimeout) as failed:
                await budget.acquire(timeout=timeout)
            # Who asks again when it is over must not do so at once, as the answer may take its time.
            assert failed.value.retry_after == 1
    service = Service(budget)
    assert await service.calls(3) == pytest.approx([91, 91.5, 91.5], abs=0.01)


@in_virtual_time
async def test_a_call_with_a_timeout_waits_for_the_answer_of_a_probe() -> None:
    budget = make(100)
    with await budget.acquire() as lease:
        lease.unavailable(90)
    with await budget.acquire() as probe:
        probe.sent()
        call = asyncio.create_task(budget.acquire(timeout=1))
        await asyncio.sleep(0.9)
        assert (budget.status().mode, call.done()) == ("probing", False)
        probe.answered()
        (await call).close()


@in_virtual_time
async def test_an_unexplained_refusal_is_told_once_and_slows_down(caplog: pytest.LogCaptureFixture) -> None:
    budget = make(100)
    service = Service(budget, "refused 10", "refused 10")
    with caplog.at_level(logging.WARNING, logger="depotfinity_async.ratelimit"):
        left = await service.calls(5)
    (record,) = caplog.records
    assert "somebody else sends from the same address" in record.getMessage()
    assert "5 of 100" in record.getMessage()
    gaps = [later - earlier for earlier, later in itertools.pairwise(left[7:])]
    assert all(gap > 302 / 99 for gap in gaps)
    status = budget.status()
    assert (status.refused, status.unexplained, status.mode) == (2, 2, "spaced")
    assert (status.cap, status.limit) == (70, 100)
    assert 1700 < status.spaced <= 1800
    for line in ("mode spaced for", "cut to 70 slots", "2 refused, 2 of them not explained"):
        assert line in status.report()
    await asyncio.sleep(1800)
    assert budget.status().mode == "burst"


@in_virtual_time
async def test_smooth_never_sends_two_at_once_and_uses_nearly_all() -> None:
    budget = make(100, smooth=True)
    service = Service(budget)
    left = await service.calls(300)
    assert left[1] == pytest.approx(302 / 99, abs=0.01)
    assert left[-1] < 300 * 3 * 1.03
    assert budget.status().spaced == math.inf


@in_virtual_time
async def test_what_the_service_says_is_left_is_kept() -> None:
    budget = make(100)
    with await budget.acquire() as lease:
        lease.announced(remaining=3, reset=40)
        lease.answered()
    service = Service(budget)
    assert await service.calls(5) == pytest.approx([0, 0, 40, 40, 40], abs=0.01)


@in_virtual_time
async def test_a_stricter_limit_replaces_the_own_one_and_a_looser_one_does_not() -> None:
    budget = make(100)
    with await budget.acquire() as lease:
        lease.announced(limit=1000, window=300)
        lease.answered()
    assert budget.status().limit == 100
    with await budget.acquire() as lease:
        lease.announced(limit=5, window=600)
        lease.answered()
    service = Service(budget)
    left = await service.calls(6)
    assert left == pytest.approx([0, 0, 0, 600, 600, 600.5], abs=0.01)
    assert (budget.status().limit, budget.status().window) == (5, 600)


@in_virtual_time
async def test_a_deadline_that_a_stricter_limit_cannot_meet_fails_at_once() -> None:
    budget = make(10)
    with await budget.acquire() as lease:
        lease.announced(limit=5, window=300)
        lease.answered()
    for _ in range(4):
        (await budget.acquire()).answered()
    assert budget.status().next_slot == pytest.approx(300, abs=0.01)
    with pytest.raises(BudgetTimeout) as failed:
        await budget.acquire(timeout=3)
    assert failed.value.retry_after == pytest.approx(300, abs=0.01)
    assert asyncio.get_running_loop().time() == 0
    # One lap of five later.
    waiting = [asyncio.create_task(budget.acquire()) for _ in range(5)]
    await asyncio.sleep(1)
    with pytest.raises(BudgetTimeout) as failed:
        await budget.acquire(timeout=400)
    assert failed.value.retry_after == pytest.approx(599, abs=0.1)
    for task in waiting:
        (await task).close()


@in_virtual_time
async def test_a_slot_that_a_cut_budget_gets_back_counts_for_a_deadline() -> None:
    budget = make(10)
    for _ in range(5):
        (await budget.acquire()).answered()
    (await budget.acquire()).refused(1)
    (await budget.acquire()).answered()
    assert (budget.status().used, budget.status().cap) == (7, 7)
    assert budget.status().next_slot == pytest.approx(119, abs=2)
    with pytest.raises(BudgetTimeout):
        await budget.acquire(timeout=60)
    assert asyncio.get_running_loop().time() < 2
    (await budget.acquire(timeout=200)).close()
    assert asyncio.get_running_loop().time() == pytest.approx(120, abs=2)


@in_virtual_time
async def test_that_nothing_is_left_is_seen() -> None:
    budget = make(10)
    with await budget.acquire() as lease:
        lease.announced(remaining=3, reset=200)  # this one may not be counted yet
        lease.answered()
    assert budget.status().mode == "burst"
    for _ in range(2):
        (await budget.acquire()).answered()
    status = budget.status()
    assert (status.mode, status.hold_reason) == ("held", "nothing is left, says the service")
    assert status.hold == pytest.approx(200, abs=0.01)
    assert "held for 200 s (nothing is left, says the service)" in str(status)
    with pytest.raises(BudgetTimeout) as failed:
        await budget.acquire(timeout=5)
    assert failed.value.retry_after == pytest.approx(200, abs=0.01)
    await asyncio.sleep(200.1)
    assert budget.status().mode == "burst"


@in_virtual_time
async def test_limits_that_are_announced_in_turn_do_not_add_up() -> None:
    budget = make(100)
    for _ in range(30):
        for limit, window in ((5000, 86400), (100, 300)):
            with await budget.acquire() as lease:
                lease.sent()
                lease.announced(limit=limit, window=window)
                lease.answered()
    await asyncio.sleep(1728 + 60)
    assert budget.status().used == 0


@in_virtual_time
async def test_a_deadline_that_ends_inside_a_hold_fails_at_once() -> None:
    budget = make(100)
    with await budget.acquire() as lease:
        lease.unavailable(90)
    with pytest.raises(BudgetTimeout) as failed:
        await budget.acquire(timeout=30)
    assert 89 < failed.value.retry_after <= 90
    assert asyncio.get_running_loop().time() == 0
