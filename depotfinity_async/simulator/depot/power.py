"""Power groups, the limits set on them from outside, and what a limit does to a charge.

A group's limit is shared evenly by its connectors, charging or not, so the sum never exceeds it. That, and
that a limit reaches a charger without connection as well, is assumed, not documented.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import attrs

from depotfinity_async.simulator.times import to_milliseconds

from .curve import ChargingCurve
from .model import Charger, Segment, Transaction

GROUP_SIZE = 10
"""Chargers of a power group; the last group may have fewer."""


@attrs.frozen
class PowerWindow:
    """A time (start <= t < end) in which power is limited to `power` W."""

    start: datetime
    end: datetime
    power: float


@attrs.define
class PowerGroup:
    """Some chargers and the limit set on them; `id` is the GUID the limit is set by, `source` who set it."""

    number: int
    id: str
    chargers: tuple[Charger, ...]
    source: str | None = None
    limited_at: datetime | None = None
    windows: tuple[PowerWindow, ...] = ()

    @property
    def max_power(self) -> float:
        """What the group's connectors can draw together, in W."""
        return sum(connector.max_power for charger in self.chargers for connector in charger.connectors)

    def shares(self) -> list[PowerWindow]:
        """The windows as they hold for each connector of the group."""
        connectors = sum(len(charger.connectors) for charger in self.chargers)
        return [attrs.evolve(window, power=window.power / connectors) for window in self.windows]


def make_groups(seed: int, chargers: Sequence[Charger]) -> tuple[PowerGroup, ...]:
    """Neighbours share a group; same seed, same GUIDs."""
    random = Random(f"{seed}/power groups")
    return tuple(
        PowerGroup(
            number,
            str(UUID(int=random.getrandbits(128), version=4)),
            tuple(chargers[first : first + GROUP_SIZE]),
        )
        for number, first in enumerate(range(0, len(chargers), GROUP_SIZE), start=1)
    )


def power_offered(max_power: float, windows: Iterable[PowerWindow], moment: datetime) -> float:
    """The power in W that the windows leave at `moment`."""
    return min([max_power, *(each.power for each in windows if each.start <= moment < each.end)])


def throttle(
    transaction: Transaction, windows: Sequence[PowerWindow], since: datetime, latest: datetime
) -> None:
    """Charge on under `windows` from `since` on, which lies before `charged_at`; what was before stays.

    The vehicle stops at its goal; it leaves later by as much, but at `latest` at the latest.
    """
    at = max(since, transaction.start_at)
    soc = transaction.soc(at)
    kept = tuple(
        each for each in transaction.segments if each.after < (at - transaction.start_at).total_seconds()
    )
    edges = sorted({edge for window in windows for edge in (window.start, window.end) if at < edge < latest})
    if not (transaction.segments or edges or any(each.start <= at < each.end for each in windows)):
        return
    added: list[Segment] = []
    charged = latest
    for begin, end in zip((at, *edges), (*edges, latest), strict=True):
        offered = power_offered(transaction.curve.power, windows, begin)
        curve = ChargingCurve(transaction.curve.capacity, offered, soc)
        added.append(Segment((begin - transaction.start_at).total_seconds(), curve))
        needed, lasts = curve.seconds_to(transaction.goal_soc), (end - begin).total_seconds()
        if needed <= lasts:
            charged = begin + timedelta(seconds=max(0.0, needed))
            break
        soc = curve.soc(lasts)
    stays = transaction.end_at - transaction.charged_at
    transaction.segments = kept + tuple(added)
    transaction.charged_at = to_milliseconds(charged)
    transaction.end_at = min(latest, transaction.charged_at + stays)
