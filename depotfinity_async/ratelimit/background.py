"""Runs the couriers of shared budgets, each in a thread of its own, until the program ends."""

import atexit
import logging
import math
import os
import threading
import time
from collections.abc import Callable
from typing import Final

from depotfinity_async.ratelimit.courier import Courier
from depotfinity_async.ratelimit.errands import Leave

logger = logging.getLogger("depotfinity_async.ratelimit")

_LAST: Final = 1.0
"""Seconds for which the end of the program waits for the last exchanges."""

_running: dict[threading.Thread, Courier] = {}


def run_in_background(courier: Courier, ring: Callable[[], None]) -> None:
    """Have `courier` do its errands until it gets `Leave`; `ring` is called when there are messages."""

    def work() -> None:
        try:
            while (seconds := courier.step()) < math.inf:
                if courier.messages:
                    _ring(ring)
                courier.wait(seconds)
        finally:
            _running.pop(threading.current_thread(), None)

    # A daemon: a program ends although it has budgets.
    thread = threading.Thread(target=work, name="depotfinity-budget", daemon=True)
    _running[thread] = courier
    try:
        thread.start()
    except BaseException:  # such as of a system that has no more threads
        del _running[thread]
        raise


def _ring(ring: Callable[[], None]) -> None:
    try:
        ring()
    except Exception:
        # Callers would wait for ever if a fault of ours ended the thread.
        logger.exception("A fault in the request budget:")


@atexit.register
def leave_shared_states() -> None:
    """Tell all stores what they do not know yet, and that this process is a member no more; 1 s at most.

    It is done at exit. A program that ends in another way calls it itself, and uses no shared budget then.
    """
    until = time.monotonic() + _LAST
    leaving = list(_running.items())
    for _, courier in leaving:
        courier.errands.put(Leave())
    for thread, _ in leaving:
        thread.join(max(0.0, until - time.monotonic()))


# The threads of the parent do not run in a child, and its places in the shared states are not the child's.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_running.clear)
