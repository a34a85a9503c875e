"""Lanes, reserves, ageing and shares of a budget of one process, in virtual time."""

import asyncio
from collections.abc import Callable

import pytest

from depotfinity_async.ratelimit import Budget
from tests.support.virtual_time import VirtualClock, in_virtual_time

BACK = 300.001


def make(
    limit: int = 3, *, reserve: dict[str, int] | None = None, ageing: float = 1000.0, smooth: bool = False
) -> Budget:
    return Budget(
        limit, clock=VirtualClock(), lanes=("command", "poll"), reserve=reserve, ageing=ageing, smooth=smooth
    )


class Log(list[tuple[float, str]]):
    """When each caller was granted."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self.budget = budget

    async def call(self, name: str, lane: str, share: str | None = None) -> None:
        with await self.budget.acquire(lane=lane, share=share) as lease:
            self.append((round(asyncio.get_running_loop().time(), 3), name))
            lease.sent()
            lease.answered()

    async def all(self, *calls: tuple[str, str] | tuple[str, str, str]) -> None:
        await asyncio.gather(*(self.call(*call) for call in calls))

    @property
    def names(self) -> list[str]:
        return [name for _, name in self]


@in_virtual_time
async def test_commands_go_before_polls_that_came_first() -> None:
    log = Log(make(1))
    await log.all(("first", "poll"), ("second", "poll"), ("command", "command"))
    assert log.names == ["first", "command", "second"]


@in_virtual_time
async def test_a_reserve_is_there_for_a_command_when_polls_have_taken_the_rest() -> None:
    budget = make(3, reserve={"command": 1})
    log = Log(budget)
    await asyncio.gather(
        log.all(("a", "poll"), ("b", "poll"), ("c", "poll")),
        log.all(("now", "command"), ("later", "command")),
    )
    assert log == [(0, "a"), (0, "b"), (0, "now"), (BACK, "later"), (BACK, "c")]


@in_virtual_time
async def test_a_starved_lane_gets_one_slot_even_of_the_reserve() -> None:
    budget = make(4, reserve={"command": 3}, ageing=50)
    log = Log(budget)
    await log.all(("a", "poll"), ("b", "poll"), ("c", "poll"))
    assert log == [(0, "a"), (50, "b"), (100, "c")]


@in_virtual_time
async def test_commands_keep_their_priority_over_hundreds_of_old_polls() -> None:
    budget = make(2, ageing=1000)
    log = Log(budget)
    polls = [(f"poll {number}", "poll") for number in range(20)]
    polling = asyncio.create_task(log.all(*polls))
    await asyncio.sleep(700)
    await log.call("command", "command")
    assert log[-1] == (round(3 * BACK, 3), "command")
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)


@pytest.mark.parametrize("smooth", [False, True])
@in_virtual_time
async def test_a_reserve_goes_by_vacant_slots_when_grants_are_spaced(smooth: bool) -> None:
    budget = make(20, reserve={"command": 10}, smooth=smooth)
    log = Log(budget)
    await asyncio.wait_for(log.all(*[(str(number), "poll") for number in range(10)]), 200)
    gap = 302 / 19 if smooth else 0
    assert [moment for moment, _ in log] == pytest.approx([gap * number for number in range(10)], abs=0.01)


@in_virtual_time
async def test_with_free_slots_kept_nothing_is_asked_until_something_can_change() -> None:
    budget = make(20, reserve={"command": 10}, smooth=True, ageing=5000)
    log = Log(budget)
    polling = asyncio.create_task(log.all(*[(str(number), "poll") for number in range(11)]))
    await asyncio.sleep(299)
    assert len(log) == 10
    # The timer of a budget that asks again and again would keep the virtual time from moving on.
    await asyncio.sleep(17)
    assert len(log) == 11
    await polling


@in_virtual_time
async def test_clients_with_few_requests_are_not_kept_waiting_by_one_with_many() -> None:
    budget = make(4)
    log = Log(budget)
    crowd = [(f"a{number}", "poll", "a") for number in range(10)]
    await log.all(*crowd, ("b0", "poll", "b"), ("b1", "poll", "b"))
    assert log.names[:4] == ["a0", "a1", "a2", "a3"]
    assert log.names[4:8] == ["a4", "b0", "a5", "b1"]


@in_virtual_time
async def test_an_unknown_lane_is_refused_and_takes_nothing() -> None:
    budget = make()
    with pytest.raises(ValueError, match="no 'polls' in this budget; it has 'command', 'poll'"):
        await budget.acquire(lane="polls")
    assert budget.status().free == 3
    assert budget.lanes == ("command", "poll")


@in_virtual_time
async def test_waits_are_told_before_they_begin() -> None:
    budget = make(1)
    waits: list[tuple[str | None, object, int, float]] = []
    stop = budget.on_wait(
        lambda wait: waits.append((wait.lane, wait.share, wait.position, round(wait.expected, 3)))
    )
    log = Log(budget)
    await log.all(("a", "poll"), ("b", "poll", "x"), ("c", "command"))
    assert waits == [("poll", "x", 0, BACK), ("command", None, 0, BACK)]
    stop()
    await log.call("d", "poll")
    assert len(waits) == 2
    status = budget.status()
    assert status.lanes == {"command": 0, "poll": 0}


@in_virtual_time
async def test_one_whose_hook_fails_does_not_stay_in_line() -> None:
    budget = make(1)

    def fail(_: object) -> None:
        raise RuntimeError("the hook")

    with await budget.acquire():
        budget.on_wait(fail)
        with pytest.raises(RuntimeError, match="the hook"):
            await budget.acquire()
        assert budget.status().waiting == 0
    assert budget.status().free == 1


@in_virtual_time
async def test_a_lane_ages_also_when_nothing_else_happens() -> None:
    """A slot is there before the lane has aged, and fewer are than it must leave to the lane before it."""
    budget = make(4, reserve={"command": 2}, ageing=60.0)
    for moment in (0, 100, 200, 280):
        await asyncio.sleep(moment - asyncio.get_running_loop().time())
        with await budget.acquire(lane="command") as lease:
            lease.sent()
            lease.answered()
    await asyncio.sleep(10)
    log = Log(budget)
    await log.call("poll", "poll")
    assert log == [(350.0, "poll")]


class _Counting(VirtualClock):
    """Counts the timers that are set."""

    __slots__ = ("timers",)

    def __init__(self) -> None:
        super().__init__()
        self.timers = 0

    def call_later(
        self, loop: asyncio.AbstractEventLoop, delay: float, callback: Callable[[], object]
    ) -> asyncio.TimerHandle:
        self.timers += 1
        assert self.timers < 100, "it looks again and again"
        return super().call_later(loop, delay, callback)


@in_virtual_time
async def test_an_aged_lane_waits_for_the_end_of_a_cut_without_looking_all_the_time() -> None:
    """Slots are free and may not be granted: a refusal that nobody can explain has cut the budget."""
    clock = _Counting()
    budget = Budget(
        10, clock=clock, lanes=("command", "poll"), reserve={"command": 2}, ageing=60.0, smooth=False
    )
    leases = [await budget.acquire(lane="command") for _ in range(8)]
    for lease in leases:
        lease.sent()
    leases[0].refused(1.0)
    log = Log(budget)
    waiting = asyncio.create_task(log.call("poll", "poll"))
    await asyncio.sleep(200)
    assert budget.status().free > 0
    assert log == []
    for lease in leases[1:]:
        lease.answered()
    await waiting
