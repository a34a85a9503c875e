"""The request budget: a token bucket whose slots come back one window after the reply.

Right under a sliding window at any latency. It hands out slots in order; where they come from, this process
alone or a state shared with others, is the matter of its supply. It reads no status codes or headers.
"""

import asyncio
import contextlib
import functools
import logging
import math
import os
import threading
import weakref
from collections import deque
from collections.abc import AsyncGenerator, Callable, Hashable, Mapping, Sequence
from typing import Final, Literal

import attrs

from depotfinity_async.ratelimit.alarms import Alarm, Alarms, running_loop
from depotfinity_async.ratelimit.background import run_in_background
from depotfinity_async.ratelimit.clock import Clock
from depotfinity_async.ratelimit.errands import Rule
from depotfinity_async.ratelimit.errors import BudgetError, BudgetTimeout
from depotfinity_async.ratelimit.lease import Announcement, Lease, Outcome
from depotfinity_async.ratelimit.lent import LentSupply
from depotfinity_async.ratelimit.local import LocalSupply
from depotfinity_async.ratelimit.slots import Slots
from depotfinity_async.ratelimit.status import BudgetStatus
from depotfinity_async.ratelimit.stores.store import Store
from depotfinity_async.ratelimit.supply import Supply
from depotfinity_async.ratelimit.waiting import Queue, Waiter

MAX_HOLD: Final = 900.0
"""Longest hold in seconds: three of the default windows."""

# Members of an enumeration are slow to look up.
_ANSWERED, _UNUSED = Outcome.ANSWERED, Outcome.UNUSED

_Item = Waiter | Announcement | tuple[int, Outcome, float | None]

logger = logging.getLogger("depotfinity_async.ratelimit")


@attrs.frozen
class Wait:
    """A caller has lined up, as told to those who asked by `Budget.on_wait`.

    Attributes:
        lane: where it waits; None if it goes ahead of all lanes.
        share: whose it is.
        position: how many are before it.
        expected: seconds until it can expect a slot; infinity if nobody knows.
    """

    lane: str | None
    share: Hashable
    position: int
    expected: float


