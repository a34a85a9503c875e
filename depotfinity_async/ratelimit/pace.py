"""When the next slot may be granted besides being free: holds, the probe after one, spacing, the cut. Pure.

Whole milliseconds, and plain numbers in `to_dict`, since the processes of a budget can share it; the script
of the Redis store does the same arithmetic. It keeps no slots: it is told how many are used.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, Self

import attrs

MAX_HOLD: Final = 900_000
"""Longest hold: three of the default windows."""

FIRST_HOLD: Final = 30_000
"""Hold after a refusal that names no time; each refused probe doubles it, up to the window."""

SPACED: Final = 1_800_000
"""How long the grants stay spaced after a refusal."""

CUT_PAUSE: Final = 30_000
"""The budget is cut at most once in this time."""

GROWTH: Final = 120_000
"""A cut budget grows by one slot each time this passes without a refusal."""

LONGEST_WINDOW: Final = 86_400_000
"""No longer window is believed when it is announced."""

_WANTED: Final = "?"

Mode = Literal["burst", "spaced", "probing", "held"]


@attrs.define
class Pace:
    """The pace of a budget. All moments are those of one clock, in ms.

    The first three are the rule, and no part of the state.

    Args:
        rule_limit: slots per window.
        rule_window: ms.
        smooth: spaced for ever.
        hold_until: nobody is granted before.
        reason: why.
        probe: "" if none is needed, "?" if the next grant is one, else the key of the one that is out.
        probe_until: from then on another probe may go, as this one is lost.
        tries: refused probes in a row.
        space: 1 if the grants are to be spaced once the probe came back.
        spaced_until: the grants are spaced until then.
        next_ok: the next grant of spaced ones.
        cut: slots that may be in use, in thousandths, as of `quiet_since`; 0 if the budget is not cut.
        cut_at: when it was cut last.
        quiet_since: the last refusal.
        left: grants the service has left for us until `left_until`; -1 if it said nothing.
        left_until: see `left`.
        told_limit: slots per `told_window`, if the service announced less than the rule; else 0.
        told_window: ms.
        refused: how many requests were refused.
        unexplained: how many of them our own requests do not explain.
    """

    rule_limit: int
    rule_window: int
    smooth: bool = False
    hold_until: int = 0
    reason: str = ""
    probe: str = ""
    probe_until: int = 0
    tries: int = 0
    space: int = 0
    spaced_until: int = 0
    next_ok: int = 0
    cut: int = 0
    cut_at: int = 0
    quiet_since: int = 0
    left: int = -1
    left_until: int = 0
    told_limit: int = 0
    told_window: int = 0
    refused: int = 0
    unexplained: int = 0

    @classmethod
    def from_dict(cls, state: dict[str, Any], limit: int, window: int, *, smooth: bool = False) -> Self:
        """The pace with this state, see `to_dict`; an empty one is a new state."""
        return cls(limit, window, smooth, **state)

    def to_dict(self) -> dict[str, Any]:
        """The state: numbers, and two texts."""
        return {name: getattr(self, name) for name in _STATE}

    @property
    def limit(self) -> int:
        """Slots per `window`, as announced or by the rule."""
        return self.told_limit or self.rule_limit

    @property
    def window(self) -> int:
        """The window, in ms."""
        return self.told_window or self.rule_window

    @property
    def slack(self) -> int:
        """Requests may arrive this much (ms) sooner or later than others: 2 s, less for short windows."""
        return min(2000, self.window // 10)

    def mode(self, now: int) -> Mode:
        """What governs the grants at the moment."""
        if now < self.held(now)[0]:
            return "held"
        if self.probe:
            return "probing"
        return "spaced" if self.gap(now) else "burst"

    def held(self, now: int) -> tuple[int, str]:
        """Until when nobody is granted, whoever asks, and why; a moment that is past: not held."""
        if self.left == 0 and self.left_until > max(self.hold_until, now):
            return self.left_until, "nothing is left, says the service"
        return self.hold_until, self.reason

    def idle(self, now: int) -> bool:
        """Whether nothing but free slots counts now, and will do so until the pace is told something."""
        return (
            now >= self.hold_until
            and not self.probe
            and not self.gap(now)
            and self.allowed(now) == self.rule_limit
            and (self.left < 0 or now >= self.left_until)
        )

    def gap(self, now: int) -> int:
        """Time between two grants: 0, or what lets `limit` - 1 of them into a window and its slack."""
        if not self.smooth and now >= self.spaced_until:
            return 0
        steps = max(1, self.limit - 1)
        return (self.window + self.slack + steps - 1) // steps

    def allowed(self, now: int) -> int:
        """How many slots may be used at once."""
        if not self.cut:
            return self.limit
        return min(self.limit, (self.cut + max(0, now - self.quiet_since) // GROWTH * 1000) // 1000)

    def opens(self, now: int, *, answered: bool = False) -> int:
        """The next grant is not before this moment, as far as it is known.

        Args:
            now: the moment.
            answered: as if a probe that is on its way were answered now.
        """
        opens = max(now, self.hold_until)
        if self.probe not in ("", _WANTED) and not answered:
            opens = max(opens, self.probe_until)
        if self.gap(opens):
            opens = max(opens, self.next_ok)
        if self.left == 0:
            opens = max(opens, self.left_until)
        return opens

    def ready(self, now: int, used: int) -> int:
        """How many may be granted now while `used` slots are in use; the caller knows what is free."""
        if self.opens(now) > now:
            return 0
        most = max(0, self.allowed(now) - used)
        if self.left >= 0 and now < self.left_until:
            most = min(most, self.left)
        return min(most, 1) if self.probe or self.gap(now) else most

    def is_cut(self, now: int) -> bool:
        """Whether fewer slots are allowed than the limit says, and more will be by and by."""
        return self.allowed(now) < self.limit

    def grows(self, now: int) -> int:
        """When a cut budget has its next slot; `now` if it is not cut."""
        if self.allowed(now) >= self.limit:
            return now
        return now + GROWTH - max(0, now - self.quiet_since) % GROWTH

    def granted(self, now: int, key: str, deadline: int) -> None:
        """A slot was granted. `key` names the grant when it ends, which it does by `deadline` or is lost."""
        if self.probe:
            self.probe, self.probe_until = key, deadline
        gap = self.gap(now)
        if gap:
            self.next_ok = now + gap
        if self.left > 0:
            self.left -= 1

    def hold(self, until: int, reason: str) -> None:
        """Nobody is granted before `until`; a hold only ever gets longer. The caller minds `MAX_HOLD`."""
        if until > self.hold_until:
            self.hold_until, self.reason = until, reason

    def answered(self, now: int, key: str) -> None:
        """A grant was answered, and well: if it was the probe, the way is free."""
        if key != self.probe:
            return
        self.probe, self.tries = "", 0
        if self.space:
            self.space, self.spaced_until = 0, now + SPACED
            self.next_ok = max(self.next_ok, now + self.gap(now))

    def missing(self, key: str) -> None:
        """A grant was not used, or nobody knows what became of it: if it was the probe, the next one is."""
        if key == self.probe:
            self.probe = _WANTED

    def unavailable(self, now: int, key: str, retry_after: int | None, reason: str = "unavailable") -> None:
        """The service cannot answer (503, or 429 by `refuse`): a hold, then one probe.

        Args:
            retry_after: in ms, counts as 1 to 900 s. None: 30 s, doubled by each refused probe.
        """
        if key == self.probe:
            self.tries = min(self.tries + 1, 10)
        if retry_after is None:
            pause = min(FIRST_HOLD * 2**self.tries, max(1000, self.window))
        else:
            pause = retry_after
        self.hold(now + min(max(pause, 1000), MAX_HOLD), reason)
        self.probe = _WANTED

    def refuse(self, now: int, key: str, retry_after: int | None, used: int) -> None:
        """The service says that there were too many requests (429).

        Args:
            retry_after: as for `unavailable`.
            used: slots that were in use in the last window and its slack. All of them explain the refusal;
                fewer mean that others send from our address, or that the service counts in another way.
        """
        self.refused += 1
        if self.cut:
            grown = self.cut + max(0, now - self.quiet_since) // GROWTH * 1000
            self.cut = grown if grown < self.limit * 1000 else 0
        self.quiet_since = now
        # Whoever counts otherwise than in windows refuses bursts; spaced requests suit every way of counting.
        self.space = 1
        if used < self.limit:
            self.unexplained += 1
            if not self.cut or now - self.cut_at >= CUT_PAUSE:
                full = self.cut or self.limit * 1000
                self.cut, self.cut_at = max(min(2, self.limit) * 1000, full * 7 // 10), now
        self.unavailable(now, key, retry_after, "too many requests")

    def announced(
        self,
        now: int,
        leased: int,
        limit: int | None,
        window: int | None,
        remaining: int | None,
        reset: int | None,
    ) -> int:
        """The service tells its limit; each may be None. A limit above the rule never counts.

        Args:
            leased: requests on their way; the service may not have counted them yet.
            limit, window: requests per so many ms; without a window that of the rule.
            remaining, reset: how many are left for so many ms; without a time for a window.

        Returns:
            By how many ms the window became longer.
        """
        before = self.window
        if limit is not None and limit > 0:
            window = min(window or self.rule_window, LONGEST_WINDOW)
            self.told_limit = self.told_window = 0
            if limit * self.rule_window < self.rule_limit * window:
                # Both rules have to hold: any window of the longer one, with the smaller limit.
                self.told_limit = min(limit, self.rule_limit)
                self.told_window = max(self.rule_window, -(-window * self.told_limit // limit))
        if remaining is not None:
            self.left = max(0, remaining - leased)
            self.left_until = now + min(self.window if reset is None else reset, max(self.window, MAX_HOLD))
        return max(0, self.window - before)

    def shift(self, by: int) -> None:
        """All moments are of another clock, which shows `by` ms more."""
        for name in _MOMENTS:
            setattr(self, name, getattr(self, name) + by)

    def tame(self, now: int, lease: int) -> bool:
        """Put right moments that cannot be, with leases of at most `lease` ms; whether there were any."""
        reach = dict.fromkeys(_MOMENTS, 0) | {
            "hold_until": MAX_HOLD,
            "probe_until": lease,
            "spaced_until": max(SPACED, self.window),
            "next_ok": self.window + self.slack,
            "left_until": max(self.window, MAX_HOLD),
        }
        wrong = [name for name in _MOMENTS if getattr(self, name) > now + reach[name]]
        for name in wrong:
            setattr(self, name, now + reach[name])
        return bool(wrong)


_RULE: Final = 3  # the arguments that are no state
_STATE: Final = tuple(field.name for field in attrs.fields(Pace)[_RULE:])
_MOMENTS: Final = (
    "hold_until",
    "probe_until",
    "spaced_until",
    "next_ok",
    "cut_at",
    "quiet_since",
    "left_until",
)


def sound_pace(state: Mapping[str, object]) -> bool:
    """Whether `state` can be the state of a `Pace`."""
    fresh = Pace(1, 1).to_dict()
    return state.keys() == fresh.keys() and all(type(state[name]) is type(fresh[name]) for name in fresh)
