"""What a process may use when it does not reach the store: at once its standby slots, later its part. Pure.

A slot on standby is granted to nobody else until its process has come again, or must have seen that the store
is in reach. So the first calls after the store went away wait for nothing, though nobody knows what others
have used since. Parts are for later, when the store has missed everybody: together they are never more than
the limit, and leave room for one process more.
"""

import sys
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Final

from depotfinity_async.ratelimit.dealing import LATE, Member, dealt, take, waiting

BEAT: Final = 10_000
"""Each member comes back after this time at the latest, so that all know how many they are."""

MISSED: Final = BEAT + LATE
"""A store that was out of reach of everybody for so long sees it when it is back."""

RETRY: Final = 5000
"""A store that is away is looked for once in so many ms."""

SEEK: Final = RETRY + 2000
"""Once the store is back, everybody has found it after this time: the last try may have taken a second."""

KEEP: Final = MISSED + SEEK
"""Who is this much behind its time is no member, and has nothing on standby.

Who did not reach the store for so long knows that nobody did, or it would have found it, and that the store
will see that when it is back.
"""

_NEVER: Final = sys.maxsize

_LAST: Final = 20
"""While some want more than there is, one in so many slots may be on standby for those that want nothing."""


def most_on_standby(limit: int) -> int:
    """So many slots are on standby at most, for all processes together."""
    return limit // 3


def late(member: Member, now: int) -> bool:
    """Whether the others do not wait for it any more."""
    return member["due"] + LATE <= now


def after_absence(members: Mapping[str, Member], opens: int, now: int) -> bool:
    """Mind what a store may not know that was out of reach of all its members.

    They were killed, or have used their parts: these are kept until they must have come, even if the store is
    away again meanwhile.

    Args:
        opens: from then on the state knew what all processes had used.

    Returns:
        Whether nobody knows now what was used: several were late, or nobody has come since the state opened.
    """
    if not all(late(member, now) for member in members.values()):
        return False
    learning = any(member["due"] - BEAT < opens for member in members.values())
    for member in members.values():
        member["wants"], member["standby"], member["due"] = [], [now] * member["part"], now + RETRY
    return learning or len(members) > 1


def hold_back(
    used: Sequence[tuple[int, str, int]],
    members: Mapping[str, Member],
    process: str,
    now: int,
    *,
    surely: bool,
) -> list[tuple[int, str, int]]:
    """What the process cannot get: the used slots, and those on standby for others.

    Args:
        used: (when it is back, whose it is, 1 if leased) of each used slot, in order of time.
        surely: not when it is worth asking for a slot on standby, but when it is free at the latest.
    """
    claims: list[tuple[int, int, str]] = []
    for name, member in members.items():
        if name != process:
            until = member["due"] + (KEEP if surely or late(member, now) else LATE)
            claims += [(moment, until, name) for moment in member["standby"]]
    # Each takes the slot that is back last before its moment, else one that is free.
    before: list[tuple[int, str, int]] = []
    held: list[tuple[int, str, int]] = []
    seen = 0
    for moment, until, name in sorted(claims):
        while seen < len(used) and used[seen][0] <= moment:
            before.append(used[seen])
            seen += 1
        held.append((max(until, before.pop()[0] if before else now), name, 0))
    return [*before, *used[seen:], *held]


def claimed(members: Mapping[str, Member], process: str, now: int) -> int:
    """How many slots are on standby now for others than the process."""
    moments = [moment for name, member in members.items() if name != process for moment in member["standby"]]
    return sum(moment <= now for moment in moments)


def takers(members: Mapping[str, Member], process: str, now: int) -> dict[str, Member]:
    """The process and those that are not late, with what they want more than they have on standby."""
    found: dict[str, Member] = {}
    for name, member in members.items():
        if name == process:
            found[name] = member
        elif not late(member, now):
            wants = [list(lane) for lane in member["wants"]]
            take(wants, len(member["standby"]))
            found[name] = {**member, "wants": wants}
    return found


def part(members: Mapping[str, Member], process: str, now: int, limit: int) -> int:
    """How many slots the process may use if it does not reach the store for long."""
    others = [member for name, member in members.items() if name != process]
    count = 1 + sum(not late(member, now) for member in others)
    left = max(0, limit - sum(member["part"] for member in others))
    # Of what is left at the moment half is for those who come next.
    return min(max(1, limit // (count + 1)), left - left // 2)


def standby(
    members: Mapping[str, Member],
    process: str,
    used: Sequence[tuple[int, str]],
    limit: int,
    *,
    now: int,
    start: int,
    gap: int,
) -> list[int]:
    """When slots are there that the process may use if it does not reach the store from now on.

    Args:
        members: the others with the slots they have on standby.
        used: as for `deal`, with the standby slots of the others; at the latest moment.
    """
    others = [member for name, member in members.items() if name != process]
    count = _count(members[process], others, limit - len(used), limit, now)
    asking = takers(members, process, now)
    if not waiting(members[process]["wants"]):
        asking[process] = {**members[process], "wants": [[count, 0]]}
    moments: list[int] = []
    for moment, taker in dealt(asking, used, limit, start=start, gap=gap):
        if moment > now + KEEP or len(moments) == count:
            break
        if taker == process:
            moments.append(moment)
    return moments


def _count(own: Member, others: Sequence[Member], free: int, limit: int, now: int) -> int:
    """How many slots a process may have on standby."""
    live = [member for member in others if not late(member, now)]
    most = most_on_standby(limit)
    # As with parts, there is room for one process more.
    fair = most // (len(live) + 2)
    wanted = waiting(own["wants"])
    if wanted:
        count = min(wanted, max(1, fair))
    else:
        # Half of what is free is for processes that come.
        idle = [member for member in live if not waiting(member["wants"])]
        count = min(max(1, fair), free // 2) if idle == live else 0
        if sum(len(member["standby"]) for member in idle) < limit // _LAST:
            count = max(1, count)
    left = most - sum(len(member["standby"]) for member in others)
    return max(0, min(count, left, own["part"]))


def kept(told: Sequence[int], before: Sequence[int], granted: int) -> list[int]:
    """What must be on standby for a process, as the reply may get lost.

    Args:
        told: what the reply tells.
        before: what the process goes by if it does not get the reply; it uses none of what is granted then.
        granted: how many slots the reply grants.
    """
    return [min(pair) for pair in zip_longest(told, sorted(before)[granted:], fillvalue=_NEVER)]
