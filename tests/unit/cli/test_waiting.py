import asyncio
import math

import attrs
import pytest

from depotfinity_async.cli.waiting import (
    WaitingLines,
    about_text,
    next_slot,
    seconds_text,
    tell,
    time_left,
    waiting_line,
)
from depotfinity_async.ratelimit import Budget, BudgetStatus, Clock

WAITING = BudgetStatus(
    limit=100,
    window=300.0,
    used=100,
    free=0,
    leased=0,
    waiting=361,
    next_slot=286.2,
    hold=0.0,
    hold_reason=None,
    granted=100,
)


def test_line_tells_who_waits_and_how_long() -> None:
    assert waiting_line(WAITING) == (
        "waiting for a slot: 361 requests queued, next slot in 287 s, about 20 min left"
    )


def test_line_tells_real_seconds_at_a_speed() -> None:
    assert waiting_line(attrs.evolve(WAITING, waiting=1), 20) == (
        "waiting for a slot: 1 request queued, next slot in 287 s (15 s real), about 5 min (15 s real) left"
    )


def test_line_tells_why_the_budget_pauses() -> None:
    held = attrs.evolve(WAITING, waiting=1, next_slot=0.0, hold=90.0, hold_reason="service unavailable")
    assert waiting_line(held) == (
        "waiting for a slot: 1 request queued, next slot in 90 s (pause: service unavailable), "
        "about 90 s left"
    )


@pytest.mark.parametrize(
    "status",
    [
        attrs.evolve(WAITING, **change)
        for change in ({"waiting": 0}, {"next_slot": None}, {"next_slot": math.inf})
    ],
)
def test_nothing_is_told_when_nobody_waits_or_nobody_knows(status: BudgetStatus) -> None:
    assert waiting_line(status) is None
    assert next_slot(status) is None
    assert time_left(status) is None


@pytest.mark.parametrize(
    ("waiting", "left"), [(1, 286.2), (100, 286.2), (101, 586.2), (200, 586.2), (201, 886.2)]
)
def test_time_left_counts_the_windows_of_the_queue(waiting: int, left: float) -> None:
    assert time_left(attrs.evolve(WAITING, waiting=waiting)) == pytest.approx(left)


@pytest.mark.parametrize(
    ("seconds", "speed", "text"),
    [(0.2, 1, "1 s"), (287, 1, "287 s"), (287, 20, "287 s (15 s real)"), (280, 20, "280 s (14 s real)")],
)
def test_seconds_text(seconds: float, speed: float, text: str) -> None:
    assert seconds_text(seconds, speed) == text


@pytest.mark.parametrize(
    ("seconds", "speed", "text"),
    [
        (45.1, 1, "about 46 s"),
        (121, 1, "about 3 min"),
        (1200, 1, "about 20 min"),
        (60, 6, "about 60 s (10 s real)"),
    ],
)
def test_about_text(seconds: float, speed: float, text: str) -> None:
    assert about_text(seconds, speed) == text


def test_first_wait_is_told_at_once_and_then_every_five_seconds() -> None:
    now = 100.0
    lines = WaitingLines(lambda: now)
    told = list[float]()
    for step in range(150):
        now = 100.0 + step / 10
        if lines.line(WAITING):
            told.append(now)
    assert told == [100.0, 105.0, 110.0]


def test_time_without_waiting_uses_up_no_line() -> None:
    now = 0.0
    lines = WaitingLines(lambda: now)
    assert lines.line(attrs.evolve(WAITING, waiting=0)) is None
    assert lines.line(WAITING)


async def test_waiting_callers_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    sleep = asyncio.sleep
    monkeypatch.setattr("depotfinity_async.cli.waiting.asyncio.sleep", lambda seconds: sleep(seconds / 1000))
    budget = Budget(1, 300, clock=Clock(2))
    written = asyncio.Queue[str]()
    (await budget.acquire()).answered()
    waiter = asyncio.create_task(budget.acquire())
    teller = asyncio.create_task(tell(budget, written.put_nowait))
    line = await written.get()
    for task in (waiter, teller):
        task.cancel()
    await asyncio.wait([waiter, teller])
    assert line.startswith("waiting for a slot: 1 request queued, next slot in ")
    assert line.endswith(" s real) left\n")
