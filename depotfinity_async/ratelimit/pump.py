"""Brings callers and slots together: grants in order, takes back what ends, and sees to its own waking.

All of `Budget` that happens under its lock. It reads no argument of a caller; `budget` does.
"""

import asyncio
import logging
import math
import os
import threading
import weakref
from collections import deque
from collections.abc import Callable, Hashable

from depotfinity_async.ratelimit.alarms import Alarm, Alarms, running_loop
from depotfinity_async.ratelimit.clock import Clock
from depotfinity_async.ratelimit.errors import BudgetError
from depotfinity_async.ratelimit.lease import Announcement, Outcome
from depotfinity_async.ratelimit.supply import Supply
from depotfinity_async.ratelimit.waiting import Queue, Waiter

# Members of an enumeration are slow to look up.
_ANSWERED, _UNUSED = Outcome.ANSWERED, Outcome.UNUSED

_Item = Waiter | Announcement | tuple[int, Outcome, float | None]

logger = logging.getLogger("depotfinity_async.ratelimit")


class Pump:
    """The moving part of one budget.

    Args:
        clock: the budget's clock.
        queue: who waits.
        supply: makes the supply, given what that has to call in a thread of its own when it has news.

    Attributes:
        lock: held for microseconds, never across an await.
        inbox: leases and waiters may end in a finalizer, which runs in any thread at any time, even in one
            that holds the lock. So they only leave a message here.
        waiting: waiters that have not checked out: in the queue, or granted and about to return.
        granted: leases handed out so far.
    """

    __slots__ = (
        "__weakref__",
        "_alarms",
        "_look_at",
        "_now",
        "granted",
        "inbox",
        "lock",
        "queue",
        "supply",
        "waiting",
    )

    def __init__(self, clock: Clock, queue: Queue, supply: Callable[[Callable[[], None]], Supply]) -> None:
        self.queue = queue
        self.supply = supply(self._rung)
        self.lock = threading.Lock()
        self.inbox: deque[_Item] = deque()
        self.waiting = 0
        self.granted = 0
        # Before this moment nobody who waits can be granted, as far as is known; -infinity: look.
        self._look_at = -math.inf
        self._now = clock.now
        self._alarms = Alarms(clock, self._ring)
        _all.add(self)

    # For leases and waiters: how they ended. None of these blocks, so they are safe in any thread and in a
    # finalizer, even of an object that dies while this thread holds the lock.

    def ended(self, slot: int, outcome: Outcome, wait: float | None) -> None:
        """For a lease: it has ended."""
        if (outcome is _ANSWERED or outcome is _UNUSED) and not self.inbox and self.lock.acquire(False):
            # The short way: no message has to wait, and mostly nobody can be granted because of this.
            try:
                sooner = self.supply.end(slot, outcome, wait, self._now())
                if self.waiting and (sooner or self._look_at == -math.inf):
                    self._look_at = -math.inf
                    self.bring_up()
            finally:
                self.lock.release()
            if self.inbox:  # left by a finalizer that found the lock taken
                self.attend()
        else:
            self._settle((slot, outcome, wait))

    def announced(self, announcement: Announcement) -> None:
        """For a lease: what the service told of its limit."""
        self._settle(announcement)

    def left(self, waiter: Waiter) -> None:
        """For a waiter: it has been served, cancelled or destroyed. A slot still in its name goes back."""
        if waiter.slot is None and not self.inbox and self.lock.acquire(False):
            # The short way, for those who were served.
            try:
                self._check_out(waiter)
                if self.waiting and self._look_at == -math.inf:
                    self.bring_up()
            finally:
                self.lock.release()
            if self.inbox:
                self.attend()
        else:
            self._settle(waiter)

    def attend(self) -> None:
        """Work off the inbox, unless somebody holds the lock: they come here when they have let go of it."""
        while self.inbox and self.lock.acquire(blocking=False):
            try:
                self.bring_up()
                notices = self.supply.notices()
            finally:
                self.lock.release()
            _log(notices)

    def expire(self, waiter: Waiter) -> None:
        """The longest wait of `waiter` is over; in its loop."""
        with self.lock:
            # A slot may be due at this very moment.
            self.bring_up()
            self.queue.discard(waiter)
            waiter.end()
        self.attend()

    def disown(self) -> None:
        """For the copy in a child process: grant nothing any more."""
        # A thread that is not in the child may have held it.
        self.lock = threading.Lock()
        self.inbox.clear()
        self.supply.disown(BudgetError("a request budget does not survive a fork: make a new one"))

    def _settle(self, item: _Item) -> None:
        self.inbox.append(item)
        self.attend()

    def _ring(self, alarm: Alarm) -> None:
        with self.lock:
            alarm.clear()
            self._look_at = -math.inf
            self.bring_up()
        self.attend()

    def _rung(self) -> None:
        """The supply has news; in a thread of its own."""
        with self.lock:
            self._look_at = -math.inf
            self.bring_up()
            if not self.queue.size:
                self.supply.idle()
            notices = self.supply.notices()
        self.attend()
        _log(notices)

    # From here on: only under the lock.

    def bring_up(self) -> float:
        """Bring all up to this moment and return it: inbox, slots that are back, grants in order, alarms."""
        while self.inbox:
            item = self.inbox.popleft()
            # The time is read after the message was: a slot must not cool from a moment before its reply.
            if isinstance(item, Waiter):
                self._check_out(item)
            elif isinstance(item, Announcement):
                self.supply.announced(item, self._now())
                self._look_at = -math.inf
            elif self.supply.end(*item, self._now()):
                self._look_at = -math.inf
        now = self._now()
        if self.waiting and now >= self._look_at:
            self._serve(now)
        return now

    def may_take(self, now: float, keep: int) -> bool:
        """Whether a newcomer who must leave `keep` slots free gets one at once.

        Even with a slot free, one who was granted a moment ago and has yet to return goes first.
        """
        return not self.waiting and self.supply.ready(now) > 0 and self.supply.vacant(now) > keep

    def take(self, now: float) -> int:
        """Grant a slot that is there."""
        self.granted += 1
        return self.supply.take(now)

    def line_up(self, now: float, lane: int, share: Hashable, *, ahead: bool) -> Waiter:
        """Have the calling task wait."""
        waiter = Waiter(asyncio.get_running_loop(), lane, share)
        before = self.queue.size
        is_last = 0 < before == self.queue.position(lane, ahead=ahead)
        self.waiting += 1
        self.queue.append(waiter, now, ahead=ahead)
        # One who comes last to a loop that will wake changes nothing.
        if not (self._alarms.enter(waiter.loop) and is_last and now < self._look_at):
            try:
                self._serve(now)
            except BaseException:  # such as of a supply that gets no thread
                self._check_out(waiter)
                raise
        return waiter

    def _serve(self, now: float) -> None:
        supply, queue = self.supply, self.queue
        running = running_loop()
        self._look_at = -math.inf
        while queue.size and supply.ready(now) and (waiter := queue.pop(supply.vacant(now), now)) is not None:
            if waiter.future.done():
                continue
            waiter.slot = self.take(now)
            if not waiter.wake(running):
                supply.end(waiter.slot, _UNUSED, None, now)
                self.granted -= 1
                waiter.slot = None
        if not queue.size:
            supply.idle()
        elif supply.failure is not None:
            while (waiter := queue.pop(supply.limit, now)) is not None:
                waiter.wake(running)
        else:
            due = supply.due(now, queue.demand())
            if due < math.inf:
                self._look_at = due = min(due, self._gives_way(now))
            else:
                # The supply rings by itself, and hears from every look who waits; so each event looks.
                due = self._gives_way(now)
            if due < math.inf:
                self._alarms.set(due, now)

    def _gives_way(self, now: float) -> float:
        """When a slot that is kept for another lane is given to one that has aged; infinity: never."""
        ages = self.queue.ages_at()
        if ages == math.inf or self.supply.ready(now):
            return ages
        first = self.supply.expected(0, now)
        return max(ages, first) if first > now else math.inf

    def _check_out(self, waiter: Waiter) -> None:
        self.waiting -= 1
        self.queue.discard(waiter)
        self._alarms.leave(waiter.loop)
        if waiter.slot is not None:
            self.supply.end(waiter.slot, _UNUSED, None, self._now())
            waiter.slot = None
            self._look_at = -math.inf
        if not self.waiting:
            self.supply.idle()


def _log(notices: list[str]) -> None:
    for notice in notices:
        logger.warning("%s", notice)


_all: weakref.WeakSet[Pump] = weakref.WeakSet()


def _after_fork() -> None:
    """In a child process: its copies of budgets would grant what the parent grants as well."""
    for pump in list(_all):
        pump.disown()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
