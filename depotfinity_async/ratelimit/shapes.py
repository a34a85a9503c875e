"""What the processes of a budget and their store say to each other, and what the store keeps: plain JSON.

A record holds moments of the store's clock; requests and replies hold durations only, so the clocks of the
processes are never compared. All are whole milliseconds. What becomes of them is the business of `record`.
"""

from collections.abc import Callable
from typing import Any, Final, Literal, TypedDict, TypeGuard, cast

from depotfinity_async.ratelimit.dealing import Member
from depotfinity_async.ratelimit.pace import sound_pace

VERSION: Final = 2

Start = Literal["open", "learning", "spaced"]
"""How a new record begins: nobody can have used a slot; somebody may have; the old one was damaged."""


class Record(TypedDict):
    """The shared state.

    reach: how far ahead the time of an entry can be.
    opens: nothing is granted before.
    entries: [when it is back, 1 if leased] for each used slot. The id is the process, a dot, and the number
        that the process gave it.
    members: the processes that take part.
    pace: the state of a `Pace`.
    """

    version: int
    epoch: str
    reach: int
    opens: int
    entries: dict[str, list[int]]
    members: dict[str, Member]
    pace: dict[str, Any]


class Request(TypedDict):
    """What a process tells and asks.

    process: its key, unlike that of any other process.
    member: False for a process that leaves or only looks.
    epoch: the epoch of the state it knows; empty at first.
    fresh: the epoch for a new state, unlike any other.
    smooth: grants are always spaced.
    lease: how long a request may take until it counts as given up.
    grace: how long one that was given up may still be on its way.
    wants: [waiters, slots they must leave free] for each lane, the first lane first.
    first: the number of the first slot granted, the next ones count on; a number is never used twice.
    batch: most slots to grant.
    ended: (number, the name of its `Outcome`, ms ago, ms asked to wait or -1) in order of time.
    announced: (ms ago, what was told: "limit", "window", "remaining", "reset") in order of time.
    restore: [number, ms until it is back, 1 if leased] of slots the state may not know of.
    holds: (ms, reason) asked for by the user.
    dead: processes known to be gone.
    standby: ms until each of the slots that it was told last are on standby for it.
    part: the part it was told last.
    """

    process: str
    member: bool
    epoch: str
    fresh: str
    limit: int
    window: int
    smooth: bool
    lease: int
    grace: int
    wants: list[list[int]]
    first: int
    batch: int
    ended: list[tuple[int, str, int, int]]
    announced: list[tuple[int, dict[str, int]]]
    restore: list[list[int]]
    holds: list[tuple[int, str]]
    dead: list[str]
    standby: list[int]
    part: int


class Reply(TypedDict):
    """What it gets.

    granted: how many slots, numbered from `first`; each is good for `lease`, counted from the call.
    waits: ms until each used slot is back, in order.
    leased: how many of them are leased.
    next: ms after which asking again is worth it.
    members: how many processes take part.
    opens: ms until anything is granted.
    pace: the state of a `Pace`; its moments are ms from now, negative if past.
    standby: ms until each of the slots that the process may use if it does not reach the store from now on.
    part: how many slots it may use if that lasts.
    others: how many slots are on standby now for other processes.
    fault: "damaged" if the state could not be read, "future" if it held times that cannot be; else empty.
    """

    epoch: str
    granted: int
    waits: list[int]
    leased: int
    next: int
    members: int
    opens: int
    pace: dict[str, Any]
    standby: list[int]
    part: int
    others: int
    fault: str


def is_sound(record: object) -> TypeGuard[Record]:
    """Whether `record` has the shape of a record of this version."""
    match record:
        case {"version": 2, "epoch": str(), "reach": int(), "opens": int()}:
            parts = cast("dict[str, object]", record)
            pace = _object(parts.get("pace"))
            return (
                _all(parts.get("entries"), _is_entry)
                and _all(parts.get("members"), _is_member)
                and pace is not None
                and sound_pace(pace)
            )
        case _:
            return False


def _object(value: object) -> dict[str, object] | None:
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def _all(parts: object, is_part: Callable[[object], bool]) -> bool:
    named = _object(parts)
    return named is not None and all(map(is_part, named.values()))


def _is_entry(entry: object) -> bool:
    match entry:
        case [int(), 0 | 1]:
            return True
        case _:
            return False


def _is_member(member: object) -> bool:
    match member:
        case {"wants": list(), "due": int(), "since": int(), "standby": list(), "part": int()}:
            parts = cast("dict[str, list[object]]", member)
            return all(map(_is_lane, parts["wants"])) and all(type(each) is int for each in parts["standby"])
        case _:
            return False


def _is_lane(lane: object) -> bool:
    match lane:
        case [int(), int()]:
            return True
        case _:
            return False
