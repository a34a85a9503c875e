"""The bookkeeping of the slots: how many are free, how many leased, and when the others come back.

Plain numbers: no lock, clock, loop or queue. The supply calls it and tells it the time.
"""

import bisect
from collections import deque

# A slot comes back this much (clock seconds) later than the window asks for. A request at that moment is
# outside the window even for a server that counts both of its ends or rounds its clock to milliseconds.
_MARGIN = 0.001


class Slots:
    """`limit` slots, each free, leased, or cooling until a known time.

    Args:
        limit: number of slots, at least 1.
        window: seconds an answered slot cools.
        grace: seconds more for a request of unknown outcome.
        resolution: how far behind the truth a reading of the clock may be, in seconds.
    """

    __slots__ = ("_grace", "_margin", "_recent", "free", "leased", "limit", "returns", "window")

    def __init__(self, limit: int, window: float, grace: float, resolution: float) -> None:
        self.limit = limit
        self.free = limit
        self.leased = 0
        self.window = window
        self._margin = max(_MARGIN, resolution)
        self._grace = grace
        # In order of time. A sorted list beats a heap here: returns come almost in order, there are at most
        # `limit` of them, and the k-th one, which a caller with a timeout asks for, can be read at once.
        self.returns: list[float] = []
        self._recent: deque[float] = deque(maxlen=limit)

    def take(self) -> None:
        """A free slot becomes leased."""
        self.free -= 1
        self.leased += 1

    def put_back(self) -> None:
        """A leased slot was not used: it is free."""
        self.leased -= 1
        self.free += 1

    def cool(self, now: float, *, known: bool) -> bool:
        """A leased slot cools from `now`; `known` tells an answered request from one that may yet arrive.

        Returns:
            Whether it comes back before another one that cools already.
        """
        self.leased -= 1
        back = now + (self.window + self._margin)
        if not known:
            back += self._grace
        if self.returns and back < self.returns[-1]:
            bisect.insort(self.returns, back)
            return True
        self.returns.append(back)
        return False

    def collect(self, now: float) -> None:
        """Slots whose time has come are free."""
        if self.returns and self.returns[0] <= now:
            back = bisect.bisect_right(self.returns, now)
            self._recent.extend(self.returns[:back])
            del self.returns[:back]
            self.free += back

    def prolong(self, seconds: float, now: float) -> None:
        """The window became longer: slots that cool come back later by so much, but once only."""
        last = now + self.window + self._margin + self._grace
        self.returns = [max(back, min(back + seconds, last)) for back in self.returns]

    def next_return(self, now: float, need: int = 1) -> float | None:
        """When `need` slots are free: `now` if they are, None if that depends on a reply."""
        if self.free >= need:
            return now
        missing = need - self.free
        return self.returns[missing - 1] if len(self.returns) >= missing else None

    def logged(self, since: float) -> int:
        """Slots in use, and those that came back after `since`."""
        return self.limit - self.free + sum(back > since for back in self._recent)

    def expected(self, position: int, now: float, start: float) -> float:
        """When the caller at `position` (0 = head) gets a slot, if nobody before it gives up.

        Nobody gets one before `start`. A leased slot is taken to be answered now, so the truth may be later.
        """
        lap, place = divmod(position, self.limit)
        if place < self.free:
            first = now
        else:
            place -= self.free
            leased_back = now + (self.window + self._margin)
            sooner = bisect.bisect_right(self.returns, leased_back)
            if place < sooner:
                first = self.returns[place]
            elif place < sooner + self.leased:
                first = leased_back
            else:
                first = self.returns[place - self.leased]
        return max(first, start) + lap * (self.window + self._margin)
