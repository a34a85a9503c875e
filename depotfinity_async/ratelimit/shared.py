"""One budget for each key in the process, so that all clients of one server draw from the same slots.

Budgets that reach beyond the process have their place in the key as well.
"""

import os
import threading
from collections.abc import Callable, Hashable

from depotfinity_async.ratelimit.budget import Budget

_budgets: dict[Hashable, Budget] = {}
_lock = threading.Lock()


def shared_budget(key: Hashable, make: Callable[[], Budget] = Budget) -> Budget:
    """The budget of `key`, made at the first call and kept as long as the process lives.

    It outlives its clients, so that one made anew remembers the slots its predecessor used. A forked child
    gets budgets of its own.

    Args:
        key: names what the limit counts, such as the server and the address we are seen under.
        make: makes it, when nobody has asked for it before.
    """
    with _lock:
        budget = _budgets.get(key)
        if budget is None:
            budget = _budgets[key] = make()
        return budget


def _after_fork() -> None:
    """In a child process: the parent's budgets are of no use here, and its lock may be held for ever."""
    global _lock  # a lock cannot be made anew in place
    _lock = threading.Lock()
    _budgets.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def forget_shared_budgets() -> None:
    """Forget all shared budgets, for tests: whoever holds one keeps it, the next caller gets a new one."""
    with _lock:
        _budgets.clear()
