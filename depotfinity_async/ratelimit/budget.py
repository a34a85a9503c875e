"""The request budget: a token bucket whose slots come back one window after the reply.

Right under a sliding window at any latency. It hands out slots in order; where they come from, this process
alone or a state shared with others, is the matter of its supply. It reads no status codes or headers.
"""

import asyncio
import contextlib
import functools
import math
from collections.abc import AsyncGenerator, Callable, Hashable, Mapping, Sequence
from typing import Final, Literal

import attrs

from depotfinity_async.ratelimit.arguments import (
    check_count,
    check_lanes,
    check_seconds,
    check_store,
    check_text,
    check_timeout,
)
from depotfinity_async.ratelimit.clock import Clock
from depotfinity_async.ratelimit.errors import BudgetError, BudgetTimeout
from depotfinity_async.ratelimit.lease import Lease
from depotfinity_async.ratelimit.local import LocalSupply
from depotfinity_async.ratelimit.pump import Pump
from depotfinity_async.ratelimit.slots import Slots
from depotfinity_async.ratelimit.status import BudgetStatus
from depotfinity_async.ratelimit.stores.store import Store
from depotfinity_async.ratelimit.supply import Supply
from depotfinity_async.ratelimit.waiting import Queue, Waiter

_AGAIN: Final = 1.0
"""Seconds after which asking again is worth it, when nobody knows more."""

