"""Which request budget a client draws from, by its settings."""

from depotfinity_async.config import Settings
from depotfinity_async.errors import BudgetUnavailableError, ConfigurationError
from depotfinity_async.http.call import LANES
from depotfinity_async.ratelimit import Budget, Clock, Store, StoreError, open_store, shared_budget

__all__ = ["budget_of", "store_of"]

# Above the time of one try: what a request may take beyond it, from the grant until its bytes leave.
_LEASE_MARGIN = 30.0


def budget_of(settings: Settings, clock: Clock | None) -> Budget:
    """The budget of a deployment and an egress address; all clients of the process share it.

    Args:
        settings: the first ones of a deployment, an egress and a place decide on the reserve.
        clock: counts only when the budget is made.

    Raises:
        ConfigurationError: the place is a URL that is not valid, or the extra for it is not installed.
        BudgetUnavailableError: there is no home folder for the shared state.
    """

    def make() -> Budget:
        return Budget(
            clock=clock,
            lanes=LANES,
            reserve={"command": settings.command_reserve},
            lease=settings.timeout + _LEASE_MARGIN,
            store=store_of(settings, 1.0 if clock is None else clock.speed),
            on_store_down=settings.on_budget_down,
        )

    return shared_budget((settings.base_url, settings.egress, settings.budget), make)


def store_of(settings: Settings, speed: float) -> Store | None:
    """Where the state of the budget is kept; None: in this process. Raises as `budget_of`.

    Args:
        settings: of the client.
        speed: of the budget's clock; budgets that live faster have a state of their own.
    """
    if settings.budget == "process":
        return None
    key = f"{settings.base_url} {settings.egress}" + (f" at speed {speed:g}" if speed != 1 else "")
    try:
        return open_store(settings.budget, key, speed=speed)
    except ValueError as error:
        raise ConfigurationError(f"budget: {str(error).rstrip('.')}.") from None
    except ImportError as error:
        raise ConfigurationError(f"budget: {error}") from None
    except StoreError as error:
        raise BudgetUnavailableError(f"budget: {str(error).rstrip('.')}.") from None
