"""The slots of a budget that one process has for itself.

It joins `slots` (which are free) and `pace` (how fast they may be granted).
"""

import math
from collections.abc import Sequence

from depotfinity_async.ratelimit.errors import BudgetError
from depotfinity_async.ratelimit.lease import Announcement, Outcome
from depotfinity_async.ratelimit.pace import Pace
from depotfinity_async.ratelimit.slots import Slots
from depotfinity_async.ratelimit.supply import Demand, Facts

# Members of an enumeration are slow to look up.
_ANSWERED = Outcome.ANSWERED

FOREIGN = (
    "The service refused a request (429) although this budget had used only {used} of {limit} in its window: "
    "somebody else sends from the same address, or the limit is counted in another way. "
    "Requests are spaced for 30 minutes, at {cap} slots. If other programs of yours share the address, "
    "let them share the budget too; if not, ask who else is behind it."
)


class LocalSupply:
    """`limit` slots per `window` seconds.

    Args:
        slots: their bookkeeping.
        smooth: grants are always spaced.
        lease: seconds after which a probe without an end is given up.
    """

    def __init__(self, slots: Slots, *, smooth: bool, lease: float) -> None:
        self._slots = slots
        self._pace = Pace(slots.limit, _ms(slots.window), smooth=smooth)
        self._lease = _ms(lease)
        self._taken = 0
        # Whether the pace has a say. Without it the way of a request stays short.
        self._paced = smooth
        self._notices: list[str] = []
        self._failure: BudgetError | None = None

    @property
    def limit(self) -> int:
        """As in `Supply`."""
        return self._slots.limit

    @property
    def failure(self) -> BudgetError | None:
        """As in `Supply`."""
        return self._failure

    def disown(self, failure: BudgetError) -> None:
        """As in `Supply`."""
        self._failure = failure
        self._slots.free, self._slots.returns = 0, []

    def ready(self, now: float) -> int:
        """As in `Supply`."""
        slots = self._slots
        if slots.returns and slots.returns[0] <= now:
            slots.collect(now)
        if not self._paced:
            return slots.free
        return min(slots.free, self._pace.ready(_ms(now), slots.limit - slots.free))

    def vacant(self, now: float) -> int:
        """As in `Supply`; of a budget that is cut, what is cut off is in use."""
        cut = self._slots.limit - self._pace.allowed(_ms(now)) if self._paced else 0
        return self._slots.free - cut

    def take(self, now: float) -> int:
        """As in `Supply`."""
        self._slots.take()
        self._taken += 1
        if self._paced:
            moment = _ms(now)
            self._pace.granted(moment, str(self._taken), moment + self._lease)
        return self._taken

    def take_quickly(self, keep: int) -> bool:
        """As in `Supply`; no probe is slot 0."""
        slots = self._slots
        if self._paced or slots.free <= keep:
            return False
        slots.free -= 1
        slots.leased += 1
        return True

    def end(self, slot: int, outcome: Outcome, wait: float | None, now: float) -> bool:
        """As in `Supply`."""
        if outcome is _ANSWERED and not self._paced:
            return self._slots.cool(now, known=True)
        if outcome is Outcome.UNUSED:
            self._slots.put_back()
        else:
            self._slots.cool(now, known=outcome is not Outcome.UNKNOWN)
        if outcome is Outcome.REFUSED:
            self._refused(str(slot), wait, now)
        elif outcome is Outcome.UNAVAILABLE:
            self._paced = True
            self._pace.unavailable(_ms(now), str(slot), None if wait is None else _ms(wait))
        elif self._paced:
            if outcome is _ANSWERED:
                self._pace.answered(_ms(now), str(slot))
            else:
                self._pace.missing(str(slot))
            self._paced = not self._pace.idle(_ms(now))
        return True

    def announced(self, announcement: Announcement, now: float) -> None:
        """As in `Supply`."""
        limit, window, remaining, reset = announcement
        longer = self._pace.announced(
            _ms(now),
            self._slots.leased,
            limit,
            None if window is None else _ms(window),
            remaining,
            None if reset is None else _ms(reset),
        )
        self._slots.window = self._pace.window / 1000
        self._slots.prolong(longer / 1000, now)
        self._paced = True

    def hold(self, until: float, reason: str, now: float) -> None:
        """As in `Supply`."""
        self._pace.hold(math.ceil(until * 1000), reason)
        self._paced = True

    def due(self, now: float, demand: Sequence[Demand]) -> float:
        """As in `Supply`."""
        need = next(keep for waiting, keep in demand if waiting) + 1
        if not self._paced:
            back = self._slots.next_return(now, need)
            return math.inf if back is None else back
        moment, used = _ms(now), self._slots.limit - self._slots.free
        cut = self._slots.limit - self._pace.allowed(moment)
        back = self._slots.next_return(now, need + cut)
        opens = self._pace.opens(moment)
        due = math.inf if back is None else max(back, opens / 1000 if opens > moment else now)
        if used < self._slots.limit and self._pace.allowed(moment) < self._pace.limit:
            due = min(due, self._pace.grows(moment) / 1000)
        return due

    def idle(self) -> None:
        """As in `Supply`."""

    def expected(self, position: int, now: float) -> float:
        """As in `Supply`."""
        if not self._paced:
            return self._slots.expected(position, now, now)
        pace, moment = self._pace, _ms(now)
        start = max(now, pace.opens(moment, answered=True) / 1000)
        if 0 <= pace.left <= position:
            start = max(start, pace.left_until / 1000)
        start += position * pace.gap(moment) / 1000
        # A stricter limit than ours: those beyond it wait for as many slots more.
        lap, place = divmod(position, pace.allowed(moment))
        cut = self._slots.limit - pace.allowed(moment)
        expected = self._slots.expected(place + cut, now, start) + lap * self._slots.window
        return min(expected, max(start, pace.grows(moment) / 1000)) if pace.is_cut(moment) else expected

    def facts(self, now: float) -> Facts:
        """As in `Supply`."""
        slots, pace, moment = self._slots, self._pace, _ms(now)
        slots.collect(now)
        hold, reason = pace.held(moment)
        back = slots.next_return(now, 1 + slots.limit - pace.allowed(moment))
        if slots.free and pace.is_cut(moment):
            back = min(math.inf if back is None else back, pace.grows(moment) / 1000)
        return Facts(
            limit=pace.limit,
            window=slots.window,
            free=max(0, pace.limit - slots.limit + slots.free),
            standby=0,
            leased=slots.leased,
            next_return=back,
            hold_until=hold / 1000 if hold > moment else -math.inf,
            hold_reason=reason,
            mode=pace.mode(moment),
            spaced_until=math.inf if pace.smooth else pace.spaced_until / 1000,
            cap=pace.allowed(moment),
            refused=pace.refused,
            unexplained=pace.unexplained,
            store="process",
            members=1,
        )

    def notices(self) -> list[str]:
        """As in `Supply`."""
        told, self._notices = self._notices, []
        return told

    def _refused(self, slot: str, wait: float | None, now: float) -> None:
        self._paced = True
        pace, first = self._pace, not self._pace.unexplained
        used = self._slots.logged(now - pace.slack / 1000)
        pace.refuse(_ms(now), slot, None if wait is None else _ms(wait), used)
        if first and pace.unexplained:
            self._notices.append(
                FOREIGN.format(used=used, limit=self._slots.limit, cap=pace.allowed(_ms(now)))
            )


def _ms(seconds: float) -> int:
    # Rounded down, so that no moment seems to have come before it has; the microsecond is for those that were
    # ms before and lost a bit on the way.
    return math.floor(seconds * 1000 + 0.001)
