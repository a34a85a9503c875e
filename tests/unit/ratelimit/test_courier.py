import math
from typing import Any

import pytest

from depotfinity_async.ratelimit.courier import BATCH, FLUSH, Courier
from depotfinity_async.ratelimit.errands import (
    Away,
    Back,
    Ended,
    Held,
    Leave,
    Message,
    News,
    Rule,
    Taken,
    Told,
    Want,
)
from depotfinity_async.ratelimit.record import LEARN, MARGIN
from depotfinity_async.ratelimit.shapes import Start
from depotfinity_async.ratelimit.standby import BEAT, KEEP, RETRY
from depotfinity_async.ratelimit.stores import StoreError, StoreUnusableError
from tests.support.shared_state import ManualClock, MemoryStore, SecondsClock

WINDOW, GRACE, LEASE = 30_000, 3000, 5000
RULE = Rule(limit=20, window=WINDOW, grace=GRACE, lease=LEASE, smooth=False)


class Process:
    """A courier and what it brought."""

    def __init__(self, clock: ManualClock, beside: "Process | None" = None, start: Start = "open") -> None:
        self.clock = clock
        state = None if beside is None else beside.store
        self.store: MemoryStore = MemoryStore(clock, beside=state, start=start)
        self.courier = Courier(self.store, RULE, SecondsClock(clock))
        self.messages: list[Message] = []
        self.used = 0

    def do(self, *errands: Want | Ended | Told | Held | Taken | Leave) -> float:
        """One step with these errands; ms until the next."""
        for errand in errands:
            self.courier.errands.put(errand)
        wait = self.courier.step()
        while self.courier.messages:
            self.messages.append(self.courier.messages.popleft())
        return wait * 1000

    def take(self, want: int) -> list[int]:
        """As many slots as there are for us now; numbers."""
        before = len(self.messages)
        wait = self.do(Want([[want, 0]]))
        while wait == 0:
            wait = self.do()
        return [
            number
            for news in self.messages[before:]
            if isinstance(news, News)
            for number in range(news.first, news.first + news.reply["granted"])
        ]

    def end(self, numbers: list[int], outcome: str = "ANSWERED") -> float:
        return self.do(*(Ended(number, outcome, self.clock.now, -1) for number in numbers))

    def run(self, ms: int) -> None:
        """Let time pass."""
        until = self.clock.now + ms
        while (due := self.clock.now + math.ceil(self.do())) <= until:
            self.clock.now = due
        self.clock.now = until

    @property
    def exchanges(self) -> int:
        return len(self.store.requests)

    def sent(self, part: str) -> Any:
        """A part of the last request, as JSON."""
        return dict(self.store.requests[-1])[part]

    def last(self) -> Message:
        return self.messages[-1]

    def news(self) -> News:
        message = self.last()
        assert isinstance(message, News)
        return message


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def process(clock: ManualClock) -> Process:
    process = Process(clock)
    process.do()
    return process


def test_it_joins_at_its_first_step_and_comes_back_in_time(process: Process, clock: ManualClock) -> None:
    assert process.exchanges == 1
    assert process.do() == BEAT
    clock.now += BEAT - 1
    assert process.do() == 1
    assert process.exchanges == 1
    clock.now += 1
    process.do()
    assert process.exchanges == 2


def test_slots_come_in_batches_until_all_have_one(process: Process) -> None:
    assert process.take(15) == list(range(1, 16))
    assert [len(request["wants"]) for request in process.store.requests] == [0, 1, 1]
    assert BATCH == 10


def test_those_who_come_when_all_were_served_are_asked_for_at_once(process: Process) -> None:
    process.do(Want([[3, 0], [1, 0]]))
    exchanges = process.exchanges
    process.do(Want([[0, 0], [4, 0]]))
    assert process.exchanges == exchanges + 1


