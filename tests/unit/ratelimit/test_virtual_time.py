"""The virtual-time loop that the tests of the budget stand on."""

import asyncio
import time

import pytest

from tests.support.virtual_time import VirtualClock, in_virtual_time, run_virtual


def test_an_hour_takes_no_time_and_the_clock_reads_the_loop() -> None:
    async def main() -> tuple[float, float]:
        clock = VirtualClock()
        before = clock.now()
        await clock.sleep(3600)
        return before, clock.now()

    began = time.monotonic()
    assert run_virtual(main(), start=5.0) == (5.0, 3605.0)
    assert time.monotonic() - began < 60


def test_each_turn_takes_as_long_as_was_asked_for() -> None:
    async def main() -> float:
        for _ in range(10):
            await asyncio.sleep(0)
        return asyncio.get_running_loop().time()

    assert run_virtual(main()) == 0.0
    assert run_virtual(main(), turn=0.5) >= 5.0


@in_virtual_time
async def test_timers_fire_in_order_of_their_moments() -> None:
    order: list[int] = []

    async def sleeper(delay: int) -> None:
        await asyncio.sleep(delay)
        order.append(delay)

    await asyncio.gather(*map(sleeper, (30, 10, 20)))
    assert order == [10, 20, 30]


def test_a_deadlock_is_an_error_and_no_hang() -> None:
    async def main() -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(RuntimeError, match="deadlock"):
        run_virtual(main())


def test_without_a_loop_the_time_stands_still() -> None:
    clock = VirtualClock()

    async def main() -> None:
        await clock.sleep(7)
        clock.now()

    run_virtual(main())
    assert clock.now() == 7.0
