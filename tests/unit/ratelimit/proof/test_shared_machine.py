"""The one invariant for processes on one shared state, with all that may befall processes and stores.

They always want as much as they are told to, so a slot that is free too early is used at once and seen. Not
among what happens, since no rule can make it safe: a store whose clock is set forward, a store that loses
what a process wrote that is dead by then, a process cut off for long from a store that others reach.
"""

import asyncio
import contextlib
import functools
import math

import attrs
import pytest
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from depotfinity_async.ratelimit import Budget, Lease
from depotfinity_async.ratelimit.record import LEARN
from depotfinity_async.ratelimit.standby import BEAT, RETRY
from depotfinity_async.ratelimit.stores import Store
from tests.support.limit_servers import peak
from tests.support.shared_budgets import Process, Processes
from tests.support.virtual_time import VirtualClock, VirtualTimeLoop

MOST = 4
NUMBERS = st.integers(0, MOST - 1)
THIRDS = 3
"""Processes want so many thirds of the limit at most."""

WINDOW = 60.0
GRACE = 30.0
LEASE = 60.0
LONGEST = LEASE - GRACE
"""After this time a caller gives up, so that its request lands within its lease."""

SETTLED = (BEAT + LEARN + RETRY) / 1000
"""After this time every process has told a store all it has used."""

OUTCOMES = ["answered", "answered", "given up", "given up", "dropped", "unused", "refused", "unavailable"]


@attrs.define(eq=False)
class Request:
    """A caller with a lease, and its request: on its way, or abandoned."""

    process: "Member"
    lease: Lease | None
    granted: float
    landed: bool = False
    abandoned: float = math.inf

    @property
    def deadline(self) -> float:
        """When it is given up at the latest, or lands if it was."""
        return self.granted + LONGEST if self.lease is not None else self.abandoned + GRACE


@attrs.define(eq=False)
class Member:
    """A process, and its callers."""

    process: Process
    demand: int = 0
    early: bool = False
    waiting: list[asyncio.Task[Lease]] = attrs.Factory(list[asyncio.Task[Lease]])


