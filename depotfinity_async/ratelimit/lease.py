"""A slot in use: what its owner tells the budget about one request.

A lease knows nothing of queues and clocks; it only reports, once, how its request ended.
"""

import enum
from types import TracebackType
from typing import Final, NamedTuple, Protocol, Self

from depotfinity_async.ratelimit.arguments import check_count, check_seconds
from depotfinity_async.ratelimit.errors import LeaseEndedError


class Outcome(enum.Enum):
    """How the request of a lease ended, as far as the budget cares."""

    UNUSED = enum.auto()
    """It was never sent."""
    ANSWERED = enum.auto()
    REFUSED = enum.auto()
    """Answered: the limit is used up (429)."""
    UNAVAILABLE = enum.auto()
    """Answered: the service is away (503)."""
    UNKNOWN = enum.auto()
    """It was sent, and nobody knows what became of it."""


class Announcement(NamedTuple):
    """What the service told of its limit; None where it told nothing."""

    limit: int | None
    window: float | None
    remaining: int | None
    reset: float | None


class Office(Protocol):
    """Where a lease reports to. Never blocks: it may be called in a finalizer, in any thread."""

    def ended(self, slot: int, outcome: Outcome, wait: float | None) -> None:
        """A lease has ended; `wait` is what the service asked for, in seconds."""
        ...

    def announced(self, announcement: Announcement) -> None:
        """The service has told its limit."""
        ...


_GRANTED, _SENT, _ENDED = range(3)

# Members of an enumeration are slow to look up.
_ANSWERED, _UNUSED, _UNKNOWN = Outcome.ANSWERED, Outcome.UNUSED, Outcome.UNKNOWN


_MOST: Final = 10**9
"""Larger numbers of a service mean no more than this one, and could not be computed with."""


class Lease:
    """A slot in use by one request. `Budget.acquire()` makes it; its owner must `close()` it, best by `with`.

    A lease belongs to one task. One that is lost without `close()` counts as of unknown outcome from the
    moment the interpreter destroys it, sent or not: its owner cannot be asked any more.
    """

    __slots__ = ("_office", "_slot", "_state")

    def __init__(self, office: Office, slot: int) -> None:
        self._office = office
        self._slot = slot
        self._state = _GRANTED

    def sent(self) -> None:
        """Say that the bytes leave now: from here on the request may reach the server.

        Raises:
            LeaseEndedError: the lease was answered or closed before, so this is a request without a slot.
        """
        if self._state == _ENDED:
            raise LeaseEndedError("this lease is used up: a second request needs a lease of its own")
        self._state = _SENT

    def answered(self) -> None:
        """Say that the head of a reply has come: the slot is free again one window from now.

        Of this and the next two calls only the first one counts, and none after `close()`.
        """
        if self._state != _ENDED:
            self._state = _ENDED
            self._office.ended(self._slot, _ANSWERED, None)

    def refused(self, retry_after: float | None = None) -> None:
        """Say that the head of a reply has come which refuses the request because of the limit (429).

        The slot counts as used, nobody is granted for a while, and then one probe goes before all others.

        Args:
            retry_after: seconds the service asks to wait; None if it does not say. Kept within 1 to 900.
        """
        self._end(Outcome.REFUSED, retry_after)

    def unavailable(self, retry_after: float | None = None) -> None:
        """Say that the head of a reply has come which tells that the service is away (503); as `refused`.

        Args:
            retry_after: as for `refused`.
        """
        self._end(Outcome.UNAVAILABLE, retry_after)

    def announced(
        self,
        *,
        limit: int | None = None,
        window: float | None = None,
        remaining: int | None = None,
        reset: float | None = None,
    ) -> None:
        """Say what the service announces of its limit. It can only make the budget stricter.

        Args:
            limit: requests per `window`, at least 1; one of a higher rate than the budget's is not followed.
            window: in seconds, finite and above 0; None: that of the budget.
            remaining: requests that are left until `reset`, at least 0.
            reset: seconds until there are more, finite and at least 0; None: one window.

        Raises:
            ValueError: an argument is out of range. Nothing of it counts then.
            TypeError: an argument is no such number.
        """
        # What is wrong here would get into the state of all who share it.
        if limit is not None:
            limit = min(check_count("limit", limit, least=1), _MOST)
        if window is not None:
            check_seconds("window", window)
            window = min(window, _MOST)
        if remaining is not None:
            remaining = min(check_count("remaining", remaining, least=0), _MOST)
        if reset is not None:
            check_seconds("reset", reset, zero=True)
            reset = min(reset, _MOST)
        self._office.announced(Announcement(limit, window, remaining, reset))

    def close(self) -> None:
        """End the lease; calls after the first do nothing.

        Never sent: the slot is free at once. Sent and not answered: the request may still arrive, so the slot
        comes back one window plus the budget's grace from now. Answered: nothing changes.
        """
        state, self._state = self._state, _ENDED
        if state == _GRANTED:
            self._office.ended(self._slot, _UNUSED, None)
        elif state == _SENT:
            self._office.ended(self._slot, _UNKNOWN, None)

    def _end(self, outcome: Outcome, wait: float | None) -> None:
        if wait is not None:
            check_seconds("retry_after", wait, zero=True)
            wait = min(wait, _MOST)
        if self._state != _ENDED:
            self._state = _ENDED
            self._office.ended(self._slot, outcome, wait)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if self._state != _ENDED:
            self._office.ended(self._slot, _UNKNOWN, None)
