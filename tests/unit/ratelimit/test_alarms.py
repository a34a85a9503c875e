"""One budget for several event loops and threads, and for one event loop after the other."""

import asyncio
import contextlib
import gc
import subprocess
import sys
import textwrap
import threading
import weakref
from collections.abc import Callable, Coroutine

import pytest

from depotfinity_async.ratelimit import Budget, Clock, Lease
from tests.support.virtual_time import VirtualClock, VirtualTimeLoop, run_virtual

# Real loops need real time: a clock that makes a window of 300 s last 3 ms.
FAST = 100_000.0


def in_thread(main: Callable[[], Coroutine[object, object, None]]) -> threading.Thread:
    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    return thread


async def use(budget: Budget) -> None:
    async with budget.lease() as lease:
        lease.sent()
        await asyncio.sleep(0)
        lease.answered()


def test_used_slots_are_remembered_from_one_run_to_the_next() -> None:
    clock = VirtualClock()
    budget = Budget(2, clock=clock)

    async def main() -> float:
        await asyncio.gather(use(budget), use(budget))
        return clock.now()

    assert run_virtual(main()) == 0.0
    assert run_virtual(main(), start=10.0) == pytest.approx(300.001)
    assert budget.status().granted == 4


async def earlier_return(budget: Budget) -> None:
    lost, kept = await budget.acquire(), await budget.acquire()
    lost.sent()
    lost.close()
    waiter = asyncio.create_task(use(budget))
    await asyncio.sleep(0)
    kept.answered()
    await waiter


async def cancelled_waiter(budget: Budget) -> None:
    budget.hold(100, "test")
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(10):
            await budget.acquire()


async def served_before_the_timeout(budget: Budget) -> None:
    budget.hold(100, "test")
    (await budget.acquire(timeout=200)).close()


@pytest.mark.parametrize(
    ("scenario", "end"),
    [(earlier_return, 300.001), (cancelled_waiter, 10.0), (served_before_the_timeout, 100.0)],
)
def test_no_timer_is_left_when_nobody_waits(
    scenario: Callable[[Budget], Coroutine[object, object, None]], end: float
) -> None:
    clock = VirtualClock()

    async def main() -> None:
        await scenario(Budget(2, clock=clock))
        assert clock.now() == pytest.approx(end)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        assert loop.timers() == 0

    run_virtual(main())


def test_a_budget_keeps_no_loop_alive() -> None:
    budget = Budget(1, clock=Clock(FAST))

    async def main() -> weakref.ref[asyncio.AbstractEventLoop]:
        await asyncio.gather(use(budget), use(budget))
        return weakref.ref(asyncio.get_running_loop())

    loop = asyncio.run(main())
    gc.collect()
    assert loop() is None


def test_waiters_cancelled_by_the_end_of_a_run_do_not_hinder_the_next_one() -> None:
    clock = VirtualClock()
    budget = Budget(1, clock=clock)

    async def leave_a_waiter() -> None:
        await use(budget)
        waiter = asyncio.create_task(budget.acquire())
        await asyncio.sleep(5)
        assert not waiter.done()

    async def main() -> float:
        await use(budget)
        return clock.now()

    run_virtual(leave_a_waiter())
    assert budget.status().waiting == 0
    assert run_virtual(main(), start=5.0) == pytest.approx(300.001)


def test_the_waiters_of_a_loop_closed_under_them_are_passed_over() -> None:
    budget = Budget(1, clock=Clock(FAST))
    loop = asyncio.new_event_loop()
    lease = loop.run_until_complete(budget.acquire())
    call = budget.acquire()
    # What is left of a task whose loop was closed before it could end.
    loop.call_soon(lambda: call.send(None))
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    assert budget.status().waiting == 1
    lease.answered()
    asyncio.run(use(budget))
    status = budget.status()
    assert (status.waiting, status.granted) == (0, 2)
    call.close()
    assert budget.status().leased == 0


def test_a_waiter_does_not_depend_on_the_loop_that_set_the_first_timer() -> None:
    budget = Budget(1, clock=Clock(FAST))
    loop = asyncio.new_event_loop()
    loop.run_until_complete(use(budget))
    blocked = loop.create_task(budget.acquire())
    loop.run_until_complete(asyncio.sleep(0))
    # That loop stands still now, with a timer and the head of the queue.
    blocked.cancel()
    asyncio.run(asyncio.wait_for(use(budget), 10))
    with pytest.raises(asyncio.CancelledError):
        loop.run_until_complete(blocked)
    loop.close()
    assert budget.status().granted == 2


def test_a_reply_in_one_loop_wakes_the_waiter_of_another() -> None:
    budget = Budget(1, clock=Clock(FAST))
    leases: list[Lease] = [asyncio.run(budget.acquire())]

    async def wait() -> None:
        async with asyncio.timeout(10):
            await use(budget)

    thread = in_thread(wait)
    while not budget.status().waiting:
        pass
    leases.pop().answered()
    thread.join()
    assert budget.status().granted == 2


def test_a_slot_given_back_in_one_thread_goes_to_the_waiter_of_another() -> None:
    budget = Budget(1)
    lease = asyncio.run(budget.acquire())

    async def wait() -> None:
        async with asyncio.timeout(10):
            (await budget.acquire()).close()

    thread = in_thread(wait)
    while not budget.status().waiting:
        pass
    lease.close()
    thread.join()
    assert budget.status().free == 1


def test_a_waiter_destroyed_in_another_thread_leaves_the_queue() -> None:
    budget = Budget(1)

    async def main() -> None:
        lease = await budget.acquire()
        lease.answered()
        call = budget.acquire()
        call.send(None)
        destroyer = threading.Thread(target=call.close)
        destroyer.start()
        destroyer.join()
        assert budget.status().waiting == 0

    asyncio.run(main())


def test_threads_with_loops_of_their_own_share_the_budget_and_lose_nothing() -> None:
    clock = Clock(FAST)
    budget = Budget(5, clock=clock)
    arrivals: list[float] = []
    errors: list[BaseException] = []

    async def call(number: int) -> None:
        if number % 4 == 0:
            try:
                async with asyncio.timeout(0.001 * (number % 3)):
                    (await budget.acquire()).close()
            except TimeoutError:
                return
        async with budget.lease() as lease:
            lease.sent()
            arrivals.append(clock.now())
            await asyncio.sleep(0)
            lease.answered()

    async def main() -> None:
        try:
            async with asyncio.timeout(60):
                await asyncio.gather(*map(call, range(40)))
        except BaseException as error:
            errors.append(error)
            raise

    threads = [in_thread(main) for _ in range(4)]
    for thread in threads:
        thread.join()
    assert errors == []
    arrivals.sort()
    for first, beyond in zip(arrivals, arrivals[5:], strict=False):
        assert beyond > first + 300
    assert len(arrivals) >= 120
    status = budget.status()
    assert (status.leased, status.waiting) == (0, 0)


def test_a_program_that_ends_with_an_open_lease_and_a_waiter_ends_in_silence() -> None:
    program = """
        import asyncio
        from depotfinity_async.ratelimit import Budget, shared_budget

        async def main():
            global lease, waiter
            lease = await shared_budget("key", lambda: Budget(1)).acquire()
            waiter = asyncio.create_task(shared_budget("key").acquire())
            await asyncio.sleep(0)

        asyncio.run(main())
    """
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
