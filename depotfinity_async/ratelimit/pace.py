"""How fast slots may be granted: holds, the probe after them, spaced mode, the cut. Pure; whole milliseconds.

It reads no clock and counts no slots: whoever keeps the slots asks it, and tells it what became of requests.
The script of the Redis store follows the same rules, so there is nothing in them but sums and comparisons.
"""

from typing import Any, Final, Self

import attrs

LONGEST_HOLD: Final = 900_000
SHORTEST_HOLD: Final = 1000
FIRST_HOLD: Final = 30_000
"""Hold after a refusal that names no time; doubled with each refused probe, up to the window."""

SPACED_FOR: Final = 1_800_000
"""How long grants stay spaced after a refusal that the own log does not explain."""

SLACK: Final = 2000
"""Added to the window: for the gap of spaced mode, and where a refusal is looked up in the own log."""

CUT_EVERY: Final = 30_000
"""The cut goes down at most once in this time."""

CUT_BACK: Final = 120_000
"""One slot comes back to a cut budget after this time without an unexplained refusal."""

LEAST: Final = 2
"""Slots that are left of a cut budget."""


@attrs.define
class Pace:
    """The pace of a budget of `limit` slots in `window` ms; moments are those of whoever keeps the slots.

    Attributes:
        limit, window: the rule; the service may announce a stricter one.
        smooth: grants are always spaced.
        hold_until: nobody is granted before.
        reason: why; empty if there was no hold yet.
        probe: empty, or "due": the next grant is a probe, or "out": it is on its way and all others wait.
        probe_slot: the slot of the probe that is out.
        probe_until: when that probe is given up.
        doublings: how often the hold was doubled.
        suspect: a refusal was not explained, so grants are spaced when the probe has succeeded.
        spaced_until: grants are spaced before.
        next_ok: when grants are spaced, the next one is not before.
        cut: slots in use at most after refusals that were not explained; 0 if all may be.
        cut_at: when that was.
        left, left_until: slots that the service has said are left, and until when that holds.
        refused, unexplained: how many refusals there were, and how many of them were not explained.
    """

    limit: int
    window: int
    smooth: bool = False
    hold_until: int = 0
    reason: str = ""
    probe: str = ""
    probe_slot: str = ""
    probe_until: int = 0
    doublings: int = 0
    suspect: bool = False
    spaced_until: int = 0
    next_ok: int = 0
    cut: int = 0
    cut_at: int = 0
    left: int = 0
    left_until: int = 0
    refused: int = 0
    unexplained: int = 0

    @classmethod
    def from_dict(cls, members: dict[str, Any]) -> Self:
        """The pace that `to_dict` wrote."""
        return cls(**members)

    def to_dict(self) -> dict[str, Any]:
        """The pace as a JSON object."""
        return attrs.asdict(self)

    def cap(self, now: int) -> int:
        """Slots that may be in use at once: the limit, or what the cut leaves of it."""
        if not self.cut:
            return self.limit
        return min(self.limit, self.cut + (now - self.cut_at) // CUT_BACK)

    def is_spaced(self, now: int) -> bool:
        """Whether grants are spaced."""
        return self.smooth or now < self.spaced_until

    def is_calm(self, now: int) -> bool:
        """Whether every free slot may be granted, as if nothing had ever happened."""
        return not (self.probe or self.suspect or self.left_until > now or self.hold_until > now) and (
            not self.is_spaced(now) and self.cap(now) == self.limit
        )

    def mode(self, now: int) -> str:
        """How slots are granted: "held", "probing", "spaced" or "burst"."""
        if now < self.hold_until:
            return "held"
        if self.probe:
            return "probing"
        return "spaced" if self.is_spaced(now) else "burst"

    def gap(self, now: int) -> int:
        """Ms between two grants: 0 unless they are spaced."""
        if not self.is_spaced(now):
            return 0
        # Rounded up, so that all the gaps of one window together are not shorter than it.
        return -(-(self.window + SLACK) // max(1, self.cap(now) - 1))

    def room(self, now: int, used: int) -> int:
        """How many slots may be granted at this moment, of which `used` are in use (leased or cooling)."""
        free = self.cap(now) - used
        if now < self.left_until:
            free = min(free, self.left)
        if free <= 0 or now < self.earliest(now):
            return 0
        return 1 if self.probe or self.is_spaced(now) else free

    def earliest(self, now: int) -> int:
        """The moment from which on a free slot may be granted, if nothing is heard until then."""
        moment = max(now, self.hold_until)
        if self.probe == "out":
            moment = max(moment, self.probe_until)
        if self.is_spaced(now):
            moment = max(moment, self.next_ok)
        if now < self.left_until and not self.left:
            moment = max(moment, self.left_until)
        return moment

    def granted(self, slot: str, now: int, lease: int) -> None:
        """A slot was granted; it is leased for `lease` ms."""
        if self.probe:
            self.probe, self.probe_slot, self.probe_until = "out", slot, now + lease
        gap = self.gap(now)
        if gap:
            self.next_ok = now + gap
        if now < self.left_until and self.left:
            self.left -= 1

    def hold(self, until: int, reason: str) -> None:
        """Grant nobody before `until`; a hold only ever gets longer."""
        if until > self.hold_until:
            self.hold_until, self.reason = until, reason

    def answered(self, slot: str, now: int) -> None:
        """A request was answered, and not refused."""
        if self._is_probe(slot):
            self.probe, self.probe_slot, self.doublings = "", "", 0
            if self.suspect:
                self.suspect = False
                self.spaced_until = now + SPACED_FOR
                self.next_ok = now + self.gap(now)

    def came_to_nothing(self, slot: str) -> None:
        """A request was never sent, or its end is unknown: if it was the probe, another one goes."""
        if self._is_probe(slot):
            self.probe, self.probe_slot = "due", ""

    def refuse(self, slot: str, now: int, wait: int | None, logged: int) -> bool:
        """A request was refused because of the limit (429).

        Args:
            slot: of the request.
            now: the moment.
            wait: ms the service asks to wait, if it does.
            logged: slots in use, with those that came back within the last `SLACK` ms.

        Returns:
            Whether the refusal is explained: the whole limit was used.
        """
        self.refused += 1
        explained = logged >= self.limit
        if self._is_probe(slot):
            self.doublings += 1
        elif self.probe or now < self.hold_until:
            # It was sent before the hold began: one event with the refusal that began it.
            if wait is not None:
                self.hold(now + _clamped(wait), _REFUSED)
            return explained
        if wait is None:
            wait = min(FIRST_HOLD << min(self.doublings, 10), max(self.window, FIRST_HOLD))
        self.hold(now + _clamped(wait), _REFUSED)
        self.probe, self.probe_slot = "due", ""
        if not explained:
            self.unexplained += 1
            self.suspect = True
            self._cut(now)
        return explained

    def unavailable(self, now: int, wait: int) -> None:
        """A request was answered by a service that is away for `wait` ms (503)."""
        self.hold(now + _clamped(wait), _UNAVAILABLE)
        self.probe, self.probe_slot = "due", ""

    def space(self, until: int, now: int) -> None:
        """Space the grants until a moment, the first one included."""
        self.spaced_until = max(self.spaced_until, until)
        self.next_ok = max(self.next_ok, now + self.gap(now))

    def announced(
        self,
        now: int,
        leased: int,
        limit: int | None,
        window: int | None,
        remaining: int | None,
        reset: int | None,
    ) -> None:
        """The service has told its limit; it can only make the budget stricter.

        Args:
            now: the moment.
            leased: requests on their way, which `remaining` may not count yet.
            limit: requests in `window` ms. A limit of a higher rate, such as one for bursts, is not followed.
            window: None: that of the budget.
            remaining: requests that are left until `reset`.
            reset: ms until there are more; None: one window.
        """
        if limit and limit * self.window <= self.limit * (window or self.window):
            self.limit = min(self.limit, limit)
            self.window = max(self.window, window or 0)
        if remaining is not None:
            self.left = max(0, remaining - leased)
            self.left_until = now + min(self.window if reset is None else reset, LONGEST_HOLD)

    def _cut(self, now: int) -> None:
        if self.cut and now - self.cut_at < CUT_EVERY:
            return
        self.cut = max(LEAST, self.cap(now) * 7 // 10)
        self.cut_at = now

    def _is_probe(self, slot: str) -> bool:
        return self.probe == "out" and self.probe_slot == slot


_REFUSED: Final = "refused (429)"
_UNAVAILABLE: Final = "service unavailable (503)"


def _clamped(wait: int) -> int:
    return min(max(wait, SHORTEST_HOLD), LONGEST_HOLD)
