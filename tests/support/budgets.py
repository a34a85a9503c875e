"""What the tests of the request budget share: a budget in virtual time, and requests that use it."""

from depotfinity_async.ratelimit import Budget
from tests.support.virtual_time import VirtualClock

# When a slot answered at 0 comes back: the window and the millisecond beyond its end.
BACK = 300.001


def virtual_budget(limit: int = 100, window: float = 300.0, grace: float = 30.0) -> Budget:
    """The vendor's rule or another one, on the clock of the virtual-time loop."""
    return Budget(limit, window, grace=grace, clock=VirtualClock())


async def use(budget: Budget, count: int = 1) -> None:
    """Requests that are answered at once."""
    for _ in range(count):
        with await budget.acquire() as lease:
            lease.sent()
            lease.answered()


class Order(list[int]):
    """Who was granted, in the order in which acquire() returned."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self.budget = budget

    async def join(self, number: int, *, ahead: bool = False, work: float = 0.0) -> None:
        with await self.budget.acquire(ahead=ahead) as lease:
            self.append(number)
            lease.sent()
            await self.budget.clock.sleep(work)
            lease.answered()
