"""The rules of the pace, each on its own; how they work together with slots is tested with the budget."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.ratelimit.pace import CUT_BACK, CUT_EVERY, SPACED_FOR, Pace

W = 300_000
LEASE = 60_000
GAP = 3051  # 302 s in 99 gaps, rounded up


def pace(limit: int = 100, **given: int | bool) -> Pace:
    return Pace(limit, W, **given)  # type: ignore[arg-type]  # of all kinds


def test_from_rest_all_that_is_free_may_go() -> None:
    assert pace().room(0, 0) == 100
    assert pace().room(0, 99) == 1
    assert pace().room(0, 100) == 0


def test_a_hold_of_the_user_only_gets_longer_and_needs_no_probe() -> None:
    made = pace()
    made.hold(10_000, "lunch")
    made.hold(5000, "tea")
    assert (made.reason, made.earliest(0)) == ("lunch", 10_000)
    assert made.room(9999, 0) == 0
    assert made.room(10_000, 0) == 100


def test_after_a_refusal_one_probe_goes_and_all_others_wait_for_it() -> None:
    made = pace()
    assert made.refuse("1", 0, 20_000, logged=100)
    assert made.room(19_999, 50) == 0
    assert made.room(20_000, 50) == 1
    made.granted("2", 20_000, LEASE)
    assert made.room(20_001, 51) == 0
    made.answered("0", 20_002)  # granted before the hold: it says nothing about the probe
    assert made.room(20_003, 51) == 0
    made.answered("2", 21_000)
    assert made.room(21_000, 51) == 49
    assert (made.refused, made.unexplained) == (1, 0)


@pytest.mark.parametrize("how", ["came to nothing", "given up"])
def test_a_probe_that_tells_nothing_is_followed_by_another(how: str) -> None:
    made = pace()
    made.unavailable(0, 90_000)
    made.granted("1", 90_000, LEASE)
    if how == "came to nothing":
        made.came_to_nothing("1")
        now = 90_001
    else:
        now = 90_000 + LEASE
        assert made.room(now - 1, 1) == 0
    assert made.room(now, 1) == 1
    made.granted("2", now, LEASE)
    made.answered("1", now + 1)  # it came late after all, and is the probe no more
    assert made.room(now + 1, 1) == 0


def test_an_unavailable_service_is_not_spaced_afterwards() -> None:
    made = pace()
    made.unavailable(0, 90_000)
    made.granted("1", 90_000, LEASE)
    made.unavailable(91_000, 90_000)
    assert made.room(180_999, 1) == 0
    made.granted("2", 181_000, LEASE)
    made.answered("2", 182_000)
    assert made.room(182_000, 2) == 98


def test_refusals_without_a_time_double_the_hold_up_to_the_window() -> None:
    made, now, holds = pace(), 0, []
    made.refuse("0", now, None, logged=100)
    for number in range(1, 7):
        holds.append(made.hold_until - now)
        now = made.hold_until
        made.granted(str(number), now, LEASE)
        made.refuse(str(number), now, None, logged=100)
    assert holds == [30_000, 60_000, 120_000, 240_000, 300_000, 300_000]
    made.granted("8", made.hold_until, LEASE)
    made.answered("8", made.hold_until)
    later = made.hold_until + 1
    made.refuse("9", later, None, logged=100)
    assert made.hold_until - later == 30_000


def test_refusals_of_one_event_are_one() -> None:
    made = pace()
    for number in range(50):
        made.refuse(str(number), number, None, logged=10)
    assert made.hold_until == 30_000
    assert (made.refused, made.unexplained) == (50, 1)
    made.refuse("50", 60, 45_000, logged=10)
    assert made.hold_until == 45_060


@pytest.mark.parametrize(("wait", "hold"), [(0, 1000), (1, 1000), (30_000, 30_000), (10**9, 900_000)])
def test_what_the_service_asks_for_has_bounds(wait: int, hold: int) -> None:
    made = pace()
    made.refuse("1", 0, wait, logged=100)
    assert made.hold_until == hold
    other = pace()
    other.unavailable(0, wait)
    assert other.hold_until == hold


def test_an_unexplained_refusal_spaces_and_cuts() -> None:
    made = pace()
    assert not made.refuse("1", 0, 10_000, logged=99)
    assert made.cap(0) == 70
    made.granted("2", 10_000, LEASE)
    made.answered("2", 11_000)
    gap = made.gap(11_000)
    assert gap * 69 >= W + 2000
    assert made.room(11_000, 2) == 0
    assert made.room(11_000 + gap, 2) == 1
    made.granted("3", 11_000 + gap, LEASE)
    assert made.room(11_000 + 2 * gap - 1, 3) == 0
    assert made.room(11_000 + 2 * gap, 3) == 1
    assert made.room(11_000 + SPACED_FOR, 3) == 70 + (11_000 + SPACED_FOR) // CUT_BACK - 3


def test_the_cut_goes_down_at_most_once_in_half_a_minute_and_never_below_two() -> None:
    made, now = pace(), 0
    made.refuse("0", now, 1000, logged=0)
    for number in range(1, 60):
        before = made.cap(now)
        now += 1000
        made.granted(str(number), now, LEASE)
        made.refuse(str(number), now, 1000, logged=0)
        assert made.cap(now) == before or now % CUT_EVERY == 0
    assert made.cap(now) == 49
    for number in range(60, 80):
        now += CUT_EVERY
        made.granted(str(number), now, LEASE)
        made.refuse(str(number), now, 1000, logged=0)
    assert made.cap(now) == 2
    assert made.cap(now + CUT_BACK) == 3
    assert made.cap(now + 1000 * CUT_BACK) == 100


def test_smooth_is_always_spaced() -> None:
    made = pace(smooth=True)
    assert made.room(0, 0) == 1
    made.granted("1", 0, LEASE)
    assert (made.room(GAP - 1, 1), made.room(GAP, 1)) == (0, 1)
    assert made.earliest(0) == GAP


def test_a_budget_of_one_slot_can_be_spaced() -> None:
    made = pace(limit=1, smooth=True)
    assert made.gap(0) == W + 2000


def test_space_begins_with_a_gap() -> None:
    made = pace()
    made.space(W, 0)
    assert (made.room(0, 0), made.room(GAP, 0), made.room(W, 0)) == (0, 1, 100)


def test_what_the_service_says_is_left_is_not_exceeded() -> None:
    made = pace()
    made.announced(0, 1, None, None, 3, 10_000)
    assert made.room(0, 1) == 2
    made.granted("1", 0, LEASE)
    made.granted("2", 0, LEASE)
    assert made.room(0, 3) == 0
    assert made.earliest(0) == 10_000
    assert made.room(10_000, 3) == 97
    made.announced(0, 0, None, None, 0, None)
    assert made.earliest(0) == W


@pytest.mark.parametrize(
    ("limit", "window", "rule"),
    [
        (50, None, (50, W)),
        (50, W, (50, W)),
        (200, 600_000, (100, 600_000)),
        (100, 600_000, (100, 600_000)),
        (200, None, (100, W)),
        (10, 1000, (100, W)),
        (None, 600_000, (100, W)),
    ],
)
def test_a_stricter_rule_is_followed_and_no_looser_one(
    limit: int | None, window: int | None, rule: tuple[int, int]
) -> None:
    made = pace()
    made.announced(0, 0, limit, window, None, None)
    assert (made.limit, made.window) == rule


STEPS = st.lists(
    st.tuples(
        st.integers(0, 100_000),
        st.sampled_from(["grant", "answered", "nothing", "refuse", "unavailable", "hold", "announced"]),
        st.integers(0, 120),
    ),
    max_size=30,
)


@given(STEPS, st.integers(1, 120), st.booleans())
def test_whatever_happens(steps: list[tuple[int, str, int]], limit: int, smooth: bool) -> None:
    made, now, slot = Pace(limit, W, smooth), 0, 0
    for wait, step, number in steps:
        now += wait
        used = min(number, limit)
        if step == "grant" and made.room(now, used):
            slot += 1
            made.granted(str(slot), now, LEASE)
            assert made.room(now, used + 1) <= max(0, limit - used - 1)
        elif step == "answered":
            made.answered(str(slot), now)
        elif step == "nothing":
            made.came_to_nothing(str(slot))
        elif step == "refuse":
            made.refuse(str(slot), now, number * 1000 or None, used)
            assert not made.room(now, 0)
        elif step == "unavailable":
            made.unavailable(now, number * 1000)
            assert not made.room(now, 0)
        elif step == "hold":
            made.hold(now + number, "test")
        elif step == "announced":
            made.announced(now, 0, number, None, number, 1000 * number)
        assert 0 <= made.room(now, used) <= limit - used
        # A free slot comes within an hour even if nothing more is heard: nobody waits for ever.
        assert made.room(now + 3_600_000, 0) >= 1
        moment = made.earliest(now)
        assert moment >= now
        if moment > now:
            assert made.room(moment - 1, 0) == 0
        assert Pace.from_dict(json.loads(json.dumps(made.to_dict()))) == made
