"""Views of a job, for the tests of the screens."""

import attrs

from depotfinity_async.cli.screen import Bar, View
from depotfinity_async.ratelimit import BudgetStatus

IDLE = BudgetStatus(
    limit=100,
    window=300.0,
    used=7,
    free=93,
    leased=7,
    waiting=0,
    next_slot=0.0,
    hold=0.0,
    hold_reason=None,
    granted=7,
)
WAITING = attrs.evolve(IDLE, used=100, free=0, leased=0, waiting=200, next_slot=287.0, granted=100)


def view(done: int, *, budget: BudgetStatus = IDLE, speed: float = 1.0, pages: int | None = 1) -> View:
    bars = (Bar("chargers", done, 39, f"{done} of 39"), Bar("transactions", 1, pages, "100 in 1 page"))
    return View(bars, budget, 12.3, speed)
