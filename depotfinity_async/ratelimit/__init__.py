"""The request budget: at most n requests in any window, one `Budget` for everybody who shares the limit.

Usable alone for any rule "n per window", in one process, on one host, or across hosts. It knows nothing of
HTTP and of the vendor.
"""

from depotfinity_async.ratelimit.budget import Budget, Wait
from depotfinity_async.ratelimit.clock import Clock
from depotfinity_async.ratelimit.errors import BudgetError, BudgetTimeout, LeaseEndedError
from depotfinity_async.ratelimit.lease import Lease
from depotfinity_async.ratelimit.look import look
from depotfinity_async.ratelimit.shared import shared_budget
from depotfinity_async.ratelimit.status import BudgetStatus
from depotfinity_async.ratelimit.stores import Store, StoreError, open_store

__all__ = [
    "Budget",
    "BudgetError",
    "BudgetStatus",
    "BudgetTimeout",
    "Clock",
    "Lease",
    "LeaseEndedError",
    "Store",
    "StoreError",
    "Wait",
    "look",
    "open_store",
    "shared_budget",
]
