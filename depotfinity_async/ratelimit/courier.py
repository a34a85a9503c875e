"""Carries what a process wants and has used to the store of a shared budget, in one thread of its own.

A thread, so that it depends on no event loop and blocks none. Between it and the budget there are two
mailboxes and no lock: `lent` is the other end. What is granted to whom is the business of `record`.
"""

import contextlib
import logging
import math
import os
import queue
from collections import deque
from typing import Final

from depotfinity_async.ratelimit.clock import Clock
from depotfinity_async.ratelimit.dealing import take
from depotfinity_async.ratelimit.errands import (
    Away,
    Back,
    Ended,
    Errand,
    Held,
    Leave,
    Message,
    News,
    Rule,
    Taken,
    Told,
    Want,
)
from depotfinity_async.ratelimit.record import MARGIN
from depotfinity_async.ratelimit.shapes import Reply, Request
from depotfinity_async.ratelimit.standby import KEEP, RETRY, most_on_standby
from depotfinity_async.ratelimit.stores.store import Store, StoreError, StoreUnusableError, claim

logger = logging.getLogger("depotfinity_async.ratelimit")

BATCH: Final = 10
"""Most slots in one exchange, so that processes that begin at the same time share."""

FLUSH: Final = 1000
"""An answer may wait this many ms for company on its way to the store; less if the window is short."""

UNKNOWN: Final = 8
"""How many processes are thought to share a store that was never reached."""


