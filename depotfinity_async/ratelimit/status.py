"""What a budget looks like at one moment: a value, for people, progress displays and tests.

It is a copy: it does not follow the budget.
"""

import math
from collections.abc import Mapping

import attrs


@attrs.frozen
class BudgetStatus:
    """One look at a budget. All times are seconds of the budget's clock.

    Attributes:
        limit: slots there are.
        window: seconds after a reply at which its slot comes back.
        used: slots not free: leased ones and those whose window runs.
        free: slots that can be granted (once nothing holds them back).
        leased: slots in use by a request that has no answer yet.
        waiting: callers in the queue.
        next_slot: seconds until a slot is free; 0.0 if one is; None if all are leased, so nobody knows;
            infinity if the shared state, which is out of reach, must be back first.
        hold: seconds for which nobody is granted; 0.0 without a hold.
        hold_reason: why the hold is on; None without a hold.
        granted: slots granted since the budget was made, by this process.
        lanes: callers in the queue by lane; those who go ahead of all lanes are in none.
        mode: "burst": every free slot is granted; "held"; "probing": one request finds out whether the
            service takes requests again, all others wait for it; "spaced": one slot at a time, evenly.
        spaced: seconds for which grants stay spaced; infinity if they always are, 0.0 if they are not.
        cap: slots that may be in use at once: `limit`, or fewer after refusals it cannot explain.
        refused: refusals (429) so far.
        unexplained: those of them that came although the limit was not used up: somebody else uses it too.
        store: where the state is kept: "process", "host" or "redis"; "away" follows if it is out of reach.
        members: processes that share the budget, this one included.
        standby: those of the free slots that the shared state keeps for other processes, in case it gets out
            of reach; those that are wanted are given up within eleven seconds.
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
    lanes: Mapping[str, int] = attrs.field(factory=dict[str, int])
    mode: str = "burst"
    spaced: float = 0.0
    cap: int | None = None
    refused: int = 0
    unexplained: int = 0
    store: str = "process"
    members: int = 1
    standby: int = 0

    def __str__(self) -> str:
        parts = [f"{self.used} of {self.limit} used", f"{self.free} free", f"{self.waiting} waiting"]
        if self.next_slot is None:
            parts.append("next slot after the next reply")
        elif self.next_slot > 0:
            parts.append(f"next slot {_when(self.next_slot)}")
        if self.hold > 0:
            parts.append(f"held for {_whole(self.hold)} s ({self.hold_reason})")
        elif self.mode in ("probing", "spaced"):
            parts.append(self.mode)
        return ", ".join(parts)

    def report(self) -> str:
        """All of it as text of several lines, for people."""
        lines = [
            f"{self.used} of {self.limit} slots used in {self.window:g} s, {self.leased} on their way",
            f"mode {self.mode}{self._spaced_for()}",
            f"kept in {self.store}, shared by {self.members} process{'' if self.members == 1 else 'es'}",
        ]
        if self.next_slot is None:
            lines[0] += "; the next one is free after the next reply"
        elif self.next_slot > 0:
            lines[0] += f"; the next one is free {_when(self.next_slot)}"
        if self.standby:
            lines[0] += f"; {self.standby} of the free ones are kept for other processes"
        if self.hold > 0:
            lines[1] += f": nobody is granted for {_whole(self.hold)} s ({self.hold_reason})"
        if self.cap is not None and self.cap < self.limit:
            lines[1] += f", cut to {self.cap} slots"
        if self.lanes:
            # Who only looks at a shared state from outside knows nothing of those who wait.
            lines.insert(1, f"{self.waiting} waiting{self._by_lane()}")
        if self.refused:
            lines.append(f"{self.refused} refused, {self.unexplained} of them not explained by this budget")
        return "\n".join(lines)

    def _by_lane(self) -> str:
        named = ", ".join(f"{lane} {count}" for lane, count in self.lanes.items() if count)
        return f" ({named})" if named and len(self.lanes) > 1 else ""

    def _spaced_for(self) -> str:
        known = self.mode == "spaced" and 0 < self.spaced < math.inf
        return f" for {_whole(self.spaced)} s" if known else ""


def _when(seconds: float) -> str:
    return f"in {_whole(seconds)} s" if seconds < math.inf else "when the shared state is in reach again"


def _whole(seconds: float) -> int:
    """Rounded up, but for what the moments are rounded up already."""
    return max(1, math.ceil(round(seconds, 2)))
