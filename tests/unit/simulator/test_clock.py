import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from depotfinity_async.simulator import SimulatedClock

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_stands_still_at_speed_zero_until_stepped() -> None:
    clock = SimulatedClock(NOON, speed=0)
    assert clock.now() == NOON
    clock.advance(90.5)
    assert clock.now() == NOON + timedelta(seconds=90.5)
    assert clock.time() == NOON.timestamp() + 90.5


def test_starts_at_the_real_time() -> None:
    assert abs(SimulatedClock().now() - datetime.now(UTC)) < timedelta(seconds=5)


async def test_runs_faster() -> None:
    clock = SimulatedClock(NOON, speed=100_000)
    await asyncio.sleep(0.002)
    assert clock.elapsed() > 199


async def test_sleeps_in_simulated_time() -> None:
    clock = SimulatedClock(NOON, speed=100_000)
    await clock.sleep(300)
    assert clock.elapsed() >= 300


async def test_stepping_wakes_a_sleeper_only_when_its_time_has_come() -> None:
    clock = SimulatedClock(NOON, speed=0)
    sleeper = asyncio.create_task(clock.sleep(10))
    await asyncio.sleep(0)
    clock.advance(9)
    await asyncio.sleep(0.002)
    assert not sleeper.done()
    clock.advance(1)
    await asyncio.wait_for(sleeper, 1)


async def test_a_sleep_of_nothing_returns_at_once() -> None:
    await SimulatedClock(NOON, speed=0).sleep(0)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_never_goes_back(seconds: float) -> None:
    with pytest.raises(ValueError, match="forward"):
        SimulatedClock(NOON).advance(seconds)


@pytest.mark.parametrize("speed", [-1, float("nan"), float("inf")])
def test_refuses_an_impossible_speed(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        SimulatedClock(NOON, speed)


def test_refuses_a_naive_start() -> None:
    with pytest.raises(ValueError, match="time zone"):
        SimulatedClock(NOON.replace(tzinfo=None))
