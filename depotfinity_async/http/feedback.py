"""What the head of an answer tells the request budget: refusals, unavailability, announced limits.

How the budget reacts is its own matter; which figures the vendor gives for that stands here.
"""

import time
from collections.abc import Callable, Mapping
from typing import Final

import backoff

from depotfinity_async.http.rate_limit_headers import parse_rate_limit
from depotfinity_async.http.retry_after import parse_retry_after
from depotfinity_async.ratelimit import Lease

__all__ = ["Jitter", "tell"]

Jitter = Callable[[float], float]
"""Takes the upper end of a wait in seconds and picks a wait from 0 to there."""

# "About 90 seconds" (vendor page General Information, 503); what is added spreads the clients.
_UNAVAILABLE: Final = 90.0
_SPREAD: Final = 0.1
# Hosts that do not share a budget are told the same second to come back at: some of them come a little later.
_LATER: Final = 0.05
_LATEST: Final = 5.0


def tell(lease: Lease, status: int, headers: Mapping[str, str], jitter: Jitter = backoff.full_jitter) -> None:
    """Tells the budget that the head of an answer is there.

    Args:
        lease: the slot of the request.
        status: of the answer.
        headers: of the answer; names are found in any case.
        jitter: source of chance.
    """
    if (announced := parse_rate_limit(headers)) is not None:
        lease.announced(
            limit=announced.limit,
            window=announced.window,
            remaining=announced.remaining,
            reset=announced.reset,
        )
    if status not in (429, 503):
        lease.answered()
        return
    wait = parse_retry_after(headers.get("Retry-After"), date=headers.get("Date"), wall_time=time.time())
    if wait is not None:
        wait += min(_LATEST, jitter(_LATER * wait))
    if status == 429:
        lease.refused(wait)
    else:
        lease.unavailable(_UNAVAILABLE + jitter(_SPREAD * _UNAVAILABLE) if wait is None else wait)
