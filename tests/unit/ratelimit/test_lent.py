import asyncio
import contextlib
import gc
import logging
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from depotfinity_async.ratelimit import Budget, BudgetError, BudgetTimeout, background, look
from depotfinity_async.ratelimit.pump import Pump
from depotfinity_async.ratelimit.stores import Store, StoreError, StoreUnusableError
from tests.support.polling import until
from tests.support.shared_budgets import Processes
from tests.support.shared_state import MemoryStore, RealClock
from tests.support.virtual_time import VirtualClock, run_virtual


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(RealClock())


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    yield
    background.leave_shared_states()
    assert background._running == {}


def shared(store: MemoryStore, limit: int = 5, window: float = 0.3, **options: Any) -> Budget:
    return Budget(limit, window, store=store, **{"grace": 0.1, "lease": 0.5, **options})


async def use(budget: Budget, lane: str | None = None) -> float:
    with await budget.acquire(lane=lane) as lease:
        lease.sent()
        lease.answered()
    return time.monotonic()


async def test_the_limit_holds_and_is_used(store: MemoryStore) -> None:
    budget = shared(store)
    moments = sorted(await asyncio.gather(*(use(budget) for _ in range(15))))
    for first, last in zip(moments, moments[5:], strict=False):
        assert last - first > 0.3
    assert moments[-1] - moments[0] < 2.0
    status = budget.status()
    assert (status.store, status.members, status.granted, status.limit) == ("host", 1, 15, 5)


async def test_two_budgets_of_one_state_share(store: MemoryStore) -> None:
    budgets = [shared(store), shared(MemoryStore(RealClock(), beside=store))]
    moments = sorted(await asyncio.gather(*(use(budgets[n % 2]) for n in range(16))))
    for first, last in zip(moments, moments[5:], strict=False):
        assert last - first > 0.3
    assert [budget.status().granted for budget in budgets] == [8, 8]


async def test_status_before_the_first_slot_and_while_slots_are_used(store: MemoryStore) -> None:
    budget = shared(store, window=60.0)
    status = budget.status()
    assert (status.used, status.free, status.next_slot, status.mode) == (0, 5, 0.0, "burst")
    assert store.requests == []
    for _ in range(5):
        await use(budget)
    await until(lambda: budget.status().used == 5)
    status = budget.status()
    assert status.free == 0
    assert status.next_slot is not None
    assert 50 < status.next_slot < 61.0


async def test_a_slot_nobody_waits_for_any_more_goes_back(store: MemoryStore) -> None:
    budget = shared(store, limit=1, window=0.2)
    lease = await budget.acquire()
    waiter = asyncio.create_task(budget.acquire())
    await asyncio.sleep(0.05)
    waiter.cancel()
    lease.sent()
    lease.answered()
    await until(lambda: store.requests[-1]["wants"] == [[0, 0]])
    other = shared(MemoryStore(RealClock(), beside=store), limit=1, window=0.2)
    async with asyncio.timeout(5):
        await use(other)


async def test_a_wait_that_is_known_to_be_too_long_fails_at_once(store: MemoryStore) -> None:
    budget = shared(store, limit=1, window=60.0)
    await use(budget)
    await until(lambda: budget.status().used == 1)
    began = time.monotonic()
    with pytest.raises(BudgetTimeout) as caught:
        await budget.acquire(timeout=5)
    assert time.monotonic() - began < 4  # not after its five seconds
    assert 50 < caught.value.retry_after < 61


async def test_without_patience_a_slot_is_had_if_the_store_has_one(store: MemoryStore) -> None:
    budget = shared(store, 2, window=60.0)
    for _ in range(2):
        with await budget.acquire(timeout=0) as lease:
            lease.sent()
            lease.answered()
    with pytest.raises(BudgetTimeout):
        await budget.acquire(timeout=0)


async def test_a_wait_ends_when_its_time_is_over(store: MemoryStore) -> None:
    budget = shared(store, limit=1, window=60.0)
    await budget.acquire()
    other = shared(MemoryStore(RealClock(), beside=store), limit=1, window=60.0)
    with pytest.raises(BudgetTimeout):
        await other.acquire(timeout=0.05)


