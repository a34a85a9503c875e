"""What a shared budget asks of the place that keeps its state, and how that place says that it cannot.

What the state says is the business of `record`.
"""

import os
import threading
import weakref
from typing import Final, Protocol

from depotfinity_async.ratelimit.errors import BudgetError
from depotfinity_async.ratelimit.record import Reply, Request


class StoreError(BudgetError):
    """The shared state is out of reach at the moment; the text never holds a password."""


class StoreUnusableError(StoreError):
    """There can be no state in this place: a folder that cannot be written, a full disk."""


class Store(Protocol):
    """Where the state is. One thread uses it; nothing is read or written before the first exchange."""

    @property
    def kind(self) -> str:
        """What `status()` calls it: "host" or "redis"."""
        ...

    def new_process(self) -> str:
        """A key for a new member, unlike all others."""
        ...

    def exchange(self, request: Request) -> Reply:
        """Take the state through `record.exchange`, unseen by others until it is done.

        Raises:
            StoreError: it was not done, or nobody knows; within 1 s.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections; the next exchange opens them anew."""
        ...


# By identity: a store may be of a class that cannot be hashed.
_claimed: Final[weakref.WeakValueDictionary[int, Store]] = weakref.WeakValueDictionary()
_claiming = threading.Lock()


def _after_fork() -> None:
    """In a child, where nobody lets go of a lock that was taken."""
    global _claiming
    _claiming = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def claim(store: Store) -> None:
    """Have `store` for oneself from now on: a second thread that used it would break its connection.

    Raises:
        ValueError: it is somebody's.
    """
    with _claiming:
        if id(store) in _claimed:
            raise ValueError("the store belongs to another budget: call open_store(...) for each one")
        _claimed[id(store)] = store


def release(store: Store) -> None:
    """Let go of a store that was claimed; no thread uses it any more."""
    _claimed.pop(id(store), None)
