"""The request budget: at most n requests in any window, one `Budget` for everybody who shares the limit.

Usable alone for any rule "n per window". It knows nothing of HTTP, of the vendor, or of other processes.
"""

from depotfinity_async.ratelimit.budget import Budget
from depotfinity_async.ratelimit.clock import Clock
from depotfinity_async.ratelimit.errors import BudgetError, BudgetTimeout, LeaseEndedError
from depotfinity_async.ratelimit.lease import Lease
from depotfinity_async.ratelimit.shared import shared_budget
from depotfinity_async.ratelimit.status import BudgetStatus

__all__ = [
    "Budget",
    "BudgetError",
    "BudgetStatus",
    "BudgetTimeout",
    "Clock",
    "Lease",
    "LeaseEndedError",
    "shared_budget",
]
