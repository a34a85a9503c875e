"""The errors of the request budget, with a root of their own.

    BudgetError
    ├── BudgetTimeout       no slot within the time the caller allows
    └── LeaseEndedError     a second request on a lease that is used up

Wrong arguments are plain ValueError and not part of this tree.
"""

from math import isfinite


class BudgetError(Exception):
    """Root of all errors of the request budget."""


class BudgetTimeout(BudgetError):
    """No slot came free, or none can be expected, within the time the caller allows; nothing was taken.

    Attributes:
        retry_after: seconds (of the budget's clock) until a newcomer can expect a slot, seen from the raise;
            infinity if nobody knows.
    """

    retry_after: float

    def __init__(self, retry_after: float) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after

    def __str__(self) -> str:
        when = f"one can be expected in {self.retry_after:.1f} s"
        if not isfinite(self.retry_after):
            when = "nobody knows when there is one"
        return f"no slot of the request budget in time; {when}"


class LeaseEndedError(BudgetError):
    """`Lease.sent()` on a lease that was answered or closed: each request needs a lease of its own."""
