"""How bytes travel: one `Transport.send` that every call goes through, and the pure parts it is made of.

It knows no noun of the API and nothing of what stands in a body.
"""

from depotfinity_async.http.call import LONGEST_SHOWN_BODY, Call, Reply
from depotfinity_async.http.paths import encode_query, expand, join, placeholders
from depotfinity_async.http.transport import Transport

__all__ = [
    "LONGEST_SHOWN_BODY",
    "Call",
    "Reply",
    "Transport",
    "encode_query",
    "expand",
    "join",
    "placeholders",
]