MAX_HOLD: Final = 900.0
"""Longest hold in seconds: three of the default windows."""


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
        TypeError: an argument is of another type.
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
        limit = check_count("limit", limit, least=1)
        check_seconds("window", window)
        check_seconds("grace", grace, zero=True)
        check_seconds("ageing", ageing)
        check_seconds("lease", lease)
        reserve = dict(reserve or {})
        check_lanes(lanes, reserve, limit)
        if on_store_down not in ("share", "raise"):
            raise ValueError(f"on_store_down must be 'share' or 'raise', not {on_store_down!r}")
        if store is not None:
            check_store(store)
        self._clock = clock = Clock() if clock is None else clock
        self._window = window
        self._lanes = tuple(lanes)
        self._queue = Queue(self._lanes, reserve, ageing)
        self._default = len(self._lanes) - 1
        self._keeps = [self._queue.keep(number) for number in range(len(self._lanes))]
        self._on_wait: tuple[Callable[[Wait], object], ...] = ()

        def supply(rung: Callable[[], None]) -> Supply:
            if store is None:
                slots = Slots(limit, window, grace, clock.resolution)
                return LocalSupply(slots, smooth=smooth, lease=lease)
            from depotfinity_async.ratelimit.background import run_in_background  # noqa: PLC0415  # as below
            from depotfinity_async.ratelimit.errands import Rule  # noqa: PLC0415  # as below
            from depotfinity_async.ratelimit.lent import LentSupply  # noqa: PLC0415  # only with a store

            rule = Rule(
                limit, math.ceil(window * 1000), math.ceil(grace * 1000), math.ceil(lease * 1000), smooth
            )
            raises = on_store_down == "raise"
            return LentSupply(store, rule, clock, rung, raises=raises, start=run_in_background)

        self._pump = Pump(clock, self._queue, supply)
        # How long a caller waits at least: "now" is when the store has answered.
        self._patience = 0.0 if store is None else 0.25 * clock.speed

    @property
    def limit(self) -> int:
        """Requests per window."""
        return self._pump.supply.limit

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
            timeout: longest wait in seconds; None waits for ever, 0 or less takes a slot now or never. With a
                `store`, asking the store may take a quarter of a second more.
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
            ValueError: `timeout` is nan, or there is no such lane.
            TypeError: `timeout` is no number, or `share` cannot be hashed.
        """
        if timeout is not None:
            check_timeout(timeout)
        if share is not None:
            hash(share)  # it must not fail when this caller is half in line
        number = self._default if lane is None else self._queue.lane(lane)
        pump = self._pump
        with pump.lock:
            # The short way, for the usual case that there is nothing to wait for.
            if not (pump.waiting or pump.inbox) and pump.supply.take_quickly(
                0 if ahead else self._keeps[number]
            ):
                pump.granted += 1
                return Lease(pump, 0)
        entry = self._apply(number, timeout, share, ahead=ahead)
        if isinstance(entry, Lease):
            return entry
        # No coroutine of its own: a thousand callers wait here.
        timer = None
        try:
            if timeout is not None and timeout < math.inf:
                timer = self._clock.call_later(
                    entry.loop, max(timeout, self._patience), functools.partial(pump.expire, entry)
                )
            if entry.slot is not None:
                await asyncio.sleep(0)  # those granted before return first
            await entry.future
            if entry.slot is not None:
                lease = Lease(pump, entry.slot)
                entry.slot = None
                return lease
        finally:
            # Every waiter checks out here, also one that is cancelled in the very turn of its grant.
            if timer is not None:
                timer.cancel()
            pump.left(entry)
        raise self._refusal(number, ahead=ahead)

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
            reason: a text for `status()`; that of the longest hold is kept.

        Raises:
            ValueError: `seconds` is negative or not finite.
            TypeError: `seconds` is no number, or `reason` no text.
        """
        check_seconds("a hold", seconds, zero=True)
        reason = check_text("reason", reason)
        pump = self._pump
        with pump.lock:
            now = self._clock.now()
            pump.supply.hold(now + min(seconds, MAX_HOLD), reason, now)
        pump.attend()

    def on_wait(self, tell: Callable[[Wait], object]) -> Callable[[], None]:
        """Have `tell` called for each caller that has to wait, in the caller's task, before it waits.

        With a store each caller waits at least for its answer; `expected` is 0 then if there is a free slot.

        Args:
            tell: gets one `Wait`. What it raises is raised from `acquire()`.

        Returns:
            A function that ends it.
        """
        # One of its own for each call, so that the same `tell` can be given twice and ended once.
        entry = functools.partial(tell)
        with self._pump.lock:
            self._on_wait = (*self._on_wait, entry)

        def stop() -> None:
            with self._pump.lock:
                self._on_wait = tuple(each for each in self._on_wait if each is not entry)

        return stop

    def status(self) -> BudgetStatus:
        """What the budget looks like now."""
        pump = self._pump
        with pump.lock:
            now = pump.bring_up()
            facts = pump.supply.facts(now)
            held = facts.hold_until > now
            status = BudgetStatus(
                limit=facts.limit,
                window=facts.window,
                used=max(0, facts.limit - facts.free),
                free=facts.free,
                standby=facts.standby,
                leased=facts.leased,
                waiting=self._queue.size,
                next_slot=None if facts.next_return is None else facts.next_return - now,
                hold=facts.hold_until - now if held else 0.0,
                hold_reason=facts.hold_reason if held else None,
                granted=pump.granted,
                lanes=self._queue.waiting(),
                mode=facts.mode,
                spaced=max(0.0, facts.spaced_until - now),
                cap=facts.cap,
                refused=facts.refused,
                unexplained=facts.unexplained,
                store=facts.store,
                members=facts.members,
            )
        pump.attend()
        return status

    def _apply(self, lane: int, timeout: float | None, share: Hashable, *, ahead: bool) -> Lease | Waiter:
        """A lease if there is a slot for this caller, else its place in line."""
        pump = self._pump
        told: Wait | None = None
        expected = 0.0
        entry: Lease | Waiter | None = None
        with pump.lock:
            now = pump.bring_up()
            if pump.may_take(now, 0 if ahead else self._keeps[lane]):
                entry = Lease(pump, pump.take(now))
            elif (failure := pump.supply.failure) is not None:
                raise failure
            else:
                if timeout is not None or self._on_wait:
                    expected = self._expected_wait(now, lane, ahead=ahead)
                if timeout is None or expected <= max(timeout, 0.0):
                    if self._on_wait:
                        position = self._queue.position(lane, ahead=ahead)
                        told = Wait(None if ahead else self._lanes[lane], share, position, expected)
                    entry = pump.line_up(now, lane, share, ahead=ahead)
        if pump.inbox:
            pump.attend()
        if entry is None:
            raise self._too_late(expected)
        if told is not None and isinstance(entry, Waiter):
            self._tell(told, entry)
        return entry

    def _tell(self, told: Wait, waiter: Waiter) -> None:
        try:
            for tell in self._on_wait:
                tell(told)
        except BaseException:  # whatever ends the caller, it is raised again
            self._pump.left(waiter)
            raise

    def _refusal(self, lane: int, *, ahead: bool) -> BudgetError:
        """What to tell one who has waited for nothing."""
        pump = self._pump
        with pump.lock:
            expected = self._expected_wait(pump.bring_up(), lane, ahead=ahead)
            failure = pump.supply.failure
        pump.attend()
        return self._too_late(expected) if failure is None else failure

    def _too_late(self, expected: float) -> BudgetTimeout:
        # If it is an answer that is missing, of a probe or of the store, nobody should ask at once again.
        return BudgetTimeout(expected if expected > 0 else min(_AGAIN, self._window / 10))

    def _expected_wait(self, now: float, lane: int, *, ahead: bool) -> float:
        before = self._queue.position(lane, ahead=ahead) + (0 if ahead else self._keeps[lane])
        return self._pump.supply.expected(before, now) - now
