import asyncio
import math
from collections.abc import Hashable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.ratelimit.supply import Demand
from depotfinity_async.ratelimit.waiting import Queue, Waiter

ALL = 10**6


@pytest.fixture
def loop() -> asyncio.AbstractEventLoop:
    """One that never runs: a queue only keeps it."""
    made = asyncio.new_event_loop()
    made.close()
    return made


class Line:
    """A queue of numbered waiters."""

    def __init__(self, loop: asyncio.AbstractEventLoop, queue: Queue) -> None:
        self.loop = loop
        self.queue = queue
        self.waiters: list[Waiter] = []

    def join(
        self, lane: str | None = None, *, share: Hashable = None, now: float = 0.0, ahead: bool = False
    ) -> None:
        waiter = Waiter(self.loop, self.queue.lane(lane), share)
        self.waiters.append(waiter)
        self.queue.append(waiter, now, ahead=ahead)

    def leave(self, number: int) -> None:
        self.queue.discard(self.waiters[number])

    def pop(self, vacant: int = ALL, now: float = 0.0) -> int | None:
        waiter = self.queue.pop(vacant, now)
        return None if waiter is None else self.waiters.index(waiter)

    def all(self, vacant: int = ALL, now: float = 0.0) -> list[int]:
        popped: list[int] = []
        while (number := self.pop(vacant, now)) is not None:
            popped.append(number)
        return popped


@pytest.fixture
def plain(loop: asyncio.AbstractEventLoop) -> Line:
    return Line(loop, Queue(("default",), {}, 60))


@pytest.fixture
def lanes(loop: asyncio.AbstractEventLoop) -> Line:
    return Line(loop, Queue(("command", "poll", "bulk"), {"command": 2, "poll": 3}, 60))


def test_first_in_first_out_and_those_who_go_ahead_before_all_others(plain: Line) -> None:
    for ahead in (False, True, False, True):
        plain.join(ahead=ahead)
    queue = plain.queue
    assert (queue.size, queue.position(0, ahead=False), queue.position(0, ahead=True)) == (4, 4, 2)
    assert queue.demand() == [Demand(4, 0)]
    assert queue.waiting() == {"default": 2}
    assert plain.all() == [1, 3, 0, 2]
    assert queue.size == 0


def test_discard_takes_out_of_the_middle_and_may_be_repeated(plain: Line) -> None:
    for _ in range(3):
        plain.join()
    plain.leave(1)
    plain.leave(1)
    assert plain.queue.size == 2
    assert plain.all() == [0, 2]
    plain.leave(0)
    assert plain.queue.size == 0


def test_lanes_go_in_their_order(lanes: Line) -> None:
    for lane in (None, "poll", "command", "bulk", "poll", "command"):
        lanes.join(lane)
    assert lanes.queue.position(1, ahead=False) == 4
    assert lanes.queue.waiting() == {"command": 2, "poll": 2, "bulk": 2}
    assert lanes.all() == [2, 5, 1, 4, 0, 3]


def test_a_reserve_is_kept_from_the_lanes_behind(lanes: Line) -> None:
    for lane in ("bulk", "poll", "command"):
        lanes.join(lane)
    assert lanes.queue.demand() == [Demand(1, 0), Demand(1, 2), Demand(1, 5)]
    assert lanes.pop(1) == 2
    assert lanes.pop(2) is None
    assert lanes.pop(3) == 1
    assert lanes.pop(5) is None
    assert lanes.pop(6) == 0


def test_who_goes_ahead_may_take_the_reserve(lanes: Line) -> None:
    lanes.join("bulk", ahead=True)
    assert lanes.pop(1) == 0


def test_a_lane_that_gets_nothing_for_long_gets_one_slot_and_waits_anew(lanes: Line) -> None:
    for number in range(3):
        lanes.join("poll", now=number)
    for _ in range(5):
        lanes.join("command", now=1)
    assert lanes.queue.ages_at() == 60
    assert lanes.pop(1, 59.9) == 3
    assert lanes.pop(1, 60) == 0
    assert lanes.queue.ages_at() == 120
    assert lanes.pop(1, 61) == 4
    assert lanes.pop(1, 120) == 1


def test_of_two_starved_lanes_the_one_that_starves_longer_goes_first(lanes: Line) -> None:
    lanes.join("bulk", now=0)
    lanes.join("poll", now=1)
    assert lanes.all(1, 70) == [0, 1]
    assert lanes.queue.ages_at() == math.inf


def test_shares_take_turns_and_keep_their_order(plain: Line) -> None:
    for share in ("a", "a", "a", "b", "c", "b"):
        plain.join(share=share)
    assert plain.all() == [0, 3, 4, 1, 5, 2]


def test_a_share_that_comes_back_joins_behind_the_others(plain: Line) -> None:
    for share in ("a", "b", "b"):
        plain.join(share=share)
    assert plain.pop() == 0
    plain.join(share="a")
    assert plain.all() == [1, 3, 2]


def test_an_unknown_lane_is_named(lanes: Line) -> None:
    with pytest.raises(ValueError, match="no 'polls' in this budget; it has 'command', 'poll', 'bulk'"):
        lanes.join("polls")


SHARES = st.sampled_from(["a", "b", "c"])
MOVES = st.lists(
    st.one_of(st.tuples(st.just("join"), SHARES), st.just(("pop", "")), st.just(("leave", ""))), max_size=60
)


@given(moves=MOVES, data=st.data())
def test_nobody_is_lost_and_each_share_is_first_in_first_out(
    moves: list[tuple[str, str]], data: st.DataObject
) -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    line, inside = Line(loop, Queue(("default",), {}, 60)), dict[int, str]()
    for move, share in moves:
        if move == "join":
            line.join(share=share)
            inside[len(line.waiters) - 1] = share
        elif move == "leave" and inside:
            number = data.draw(st.sampled_from(sorted(inside)))
            line.leave(number)
            del inside[number]
        elif move == "pop":
            head = line.pop()
            assert (head is None) == (not inside)
            if head is not None:
                assert head == min(other for other, its in inside.items() if its == inside[head])
                del inside[head]
        assert line.queue.size == len(inside)
    assert sorted(line.all()) == sorted(inside)


async def test_waking_ends_the_wait_and_spares_one_that_has_ended() -> None:
    loop = asyncio.get_running_loop()
    waiter = Waiter(loop, 0, None)
    assert waiter.wake(loop)
    assert waiter.future.done()
    cancelled = Waiter(loop, 0, None)
    cancelled.future.cancel()
    assert cancelled.wake(loop)
    assert cancelled.future.cancelled()


def test_a_closed_loop_cannot_be_woken(loop: asyncio.AbstractEventLoop) -> None:
    assert not Waiter(loop, 0, None).wake(None)
