"""The request budget of one process: a token bucket whose slots come back one window after the reply.

Right under a sliding window at any latency. It reads no status codes or headers (callers tell it to hold) and
does not know other processes.
"""

import asyncio
import contextlib
import functools
import math
import threading
from collections import deque
from collections.abc import AsyncGenerator

from depotfinity_async.ratelimit.alarms import Alarm, Alarms, running_loop
from depotfinity_async.ratelimit.clock import Clock
from depotfinity_async.ratelimit.errors import BudgetTimeout
from depotfinity_async.ratelimit.lease import Lease, Outcome
from depotfinity_async.ratelimit.slots import Slots
from depotfinity_async.ratelimit.status import BudgetStatus
from depotfinity_async.ratelimit.waiting import Queue, Waiter

MAX_HOLD = 900.0
"""Longest hold in seconds: three of the default windows."""


class Budget:
    """At most `limit` requests in any `window`, shared by all tasks, event loops and threads of the process.

    The default is 100 per 300 s (the vendor's rule). All seconds are those of `clock`.

    Args:
        limit: requests per window, at least 1.
        window: its length in seconds, finite and above 0.
        grace: how long a request whose caller gave up may still be on its way, in seconds, at least 0.
        clock: where the time comes from; real time by default.

    Raises:
        ValueError: an argument is out of range.
    """

    def __init__(
        self, limit: int = 100, window: float = 300.0, *, grace: float = 30.0, clock: Clock | None = None
    ) -> None:
        if limit < 1:
            raise ValueError(f"limit must be at least 1, not {limit!r}")
        if not (math.isfinite(window) and window > 0):
            raise ValueError(f"window must be a finite number of seconds above 0, not {window!r}")
        if not (math.isfinite(grace) and grace >= 0):
            raise ValueError(f"grace must be a finite number of seconds, at least 0, not {grace!r}")
        self._clock = Clock() if clock is None else clock
        self._window = window
        self._slots = Slots(limit, window, grace, self._clock.resolution)
        self._queue = Queue()
        self._alarms = Alarms(self._clock, self._ring)
        self._hold_until = -math.inf
        self._hold_reason = ""
        self._granted = 0
        # Waiters that have not checked out: in the queue, or granted and about to return from acquire().
        self._waiting = 0
        # Held for microseconds, never across an await.
        self._lock = threading.Lock()
        # Leases and waiters may end in a finalizer, which runs in any thread at any time, even in one that
        # holds the lock. So they only leave a message; see _settle.
        self._inbox: deque[Outcome | Waiter] = deque()

    @property
    def limit(self) -> int:
        """Requests per window."""
        return self._slots.limit

    @property
    def window(self) -> float:
        """Length of the window in seconds."""
        return self._window

    @property
    def clock(self) -> Clock:
        """The clock all seconds of this budget belong to."""
        return self._clock

    async def acquire(
        self,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - part of the wait is known and can be refused at once
        ahead: bool = False,
    ) -> Lease:
        """Take a slot, waiting in line for it if there is none; first come, first served.

        Args:
            timeout: longest wait in seconds; None waits for ever, 0 or less takes a slot now or never.
            ahead: go before all ordinary waiters. For the one call all others wait for, and for the retry of
                a call that had its turn.

        Returns:
            The lease, which the caller must close.

        Raises:
            BudgetTimeout: the wait is longer than `timeout`; raised at once if the queue and the known times
                of return tell so (a leased slot is taken to be answered now).
            ValueError: `timeout` is not a number.
        """
        if timeout is not None and math.isnan(timeout):
            raise ValueError("timeout must be a number of seconds, not nan")
        expected = 0.0
        entry: Lease | Waiter | None = None
        with self._lock:
            now = self._pump()
            # Even with a slot free, one who was granted a moment ago and has yet to return goes first.
            if not self._waiting and self._slots.free and self._hold_until <= now:
                self._take()
                entry = Lease(self._settle)
            else:
                if timeout is not None:
                    expected = self._expected_wait(now, ahead=ahead)
                if timeout is None or expected <= max(timeout, 0.0):
                    entry = self._line_up(ahead=ahead)
        self._attend()
        if isinstance(entry, Lease):
            return entry
        if entry is None:
            raise BudgetTimeout(expected)
        return await self._wait(entry, timeout)

    @contextlib.asynccontextmanager
    async def lease(
        self,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - as for acquire
        ahead: bool = False,
    ) -> AsyncGenerator[Lease, None]:
        """`acquire()` as an async context manager; leaving the block closes the lease."""
        with await self.acquire(timeout=timeout, ahead=ahead) as lease:
            yield lease

    def hold(self, seconds: float, reason: str) -> None:
        """Grant nobody for `seconds` from now; a hold only ever gets longer. Leases granted before stay good.

        Args:
            seconds: finite, at least 0; more than 900 counts as 900.
            reason: for `status()`; the reason of the longest hold is kept.

        Raises:
            ValueError: `seconds` is negative or not finite.
        """
        if not (math.isfinite(seconds) and seconds >= 0):
            raise ValueError(f"a hold must be a finite number of seconds, at least 0, not {seconds!r}")
        with self._lock:
            until = self._clock.now() + min(seconds, MAX_HOLD)
            if until > self._hold_until:
                self._hold_until = until
                self._hold_reason = reason
        self._attend()

    def status(self) -> BudgetStatus:
        """What the budget looks like now."""
        with self._lock:
            now = self._pump()
            slots = self._slots
            next_return = slots.next_return(now)
            held = self._hold_until > now
            status = BudgetStatus(
                limit=slots.limit,
                window=self._window,
                used=slots.limit - slots.free,
                free=slots.free,
                leased=slots.leased,
                waiting=len(self._queue),
                next_slot=None if next_return is None else next_return - now,
                hold=self._hold_until - now if held else 0.0,
                hold_reason=self._hold_reason if held else None,
                granted=self._granted,
            )
        self._attend()
        return status

    async def _wait(self, waiter: Waiter, longest: float | None) -> Lease:
        timer = None
        lease = None
        try:
            if longest is not None and longest < math.inf:
                timer = self._clock.call_later(waiter.loop, longest, functools.partial(self._expire, waiter))
            if waiter.granted:
                await asyncio.sleep(0)  # those granted before return first
            await waiter.future
            if waiter.granted:
                lease = Lease(self._settle)
                waiter.granted = False
        finally:
            # Every waiter checks out here: served, cancelled or destroyed. A slot still in its name goes
            # back, as after a cancellation in the very turn of the grant.
            if timer is not None:
                timer.cancel()
            self._settle(waiter)
        if lease is None:
            with self._lock:
                expected = self._expected_wait(self._pump(), ahead=False)
            self._attend()
            raise BudgetTimeout(expected)
        return lease

    def _expire(self, waiter: Waiter) -> None:
        with self._lock:
            # A slot may be due at this very moment.
            self._pump()
            self._queue.discard(waiter)
            waiter.end()
        self._attend()

    def _ring(self, alarm: Alarm) -> None:
        with self._lock:
            alarm.clear()
            self._pump()
        self._attend()

    def _settle(self, item: Outcome | Waiter) -> None:
        """Report the end of a lease or of a wait. Never blocks: safe in any thread and in a finalizer."""
        self._inbox.append(item)
        self._attend()

    def _attend(self) -> None:
        """Work off the inbox, unless somebody holds the lock: they come here when they have let go of it."""
        while self._inbox and self._lock.acquire(blocking=False):
            try:
                self._pump()
            finally:
                self._lock.release()

    # From here on: only under the lock.

    def _pump(self) -> float:
        """Bring all up to this moment and return it: inbox, slots that are back, grants in order, alarms."""
        while self._inbox:
            item = self._inbox.popleft()
            if isinstance(item, Waiter):
                self._check_out(item)
            elif item is Outcome.UNUSED:
                self._slots.put_back()
            else:
                # Read after the message was: a slot must not cool from a moment before its reply.
                self._slots.cool(self._clock.now(), known=item is Outcome.ANSWERED)
        now = self._clock.now()
        self._slots.collect(now)
        if self._waiting:
            if self._slots.free and self._hold_until <= now:
                self._serve()
            due = self._slots.next_return(now)
            if self._queue and due is not None:
                self._alarms.set(max(due, self._hold_until), now)
        return now

    def _serve(self) -> None:
        running = running_loop()
        while self._slots.free and self._queue:
            waiter = self._queue.pop_head()
            if waiter.future.done():
                continue
            waiter.granted = True
            if waiter.wake(running):
                self._take()
            else:
                waiter.granted = False

    def _take(self) -> None:
        self._slots.take()
        self._granted += 1

    def _line_up(self, *, ahead: bool) -> Waiter:
        waiter = Waiter(asyncio.get_running_loop())
        self._waiting += 1
        self._queue.append(waiter, ahead=ahead)
        self._alarms.enter(waiter.loop)
        self._pump()
        return waiter

    def _check_out(self, waiter: Waiter) -> None:
        self._waiting -= 1
        self._queue.discard(waiter)
        self._alarms.leave(waiter.loop)
        if waiter.granted:
            waiter.granted = False
            self._slots.put_back()

    def _expected_wait(self, now: float, *, ahead: bool) -> float:
        position = self._queue.position(ahead=ahead)
        return self._slots.expected(position, now, self._hold_until) - now
