"""A look at the state that processes share, from outside: nothing is granted, and nobody is a member more."""

import math
import os

from depotfinity_async.ratelimit.arguments import check_count, check_seconds, check_store
from depotfinity_async.ratelimit.pace import Pace
from depotfinity_async.ratelimit.shapes import Request
from depotfinity_async.ratelimit.status import BudgetStatus
from depotfinity_async.ratelimit.stores.store import Store, claim, release


def look(store: Store, limit: int = 100, window: float = 300.0) -> BudgetStatus:
    """What the budget in `store` looks like now; blocks for as long as an exchange with the store takes.

    Args:
        store: see `open_store`. It is closed afterwards.
        limit: requests per window; the members' is not part of the state.
        window: seconds.

    Returns:
        The status; who waits and what was granted is known to the members alone, and 0 here.

    Raises:
        StoreError: the store is away.
        ValueError: `limit` or `window` is out of range, or the store is that of a budget.
        TypeError: an argument is of another type.
    """
    check_store(store)
    limit = check_count("limit", limit, least=1)
    check_seconds("window", window)
    claim(store)
    milliseconds = math.ceil(window * 1000)
    try:
        reply = store.exchange(
            Request(
                process=store.new_process(),
                member=False,
                epoch="",
                fresh=os.urandom(8).hex(),
                limit=limit,
                window=milliseconds,
                smooth=False,
                lease=0,
                grace=0,
                wants=[],
                first=1,
                batch=0,
                ended=[],
                announced=[],
                restore=[],
                holds=[],
                dead=[],
                standby=[],
                part=0,
            )
        )
    finally:
        store.close()
        release(store)
    pace = Pace.from_dict(reply["pace"], limit, milliseconds)
    hold, reason = pace.held(0)
    if reply["opens"] > max(hold, 0):
        hold, reason = reply["opens"], "finding out what other processes have used"
    used, cap = len(reply["waits"]), pace.allowed(0)
    return BudgetStatus(
        limit=pace.limit,
        window=pace.window / 1000,
        used=min(used, pace.limit),
        free=max(0, pace.limit - used),
        standby=reply["others"],
        leased=reply["leased"],
        waiting=0,
        next_slot=0.0 if used < cap else reply["waits"][used - cap] / 1000,
        hold=max(0.0, hold / 1000),
        hold_reason=reason if hold > 0 else None,
        granted=0,
        mode="held" if hold > 0 else pace.mode(0),
        spaced=max(0.0, pace.spaced_until / 1000),
        cap=cap,
        refused=pace.refused,
        unexplained=pace.unexplained,
        store=store.kind,
        members=reply["members"],
    )
