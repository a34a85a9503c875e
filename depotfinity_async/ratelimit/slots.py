"""The bookkeeping of the slots: how many are free, how many leased, and when the others come back.

Plain numbers: no lock, clock, loop or queue. `Budget` calls it under its lock and tells it the time.
"""

import bisect

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

    __slots__ = ("_grace", "_returns", "_window", "free", "leased", "limit")

    def __init__(self, limit: int, window: float, grace: float, resolution: float) -> None:
        self.limit = limit
        self.free = limit
        self.leased = 0
        self._window = window + max(_MARGIN, resolution)
        self._grace = grace
        # In order of time. A sorted list beats a heap here: returns come almost in order, there are at most
        # `limit` of them, and the k-th one, which a caller with a timeout asks for, can be read at once.
        self._returns: list[float] = []

    def take(self) -> None:
        """A free slot becomes leased."""
        self.free -= 1
        self.leased += 1

    def put_back(self) -> None:
        """A leased slot was not used: it is free."""
        self.leased -= 1
        self.free += 1

    def cool(self, now: float, *, known: bool) -> None:
        """A leased slot cools from `now`; `known` tells an answered request from one that may yet arrive."""
        self.leased -= 1
        bisect.insort(self._returns, now + self._window if known else now + self._window + self._grace)

    def collect(self, now: float) -> None:
        """Slots whose time has come are free."""
        if self._returns and self._returns[0] <= now:
            back = bisect.bisect_right(self._returns, now)
            del self._returns[:back]
            self.free += back

    def next_return(self, now: float) -> float | None:
        """When there will be a free slot: `now` if there is one, None if all are leased."""
        if self.free:
            return now
        return self._returns[0] if self._returns else None

    def expected(self, position: int, now: float, start: float) -> float:
        """When the caller at `position` (0 = head) gets a slot, if nobody before it gives up.

        Nobody gets one before `start`. A leased slot is taken to be answered now, so the truth may be later.
        """
        lap, place = divmod(position, self.limit)
        if place < self.free:
            first = now
        else:
            place -= self.free
            leased_back = now + self._window
            sooner = bisect.bisect_right(self._returns, leased_back)
            if place < sooner:
                first = self._returns[place]
            elif place < sooner + self.leased:
                first = leased_back
            else:
                first = self._returns[place - self.leased]
        return max(first, start) + lap * self._window
