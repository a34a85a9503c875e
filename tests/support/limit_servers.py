"""Six ways in which a server may count "n requests per window", in virtual time.

For the proof that a budget fits all of them. They answer nothing and hold no clock: each is told the moment
of an arrival, in order of time, and says whether it lets the request in. All are our own readings of what is
commonly described; which one a vendor runs is nowhere documented.
"""

import math
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Protocol

PHASES = 6


class Server(Protocol):
    """A server with a limit."""

    def arrive(self, moment: float) -> bool:
        """A request arrives at `moment` (seconds, never before the last one); False: it is rejected."""
        ...


class FixedWindow:
    """Counts from 0 in each window; the windows begin at `phase` seconds and every `window` from there."""

    def __init__(self, limit: int, window: float, phase: float = 0.0) -> None:
        self._limit = limit
        self._window = window
        self._phase = phase
        self._current = -math.inf
        self._count = 0

    def arrive(self, moment: float) -> bool:
        """As in `Server`."""
        current = (moment - self._phase) // self._window
        if current != self._current:
            self._current, self._count = current, 0
        if self._count == self._limit:
            return False
        self._count += 1
        return True


class SlidingLog:
    """Looks back over exactly one window from each arrival.

    Args:
        closed: a request exactly one window ago still counts.
        rejections: those it rejected count as well.
    """

    def __init__(self, limit: int, window: float, *, closed: bool = True, rejections: bool = False) -> None:
        self._limit = limit
        self._window = window
        self._closed = closed
        self._rejections = rejections
        self._log: deque[float] = deque()

    def arrive(self, moment: float) -> bool:
        """As in `Server`."""
        log, oldest = self._log, moment - self._window
        while log and (log[0] < oldest or (log[0] == oldest and not self._closed)):
            log.popleft()
        accepted = len(log) < self._limit
        if accepted or self._rejections:
            log.append(moment)
        return accepted


class TokenBucket:
    """Holds `limit` tokens, one for each request; they come back evenly, `limit` in each window."""

    def __init__(self, limit: int, window: float) -> None:
        self._limit = limit
        self._rate = limit / window
        self._tokens = float(limit)
        self._last = -math.inf

    def arrive(self, moment: float) -> bool:
        """As in `Server`."""
        self._tokens = min(float(self._limit), self._tokens + (moment - self._last) * self._rate)
        self._last = moment
        # A token that is there but for the rounding of floats counts.
        if self._tokens < 1 - 1e-6:
            return False
        self._tokens -= 1
        return True


class LookBack:
    """Looks back every `period` seconds, as web application firewalls do.

    More than `limit` arrivals in the last window, rejected ones included, and it rejects all until a look
    finds no more than that.
    """

    def __init__(self, limit: int, window: float, period: float = 10.0) -> None:
        self._limit = limit
        self._window = window
        self._period = period
        self._log: deque[float] = deque()
        self._next_look = 0.0
        self._blocks = False

    def arrive(self, moment: float) -> bool:
        """As in `Server`."""
        while self._next_look <= moment:
            self._look(self._next_look)
            # Nothing changes between the last arrival and the next one but what falls out of the window.
            quiet = not self._blocks and len(self._log) <= self._limit
            looks = max(1, math.floor((moment - self._next_look) / self._period)) if quiet else 1
            self._next_look += looks * self._period
        self._log.append(moment)
        return not self._blocks

    def _look(self, moment: float) -> None:
        while self._log and self._log[0] < moment - self._window:
            self._log.popleft()
        self._blocks = len(self._log) > self._limit


class SlidingCounter:
    """The count of the current window and, by the part of it still in sight, that of the one before."""

    def __init__(self, limit: int, window: float, phase: float = 0.0) -> None:
        self._limit = limit
        self._window = window
        self._phase = phase
        self._current = 0.0
        self._count = 0
        self._before = 0

    def arrive(self, moment: float) -> bool:
        """As in `Server`."""
        current, into = divmod(moment - self._phase, self._window)
        if current != self._current:
            self._before = self._count if current == self._current + 1 else 0
            self._current, self._count = current, 0
        if self._before * (1 - into / self._window) + self._count + 1 > self._limit:
            return False
        self._count += 1
        return True


def strict_servers(limit: int, window: float) -> dict[str, Server]:
    """The five kinds that a budget must fit without a rejection, by name; the fixed window at six phases."""
    phases = [window * number / PHASES for number in range(PHASES)]
    servers: dict[str, Server] = {
        f"fixed window, phase {phase:g} s": FixedWindow(limit, window, phase) for phase in phases
    }
    return servers | {
        "sliding log, closed": SlidingLog(limit, window),
        "sliding log, half-open": SlidingLog(limit, window, closed=False),
        "token bucket": TokenBucket(limit, window),
        "log that counts rejections": SlidingLog(limit, window, rejections=True),
        "look-back": LookBack(limit, window, window / 30),
    }


def rejected(server: Server, moments: Iterable[float]) -> int:
    """How many of the arrivals `server` rejects."""
    return sum(not server.arrive(moment) for moment in moments)


def peak(moments: Sequence[float], window: float) -> int:
    """The most arrivals in any window of this length, both of its ends included; `moments` are in order."""
    most = first = 0
    for last, moment in enumerate(moments):
        while moments[first] < moment - window:
            first += 1
        most = max(most, last - first + 1)
    return most
