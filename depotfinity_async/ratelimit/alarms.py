"""Wakes a budget at the moment its next slot is due: one timer for each event loop that has waiters.

All alarms stand for the same moment. A single timer would live on one loop, and if that loop is closed or
blocked, the waiters of the other loops would hang; so each loop with waiters has its own. `Budget` calls this
under its lock.
"""

import asyncio
import functools
import math
from collections.abc import Callable

from depotfinity_async.ratelimit.clock import Clock


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop that runs in this thread, if any."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class Alarm:
    """The timer of one loop. `moment` is when it rings at the latest; infinity if it is not set."""

    __slots__ = ("handle", "loop", "moment", "waiters")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.waiters = 0
        self.moment = math.inf
        self.handle: asyncio.TimerHandle | None = None

    def clear(self) -> None:
        """Call it in the loop's own thread: timers are not thread-safe."""
        if self.handle is not None:
            self.handle.cancel()
        self.handle = None
        self.moment = math.inf


class Alarms:
    """The alarms of a budget.

    Args:
        clock: the budget's clock.
        ring: called without the lock, in the thread of the alarm's loop.
    """

    __slots__ = ("_alarms", "_clock", "_ring")

    def __init__(self, clock: Clock, ring: Callable[[Alarm], None]) -> None:
        self._clock = clock
        self._ring = ring
        self._alarms: dict[asyncio.AbstractEventLoop, Alarm] = {}

    def enter(self, loop: asyncio.AbstractEventLoop) -> bool:
        """One waiter more on `loop`; whether its alarm is set."""
        alarm = self._alarms.get(loop)
        if alarm is None:
            alarm = self._alarms[loop] = Alarm(loop)
        alarm.waiters += 1
        return alarm.moment < math.inf

    def leave(self, loop: asyncio.AbstractEventLoop) -> None:
        """One waiter less on `loop`; the last one takes the alarm away."""
        alarm = self._alarms.get(loop)
        if alarm is None:
            return
        alarm.waiters -= 1
        if not alarm.waiters:
            del self._alarms[loop]
            # A waiter ends in a foreign thread only by being destroyed; then a last ring finds nothing to do.
            if loop is running_loop():
                alarm.clear()

    def set(self, moment: float, now: float) -> None:
        """Have every alarm ring at `moment` or before; whoever answers the ring sets them anew."""
        due = [alarm for alarm in self._alarms.values() if moment < alarm.moment]
        if not due:
            return
        running = running_loop()
        for alarm in due:
            if alarm.loop is running:
                alarm.clear()
                ring = functools.partial(self._ring, alarm)
                alarm.handle = self._clock.call_later(alarm.loop, moment - now, ring)
            else:
                # The ring makes that loop set its own timer.
                try:
                    alarm.loop.call_soon_threadsafe(self._ring, alarm)
                except RuntimeError:  # what asyncio raises for a closed loop
                    del self._alarms[alarm.loop]
            alarm.moment = moment