class Budget:
    """At most `limit` requests in any `window`, shared by all tasks, event loops and threads of the process.

    The default is 100 per 300 s (the vendor's rule). All seconds are those of `clock`.

    Args:
        limit: requests per window, at least 1.
        window: its length in seconds, finite and above 0.
        grace: how long a request whose caller gave up may still be on its way, in seconds, at least 0.
        clock: where the time comes from; real time by default.
        lanes: names of the lanes callers wait in; the first is served first.
        reserve: by lane, slots that the lanes after it may not take.
        ageing: seconds after which a lane that waits and gets nothing gets one slot before all others.
        smooth: never grant several slots at once, but one every `window` / `limit` seconds, a little more.
        lease: seconds a request takes at most; one that takes longer counts as given up.
        store: shares the budget with all processes that have the same one, see `open_store`. It is for this
            budget alone. None: the slots are this process's own.
        on_store_down: when the store is away, "share": go on with a part of the slots that is safe; "raise":
            `acquire` raises a StoreError.

    Raises:
        ValueError: an argument is out of range.
    """

    def __init__(
        self,
        limit: int = 100,
        window: float = 300.0,
        *,
        grace: float = 30.0,
        clock: Clock | None = None,
        lanes: Sequence[str] = ("default",),
        reserve: Mapping[str, int] | None = None,
        ageing: float = 60.0,
        smooth: bool = False,
        lease: float = 60.0,
        store: Store | None = None,
        on_store_down: Literal["share", "raise"] = "share",
    ) -> None:
        if limit < 1:
            raise ValueError(f"limit must be at least 1, not {limit!r}")
        if not (math.isfinite(window) and window > 0):
            raise ValueError(f"window must be a finite number of seconds above 0, not {window!r}")
        if not (math.isfinite(grace) and grace >= 0):
            raise ValueError(f"grace must be a finite number of seconds, at least 0, not {grace!r}")
        for name, seconds in (("ageing", ageing), ("lease", lease)):
            if not (math.isfinite(seconds) and seconds > 0):
                raise ValueError(f"{name} must be a finite number of seconds above 0, not {seconds!r}")
        reserve = dict(reserve or {})
        _check_lanes(lanes, reserve, limit)
        self._clock = Clock() if clock is None else clock
        self._now = self._clock.now
        self._window = window
        self._lanes = tuple(lanes)
        if on_store_down not in ("share", "raise"):
            raise ValueError(f"on_store_down must be 'share' or 'raise', not {on_store_down!r}")
        self._supply: Supply
        if store is None:
            slots = Slots(limit, window, grace, self._clock.resolution)
            self._supply = LocalSupply(slots, smooth=smooth, lease=lease)
        else:
            self._supply = LentSupply(
                store,
                Rule(
                    limit, math.ceil(window * 1000), math.ceil(grace * 1000), math.ceil(lease * 1000), smooth
                ),
                self._clock,
                self._rung,
                raises=on_store_down == "raise",
                start=run_in_background,
            )
        self._queue = Queue(self._lanes, reserve, ageing)
        self._default = len(self._lanes) - 1
        self._keeps = [self._queue.keep(number) for number in range(len(self._lanes))]
        self._alarms = Alarms(self._clock, self._ring)
        self._granted = 0
        self._on_wait: tuple[Callable[[Wait], object], ...] = ()
        # Waiters that have not checked out: in the queue, or granted and about to return from acquire().
        self._waiting = 0
        # Held for microseconds, never across an await.
        self._lock = threading.Lock()
        # Leases and waiters may end in a finalizer, which runs in any thread at any time, even in one that
        # holds the lock. So they only leave a message; see _settle.
        self._inbox: deque[_Item] = deque()
        _all.add(self)

    @property
    def limit(self) -> int:
        """Requests per window."""
        return self._supply.limit

    @property
    def window(self) -> float:
        """Length of the window in seconds."""
        return self._window

    @property
    def clock(self) -> Clock:
        """The clock all seconds of this budget belong to."""
        return self._clock

    @property
    def lanes(self) -> tuple[str, ...]:
        """Names of the lanes, the one that is served first first."""
        return self._lanes

    async def acquire(
        self,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - part of the wait is known and can be refused at once
        lane: str | None = None,
        share: Hashable = None,
        ahead: bool = False,
    ) -> Lease:
        """Take a slot, waiting in line for it if there is none; first come, first served in each share.

        Args:
            timeout: longest wait in seconds; None waits for ever, 0 or less takes a slot now or never.
            lane: where to wait; None is the last lane.
            share: whose the request is: in a lane the shares take turns, so that a client with thousands of
                requests does not keep another one from its few.
            ahead: go before all lanes. For the one call all others wait for, and for the retry of a call
                that had its turn.

        Returns:
            The lease, which the caller must close.

        Raises:
            BudgetTimeout: the wait is longer than `timeout`; raised at once if the queue and the known times
                of return tell so (a leased slot is taken to be answered now).
            StoreError: the store is away, and `on_store_down` is "raise".
            ValueError: `timeout` is not a number, or there is no such lane.
        """
        if timeout is not None and math.isnan(timeout):
            raise ValueError("timeout must be a number of seconds, not nan")
        number = self._default if lane is None else self._queue.lane(lane)
        with self._lock:
            # The short way, for the usual case that there is nothing to wait for.
            if not (self._waiting or self._inbox) and self._supply.take_quickly(
                0 if ahead else self._keeps[number]
            ):
                self._granted += 1
                return Lease(self, 0)
        expected = 0.0
        entry: Lease | Waiter | None = None
        told: Wait | None = None
        with self._lock:
            now = self._pump()
            # Even with a slot free, one who was granted a moment ago and has yet to return goes first.
            if not self._waiting and self._may_take(now, 0 if ahead else self._keeps[number]):
                entry = Lease(self, self._take(now))
            elif (failure := self._supply.failure) is not None:
                raise failure
            else:
                position = self._queue.position(number, ahead=ahead)
                if timeout is not None or self._on_wait:
                    expected = self._expected_wait(now, number, ahead=ahead)
                if timeout is None or expected <= max(timeout, 0.0):
                    told = Wait(None if ahead else self._lanes[number], share, position, expected)
                    entry = self._line_up(now, number, share, ahead=ahead)
        if self._inbox:
            self._attend()
        if isinstance(entry, Lease):
            return entry
        if entry is None or told is None:
            raise BudgetTimeout(expected)
        return await self._wait(entry, timeout, told)

    @contextlib.asynccontextmanager
    async def lease(
        self,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - as for acquire
        lane: str | None = None,
        share: Hashable = None,
        ahead: bool = False,
    ) -> AsyncGenerator[Lease, None]:
        """`acquire()` as an async context manager; leaving the block closes the lease."""
        with await self.acquire(timeout=timeout, lane=lane, share=share, ahead=ahead) as lease:
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
            now = self._now()
            self._supply.hold(now + min(seconds, MAX_HOLD), reason, now)
        self._attend()

    def on_wait(self, tell: Callable[[Wait], object]) -> Callable[[], None]:
        """Have `tell` called for each caller that has to wait, in the caller's task, before it waits.

        Returns:
            A function that ends it.
        """
        # One of its own for each call, so that the same `tell` can be given twice and ended once.
        entry = functools.partial(tell)
        with self._lock:
            self._on_wait = (*self._on_wait, entry)

        def stop() -> None:
            with self._lock:
                self._on_wait = tuple(each for each in self._on_wait if each is not entry)

        return stop

    def status(self) -> BudgetStatus:
        """What the budget looks like now."""
        with self._lock:
            now = self._pump()
            facts = self._supply.facts(now)
            held = facts.hold_until > now
            status = BudgetStatus(
                limit=facts.limit,
                window=facts.window,
                used=max(0, facts.limit - facts.free),
                free=facts.free,
                leased=facts.leased,
                waiting=len(self._queue),
                next_slot=None if facts.next_return is None else facts.next_return - now,
                hold=facts.hold_until - now if held else 0.0,
                hold_reason=facts.hold_reason if held else None,
                granted=self._granted,
                lanes=self._queue.waiting(),
                mode=facts.mode,
                spaced=max(0.0, facts.spaced_until - now),
                cap=facts.cap,
                refused=facts.refused,
                unexplained=facts.unexplained,
                store=facts.store,
                members=facts.members,
            )
        self._attend()
        return status

    async def _wait(self, waiter: Waiter, longest: float | None, told: Wait) -> Lease:
        timer = None
        lease = None
        try:
            for tell in self._on_wait:
                tell(told)
            if longest is not None and longest < math.inf:
                timer = self._clock.call_later(waiter.loop, longest, functools.partial(self._expire, waiter))
            if waiter.slot is not None:
                await asyncio.sleep(0)  # those granted before return first
            await waiter.future
            if waiter.slot is not None:
                lease = Lease(self, waiter.slot)
                waiter.slot = None
        finally:
            # Every waiter checks out here: served, cancelled or destroyed. A slot still in its name goes
            # back, as after a cancellation in the very turn of the grant.
            if timer is not None:
                timer.cancel()
            self._settle(waiter)
        if lease is None:
            with self._lock:
                expected = self._expected_wait(self._pump(), len(self._lanes) - 1, ahead=False)
                failure = self._supply.failure
            self._attend()
            raise BudgetTimeout(expected) if failure is None else failure
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

    def _rung(self) -> None:
        """The supply has news; in a thread of its own."""
        with self._lock:
            self._pump()
            if not self._queue:
                self._supply.idle()
            notices = self._supply.notices()
        self._attend()
        for notice in notices:
            logger.warning("%s", notice)

    def disown(self) -> None:
        """For the copy in a child process: grant nothing any more."""
        # A thread that is not in the child may have held it.
        self._lock = threading.Lock()
        self._inbox.clear()
        self._supply.disown(BudgetError("a request budget does not survive a fork: make a new one"))

    # For leases and waiters: how they ended. None of these blocks, so they are safe in any thread and in a
    # finalizer, even of an object that dies while this thread holds the lock.

    def ended(self, slot: int, outcome: Outcome, wait: float | None) -> None:
        """For a lease: it has ended."""
        if (
            (outcome is _ANSWERED or outcome is _UNUSED)
            and not self._waiting
            and not self._inbox
            and self._lock.acquire(False)
        ):
            # The short way: nobody waits for the slot.
            try:
                self._supply.end(slot, outcome, wait, self._now())
            finally:
                self._lock.release()
            if len(self._inbox):  # left by a finalizer that found the lock taken
                self._attend()
        else:
            self._settle((slot, outcome, wait))

    def announced(self, announcement: Announcement) -> None:
        """For a lease: what the service told of its limit."""
        self._settle(announcement)

    def _settle(self, item: _Item) -> None:
        self._inbox.append(item)
        self._attend()

    def _attend(self) -> None:
        """Work off the inbox, unless somebody holds the lock: they come here when they have let go of it."""
        while self._inbox and self._lock.acquire(blocking=False):
            try:
                self._pump()
                notices = self._supply.notices()
            finally:
                self._lock.release()
            for notice in notices:
                logger.warning("%s", notice)

    # From here on: only under the lock.

    def _pump(self) -> float:
        """Bring all up to this moment and return it: inbox, slots that are back, grants in order, alarms."""
        while self._inbox:
            item = self._inbox.popleft()
            # The time is read after the message was: a slot must not cool from a moment before its reply.
            if isinstance(item, Waiter):
                self._check_out(item)
            elif isinstance(item, Announcement):
                self._supply.announced(item, self._now())
            else:
                self._supply.end(*item, self._now())
        now = self._now()
        if self._waiting:
            self._serve(now)
        return now

    def _serve(self, now: float) -> None:
        supply, queue = self._supply, self._queue
        running = running_loop()
        while queue and supply.ready(now) and (waiter := queue.pop(supply.vacant(now), now)) is not None:
            if waiter.future.done():
                continue
            waiter.slot = self._take(now)
            if not waiter.wake(running):
                supply.end(waiter.slot, _UNUSED, None, now)
                self._granted -= 1
                waiter.slot = None
        if queue and supply.failure is not None:
            while (waiter := queue.pop(supply.limit, now)) is not None:
                waiter.wake(running)
        elif queue:
            due = supply.due(now, queue.demand())
            if supply.ready(now):
                # Free slots that are kept for another lane: they are given away when a lane has aged.
                due = min(due, queue.ages_at())
            if due < math.inf:
                self._alarms.set(due, now)
        else:
            supply.idle()

    def _may_take(self, now: float, keep: int) -> bool:
        return self._supply.ready(now) > 0 and self._supply.vacant(now) > keep

    def _take(self, now: float) -> int:
        self._granted += 1
        return self._supply.take(now)

    def _line_up(self, now: float, lane: int, share: Hashable, *, ahead: bool) -> Waiter:
        waiter = Waiter(asyncio.get_running_loop(), lane, share)
        self._waiting += 1
        self._queue.append(waiter, now, ahead=ahead)
        self._alarms.enter(waiter.loop)
        self._pump()
        return waiter

    def _check_out(self, waiter: Waiter) -> None:
        self._waiting -= 1
        self._queue.discard(waiter)
        self._alarms.leave(waiter.loop)
        if waiter.slot is not None:
            self._supply.end(waiter.slot, _UNUSED, None, self._now())
            waiter.slot = None
        if not self._waiting:
            self._supply.idle()

    def _expected_wait(self, now: float, lane: int, *, ahead: bool) -> float:
        before = self._queue.position(lane, ahead=ahead) + (0 if ahead else self._keeps[lane])
        return self._supply.expected(before, now) - now


_all: weakref.WeakSet[Budget] = weakref.WeakSet()


def _after_fork() -> None:
    """In a child process: its copies of budgets would grant what the parent grants as well."""
    for budget in list(_all):
        budget.disown()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _check_lanes(lanes: Sequence[str], reserve: Mapping[str, int], limit: int) -> None:
    if isinstance(lanes, str) or not lanes or len(set(lanes)) < len(lanes):
        raise ValueError(f"lanes must be different names, at least one, not {lanes!r}")
    for name, slots in reserve.items():
        if name not in lanes:
            raise ValueError(f"reserve: there is no lane {name!r}; there are {', '.join(lanes)}")
        if slots < 0:
            raise ValueError(f"reserve of {name!r} must be a number of slots, at least 0, not {slots!r}")
    if sum(reserve.values()) >= limit:
        raise ValueError(f"reserve must leave at least one of the {limit} slots to the other lanes")
