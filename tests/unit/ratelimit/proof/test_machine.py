"""The one invariant, whatever happens in whatever order: the server never sees more than the limit in a
window.

Hypothesis chooses the order, in virtual time: callers, cancellations, requests that land late or never,
replies of all kinds, announcements, holds, a loop that stands still. Afterwards nothing is lost and everybody
is served.
"""

import asyncio
import contextlib

import attrs
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from depotfinity_async.ratelimit import Budget, BudgetStatus, Lease
from tests.support.limit_servers import peak
from tests.support.virtual_time import VirtualClock, VirtualTimeLoop

LIMIT = 3
WINDOW = 60.0
GRACE = 30.0
WAITS = st.none() | st.sampled_from([0.0, 1.0, 45.0, 900.0, 1e9])
CHOICE = st.integers(0, 99)


@attrs.define(eq=False)
class Call:
    """One caller, its lease once it has it, and its request once that is on its way."""

    task: asyncio.Task[Lease]
    lease: Lease | None = None
    landed: bool = False
    gives_up_at: float | None = None


class BudgetMachine(RuleBasedStateMachine):
    """Two lanes, a reserve of one slot."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualTimeLoop()
        self.clock = VirtualClock()
        self.budget = Budget(
            LIMIT, WINDOW, grace=GRACE, clock=self.clock, lanes=("command", "poll"), reserve={"command": 1}
        )
        self.waiting: list[Call] = []
        self.granted: list[Call] = []
        self.flying: list[Call] = []
        self.abandoned: list[Call] = []
        self.arrivals: list[float] = []

    @rule(lane=st.sampled_from(["command", "poll"]), share=st.integers(0, 2), ahead=st.booleans())
    def arrive(self, lane: str, share: int, ahead: bool) -> None:
        call = Call(self.loop.create_task(self.budget.acquire(lane=lane, share=share, ahead=ahead)))
        self.waiting.append(call)
        self.settle()

    @precondition(lambda self: self.waiting)
    @rule(choice=CHOICE, turns=st.integers(0, 3))
    def cancel(self, choice: int, turns: int) -> None:
        call = self.waiting.pop(choice % len(self.waiting))
        if self.granted:
            # A slot becomes free some turns of the loop before.
            self.end_unsent(choice)
        self.spin(turns)
        call.task.cancel()
        self.spin(3)
        if not call.task.cancelled():
            # It was served before it could be cancelled.
            self.waiting.append(call)
        self.settle()

    @precondition(lambda self: self.granted)
    @rule(choice=CHOICE)
    def end_unsent(self, choice: int) -> None:
        lease = self.granted.pop(choice % len(self.granted)).lease
        assert lease is not None
        lease.close()
        self.settle()

    @precondition(lambda self: self.granted)
    @rule(choice=CHOICE)
    def send(self, choice: int) -> None:
        call = self.granted.pop(choice % len(self.granted))
        assert call.lease is not None
        call.lease.sent()
        self.flying.append(call)

    @precondition(lambda self: self.flying)
    @rule(choice=CHOICE, status=st.sampled_from([200, 200, 404, 429, 503]), wait=WAITS)
    def answer(self, choice: int, status: int, wait: float | None) -> None:
        call = self.flying.pop(choice % len(self.flying))
        assert call.lease is not None
        self.land(call)
        if status == 429:
            call.lease.refused(wait)
        elif status == 503:
            call.lease.unavailable(wait)
        else:
            call.lease.answered()
        self.settle()

    @precondition(lambda self: self.flying)
    @rule(choice=CHOICE)
    def land_early(self, choice: int) -> None:
        self.land(self.flying[choice % len(self.flying)])

    @precondition(lambda self: self.flying)
    @rule(choice=CHOICE, dropped=st.booleans())
    def give_up(self, choice: int, dropped: bool) -> None:
        call = self.flying.pop(choice % len(self.flying))
        assert call.lease is not None
        call.gives_up_at = self.loop.time()
        if not dropped:
            call.lease.close()
        call.lease = None
        self.abandoned.append(call)
        self.settle()

    @precondition(lambda self: self.abandoned)
    @rule(choice=CHOICE, lost=st.booleans())
    def land_late(self, choice: int, lost: bool) -> None:
        call = self.abandoned.pop(choice % len(self.abandoned))
        if not lost:
            self.land(call)

    @precondition(lambda self: self.flying)
    @rule(
        choice=CHOICE,
        limit=st.none() | st.integers(0, 5),
        window=st.none() | st.sampled_from([1.0, 60.0, 90.0]),
        remaining=st.none() | st.integers(0, 5),
        reset=WAITS,
    )
    def announce(
        self, choice: int, limit: int | None, window: float | None, remaining: int | None, reset: float | None
    ) -> None:
        lease = self.flying[choice % len(self.flying)].lease
        assert lease is not None
        lease.announced(limit=limit, window=window, remaining=remaining, reset=reset)
        self.settle()

    @rule(seconds=st.sampled_from([0.0, 10.0, 60.0]))
    def hold(self, seconds: float) -> None:
        self.budget.hold(seconds, "test")

    @rule(seconds=st.sampled_from([0.001, 0.5, 10.0, 29.999, 30.0, 59.999, 60.0, 60.001, 200.0]))
    def wait(self, seconds: float) -> None:
        end = self.loop.time() + seconds
        # Those given up land at the last moment of the grace, which is when they do most harm.
        for call in sorted(self.abandoned, key=lambda each: each.gives_up_at or 0.0):
            last = (call.gives_up_at or 0.0) + GRACE
            if last <= end:
                self.sleep(last - self.loop.time())
                self.land(call)
                self.abandoned.remove(call)
        self.sleep(end - self.loop.time())

    @rule(seconds=st.sampled_from([0.5, 29.0]))
    def stand_still(self, seconds: float) -> None:
        blocked = [
            call for call in self.abandoned if (call.gives_up_at or 0.0) + GRACE <= self.loop.time() + seconds
        ]
        for call in blocked:
            self.land(call)
            self.abandoned.remove(call)
        self.loop.block(seconds)
        self.settle()

    @invariant()
    def never_more_than_the_limit_in_any_window(self) -> None:
        assert peak(self.arrivals, WINDOW) <= LIMIT

    @invariant()
    def slots_add_up(self) -> None:
        status = self.status()
        assert 0 <= status.leased <= LIMIT
        assert 0 <= status.used <= LIMIT

    def teardown(self) -> None:
        try:
            self.finish()
        finally:
            for call in self.waiting:
                call.task.cancel()
            self.spin(5)
            self.loop.close()

    def finish(self) -> None:
        """Everybody who waits is served in the end, and every slot comes back."""
        for _ in range(50):
            while self.granted:
                self.end_unsent(0)
            while self.flying:
                self.answer(0, 200, None)
            if not self.waiting:
                break
            self.wait(1000.0)
        self.wait(2000.0)
        status = self.status()
        assert (self.waiting, status.waiting, status.leased) == ([], 0, 0)
        assert peak(self.arrivals, WINDOW) <= LIMIT
        assert status.free >= status.limit

    def status(self) -> BudgetStatus:
        """As it is now: the clock of the loop stands still while the loop does not run."""

        async def look() -> BudgetStatus:
            return self.budget.status()

        return self.loop.run_until_complete(look())

    def land(self, call: Call) -> None:
        if not call.landed:
            call.landed = True
            self.arrivals.append(self.loop.time())

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self.loop.run_until_complete(asyncio.sleep(seconds))
        self.settle()

    def spin(self, turns: int) -> None:
        async def pass_turns() -> None:
            for _ in range(turns):
                await asyncio.sleep(0)

        self.loop.run_until_complete(pass_turns())

    def settle(self) -> None:
        self.spin(4)
        for call in [call for call in self.waiting if call.task.done()]:
            self.waiting.remove(call)
            with contextlib.suppress(asyncio.CancelledError):
                call.lease = call.task.result()
                self.granted.append(call)


TestBudgetMachine = BudgetMachine.TestCase
TestBudgetMachine.settings = settings(max_examples=150, stateful_step_count=40)
