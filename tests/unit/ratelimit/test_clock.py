import asyncio
import math
import time

import pytest

from depotfinity_async.ratelimit import Clock


@pytest.mark.parametrize("speed", [0, -1, math.inf, math.nan])
def test_speed_must_be_finite_and_positive(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        Clock(speed)


def test_real_time_by_default() -> None:
    before = time.monotonic()
    now = Clock().now()
    assert before <= now <= time.monotonic()
    assert Clock().speed == 1.0


def test_a_fast_clock_counts_more_seconds() -> None:
    before = time.monotonic()
    now = Clock(100).now()
    assert before * 100 <= now <= time.monotonic() * 100
    assert Clock(100).speed == 100
    assert Clock(100).resolution == pytest.approx(100 * Clock().resolution)


async def test_a_fast_clock_shortens_sleeps_and_timers() -> None:
    clock = Clock(10_000)
    rang = asyncio.Event()
    before = clock.now()
    clock.call_later(asyncio.get_running_loop(), 20, rang.set)
    await clock.sleep(10)
    await rang.wait()
    # 20 clock seconds are 2 ms; had the speed been forgotten, this would take 30 s.
    assert 20 - clock.resolution <= clock.now() - before + 10 < 200_000