@pytest.mark.parametrize("later", [0.0, 0.002, 0.5, 20.0], ids=lambda later: f"{later} s later")
def test_the_reserve_of_a_lane_is_kept_across_processes(later: float) -> None:
    async def run() -> None:
        clock = VirtualClock()

        def make(store: Store) -> Budget:
            lanes = ("command", "poll")
            return Budget(5, 60.0, store=store, clock=clock, lanes=lanes, reserve={"command": 2})

        world = Processes(clock, make, on_host=True)
        one, other = world.start(), world.start()
        polls = [asyncio.create_task(use(one.budget, "poll")) for _ in range(5)]
        await asyncio.sleep(later)
        polls += [asyncio.create_task(use(other.budget, "poll")) for _ in range(5)]
        # One may have a slot on standby, until it comes again.
        await asyncio.sleep(15.0)
        assert sum(poll.done() for poll in polls) == 3
        async with asyncio.timeout(0.1):
            await use(one.budget, "command")
            await use(other.budget, "command")
        await asyncio.sleep(15.0)
        assert sum(poll.done() for poll in polls) == 3
        for poll in polls:
            poll.cancel()
        await asyncio.gather(*polls, return_exceptions=True)
        world.kill(one)
        world.kill(other)

    run_virtual(run())


async def test_a_hold_is_for_all(store: MemoryStore) -> None:
    one, other = shared(store), shared(MemoryStore(RealClock(), beside=store))
    await use(other)
    one.hold(0.3, "user")
    began = time.monotonic()
    assert one.status().hold_reason == "user"
    await until(lambda: any(request["holds"] for request in store.requests))
    assert await use(other) - began >= 0.29
    assert await use(one) - began >= 0.29