def test_with_nothing_free_it_comes_back_when_a_slot_is_due(process: Process, clock: ManualClock) -> None:
    process.end(process.take(20))
    clock.now += WINDOW - 50
    assert process.take(5) == []
    assert process.do() == 50 + MARGIN
    exchanges = process.exchanges
    assert process.do(Want([[500, 0]])) == 50 + MARGIN
    assert process.exchanges == exchanges
    clock.now += 50 + MARGIN
    assert process.take(5) == [21, 22, 23, 24, 25]


def test_a_lane_that_was_empty_is_asked_for_at_once(process: Process) -> None:
    process.do(Want([[0, 0], [30, 5]]))
    process.do()
    exchanges = process.exchanges
    process.do(Want([[1, 0], [15, 5]]))
    assert process.exchanges == exchanges + 1
    last = process.last()
    assert isinstance(last, News)
    assert last.reply["granted"] == 1


def test_answers_wait_for_company_and_the_rest_does_not(process: Process, clock: ManualClock) -> None:
    numbers = process.take(5)
    exchanges = process.exchanges
    assert process.end(numbers[:1]) == FLUSH
    assert process.exchanges == exchanges
    clock.now += FLUSH
    process.do()
    assert process.sent("ended") == [[1, "ANSWERED", FLUSH, -1]]
    for number, outcome in ((2, "UNUSED"), (3, "REFUSED"), (4, "UNAVAILABLE")):
        process.end([number], outcome)
        assert process.sent("ended") == [[number, outcome, 0, -1]]
    process.do(Held(clock.now + 700, "user"))
    assert process.sent("holds") == [[700, "user"]]
    process.do(Told(clock.now, {"limit": 3}))
    assert process.sent("announced") == [[0, {"limit": 3}]]


def test_what_was_told_is_told_once(process: Process, clock: ManualClock) -> None:
    process.end(process.take(1), "UNUSED")
    process.do(Held(clock.now, "user"), Told(clock.now, {"limit": 30}), Taken(-1, clock.now))
    clock.now += BEAT
    process.do()
    assert [process.sent(part) for part in ("ended", "holds", "announced", "restore")] == [[]] * 4


def test_a_lost_reply_loses_no_slot(process: Process, clock: ManualClock) -> None:
    process.store.deaf = True
    assert process.take(6) == []
    process.store.deaf = False
    clock.now += RETRY
    process.do()
    assert process.take(20) == list(range(7, 27))


def test_a_process_that_leaves_is_no_member_any_more(clock: ManualClock, process: Process) -> None:
    other = Process(clock, process)
    other.do()
    assert process.do(Ended(process.take(1)[0], "ANSWERED", clock.now, -1), Leave()) == math.inf
    assert process.store.requests[-1]["member"] is False
    assert process.sent("ended") == [[1, "ANSWERED", 0, -1]]
    assert process.store.closed
    clock.now += BEAT
    other.do()
    last = other.last()
    assert isinstance(last, News)
    assert last.reply["members"] == 1


def test_a_state_that_was_lost_is_told_all_that_is_used(clock: ManualClock, process: Process) -> None:
    other = Process(clock, process)
    other.do()
    kept, answered, unknown = process.take(3)
    process.end([answered])
    process.end([unknown], "UNKNOWN")
    clock.now += 2000
    process.do()
    process.store.lose()
    other.do(Want([[20, 0]]))  # it comes first
    process.run(BEAT + 1)
    record = process.store.record
    assert record is not None
    backs = sorted(back for back, _ in record["entries"].values())
    start = clock.now - BEAT - 1 - 2000
    assert backs == [
        start + WINDOW + MARGIN,
        start + WINDOW + GRACE + MARGIN,
        start + LEASE + WINDOW + MARGIN,
    ]
    assert kept == 1
    process.run(LEARN)
    assert len(other.take(20)) == 17


