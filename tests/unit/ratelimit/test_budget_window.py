"""The promise itself, for random demand: never more than the limit in any closed window, and no slot lost."""

import asyncio
from collections.abc import Sequence

import attrs
from hypothesis import example, given, settings
from hypothesis import strategies as st

from depotfinity_async.ratelimit import Budget, BudgetTimeout, Lease
from tests.support.virtual_time import VirtualClock, run_virtual

ROUNDING = 1e-9
WINDOW = 60.0
GRACE = 30.0


@attrs.frozen
class Request:
    """One caller: when it comes, how its request travels, and how it ends. All times in seconds."""

    start: float
    there: float  # from the grant to the arrival at the server
    back: float  # from the arrival to the head of the reply
    fate: str
    patience: float  # how long it stands in the queue, or until it gives up the request it sent
    ahead: bool


@attrs.frozen
class Hold:
    """A pause asked for at a time."""

    start: float
    seconds: float


class World:
    """A server that writes down when requests arrive, and the budget that is to protect it."""

    def __init__(self, limit: int) -> None:
        self.clock = VirtualClock()
        self.budget = Budget(limit, WINDOW, grace=GRACE, clock=self.clock)
        self.arrivals: list[float] = []
        self.grants: list[float] = []

    def arrive(self) -> None:
        self.arrivals.append(self.clock.now())

    async def call(self, request: Request) -> None:
        await self.clock.sleep(request.start)
        try:
            if request.fate == "impatient":
                async with asyncio.timeout(request.patience):
                    lease = await self.budget.acquire(ahead=request.ahead)
            elif request.fate == "bounded":
                lease = await self.budget.acquire(timeout=request.patience, ahead=request.ahead)
            else:
                lease = await self.budget.acquire(ahead=request.ahead)
        except (TimeoutError, BudgetTimeout):
            return
        self.grants.append(self.clock.now())
        if request.fate == "dropped":
            self.drop(lease, request)
            return
        with lease:
            await self.use(lease, request)

    async def use(self, lease: Lease, request: Request) -> None:
        if request.fate == "unsent":
            await self.clock.sleep(request.there)
            return
        lease.sent()
        if request.fate == "lost":
            # Given up while on its way; it arrives all the same, at the last moment of the grace.
            await self.clock.sleep(request.patience)
            loop = asyncio.get_running_loop()
            self.clock.call_later(loop, min(request.there, GRACE), self.arrive)
            return
        await self.clock.sleep(request.there)
        self.arrive()
        await self.clock.sleep(request.back)
        lease.answered()

    def drop(self, lease: Lease, request: Request) -> None:
        """A bug of the caller: the lease is neither closed nor kept, and the request is on its way."""
        lease.sent()
        self.clock.call_later(asyncio.get_running_loop(), min(request.there, GRACE), self.arrive)

    async def hold(self, hold: Hold) -> None:
        await self.clock.sleep(hold.start)
        self.budget.hold(hold.seconds, "test")

    async def run(self, requests: Sequence[Request], holds: Sequence[Hold]) -> None:
        async with asyncio.TaskGroup() as group:
            for hold in holds:
                group.create_task(self.hold(hold))
            for request in requests:
                group.create_task(self.call(request))
        await self.clock.sleep(WINDOW + GRACE + 1)
        status = self.budget.status()
        limit = self.budget.limit
        assert (status.free, status.leased, status.waiting) == (limit, 0, 0)


quick = Request(start=0.0, there=0.0, back=0.0, fate="answered", patience=0.0, ahead=False)
# Many equal moments and whole windows, so that ends of windows meet; and a tail of 30 s.
moments = st.sampled_from([0.0, 0.5, 30.0, 59.9, 60.0, 60.5, 120.0]) | st.floats(0, 200)
delays = st.sampled_from([0.0, 0.0, 0.5, 30.0]) | st.floats(0, 30)
requests = st.builds(
    Request,
    start=moments,
    there=delays,
    back=delays,
    fate=st.sampled_from(["answered"] * 5 + ["unsent", "lost", "dropped", "impatient", "bounded"]),
    patience=delays | st.floats(30, 200),
    ahead=st.booleans(),
)
holds = st.builds(Hold, start=moments, seconds=st.sampled_from([0.0, 60.0]) | st.floats(0, 300))


@settings(max_examples=250)
@given(
    limit=st.integers(1, 5),
    requests=st.lists(requests, min_size=1, max_size=30),
    holds=st.lists(holds, max_size=3),
)
@example(limit=1, requests=[quick] * 3, holds=[])
@example(
    limit=1, requests=[quick, attrs.evolve(quick, start=59.9), attrs.evolve(quick, start=120.0)], holds=[]
)
@example(limit=2, requests=[attrs.evolve(quick, there=30.0, back=30.0)] * 6, holds=[])
@example(limit=1, requests=[attrs.evolve(quick, there=30.0, fate="lost"), quick], holds=[])
@example(limit=1, requests=[attrs.evolve(quick, there=30.0, fate="dropped"), quick], holds=[])
def test_never_more_than_the_limit_in_any_closed_window(
    limit: int, requests: list[Request], holds: list[Hold]
) -> None:
    world = World(limit)
    run_virtual(world.run(requests, holds))
    arrivals = sorted(world.arrivals)
    for first, beyond in zip(arrivals, arrivals[limit:], strict=False):
        assert beyond > first + WINDOW
    for hold in holds:
        # Begin and end are sums of floats on both sides, which may differ in their last digit.
        begin, end = hold.start + ROUNDING, hold.start + hold.seconds - ROUNDING
        assert not [moment for moment in world.grants if begin < moment < end]
    assert len(world.grants) >= sum(r.fate not in ("impatient", "bounded") for r in requests)
