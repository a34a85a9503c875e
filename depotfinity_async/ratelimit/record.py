"""The state all processes of a budget share, and its one transition: `exchange`. Pure; whole milliseconds.

It reads no clock and knows no file or server: a store brings the record and the time, and keeps the result.
Records, requests and replies are plain JSON. The script of the Redis store does the same, step by step.
"""

from typing import Final

from depotfinity_async.ratelimit.dealing import Member, deal, take, waiting
from depotfinity_async.ratelimit.pace import MAX_HOLD, Pace
from depotfinity_async.ratelimit.shapes import VERSION, Record, Reply, Request, Start, is_sound
from depotfinity_async.ratelimit.standby import (
    BEAT,
    KEEP,
    MISSED,
    after_absence,
    claimed,
    hold_back,
    kept,
    late,
    part,
    standby,
    takers,
)

__all__ = [
    "Record",
    "Reply",
    "Request",
    "Start",
    "exchange",
    "is_sound",
    "move",
    "only_looks",
    "owner",
    "processes",
]

MARGIN: Final = 2
"""A slot comes back this much later than the window asks for: 1 ms for a server that counts both ends of its
window, 1 ms for moments that were rounded down."""

LEARN: Final = MISSED - 1
"""For this time a state whose past is lost grants nothing: each live member comes and says what it uses.

Who was there when it began is not late when it ends.
"""

LOG: Final = 2000
"""Entries are kept this much longer than they are used, so that they can explain a refusal."""

LOOK: Final = 1000
"""While a probe is out, those who wait ask for its outcome after this time."""


def exchange(record: Record | None, now: int, request: Request, *, start: Start) -> tuple[Record, Reply]:
    """Take the state through one request.

    Args:
        record: the state, which is used up; None if there is none.
        now: the time of the store, rounded down.
        request: what it tells may come again, as after a lost reply.
        start: how a new state begins. "open" counts as "learning" for a process that has used slots before.

    Returns:
        The new state and the reply.
    """
    process, limit, window = request["process"], request["limit"], request["window"]
    fault = ""
    if record is None:
        record = _new(now, request, start)
        fault = "damaged" if start == "spaced" else ""
    pace = Pace.from_dict(record["pace"], limit, window, smooth=request["smooth"])
    record["reach"] = max(record["reach"], request["lease"] + pace.window + request["grace"] + MARGIN)
    # Not by one that only looks: its rule may be another one.
    if request["member"] and _tame(record, pace, now):
        fault = "future"
    if fault:
        pace.spaced_until = max(pace.spaced_until, now + pace.window)
        pace.next_ok = now + pace.gap(now)
    if request["epoch"] and request["epoch"] != record["epoch"]:
        # This process comes from a state that is lost; so may others.
        record["opens"] = now + LEARN
    entries, members = record["entries"], record["members"]
    _bury(record, pace, now, request)
    if request["member"] and after_absence(members, record["opens"], now):
        record["opens"] = now + LEARN
    for number, back, leased in request["restore"]:
        entry = entries.setdefault(f"{process}.{number}", [0, leased])
        entry[0] = max(entry[0], now + back)
    _end(entries, pace, now, request)
    _announce(record, pace, now, request)
    for wait, reason in request["holds"]:
        pace.hold(now + min(wait, MAX_HOLD), reason)
    for name in [name for name, (back, _) in entries.items() if back + LOG <= now]:
        del entries[name]

    before = members.pop(process, None)
    for name in [name for name, member in members.items() if member["due"] + KEEP <= now]:
        del members[name]
    granted, again, ready, share = 0, now + BEAT, list[int](), 0
    if request["member"]:
        since = before["since"] if before and waiting(before["wants"]) else now
        wants = [[min(count, limit), keep] for count, keep in request["wants"]]
        share = part(members, process, now, pace.allowed(now))
        if record["opens"] > now and request["part"]:
            # Others may have parts that a new state does not know of.
            share = min(share, request["part"])
        members[process] = member = Member(wants=wants, due=again, since=since, standby=[], part=share)
        granted, again = _deal(record, pace, now, request)
        for number in range(request["first"], request["first"] + granted):
            entries[f"{process}.{number}"] = [now + request["lease"] + pace.window + MARGIN, 1]
            pace.granted(now, f"{process}.{number}", now + request["lease"])
        if pace.probe and waiting(wants):
            again = min(again, now + LOOK)
        member["due"] = again = min(again, now + BEAT)
        if granted:
            member["since"] = now
            take(wants, granted)
        ready = _standby(record, pace, now, process)
        member["standby"] = kept(ready, [now + wait for wait in request["standby"]], granted)
        member["part"] = max(share, request["part"])
    record["pace"] = pace.to_dict()
    pace.shift(-now)
    used = sorted((back - now, leased) for back, leased in entries.values() if back > now)
    return record, Reply(
        epoch=record["epoch"],
        granted=granted,
        waits=[wait for wait, _ in used],
        leased=sum(leased for _, leased in used),
        next=again - now,
        members=sum(not late(member, now) for member in members.values()),
        opens=max(0, record["opens"] - now),
        pace=pace.to_dict(),
        standby=[moment - now for moment in ready],
        part=share,
        others=claimed(members, process, now),
        fault=fault,
    )


def _new(now: int, request: Request, start: Start) -> Record:
    first = start == "open" and not request["epoch"] and not request["restore"]
    return Record(
        version=VERSION,
        epoch=request["fresh"],
        reach=0,
        # One that has nothing to learn has opened long ago.
        opens=now - BEAT if first else now + LEARN,
        entries={},
        members={},
        pace=Pace(request["limit"], request["window"]).to_dict(),
    )


