"""Which request budget a client draws from, by its settings."""

from depotfinity_async.config import Settings
from depotfinity_async.http.call import LANES
from depotfinity_async.ratelimit import Budget, Clock, shared_budget

__all__ = ["budget_of"]


def budget_of(settings: Settings, clock: Clock | None) -> Budget:
    """The budget of a deployment and an egress address; all clients of the process share it.

    Args:
        settings: the first ones of a deployment and egress decide on the reserve.
        clock: counts only when the budget is made.
    """

    def make() -> Budget:
        return Budget(clock=clock, lanes=LANES, reserve={"command": settings.command_reserve})

    return shared_budget((settings.base_url, settings.egress, settings.budget), make)
