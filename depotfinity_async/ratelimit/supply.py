"""Where a budget's slots come from: what `Budget` asks of the slots of one process, and of shared ones.

A supply is called under the budget's lock and keeps no lock of its own.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from depotfinity_async.ratelimit.errors import BudgetError
from depotfinity_async.ratelimit.lease import Announcement, Outcome


class Demand(NamedTuple):
    """The callers who wait in one lane, and how many free slots they must leave to the lanes before it."""

    waiting: int
    keep: int


class Facts(NamedTuple):
    """What a supply knows of itself; all moments are those of the budget's clock. See `BudgetStatus`."""

    limit: int
    window: float
    free: int
    standby: int
    leased: int
    next_return: float | None
    hold_until: float
    hold_reason: str
    mode: str
    spaced_until: float
    cap: int
    refused: int
    unexplained: int
    store: str
    members: int


class Supply(Protocol):
    """A number of slots, of which some may be granted now."""

    @property
    def limit(self) -> int:
        """Slots there are."""
        ...

    @property
    def failure(self) -> BudgetError | None:
        """What those who wait are to be told now, if waiting is of no use."""
        ...

    def disown(self, failure: BudgetError) -> None:
        """Grant nothing any more, for the given reason: this is the copy of a child process."""
        ...

    def ready(self, now: float) -> int:
        """How many slots may be granted at this moment."""
        ...

    def vacant(self, now: float) -> int:
        """How many slots are not in use, whether or not they may be granted now: what reserves go by."""
        ...

    def take(self, now: float) -> int:
        """Grant one that is ready; what it returns names the slot when it ends."""
        ...

    def take_quickly(self, keep: int) -> bool:
        """Grant one as slot 0, if more than `keep` are known to be free and nothing else has a say."""
        ...

    def end(self, slot: int, outcome: Outcome, wait: float | None, now: float) -> bool:
        """A lease has ended; `wait` is what the service asked for, in seconds.

        Returns:
            Whether somebody may be granted sooner than `due` said. True is always right.
        """
        ...

    def announced(self, announcement: Announcement, now: float) -> None:
        """The service has told its limit."""
        ...

    def hold(self, until: float, reason: str, now: float) -> None:
        """Grant nobody before `until`."""
        ...

    def due(self, now: float, demand: Sequence[Demand]) -> float:
        """When to look again for the callers who wait; infinity if the supply will ring by itself.

        `demand` has an entry for each lane, the one served first first; at least one caller waits.
        """
        ...

    def idle(self) -> None:
        """Nobody waits any more."""
        ...

    def expected(self, position: int, now: float) -> float:
        """The moment at which the caller at `position` (0 = head) can expect a slot."""
        ...

    def facts(self, now: float) -> Facts:
        """For `Budget.status()`."""
        ...

    def notices(self) -> list[str]:
        """Sentences for whoever runs the program, since the last call."""
        ...