class SharedMachine(RuleBasedStateMachine):
    """One to four processes and their store."""

    limit = 3

    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualTimeLoop()
        self.clock = VirtualClock()
        self.requests: list[Request] = []
        self.arrivals: list[float] = []
        self.trouble = self.killed = self.forgot = -math.inf

    @initialize(on_host=st.booleans(), demands=st.lists(st.integers(0, THIRDS), min_size=1, max_size=2))
    def begin(self, on_host: bool, demands: list[int]) -> None:
        self.shared = Processes(self.clock, self.make_budget, on_host=on_host)
        self.members = [self.start() for _ in demands]
        for member, demand in zip(self.members, demands, strict=True):
            member.demand = demand * self.limit // THIRDS
        self.pass_time(0.1)

    @precondition(lambda self: len(self.members) < MOST and self.known())
    @precondition(lambda self: not self.shared.down and not self.shared.loses)
    @rule(demand=st.integers(0, THIRDS))
    def comes(self, demand: int) -> None:
        """A process more, also when the others may not know yet that the store is back."""
        self.members.append(self.start())
        self.want(len(self.members) - 1, demand, early=False)

    def make_budget(self, store: Store) -> Budget:
        return Budget(self.limit, WINDOW, grace=GRACE, clock=self.clock, lease=LEASE, store=store)

    def start(self) -> Member:
        """A process that has met the others: who never reached a store can only guess how many they are."""
        member = Member(self.shared.start())

        async def greet() -> None:
            member.process.budget.hold(0.0, "none")
            await asyncio.sleep(0.01)

        self.loop.run_until_complete(greet())
        return member

    @rule(number=NUMBERS, demand=st.integers(0, THIRDS), early=st.booleans())
    def want(self, number: int, demand: int, early: bool) -> None:
        """From now on that many of its callers wait, and their requests land at once or as late as can be."""
        member = self.members[number % len(self.members)]
        member.demand, member.early = demand * self.limit // THIRDS, early
        self.pass_time(0.01)

    @precondition(lambda self: self.flying())
    @rule(
        choice=st.integers(0, 9),
        all_of_them=st.booleans(),
        outcome=st.sampled_from(OUTCOMES),
        wait=st.sampled_from([None, 1.0, 45.0]),
    )
    def end(self, choice: int, all_of_them: bool, outcome: str, wait: float | None) -> None:
        flying = self.flying()

        async def end() -> None:
            for request in flying if all_of_them else [flying[choice % len(flying)]]:
                self.end_one(request, outcome, wait)

        self.loop.run_until_complete(end())
        self.pass_time(0.01)

    @rule(seconds=st.sampled_from([0.5, 2.0, 5.0, 11.0, 29.0, 31.0, 59.99, 60.01, 100.0]))
    def wait(self, seconds: float) -> None:
        self.pass_time(seconds)

    @rule(number=NUMBERS, seconds=st.sampled_from([1.0, 20.0]))
    def hold(self, number: int, seconds: float) -> None:
        async def hold() -> None:
            self.members[number % len(self.members)].process.budget.hold(seconds, "test")

        self.loop.run_until_complete(hold())

    @precondition(lambda self: self.loop.time() > self.trouble + SETTLED and self.known())
    @rule(number=NUMBERS)
    def kill(self, number: int) -> None:
        """It ends, and is started again."""
        number %= len(self.members)
        member = self.members[number]
        self.shared.kill(member.process)
        for task in member.waiting:
            task.cancel()
        for request in self.flying():
            if request.process is member:
                self.abandon(request)
        self.members[number] = self.start()
        self.members[number].demand = member.demand
        self.killed = self.loop.time()
        self.pass_time(0.01)

    @precondition(lambda self: self.loop.time() > self.trouble + SETTLED)
    @rule()
    def goes_away(self) -> None:
        self.trouble = math.inf
        self.shared.down = True
        self.pass_time(0.01)

    @precondition(lambda self: self.trouble == math.inf)
    @rule()
    def comes_back(self) -> None:
        self.shared.down = False
        self.trouble = self.loop.time()
        if self.shared.record is None:
            self.forgot = self.trouble
        self.pass_time(0.01)

    @precondition(lambda self: self.loop.time() > self.trouble + SETTLED)
    @rule()
    def loses_a_reply(self) -> None:
        """The next one; for a short time the process is on its own, while the other one goes on."""
        self.shared.loses = 1
        self.trouble = self.loop.time()
        self.pass_time(0.01)

    @precondition(lambda self: self.loop.time() > self.killed + LEASE + WINDOW + GRACE)
    @rule()
    def forgets(self) -> None:
        self.shared.record = None
        self.forgot = self.loop.time()
        if self.trouble < math.inf:
            self.trouble = self.loop.time()
        self.pass_time(0.01)

    @rule(seconds=st.sampled_from([1, 60, 3600]))
    def is_set_back(self, seconds: int) -> None:
        self.shared.store_clock.offset -= 1000 * seconds
        self.pass_time(0.01)

    @invariant()
    def never_more_than_the_limit_in_any_window(self) -> None:
        assert peak(self.arrivals, WINDOW) <= self.limit

    def teardown(self) -> None:
        try:
            if self.requests or self.arrivals:
                self.finish()
        finally:
            for member in getattr(self, "members", []):
                for task in member.waiting:
                    task.cancel()
                self.shared.kill(member.process)
            self.loop.run_until_complete(asyncio.sleep(0.01))
            self.loop.close()

    def finish(self) -> None:
        """Everybody who waits is served in the end."""
        if self.trouble == math.inf:
            self.comes_back()
        for member in self.members:
            member.demand = 0
        for _ in range(20):
            self.pass_time(200.0)
            if not any(member.waiting for member in self.members):
                break
        assert not any(member.waiting for member in self.members)
        assert peak(self.arrivals, WINDOW) <= self.limit

    def known(self) -> bool:
        """Whether a process that comes now sees that there are others: a new file says nothing of them."""
        return not self.shared.on_host or self.loop.time() > self.forgot + SETTLED

    def flying(self) -> list[Request]:
        return [request for request in self.requests if request.lease is not None]

    def end_one(self, request: Request, outcome: str, wait: float | None) -> None:
        lease = request.lease
        assert lease is not None
        if outcome == "unused" and not request.landed:
            lease.close()
            self.requests.remove(request)
            return
        lease.sent()
        if outcome in ("given up", "dropped", "unused"):
            if outcome == "given up":
                lease.close()
            self.abandon(request)
            return
        self.land(request)
        self.requests.remove(request)
        if outcome == "refused":
            lease.refused(wait)
        elif outcome == "unavailable":
            lease.unavailable(wait)
        else:
            lease.answered()

    def abandon(self, request: Request) -> None:
        """Its caller does not wait for the reply any more; the request lands at the last moment."""
        request.lease, request.abandoned = None, self.loop.time()

    def land(self, request: Request) -> None:
        if not request.landed:
            request.landed = True
            self.arrivals.append(self.loop.time())

    def pass_time(self, seconds: float) -> None:
        """Callers come, are granted, send, give up, and requests land, each at its time."""
        self.loop.run_until_complete(self.live(seconds))

    async def live(self, seconds: float) -> None:
        until = self.loop.time() + seconds
        while True:
            for member in self.members:
                budget = member.process.budget
                while len(member.waiting) < member.demand:
                    task = asyncio.create_task(budget.acquire())
                    task.add_done_callback(functools.partial(self.granted, member))
                    member.waiting.append(task)
            due = min((request.deadline for request in self.requests), default=math.inf)
            # Looked at often enough that new callers come in time.
            await asyncio.sleep(max(0.0, min(due, until, self.loop.time() + 5.0) - self.loop.time()))
            for request in [request for request in self.requests if request.deadline <= self.loop.time()]:
                if request.lease is not None:
                    self.end_one(request, "given up", None)
                else:
                    self.land(request)
                    self.requests.remove(request)
            if self.loop.time() >= until:
                return

    def granted(self, member: Member, task: asyncio.Task[Lease]) -> None:
        member.waiting.remove(task)
        with contextlib.suppress(asyncio.CancelledError):
            request = Request(member, task.result(), self.loop.time())
            self.requests.append(request)
            if member.early:
                self.land(request)