class Courier:
    """One member of the processes that share a store.

    Args:
        store: the object is this courier's from now on.
        rule: the limit.
        clock: the budget's.
        raises: whether callers get the error while the store is away; only the log differs.

    Raises:
        ValueError: the store is another courier's.

    Attributes:
        errands: what is to be carried. It takes things in a finalizer as well, in any thread.
        messages: what came of it, for whoever is rung for.
    """

    def __init__(self, store: Store, rule: Rule, clock: Clock, *, raises: bool = False) -> None:
        claim(store)
        self.errands: queue.SimpleQueue[Errand] = queue.SimpleQueue()
        self.messages: deque[Message] = deque()
        self._store = store
        self._rule = rule
        self._clock = clock
        self._raises = raises
        self._process = store.new_process()
        self._epoch = ""
        self._first = 1
        self._wants: list[list[int]] = []
        self._ended: list[Ended] = []
        self._told: list[Told] = []
        self._holds: list[Held] = []
        # All slots this process uses, in its own time: [when it is back, 1 if leased].
        self._log: dict[int, list[int]] = {}
        self._unsaved: set[int] = set()
        self._last: News | None = None
        self._away = False
        self._leaving = False
        self._due = 0

    def wait(self, seconds: float) -> None:
        """Wait for an errand, for at most so many seconds of the clock."""
        with contextlib.suppress(queue.Empty):
            self._accept(self.errands.get(timeout=seconds / self._clock.speed))

    def step(self) -> float:
        """Do what is due now.

        Returns:
            Seconds of the clock until there is more to do, if no errand comes; infinity after `Leave`.
        """
        with contextlib.suppress(queue.Empty):
            while True:
                self._accept(self.errands.get_nowait())
        now = self._now()
        if now >= self._due:
            self._exchange(now)
        if self._leaving:
            self._store.close()
            return math.inf
        return max(0, self._due - self._now()) / 1000

    def _now(self) -> int:
        return int(self._clock.now() * 1000)

    def _accept(self, errand: Errand) -> None:
        now = self._now()
        match errand:
            case Want(lanes):
                before = self._wants or [[0, 0] for _ in lanes]
                self._wants = [] if self._away else [list(lane) for lane in lanes]
                # Where somebody waited before, the last reply has said when to come again.
                if any(new[0] > 0 == old[0] for new, old in zip(lanes, before, strict=True)):
                    self._hurry(now)
            case Ended(number, outcome, moment):
                self._ended.append(errand)
                if outcome == "UNUSED":
                    self._log.pop(number, None)
                else:
                    more = self._rule.grace if outcome == "UNKNOWN" else 0
                    self._log[number] = [moment + self._window() + more + MARGIN, 0]
                # All wait for the answer of a probe.
                probing = self._last is not None and self._last.reply["pace"]["probe"] != ""
                patience = 0 if probing else min(FLUSH, self._window() // 10)
                self._hurry(now + patience if outcome in ("ANSWERED", "UNKNOWN") else now)
            case Taken(number, moment):
                self._log[number] = [moment + self._rule.lease + self._window() + MARGIN, 1]
                self._unsaved.add(number)
            case Told():
                self._told.append(errand)
                self._hurry(now)
            case Held():
                self._holds.append(errand)
                self._hurry(now)
            case Leave():
                self._leaving = True
                self._due = now

    def _hurry(self, moment: int) -> None:
        if not self._away:
            self._due = min(self._due, moment)

    def _window(self) -> int:
        told = 0 if self._last is None else int(self._last.reply["pace"]["told_window"])
        return told or self._rule.window

    def _exchange(self, now: int) -> None:
        for number in [number for number, (back, _) in self._log.items() if back <= now]:
            del self._log[number]
        request = self._request(now)
        asked = min(BATCH, sum(lane[0] for lane in request["wants"]))
        try:
            reply = self._store.exchange(request)
        except StoreError as error:
            self._lost(error, now, asked)
        except Exception as error:  # noqa: BLE001 - callers would wait for ever if a fault of ours ended the thread
            self._lost(StoreUnusableError(f"the shared state cannot be used: {error!r}"), now, asked)
        else:
            self._ended, self._told, self._holds, self._unsaved = [], [], [], set()
            self._got(reply)

    def _request(self, now: int) -> Request:
        rule = self._rule
        # What is long past is in no record any more.
        ended = [end for end in self._ended if end.moment + self._window() + rule.grace > now]
        reported = {end.number for end in ended}
        return Request(
            process=self._process,
            member=not self._leaving,
            epoch=self._epoch,
            fresh=os.urandom(8).hex(),
            limit=rule.limit,
            window=rule.window,
            smooth=rule.smooth,
            lease=rule.lease,
            grace=rule.grace,
            wants=[] if self._leaving else [list(lane) for lane in self._wants],
            first=self._first,
            batch=BATCH,
            ended=[(end.number, end.outcome, now - end.moment, end.wait) for end in ended],
            announced=[(now - told.moment, told.told) for told in self._told],
            restore=[
                [number, self._log[number][0] - now, self._log[number][1]]
                for number in sorted(self._unsaved)
                if number in self._log and number not in reported
            ],
            holds=[(max(0, hold.until - now), hold.reason) for hold in self._holds],
            dead=[],
            standby=[moment - now for moment in self._standby()],
            part=0 if self._last is None else self._last.reply["part"],
        )

    def _got(self, reply: Reply) -> None:
        now, granted, before = self._now(), reply["granted"], len(self._standby())
        news = self._last = News(now, reply, self._first)
        for number in range(self._first, self._first + granted):
            self._log[number] = [now + self._rule.lease + self._window() + MARGIN, 1]
        self._first += granted
        take(self._wants, granted)
        self._due = now + reply["next"]
        if before - granted > len(reply["standby"]):
            # Others may have the slots once the store knows that we have heard of it.
            self._due = now
        if self._epoch and self._epoch != reply["epoch"]:
            # The store has lost its state: tell it at once what we use.
            self._unsaved = set(self._log)
            self._due = now
        self._epoch = reply["epoch"]
        if reply["fault"]:
            logger.warning("%s", _FAULTS[reply["fault"]])
        if self._away:
            self._away = False
            self.messages.append(Back())
            logger.info("The shared state of the request budget is in reach again.")
        self.messages.append(news)

    def _lost(self, error: StoreError, now: int, asked: int) -> None:
        # What we asked for may have been granted all the same.
        self._ended += [Ended(self._first + number, "UNUSED", now, -1) for number in range(asked)]
        self._first += asked
        self._due = self._now() + RETRY
        self._wants = []
        self._unsaved = set(self._log)
        if self._away:
            return
        self._away = True
        unusable = isinstance(error, StoreUnusableError)
        rule, last = self._rule, self._last
        if last is None:
            # Nothing is known of others. Where there can be no state, none will ever be.
            count = rule.limit if unusable else max(1, rule.limit // UNKNOWN)
            returns, spaced = [now] * count, True
        else:
            returns, spaced = self._own(last, now), unusable or bool(last.reply["pace"]["spaced_until"] > 0)
        self.messages.append(Away(error, returns, spaced))
        part = f"this process has at most {len(returns)} of the slots{', spaced' if spaced else ''}"
        means = "no request is let through" if self._raises else part
        logger.warning("%s; until it is there, %s.", error, means)

    def _standby(self) -> list[int]:
        """From when on each of the slots is there that are on standby for this process."""
        return (
            [] if self._last is None else [self._last.moment + wait for wait in self._last.reply["standby"]]
        )

    def _own(self, last: News, now: int) -> list[int]:
        """When the slots come back that this process may use without the store, as of the last reply."""
        reply, window, part = last.reply, self._window(), last.reply["part"]
        if not part:
            return []
        ready = self._standby()
        # Of the other slots that come back each process takes its part in turn, but none before it is sure
        # that the store was away for everybody. Those that come back sooner may be on standby, and leased
        # ones may have been given back and granted since.
        sure, turn = now + KEEP, math.ceil(self._rule.limit / part)
        known = [last.moment + wait for wait in reply["waits"] if wait <= window + MARGIN]
        sooner = [sure for back in known if now < back <= sure][most_on_standby(self._rule.limit) :]
        later = [back for back in known if back > sure]
        mine = [*sooner, *later][turn - 1 :: turn][: part - len(ready)]
        # The rest is there when all leases we may not know of have run out.
        rest = [now + self._rule.lease + window] * (part - len(ready) - len(mine))
        return sorted(ready + mine + rest)


_FAULTS: Final = {
    "damaged": "The shared state of the request budget was damaged; a new one begins, with spaced requests.",
    "future": "The shared state of the request budget held impossible times; requests are spaced now.",
}