def _tame(record: Record, pace: Pace, now: int) -> bool:
    """Put right moments that cannot be; whether one of them held slots back."""
    reach, wrong = now + record["reach"], pace.tame(now, record["reach"])
    for entry in record["entries"].values():
        if entry[0] > reach:
            entry[0], wrong = reach, True
    for member in record["members"].values():
        member["due"], member["since"] = min(member["due"], now + BEAT), min(member["since"], now)
        member["standby"] = [min(moment, now + KEEP) for moment in member["standby"]]
    if record["opens"] > now + LEARN:
        record["opens"], wrong = now + LEARN, True
    return wrong


def _bury(record: Record, pace: Pace, now: int, request: Request) -> None:
    """What is known of processes that are gone: their requests were given up by now at the latest."""
    for process in request["dead"]:
        record["members"].pop(process, None)
        for name, entry in record["entries"].items():
            if entry[1] and owner(name) == process:
                entry[:] = [min(entry[0], now + pace.window + request["grace"] + MARGIN), 0]
        if owner(pace.probe) == process:
            pace.missing(pace.probe)


def _end(entries: dict[str, list[int]], pace: Pace, now: int, request: Request) -> None:
    for number, outcome, ago, wait in request["ended"]:
        name, moment = f"{request['process']}.{number}", now - ago
        entry = entries.get(name)
        if outcome == "UNUSED":
            entries.pop(name, None)
            pace.missing(name)
            continue
        # An entry that has run out is put in anew: the request did happen.
        more = request["grace"] if outcome == "UNKNOWN" else 0
        entries[name] = [moment + pace.window + more + MARGIN, 0]
        if entry is not None and not entry[1]:
            continue  # told before
        if outcome == "UNKNOWN":
            pace.missing(name)
        elif outcome == "ANSWERED":
            pace.answered(moment, name)
        elif outcome == "UNAVAILABLE":
            pace.unavailable(moment, name, None if wait < 0 else wait)
        else:
            logged = sum(back + pace.slack > moment for back, _ in entries.values())
            pace.refuse(moment, name, None if wait < 0 else wait, logged)


def _announce(record: Record, pace: Pace, now: int, request: Request) -> None:
    entries = record["entries"].values()
    for ago, told in request["announced"]:
        leased = sum(leased for _, leased in entries)
        longer = pace.announced(
            now - ago, leased, told.get("limit"), told.get("window"), told.get("remaining"), told.get("reset")
        )
        record["reach"] = max(record["reach"], request["lease"] + pace.window + request["grace"] + MARGIN)
        for entry in entries:
            # As a window may become shorter and longer again, a slot may have been prolonged before.
            entry[0] = max(entry[0], min(entry[0] + longer, now + record["reach"]))


def _deal(record: Record, pace: Pace, now: int, request: Request) -> tuple[int, int]:
    """How many slots the process gets now, and when to ask again."""
    members, process = record["members"], request["process"]
    used, limit = _used(record, pace, now, process, surely=False)
    granted, again = deal(
        takers(members, process, now),
        process,
        used,
        limit,
        now=now,
        start=max(pace.opens(now), record["opens"]),
        gap=LOOK if pace.probe else pace.gap(now),
        batch=request["batch"],
    )
    return granted, int(min(again, now + BEAT))


def _standby(record: Record, pace: Pace, now: int, process: str) -> list[int]:
    """See `standby.standby`; there are none while a probe is due, or while others may tell what they used."""
    if pace.probe or record["opens"] > now:
        return []
    used, limit = _used(record, pace, now, process, surely=True)
    return standby(record["members"], process, used, limit, now=now, start=pace.opens(now), gap=pace.gap(now))


def _used(
    record: Record, pace: Pace, now: int, process: str, *, surely: bool
) -> tuple[list[tuple[int, str]], int]:
    """(when it is back, whose it is) of each slot that the process cannot get, and how many there are at all.

    Args:
        surely: not as it is likely, but at the latest.
    """
    entries = record["entries"].items()
    used = sorted((back, owner(name), leased) for name, (back, leased) in entries if back > now)
    limit = pace.allowed(now)
    if pace.left >= 0 and now < pace.left_until:
        limit = min(limit, len(used) + pace.left)
    slots = hold_back(used, record["members"], process, now, surely=surely)
    # A leased slot is taken to be answered now: who comes too early is told better.
    soon = now + pace.window + MARGIN
    return sorted(
        (min(back, soon) if leased and not surely else back, name) for back, name, leased in slots
    ), limit


def only_looks(record: Record | None, request: Request) -> bool:
    """Whether the request tells nothing, so that the state need not be kept."""
    tells = any(request[part] for part in ("ended", "announced", "restore", "holds"))
    known = record is not None and request["process"] in record["members"]
    return not (request["member"] or tells or known)


def owner(entry: str) -> str:
    """The process of an entry, by its id."""
    return entry.rpartition(".")[0]


def move(record: Record, by: int) -> None:
    """Make all moments of the record later by `by`: for a clock that has begun anew."""
    record["opens"] += by
    for entry in record["entries"].values():
        entry[0] += by
    for member in record["members"].values():
        member["due"] += by
        member["since"] += by
        member["standby"] = [moment + by for moment in member["standby"]]
    pace = Pace.from_dict(record["pace"], 1, 1)
    pace.shift(by)
    record["pace"] = pace.to_dict()


def processes(record: Record) -> set[str]:
    """All that have slots in the record or take part."""
    return {*map(owner, record["entries"]), *record["members"]}
