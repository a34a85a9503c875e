"""What a budget looks like at one moment: a value, for people, progress displays and tests.

It is a copy: it does not follow the budget.
"""

import math

import attrs


@attrs.frozen
class BudgetStatus:
    """One look at a budget. All times are seconds of the budget's clock.

    Attributes:
        limit: slots there are.
        window: seconds after a reply at which its slot comes back.
        used: slots not free: leased ones and those whose window runs.
        free: slots that can be granted (once no hold is on).
        leased: slots in use by a request that has no answer yet.
        waiting: callers in the queue.
        next_slot: seconds until a slot is free; 0.0 if one is; None if all are leased, so nobody knows.
        hold: seconds for which nobody is granted; 0.0 without a hold.
        hold_reason: why the hold is on; None without a hold.
        granted: slots granted since the budget was made.
    """

    limit: int
    window: float
    used: int
    free: int
    leased: int
    waiting: int
    next_slot: float | None
    hold: float
    hold_reason: str | None
    granted: int

    def __str__(self) -> str:
        parts = [f"{self.used} of {self.limit} used", f"{self.free} free", f"{self.waiting} waiting"]
        if self.next_slot is None:
            parts.append("next slot after the next reply")
        elif self.next_slot > 0:
            parts.append(f"next slot in {math.ceil(self.next_slot)} s")
        if self.hold > 0:
            parts.append(f"held for {math.ceil(self.hold)} s ({self.hold_reason})")
        return ", ".join(parts)
