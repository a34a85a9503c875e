"""How bytes travel: one `Transport.send` that every call goes through, and the pure parts it is made of.

It knows no noun of the API and nothing of what stands in a body.
"""

from depotfinity_async.http.budgets import budget_of, store_of
from depotfinity_async.http.call import LANES, LONGEST_SHOWN_BODY, Call, Lane, Reply
from depotfinity_async.http.paths import encode_query, expand, join, placeholders
from depotfinity_async.http.statuses import printable
from depotfinity_async.http.transport import Transport

__all__ = [
    "LANES",
    "LONGEST_SHOWN_BODY",
    "Call",
    "Lane",
    "Reply",
    "Transport",
    "budget_of",
    "encode_query",
    "expand",
    "join",
    "placeholders",
    "printable",
    "store_of",
]
