"""One budget for each key in the process, so that all clients of one server draw from the same slots.

It does not reach beyond the process.
"""

import threading

from depotfinity_async.ratelimit.budget import Budget
from depotfinity_async.ratelimit.clock import Clock

_budgets: dict[str, Budget] = {}
_lock = threading.Lock()


def shared_budget(
    key: str, limit: int = 100, window: float = 300.0, *, grace: float = 30.0, clock: Clock | None = None
) -> Budget:
    """The budget of `key`, made at the first call and kept as long as the process lives.

    It outlives its clients, so that one made anew remembers the slots its predecessor used.

    Args:
        key: names what the limit counts, such as the server and the address we are seen under.
        limit, window, grace, clock: as for `Budget`; they count only when the budget is made.

    Raises:
        ValueError: the budget is to be made and an argument is out of range.
    """
    with _lock:
        budget = _budgets.get(key)
        if budget is None:
            budget = _budgets[key] = Budget(limit, window, grace=grace, clock=clock)
        return budget


def forget_shared_budgets() -> None:
    """Forget all shared budgets, for tests: whoever holds one keeps it, the next caller gets a new one."""
    with _lock:
        _budgets.clear()
