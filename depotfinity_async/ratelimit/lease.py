"""A slot in use: what its owner tells the budget about one request.

A lease knows nothing of queues and clocks; it only reports, once, how its request ended.
"""

import enum
from collections.abc import Callable
from types import TracebackType
from typing import Self

from depotfinity_async.ratelimit.errors import LeaseEndedError


class Outcome(enum.Enum):
    """How the request of a lease ended, as far as the budget cares."""

    UNUSED = enum.auto()
    ANSWERED = enum.auto()
    UNKNOWN = enum.auto()


class _State(enum.Enum):
    GRANTED = enum.auto()
    SENT = enum.auto()
    ANSWERED = enum.auto()
    CLOSED = enum.auto()


class Lease:
    """A slot in use by one request. `Budget.acquire()` makes it; its owner must `close()` it, best by `with`.

    A lease belongs to one task. One that is lost without `close()` counts as of unknown outcome from the
    moment the interpreter destroys it, sent or not: its owner cannot be asked any more.
    """

    __slots__ = ("_settle", "_state")

    def __init__(self, settle: Callable[[Outcome], None]) -> None:
        self._settle = settle
        self._state = _State.GRANTED

    def sent(self) -> None:
        """Say that the bytes leave now: from here on the request may reach the server.

        Raises:
            LeaseEndedError: the lease was answered or closed before, so this is a request without a slot.
        """
        if self._state is _State.GRANTED:
            self._state = _State.SENT
        elif self._state is not _State.SENT:
            raise LeaseEndedError("this lease is used up: a second request needs a lease of its own")

    def answered(self) -> None:
        """Say that the head of a reply has come, of any status: the slot is free again one window from now.

        Only the first call counts, and none after `close()`.
        """
        if self._state is _State.GRANTED or self._state is _State.SENT:
            self._state = _State.ANSWERED
            self._settle(Outcome.ANSWERED)

    def close(self) -> None:
        """End the lease; calls after the first do nothing.

        Never sent: the slot is free at once. Sent and not answered: the request may still arrive, so the slot
        comes back one window plus the budget's grace from now. Answered: nothing changes.
        """
        state, self._state = self._state, _State.CLOSED
        if state is _State.GRANTED:
            self._settle(Outcome.UNUSED)
        elif state is _State.SENT:
            self._settle(Outcome.UNKNOWN)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if self._state is _State.GRANTED or self._state is _State.SENT:
            self._settle(Outcome.UNKNOWN)
