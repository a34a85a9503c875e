"""Who gets the next slot, when several processes want one: slots are dealt like cards. Pure numbers.

The next slot falls to the process that uses the fewest, so one that comes late catches up, one that wants a
lot keeps nobody from its share, and for each slot one process needs to wake up.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypedDict

LATE: Final = 1000
"""A process that is this many ms behind its time is not waited for any more."""


class Member(TypedDict):
    """A process that takes part.

    wants: (waiters, slots they must leave free) for each of its lanes, the first lane first.
    due: when it was told to come back.
    since: since when it has waited for its next slot.
    standby: from when on it has slots that it may use if it does not reach the store; nobody else gets them.
    part: how many it may use if that lasts.
    """

    wants: list[list[int]]
    due: int
    since: int
    standby: list[int]
    part: int


def deal(
    members: Mapping[str, Member],
    process: str,
    used: Sequence[tuple[int, str]],
    limit: int,
    *,
    now: int,
    start: int,
    gap: int,
    batch: int,
) -> tuple[int, float]:
    """Deal the slots that are free and those that will be, until it is known what falls to `process`.

    Args:
        members: those who are waited for; `process` is one of them.
        used: (when it is back, whose it is) of each used slot, in order of time.
        limit: number of slots.
        start: nothing is dealt before this moment.
        gap: ms between two slots dealt.
        batch: most slots at once.

    Returns:
        How many slots `process` gets now, and the moment at which it is worth asking again; infinity if none
        of the slots known today will be for it.
    """
    if not waiting(members[process]["wants"]):
        return 0, math.inf
    granted = 0
    vacant = math.inf  # when a slot that is kept for somebody else would be ours, if they do not come
    for moment, taker in dealt(members, used, limit, start=max(now, start), gap=gap):
        if taker == process:
            if moment > now or granted == batch:
                return granted, min(moment, vacant)
            granted += 1
        elif moment == now:
            vacant = min(vacant, members[taker]["due"] + LATE)
    return granted, vacant


def dealt(
    members: Mapping[str, Member], used: Sequence[tuple[int, str]], limit: int, *, start: int, gap: int
) -> Iterator[tuple[int, str]]:
    """When the next slots can be had from `start` on, and which process each of them falls to."""
    wants = {name: [list(lane) for lane in member["wants"]] for name, member in members.items()}
    share = dict.fromkeys(members, 0)
    for _, owner in used:
        if owner in share:
            share[owner] += 1
    free = limit - len(used)
    moment = start
    returned = 0
    while True:
        while returned < len(used) and used[returned][0] <= moment:
            owner = used[returned][1]
            if owner in share:
                share[owner] -= 1
            free += 1
            returned += 1
        taker = min(
            (name for name in wants if _lane(wants[name], free) is not None),
            key=lambda name: (share[name], members[name]["since"], name),
            default=None,
        )
        if taker is None:
            if returned == len(used):
                return
            moment = max(moment, used[returned][0])
            continue
        yield moment, taker
        lane = _lane(wants[taker], free)
        if lane is not None:
            lane[0] -= 1
        share[taker] += 1
        free -= 1
        moment += gap


def waiting(wants: list[list[int]]) -> int:
    """How many wait in all lanes."""
    return sum(count for count, _ in wants)


def take(wants: list[list[int]], count: int) -> None:
    """So many of those who wait have got their slot, the first lane first."""
    for lane in wants:
        taken = min(lane[0], count)
        lane[0] -= taken
        count -= taken


def _lane(wants: list[list[int]], free: int) -> list[int] | None:
    """The first lane that wants a slot and may take one of the `free`."""
    return next((lane for lane in wants if lane[0] > 0 and free > lane[1]), None)