def test_without_its_store_a_process_goes_on_with_its_part(clock: ManualClock, process: Process) -> None:
    other = Process(clock, process)
    other.do()
    process.end(process.take(6))
    clock.now += 1000
    other.end(other.take(6))
    clock.now += FLUSH
    for each in (process, other, process):
        each.do()
        each.do(Held(clock.now, "user"))
    process.store.down = other.store.down = StoreError("down")
    clock.now += 100
    for each in (process, other):
        each.do(Held(clock.now, "user"))
    away = [each.last() for each in (process, other)]
    first, second = (message.returns for message in away if isinstance(message, Away))
    # Two are on standby for each, and of those that come back every fourth is: so many parts of 6 are 20.
    now, lost = clock.now - 100, clock.now + LEASE + WINDOW
    early, late = now - FLUSH - 1000 + WINDOW + MARGIN, now - FLUSH + WINDOW + MARGIN
    assert first == second == [now, now, early, late, late, lost]
    # At no time do the two have more than have come back.
    record = process.store.record
    assert record is not None
    backs = sorted(back for back, _ in record["entries"].values())
    for moment in sorted({*first, *second}):
        free = 20 - sum(back > moment for back in backs)
        assert sum(each <= moment for each in first + second) <= free


def test_who_was_alone_leaves_half_to_one_it_has_not_heard_of(process: Process, clock: ManualClock) -> None:
    process.store.down = StoreError("down")
    clock.now += BEAT
    process.do()
    away = process.last()
    assert isinstance(away, Away)
    assert away.returns == [clock.now - BEAT] * 3 + [clock.now + LEASE + WINDOW] * 7


def test_what_is_on_standby_is_there_at_once_and_the_rest_when_it_is_sure(
    process: Process, clock: ManualClock
) -> None:
    numbers = process.take(20)
    process.end(numbers[:3])
    clock.now += 2000
    process.end(numbers[3:])
    clock.now += WINDOW - KEEP - 1000
    process.do()
    clock.now += 500
    process.store.down = StoreError("down")
    process.do(Held(clock.now, "user"))
    away = process.last()
    assert isinstance(away, Away)
    back = clock.now + KEEP - 500 - 2000 + 1000 + MARGIN
    # Alone and without a wish it has one of the three that come soon; of the others, every second one.
    assert away.returns == [back, *[back + 2000] * 8, clock.now + LEASE + WINDOW]


def test_what_comes_back_soon_may_be_on_standby_for_others_but_for_so_much(
    process: Process, clock: ManualClock
) -> None:
    process.end(process.take(20))
    clock.now += WINDOW - KEEP - 500
    process.do()
    clock.now += 1000
    process.store.down = StoreError("down")
    process.do(Held(clock.now, "user"))
    away = process.last()
    assert isinstance(away, Away)
    # A third, six, may be; of the others it takes every second one, when it is sure.
    assert away.returns == [clock.now + KEEP] * 7 + [clock.now + LEASE + WINDOW] * 3


def test_what_is_leased_may_be_given_back_and_granted_again(process: Process, clock: ManualClock) -> None:
    process.take(20)
    process.store.down = StoreError("down")
    clock.now += 1000
    process.do(Held(clock.now, "user"))
    away = process.last()
    assert isinstance(away, Away)
    assert away.returns == [clock.now + LEASE + WINDOW] * 10


def test_a_process_that_has_less_on_standby_says_so_at_once(clock: ManualClock, process: Process) -> None:
    other = Process(clock, process)
    other.do()
    exchanges = process.exchanges
    clock.now += BEAT
    assert process.do() == 0  # it was alone and had more
    assert process.do() == BEAT
    assert process.exchanges == exchanges + 2
    assert [len(request["standby"]) for request in process.store.requests[-2:]] == [3, 2]


def test_a_store_that_was_never_reached_leaves_a_small_part_and_spaces_it(clock: ManualClock) -> None:
    process = Process(clock)
    process.store.down = StoreError("down")
    process.do()
    away = process.last()
    assert isinstance(away, Away)
    assert (away.returns, away.spaced) == ([clock.now] * 2, True)


def test_where_there_can_be_no_state_one_process_has_all_but_spaced(clock: ManualClock) -> None:
    process = Process(clock)
    process.store.down = StoreUnusableError("no folder")
    process.do()
    away = process.last()
    assert isinstance(away, Away)
    assert (away.returns, away.spaced) == ([clock.now] * 20, True)


