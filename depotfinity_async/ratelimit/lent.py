"""The slots of a budget that many processes share: this process has those that the store lends it.

The other end of `courier`. It is called under the budget's lock, like every supply, and waits for nothing.
"""

import functools
import math
import weakref
from collections import deque
from collections.abc import Callable, Sequence

from depotfinity_async.ratelimit.clock import Clock
from depotfinity_async.ratelimit.courier import Courier
from depotfinity_async.ratelimit.errands import (
    Away,
    Ended,
    Held,
    Leave,
    News,
    Rule,
    Taken,
    Told,
    Want,
)
from depotfinity_async.ratelimit.errors import BudgetError
from depotfinity_async.ratelimit.lease import Announcement, Outcome
from depotfinity_async.ratelimit.local import FOREIGN, LocalSupply
from depotfinity_async.ratelimit.pace import Pace
from depotfinity_async.ratelimit.slots import Slots
from depotfinity_async.ratelimit.stores.store import Store, StoreError
from depotfinity_async.ratelimit.supply import Demand, Facts

Start = Callable[[Courier, Callable[[], None]], None]
"""Sets a courier going; it rings when a step has brought messages."""


class LentSupply:
    """Slots that a store lends. One is lent when somebody waits for it, and is granted or given back at once.

    Args:
        store: where the state is; for this object alone.
        rule: the limit.
        clock: the budget's.
        ring: a method, called in another thread when there is something new. It must lead to `ready()`, or to
            `idle()` if nobody waits. It is kept weakly, so that a budget nobody uses any more can go.
        raises: whether those who wait get the error when the store is away; else the process goes on with a
            part of the slots that is safe.
        start: how to set the courier going.
    """

    def __init__(
        self, store: Store, rule: Rule, clock: Clock, ring: Callable[[], None], *, raises: bool, start: Start
    ) -> None:
        self._rule = rule
        self._kind = store.kind
        self._now, self._resolution = clock.now, clock.resolution
        self._disowned: BudgetError | None = None
        self._raises = raises
        self._start: Start | None = start
        self._ring = weakref.WeakMethod(ring)
        self._courier = Courier(store, rule, clock, raises=raises)
        self._errands, self._messages = self._courier.errands, self._courier.messages
        self._lent: deque[int] = deque()
        # What the courier was told last, and whether it has reported since.
        self._told: list[list[int]] = []
        self._reported = False
        self._news: News | None = None
        self._pace = Pace(rule.limit, rule.window, rule.smooth)
        self._away: Away | None = None
        self._fallback: LocalSupply | None = None
        # Slots of fallbacks by the numbers we gave them: negative, unlike those of the store.
        self._own: dict[int, tuple[LocalSupply, int]] = {}
        self._numbered = 0
        self._notices: list[str] = []

    @property
    def limit(self) -> int:
        """As in `Supply`."""
        return self._rule.limit

    @property
    def failure(self) -> BudgetError | None:
        """As in `Supply`."""
        if self._disowned is not None:
            return self._disowned
        self._read()
        # A new one each time: it is raised in several tasks.
        return StoreError(str(self._away.error)) if self._raises and self._away else None

    def disown(self, failure: BudgetError) -> None:
        """As in `Supply`."""
        self._disowned = failure
        self._lent.clear()
        self._messages.clear()
        self._fallback = None

    def ready(self, now: float) -> int:
        """As in `Supply`."""
        self._read()
        if self._lent:
            return len(self._lent)
        return 0 if self._fallback is None else self._fallback.ready(now)

    def vacant(self, now: float) -> int:
        """As in `Supply`; those that the store has kept are among them."""
        if self._lent:
            return len(self._lent) + self._free(now)
        return 0 if self._fallback is None else self._fallback.vacant(now)

    def take(self, now: float) -> int:
        """As in `Supply`."""
        if self._lent or self._fallback is None:
            return self._lent.popleft()
        self._numbered -= 1
        self._own[self._numbered] = (self._fallback, self._fallback.take(now))
        self._errands.put(Taken(self._numbered, self._moment(now)))
        return self._numbered

    def take_quickly(self, keep: int) -> bool:
        """As in `Supply`: whether a slot is free is known to the store alone."""
        return False

    def end(self, slot: int, outcome: Outcome, wait: float | None, now: float) -> bool:
        """As in `Supply`."""
        if slot in self._own:
            fallback, number = self._own.pop(slot)
            fallback.end(number, outcome, wait, now)
        asked = _whole(wait)
        self._errands.put(Ended(slot, outcome.name, self._moment(now), -1 if asked is None else asked))
        if outcome in (Outcome.REFUSED, Outcome.UNAVAILABLE):
            self._give_back(now)
        return True

    def announced(self, announcement: Announcement, now: float) -> None:
        """As in `Supply`."""
        if self._fallback is not None:
            self._fallback.announced(announcement, now)
        limit, window, remaining, reset = announcement
        told = {"limit": limit, "window": _whole(window), "remaining": remaining, "reset": _whole(reset)}
        known = {name: value for name, value in told.items() if value is not None}
        self._errands.put(Told(self._moment(now), known))

    def hold(self, until: float, reason: str, now: float) -> None:
        """As in `Supply`."""
        if self._fallback is not None:
            self._fallback.hold(until, reason, now)
        self._pace.hold(math.ceil(until * 1000), reason)
        self._give_back(now)
        self._errands.put(Held(math.ceil(until * 1000), reason))
        self._go()

    def due(self, now: float, demand: Sequence[Demand]) -> float:
        """As in `Supply`. The courier learns here who waits."""
        self._go()
        if self._fallback is not None:
            return self._fallback.due(now, demand)
        wants = [[waiting, keep] for waiting, keep in demand]
        if self._reported or not self._told or _starts(wants, self._told):
            self._want(wants)
        return math.inf

    def idle(self) -> None:
        """As in `Supply`."""
        self._read()
        self._give_back(self._now())
        if any(waiting for waiting, _ in self._told):
            self._want([[0, keep] for _, keep in self._told])

    def expected(self, position: int, now: float) -> float:
        """As in `Supply`."""
        self._read()
        if self._fallback is not None:
            return self._fallback.expected(position, now)
        moment = _ms(now)
        opens = max(self._pace.opens(moment, answered=True), self._opens())
        if 0 <= self._pace.left <= position:
            opens = max(opens, self._pace.left_until)
        start = max(now, opens / 1000) + position * self._pace.gap(moment) / 1000
        # A leased slot is taken to be answered now, so the truth may be later.
        soon = now + self._pace.window / 1000
        returns = [min(back, soon) for back in self._returns(now)]
        limit = self._pace.allowed(moment)
        lap, place = divmod(position, limit)
        free = limit - len(returns)
        first = now if place < free else returns[min(place - free, len(returns) - 1)]
        expected = max(first, start) + lap * self._pace.window / 1000
        grows = self._pace.grows(moment) / 1000
        return min(expected, max(start, grows)) if self._pace.is_cut(moment) else expected

    def facts(self, now: float) -> Facts:
        """As in `Supply`."""
        self._read()
        if self._fallback is not None:
            facts = self._fallback.facts(now)
            return facts._replace(store=f"{self._kind} (away)", members=self._members())
        pace, moment, returns = self._pace, _ms(now), self._returns(now)
        hold, reason = pace.held(moment)
        cap = pace.allowed(moment)
        back = now if len(returns) < cap else returns[len(returns) - cap]
        if len(returns) < pace.limit and pace.is_cut(moment):
            back = min(back, pace.grows(moment) / 1000)
        if self._opens() > max(hold, moment):
            hold, reason = self._opens(), "finding out what other processes have used"
        return Facts(
            limit=pace.limit,
            window=pace.window / 1000,
            free=max(0, pace.limit - len(returns)),
            standby=self._others(),
            leased=0 if self._news is None else self._news.reply["leased"],
            next_return=back,
            hold_until=hold / 1000 if hold > moment else -math.inf,
            hold_reason=reason,
            mode="held" if hold > moment else pace.mode(moment),
            spaced_until=math.inf if pace.smooth else pace.spaced_until / 1000,
            cap=cap,
            refused=pace.refused,
            unexplained=pace.unexplained,
            store=self._kind + (" (away)" if self._away else ""),
            members=self._members(),
        )

    def notices(self) -> list[str]:
        """As in `Supply`."""
        told, self._notices = self._notices, []
        return told + (self._fallback.notices() if self._fallback is not None else [])

    def _read(self) -> None:
        """Take what the courier has brought."""
        while self._messages:
            message = self._messages.popleft()
            if isinstance(message, News):
                self._learn(message)
            elif isinstance(message, Away):
                self._leave(message)
            else:
                self._away = self._fallback = None
                self._told = []

    def _learn(self, news: News) -> None:
        reply, rule = news.reply, self._rule
        self._lent.extend(range(news.first, news.first + reply["granted"]))
        self._reported = True
        # What was refused before this process came has been told by others.
        before = reply["pace"]["unexplained"] if self._news is None else self._pace.unexplained
        self._news = news
        self._pace = Pace.from_dict(reply["pace"], rule.limit, rule.window, smooth=rule.smooth)
        self._pace.shift(news.moment)
        if self._pace.unexplained and not before:
            cap = self._pace.allowed(news.moment)
            self._notices.append(FOREIGN.format(used=len(reply["waits"]), limit=rule.limit, cap=cap))

    def _leave(self, away: Away) -> None:
        self._away, self._told = away, []
        if self._raises:
            return
        # Even a part of no slots is a supply: it waits for the store.
        slots = Slots(
            max(1, len(away.returns)), self._pace.window / 1000, self._rule.grace / 1000, self._resolution
        )
        slots.free, slots.returns = 0, [moment / 1000 for moment in away.returns] or [math.inf]
        spaced = away.spaced or self._rule.smooth
        self._fallback = LocalSupply(slots, smooth=spaced, lease=self._rule.lease / 1000)
        self._fallback.hold(self._pace.hold_until / 1000, self._pace.reason, 0.0)

    def _give_back(self, now: float) -> None:
        while self._lent:
            self._errands.put(Ended(self._lent.popleft(), Outcome.UNUSED.name, self._moment(now), -1))

    def _want(self, wants: list[list[int]]) -> None:
        self._told, self._reported = wants, False
        self._errands.put(Want(wants))

    def _go(self) -> None:
        if self._start is not None:
            self._start(self._courier, functools.partial(_call, self._ring))
            self._start = None
            weakref.finalize(self, self._errands.put, Leave()).atexit = False

    def _returns(self, now: float) -> list[float]:
        """When the slots that are used come back, in order of time."""
        if self._news is None:
            return []
        moments = [(self._news.moment + wait) / 1000 for wait in self._news.reply["waits"]]
        return [moment for moment in moments if moment > now]

    def _opens(self) -> int:
        return 0 if self._news is None else self._news.moment + self._news.reply["opens"]

    def _others(self) -> int:
        return 0 if self._news is None else self._news.reply["others"]

    def _members(self) -> int:
        return 1 if self._news is None else max(1, self._news.reply["members"])

    def _free(self, now: float) -> int:
        return max(0, self._pace.allowed(_ms(now)) - len(self._returns(now)))

    def _moment(self, now: float) -> int:
        """The first whole ms after whatever has happened until `now`.

        Both clocks, ours and the store's, may show less than the truth by their resolution.
        """
        return math.ceil((now + 2 * self._resolution) * 1000)


def _call(ring: weakref.WeakMethod[Callable[[], None]]) -> None:
    method = ring()
    if method is not None:
        method()


def _ms(seconds: float) -> int:
    return math.floor(seconds * 1000)


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else math.ceil(seconds * 1000)


def _starts(wants: Sequence[Sequence[int]], before: Sequence[Sequence[int]]) -> bool:
    """Whether somebody waits in a lane in which nobody waited."""
    return any(new[0] and not old[0] for new, old in zip(wants, before, strict=True))
