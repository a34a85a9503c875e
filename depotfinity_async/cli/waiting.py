"""What is said about waiting for slots of the request budget: pure texts and figures, for people.

All seconds are those of the budget's clock; at a speed other than 1 the real ones are told beside them.
"""

import asyncio
import math
import time
from collections.abc import Callable

import attrs

from depotfinity_async.ratelimit import Budget, BudgetStatus

EVERY = 5.0
"""Real seconds between two lines about waiting, at least."""


def seconds_text(seconds: float, speed: float = 1.0) -> str:
    """Such as ``287 s``, at a speed ``287 s (14 s real)``."""
    real = f" ({math.ceil(seconds / speed)} s real)" if speed != 1 else ""
    return f"{math.ceil(seconds)} s{real}"


def about_text(seconds: float, speed: float = 1.0) -> str:
    """Such as ``about 45 s`` or ``about 20 min``, at a speed ``about 20 min (60 s real)``."""
    rough = f"about {math.ceil(seconds / 60)} min" if seconds > 120 else f"about {math.ceil(seconds)} s"
    real = f" ({math.ceil(seconds / speed)} s real)" if speed != 1 else ""
    return rough + real


def next_slot(status: BudgetStatus) -> float | None:
    """Seconds until the next grant; None while nobody waits, or nobody knows."""
    if not status.waiting or status.next_slot is None or status.next_slot == math.inf:
        return None
    return max(status.next_slot, status.hold)


def time_left(status: BudgetStatus) -> float | None:
    """Seconds until the last one in the queue has its slot, about; None while `next_slot` is None.

    It takes the slots to come back as they were spent, all at nearly the same time.
    """
    first = next_slot(status)
    if first is None:
        return None
    return first + (status.waiting - 1) // status.limit * status.window


def waiting_line(status: BudgetStatus, speed: float = 1.0) -> str | None:
    """Who waits and for how long; None when there is nothing to tell."""
    first, left = next_slot(status), time_left(status)
    if first is None or left is None:
        return None
    requests = "1 request" if status.waiting == 1 else f"{status.waiting} requests"
    held = f" (pause: {status.hold_reason})" if status.hold_reason else ""
    return (
        f"waiting for a slot: {requests} queued, next slot in {seconds_text(first, speed)}{held}, "
        f"{about_text(left, speed)} left"
    )


@attrs.define
class WaitingLines:
    """The lines about waiting, at most one each `EVERY` real seconds."""

    _now: Callable[[], float] = time.monotonic
    _next: float = attrs.field(default=-math.inf, init=False)

    def line(self, status: BudgetStatus, speed: float = 1.0) -> str | None:
        """The line that is due, if one is."""
        line = waiting_line(status, speed)
        now = self._now()
        if line is None or now < self._next:
            return None
        self._next = now + EVERY
        return line


async def tell(budget: Budget, write: Callable[[str], object]) -> None:
    """Write a line whenever callers wait for slots of `budget`; runs until it is cancelled."""
    lines = WaitingLines()
    while True:
        # Long enough that a wait nobody would notice is not told.
        await asyncio.sleep(1)
        line = lines.line(budget.status(), budget.clock.speed)
        if line is not None:
            write(f"{line}\n")