def test_a_fault_of_ours_leaves_nobody_waiting(process: Process, clock: ManualClock) -> None:
    process.store.down = KeyError("fault")
    clock.now += BEAT
    assert process.do() == RETRY
    assert isinstance(process.last(), Away)


def test_the_answer_of_a_probe_is_told_at_once(process: Process, clock: ManualClock) -> None:
    (number,) = process.take(1)
    process.do(Ended(number, "UNAVAILABLE", clock.now, 1000))
    clock.now += 1001
    (probe,) = process.take(1)
    assert process.news().reply["pace"]["probe"]
    before = process.exchanges
    process.end([probe])
    assert process.exchanges == before + 1
    assert process.news().reply["pace"]["probe"] == ""


def test_it_says_once_that_the_store_is_away_and_once_that_it_is_back(
    process: Process, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    process.store.down = StoreError("the store is down")
    process.run(60_000)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "the store is down; until it is there, this process has at most 10 of the slots" in caplog.text
    caplog.clear()
    process.store.down = None
    process.run(60_000)
    assert [record.levelname for record in caplog.records] == ["INFO"]


def test_it_looks_for_its_store_and_tells_what_it_used_meanwhile(
    process: Process, clock: ManualClock
) -> None:
    numbers = process.take(2)
    process.store.down = StoreError("down")
    process.end(numbers[:1], "UNUSED")
    process.do(Taken(-1, clock.now), Taken(-2, clock.now), Ended(-2, "ANSWERED", clock.now, -1))
    assert process.do(Want([[5, 0]])) == RETRY
    tries = process.store.tries
    process.do(Held(clock.now, "user"), Taken(-3, clock.now), Ended(-3, "UNKNOWN", clock.now, -1))
    assert process.store.tries == tries
    process.store.down = None
    clock.now += RETRY
    process.do()
    request = process.store.requests[-1]
    assert request["wants"] == []
    assert sorted(end[0] for end in request["ended"]) == [-3, -2, 1]
    assert [entry[0] for entry in request["restore"]] == [-1, 2]
    assert [type(message) for message in process.messages[-2:]] == [Back, News]
    record = process.store.record
    assert record is not None
    assert {entry.rpartition(".")[2] for entry in record["entries"]} == {"-3", "-2", "-1", "2"}


def test_a_damaged_state_is_told_of(clock: ManualClock, caplog: pytest.LogCaptureFixture) -> None:
    process = Process(clock, start="spaced")
    process.do()
    assert "damaged" in caplog.text


def test_it_is_quiet_when_nobody_waits(process: Process, clock: ManualClock) -> None:
    process.end(process.take(20))
    exchanges = process.exchanges
    process.run(10 * BEAT)
    assert process.exchanges - exchanges <= 11


def test_four_processes_share_alike_and_use_it_all(clock: ManualClock) -> None:
    first = Process(clock)
    processes = [first, *(Process(clock, first) for _ in range(3))]
    taken = dict.fromkeys(range(4), 0)
    start = clock.now
    moments: list[int] = []
    for each in processes:
        each.do()
    while clock.now < start + 10 * WINDOW:
        waits = []
        for number, each in enumerate(processes):
            seen = len(each.messages)
            wait = each.do(Want([[50, 0]]))
            for news in each.messages[seen:]:
                if isinstance(news, News) and news.reply["granted"]:
                    got = list(range(news.first, news.first + news.reply["granted"]))
                    taken[number] += len(got)
                    moments += [clock.now] * len(got)
                    for slot in got:
                        each.courier.errands.put(Ended(slot, "ANSWERED", clock.now, -1))
            waits.append(wait)
        clock.now += max(1, math.ceil(min(waits)))
    for moment in moments:
        assert sum(moment <= other <= moment + WINDOW for other in moments) <= 20
    assert sum(taken.values()) >= 0.98 * 20 * 10
    # Two of them were first, when the others wanted nothing yet.
    assert max(taken.values()) <= 1.3 * min(taken.values())
    exchanges = sum(each.exchanges for each in processes)
    assert exchanges <= 2 * sum(taken.values())