async def test_a_refusal_is_told_to_all_and_explained_to_the_operator(
    store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    budget = shared(store, limit=20)
    other = shared(MemoryStore(RealClock(), beside=store), limit=20)
    await use(other)
    with await budget.acquire() as lease:
        lease.sent()
        lease.announced(limit=20, window=0.3)
        lease.refused(1.0)
    await until(lambda: budget.status().unexplained == 1)
    budget.status()
    began = time.monotonic()
    await use(other)
    assert time.monotonic() - began > 0.5
    assert "somebody else sends from the same address" in caplog.text


async def test_a_refusal_from_before_is_no_news(store: MemoryStore, caplog: pytest.LogCaptureFixture) -> None:
    budget = shared(store, limit=20)
    with await budget.acquire() as lease:
        lease.sent()
        lease.refused(0)
    await until(lambda: budget.status().unexplained == 1)
    caplog.clear()
    another = shared(MemoryStore(RealClock(), beside=store), limit=20)
    another.hold(0, "none")
    await until(lambda: another.status().unexplained == 1)
    assert caplog.text == ""


async def test_a_stricter_limit_is_minded_by_deadlines(store: MemoryStore) -> None:
    budget = shared(store, limit=10, window=60.0)
    for _ in range(2):
        await use(budget)
    await asyncio.sleep(0.3)
    third = time.monotonic()
    for _ in range(4):
        await use(budget)
    with await budget.acquire() as lease:
        lease.sent()
        lease.announced(limit=5, window=60)
        lease.answered()
    await until(lambda: budget.status().limit == 5 and not budget.status().leased)
    status = budget.status()
    # The third of seven that comes back is the first below the limit.
    assert status.next_slot is not None
    assert third + 60 - time.monotonic() <= status.next_slot < 61
    with pytest.raises(BudgetTimeout) as failed:
        await budget.acquire(timeout=5)
    assert third + 60 - time.monotonic() <= failed.value.retry_after < 61


@pytest.mark.parametrize("error", [StoreError("the store is down"), StoreUnusableError("no folder")])
async def test_without_a_store_it_goes_on(
    store: MemoryStore, error: StoreError, caplog: pytest.LogCaptureFixture
) -> None:
    store.down = error
    budget = shared(store, limit=16)
    async with asyncio.timeout(5):
        await use(budget)
        await use(budget)
    status = budget.status()
    assert (status.store, status.mode) == ("host (away)", "spaced")
    budget.hold(0.1, "user")
    assert budget.status().hold > 0
    with pytest.raises(BudgetTimeout):
        await budget.acquire(timeout=0)
    with await budget.acquire() as lease:
        lease.sent()
        lease.announced(remaining=0, reset=0.1)
        lease.refused(1.0)
    assert budget.status().refused == 1
    assert [record.levelno for record in caplog.records][:1] == [logging.WARNING]


async def test_without_a_store_it_raises_if_that_is_asked_for(
    store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.down = StoreError("the store is down")
    budget = shared(store, on_store_down="raise")
    for _ in range(2):
        began = time.monotonic()
        results = await asyncio.gather(*(budget.acquire() for _ in range(20)), return_exceptions=True)
        assert time.monotonic() - began < 30
        assert {str(result) for result in results} == {"the store is down"}
        assert all(isinstance(result, StoreError) for result in results)
    assert budget.status().store == "host (away)"
    assert "the store is down; until it is there, no request is let through." in caplog.text


async def test_it_is_back_when_its_store_is(store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("depotfinity_async.ratelimit.courier.RETRY", 50)
    budget = shared(store, limit=16)
    await use(budget)
    await use(budget)
    store.down = StoreError("down")
    await until(lambda: budget.status().store == "host (away)")
    async with asyncio.timeout(5):
        await use(budget)
        store.down = None
        await until(lambda: budget.status().store == "host")
        await use(budget)
    assert store.record is not None
    assert any(entry.endswith(".-1") for entry in store.record["entries"])


async def test_it_has_a_place_for_each_value_of_on_store_down(store: MemoryStore) -> None:
    with pytest.raises(ValueError, match="on_store_down"):
        shared(store, on_store_down="hope")


def test_one_budget_serves_several_loops_one_after_the_other(store: MemoryStore) -> None:
    budget = shared(store, window=60.0)
    for _ in range(5):
        asyncio.run(use(budget))
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(use(budget), 0.1))


def test_the_thread_of_a_budget_that_is_gone_ends(store: MemoryStore) -> None:
    budget = shared(store)
    asyncio.run(use(budget))
    (thread,) = background._running
    del budget
    until = time.monotonic() + 5
    while thread.is_alive() and time.monotonic() < until:
        gc.collect()
        thread.join(0.01)
    assert not thread.is_alive()
    assert store.requests[-1]["member"] is False


async def test_a_thread_that_cannot_be_had_is_an_error_and_is_tried_again(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_thread(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    budget = shared(store)
    with monkeypatch.context() as broken:
        broken.setattr(threading.Thread, "start", no_thread)
        with pytest.raises(RuntimeError, match="can't start"):
            await budget.acquire()
    assert (budget.status().waiting, background._running) == (0, {})
    async with asyncio.timeout(5):
        await use(budget)


async def test_a_fault_of_ours_is_logged_and_ends_no_thread(
    store: MemoryStore, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung = Pump._rung
    faults = [KeyError("a fault")]

    def ring(pump: Pump) -> None:
        if faults:
            raise faults.pop()
        rung(pump)

    monkeypatch.setattr(Pump, "_rung", ring)
    budget = shared(store)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.2):
            await use(budget)
    assert "a fault" in caplog.text
    async with asyncio.timeout(5):
        await use(budget)


async def test_a_store_is_of_one_budget(store: MemoryStore) -> None:
    assert [look(store, 5, 0.3).used for _ in range(2)] == [0, 0]
    store.closed = False
    budget = shared(store)
    await use(budget)
    with pytest.raises(
        ValueError, match=r"the store belongs to another budget: call open_store\(\.\.\.\) for"
    ):
        shared(store)
    with pytest.raises(ValueError, match="belongs to another budget"):
        look(store)
    await use(budget)
    assert not store.closed


async def test_a_call_with_a_timeout_waits_for_the_answer_of_a_probe(store: MemoryStore) -> None:
    budget = shared(store, limit=20, window=60.0, lease=30.0)
    with await budget.acquire() as lease:
        lease.sent()
        lease.unavailable(0)
    with await budget.acquire() as probe:
        probe.sent()
        call = asyncio.create_task(budget.acquire(timeout=5))
        await until(lambda: budget.status().waiting == 1)
        assert budget.status().mode == "probing"
        probe.answered()
        async with asyncio.timeout(5):
            (await call).close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("alone", [True, False], ids=["alone", "shared"])
def test_the_child_of_a_fork_is_told_to_make_a_new_one(store: MemoryStore, alone: bool) -> None:
    budget = Budget() if alone else shared(store)
    asyncio.run(use(budget))
    # Another thread may hold the lock at that moment.
    budget._pump.lock.acquire()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            asyncio.run(use(budget))
        except BudgetError as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    budget._pump.lock.release()
    os.close(writing)
    with open(reading, encoding="utf-8") as told:
        assert "does not survive a fork" in told.read()
    os.waitpid(child, 0)
    asyncio.run(use(budget))


async def test_the_end_of_the_program_tells_what_was_used(store: MemoryStore) -> None:
    budget = shared(store)
    await use(budget)
    background.leave_shared_states()
    assert store.requests[-1]["member"] is False
    assert store.record is not None
    assert [leased for _, leased in store.record["entries"].values()] == [0]
    assert store.record["members"] == {}
    assert budget.limit == 5
