"""The callers who wait for a slot, and whose turn it is: lanes, in each lane shares, in each share a line.

It keeps order and nothing else: when there is a slot to grant is the business of `Budget`.
"""

import asyncio
import math
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from typing import Final

from depotfinity_async.ratelimit.supply import Demand

_Line = OrderedDict["Waiter", None]
_AHEAD: Final = -1


class Waiter:
    """One caller in the queue; `future` ends its wait, `slot` is leased in its name."""

    __slots__ = ("future", "lane", "loop", "share", "slot")

    def __init__(self, loop: asyncio.AbstractEventLoop, lane: int, share: Hashable) -> None:
        self.loop = loop
        self.lane = lane
        self.share = share
        self.future: asyncio.Future[None] = loop.create_future()
        self.slot: int | None = None

    def wake(self, running: asyncio.AbstractEventLoop | None) -> bool:
        """End the wait, from any thread; `running` is the loop of this one. False: its loop is closed."""
        if self.loop is running:
            self.end()
            return True
        try:
            self.loop.call_soon_threadsafe(self.end)
        except RuntimeError:  # what asyncio raises for a closed loop
            return False
        return True

    def end(self) -> None:
        """End the wait, in the loop's own thread."""
        if not self.future.done():
            self.future.set_result(None)


class _Lane:
    """The waiters of one lane: the shares take turns, and each share is first in, first out.

    Ordered dictionaries, so that a waiter who gives up goes from the middle at once and leaves nothing.
    """

    __slots__ = ("keep", "shares", "size", "unserved_since")

    def __init__(self, keep: int) -> None:
        self.keep = keep
        self.shares: OrderedDict[Hashable, _Line] = OrderedDict()
        self.size = 0
        # When it last got a slot, or the first of those who wait came.
        self.unserved_since = math.inf

    def append(self, waiter: Waiter, now: float) -> None:
        if not self.size:
            self.unserved_since = now
        self.size += 1
        line = self.shares.get(waiter.share)
        if line is None:
            line = self.shares[waiter.share] = OrderedDict()
        line[waiter] = None

    def pop_head(self, now: float) -> Waiter:
        share, line = next(iter(self.shares.items()))
        waiter, _ = line.popitem(last=False)
        self.size -= 1
        self.unserved_since = now
        if not line:
            del self.shares[share]
        elif len(self.shares) > 1:
            self.shares.move_to_end(share)
        return waiter

    def discard(self, waiter: Waiter) -> None:
        line = self.shares.get(waiter.share)
        if line is None or waiter not in line:
            return
        del line[waiter]
        self.size -= 1
        if not line:
            del self.shares[waiter.share]


class Queue:
    """Lanes in the order in which they are served; before them all those who go ahead.

    Args:
        lanes: names, the one that is served first first.
        reserve: by lane, slots that the lanes after it must leave free.
        ageing: seconds after which a lane that waits and gets nothing has one slot, whatever the others want.

    Attributes:
        size: how many wait.
    """

    __slots__ = ("_ageing", "_ahead", "_lanes", "_numbers", "size")

    def __init__(self, lanes: Sequence[str], reserve: Mapping[str, int], ageing: float) -> None:
        kept = 0
        self._lanes: list[_Lane] = []
        for name in lanes:
            self._lanes.append(_Lane(kept))
            kept += reserve.get(name, 0)
        self._numbers = {name: number for number, name in enumerate(lanes)}
        self._ageing = ageing
        self._ahead = _Lane(0)
        self.size = 0

    def lane(self, name: str | None) -> int:
        """The number of a lane; None is the last one.

        Raises:
            ValueError: there is no such lane.
        """
        if name is None:
            return len(self._lanes) - 1
        try:
            return self._numbers[name]
        except KeyError:
            known = ", ".join(map(repr, self._numbers))
            raise ValueError(f"lane: there is no {name!r} in this budget; it has {known}") from None

    def keep(self, lane: int) -> int:
        """Slots that those of this lane must leave free."""
        return self._lanes[lane].keep

    def position(self, lane: int, *, ahead: bool) -> int:
        """How many a newcomer would have before it."""
        if ahead:
            return self._ahead.size
        return self._ahead.size + sum(each.size for each in self._lanes[: lane + 1])

    def append(self, waiter: Waiter, now: float, *, ahead: bool) -> None:
        """Join the end of the line of its share and lane, or the end of those who go ahead."""
        if ahead:
            waiter.lane = _AHEAD
        self._lane_of(waiter).append(waiter, now)
        self.size += 1

    def pop(self, vacant: int, now: float) -> Waiter | None:
        """Take out the one whose turn it is, when so many slots are not in use; None if it is nobody's."""
        lane = self._next(vacant, now)
        if lane is None:
            return None
        self.size -= 1
        return lane.pop_head(now)

    def discard(self, waiter: Waiter) -> None:
        """Take `waiter` out if it is still in."""
        lane = self._lane_of(waiter)
        before = lane.size
        lane.discard(waiter)
        self.size -= before - lane.size

    def demand(self) -> list[Demand]:
        """Who waits, by lane; those who go ahead count as of the first lane."""
        demand = [Demand(lane.size, lane.keep) for lane in self._lanes]
        demand[0] = Demand(demand[0].waiting + self._ahead.size, 0)
        return demand

    def waiting(self) -> dict[str, int]:
        """How many wait in each lane; those who go ahead are in none."""
        return {name: self._lanes[number].size for name, number in self._numbers.items()}

    def ages_at(self) -> float:
        """The moment at which a lane that is kept from free slots gets one all the same."""
        return min(
            (lane.unserved_since + self._ageing for lane in self._lanes[1:] if lane.size), default=math.inf
        )

    def _next(self, vacant: int, now: float) -> _Lane | None:
        if self._ahead.size:
            return self._ahead
        first, *others = self._lanes
        aged = [lane for lane in others if lane.size and now - lane.unserved_since >= self._ageing]
        if aged:
            return min(aged, key=lambda lane: lane.unserved_since)
        if first.size:
            return first
        return next((lane for lane in others if lane.size and vacant > lane.keep), None)

    def _lane_of(self, waiter: Waiter) -> _Lane:
        return self._ahead if waiter.lane == _AHEAD else self._lanes[waiter.lane]