@pytest.mark.parametrize(("limit", "number"), [(3, 0), (3, 1), (3, 2), (12, 3), (12, 4), (24, 5)])
def test_never_more_than_the_limit_in_any_window(limit: int, number: int) -> None:
    # The examples of one seed are much alike.
    machine = seed(number)(type("Machine", (SharedMachine,), {"limit": limit}))
    run_state_machine_as_test(
        machine, settings=settings(max_examples=120, stateful_step_count=25, report_multiple_bugs=False)
    )


@pytest.mark.parametrize("before", [45.5, 46.5, 47.5])
def test_what_processes_used_while_their_store_was_away_counts_when_it_is_back(before: float) -> None:
    # Too long a way for chance: slots come back while nobody can tell the store who takes them.
    machine = SharedMachine()
    machine.begin(on_host=False, demands=[THIRDS, 0])
    machine.wait(29.0)
    machine.end(choice=0, all_of_them=True, outcome="answered", wait=None)
    for number in range(2):
        machine.want(number=number, demand=THIRDS, early=True)
    machine.wait(before)
    machine.goes_away()
    machine.wait(24.0)
    machine.comes_back()
    machine.wait(29.0)
    machine.never_more_than_the_limit_in_any_window()
    assert len(machine.arrivals) >= machine.limit + 2
    machine.teardown()
