"""The rules of the pace, each on its own; with slots it is tested by the budget."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.ratelimit.pace import (
    CUT_PAUSE,
    FIRST_HOLD,
    GROWTH,
    MAX_HOLD,
    SPACED,
    Pace,
    sound_pace,
)

WINDOW = 300_000
GAP = 3051  # 302 s / 99, rounded up


def new(*, smooth: bool = False) -> Pace:
    return Pace(100, WINDOW, smooth)


def refused(
    pace: Pace, now: int = 0, key: str = "a", *, used: int = 5, retry_after: int | None = None
) -> None:
    pace.refuse(now, key, retry_after, used)


def probed(pace: Pace) -> int:
    """The probe goes out when the hold is over, and is answered at once."""
    now = pace.hold_until
    pace.granted(now, "probe", now + 60_000)
    pace.answered(now, "probe")
    return now


def test_a_new_pace_is_idle_and_lets_all_free_slots_go() -> None:
    pace = new()
    assert pace.idle(0)
    assert pace.mode(0) == "burst"
    assert (pace.opens(7), pace.ready(7, 0), pace.ready(7, 98)) == (7, 100, 2)


def test_a_hold_only_gets_longer_and_asks_for_no_probe() -> None:
    pace = new()
    pace.hold(5000, "user")
    pace.hold(4000, "shorter")
    assert (pace.opens(0), pace.reason, pace.mode(4999)) == (5000, "user", "held")
    assert pace.ready(4999, 0) == 0
    assert pace.ready(5000, 0) == 100
    assert not pace.idle(4999)
    assert pace.idle(5000)


@pytest.mark.parametrize(
    ("retry_after", "hold"),
    [(None, FIRST_HOLD), (7000, 7000), (0, 1000), (-5, 1000), (10**12, MAX_HOLD)],
)
def test_a_refusal_holds_for_what_it_asks_for(retry_after: int | None, hold: int) -> None:
    pace = new()
    refused(pace, 10, retry_after=retry_after)
    assert pace.hold_until == 10 + hold
    assert pace.reason == "too many requests"
    pace = new()
    pace.unavailable(10, "a", retry_after)
    assert pace.hold_until == 10 + hold
    assert pace.reason == "unavailable"
    assert (pace.refused, pace.unexplained, pace.cut) == (0, 0, 0)


def test_after_the_hold_one_probe_goes_and_the_others_wait_for_it() -> None:
    pace = new()
    pace.unavailable(0, "a", 90_000)
    assert pace.ready(90_000, 0) == 1
    assert pace.mode(90_000) == "probing"
    pace.granted(90_000, "p", 150_000)
    assert pace.ready(90_000, 1) == 0
    assert pace.opens(90_000) == 150_000
    pace.answered(91_000, "another")
    assert pace.ready(91_000, 1) == 0
    pace.answered(91_000, "p")
    assert pace.ready(91_000, 1) == 99
    assert pace.idle(91_000)


def test_a_probe_that_is_not_used_or_lost_makes_way_for_the_next() -> None:
    pace = new()
    pace.unavailable(0, "a", 1000)
    pace.granted(1000, "p", 61_000)
    pace.missing("another")
    assert pace.ready(1000, 1) == 0
    pace.missing("p")
    assert pace.ready(1000, 0) == 1
    pace.granted(1000, "q", 61_000)
    assert pace.ready(60_999, 1) == 0
    assert pace.ready(61_000, 1) == 1
    pace.granted(61_000, "r", 121_000)
    pace.answered(61_500, "q")
    assert pace.ready(61_500, 2) == 0


def test_each_refused_probe_doubles_the_hold_up_to_the_window_and_a_good_one_ends_that() -> None:
    pace = new()
    refused(pace, used=100)
    refused(pace, used=100)  # the same event
    holds = [pace.hold_until]
    now = pace.hold_until
    for _ in range(5):
        pace.granted(now, "p", now + 60_000)
        refused(pace, now, "p", used=100)
        holds.append(pace.hold_until - now)
        now = pace.hold_until
    assert holds == [30_000, 60_000, 120_000, 240_000, WINDOW, WINDOW]
    now = probed(pace)
    refused(pace, now, used=100)
    assert pace.hold_until == now + FIRST_HOLD


def test_a_refusal_while_the_probe_is_out_asks_for_another_probe() -> None:
    pace = new()
    pace.unavailable(0, "a", 1000)
    pace.granted(1000, "p", 61_000)
    refused(pace, 1500, "old", used=100)
    pace.answered(1600, "p")
    assert pace.ready(1600, 2) == 0
    assert pace.ready(1500 + FIRST_HOLD, 2) == 1


def test_an_explained_refusal_leaves_all_the_slots() -> None:
    pace = new()
    refused(pace, used=100)
    now = probed(pace)
    assert (pace.refused, pace.unexplained, pace.allowed(now)) == (1, 0, 100)


@pytest.mark.parametrize("used", [99, 100])
def test_after_a_refusal_the_grants_are_spaced_for_half_an_hour(used: int) -> None:
    pace = new()
    refused(pace, used=used)
    now = probed(pace)
    assert (pace.refused, pace.unexplained, pace.mode(now)) == (1, 100 - used, "spaced")
    assert pace.ready(now + GAP - 1, 1) == 0
    assert pace.ready(now + GAP, 1) == 1
    pace.granted(now + GAP, "k", now + 90_000)
    assert pace.opens(now + GAP) == now + 2 * GAP
    assert pace.gap(now + SPACED - 1) == GAP
    assert pace.gap(now + SPACED) == 0
    assert pace.mode(now + SPACED) == "burst"


def test_the_budget_is_cut_once_in_a_while_and_grows_while_nothing_is_refused() -> None:
    pace = new()
    refused(pace)
    refused(pace, CUT_PAUSE - 1)
    assert pace.allowed(CUT_PAUSE) == 70
    refused(pace, CUT_PAUSE)
    assert pace.allowed(CUT_PAUSE) == 49
    assert pace.ready(10 * MAX_HOLD, 60) == 1  # grown by now, and the probe
    now = CUT_PAUSE + GROWTH
    assert (pace.allowed(now - 1), pace.allowed(now)) == (49, 50)
    assert (pace.grows(now - 1), pace.grows(now)) == (now, now + GROWTH)
    refused(pace, now + 5)
    assert pace.allowed(now + 5) == 35
    for _ in range(30):
        now += CUT_PAUSE
        refused(pace, now + 5)
    assert pace.allowed(now + 5) == 2
    assert not pace.idle(now + 97 * GROWTH)
    now += 5 + 98 * GROWTH
    assert pace.allowed(now) == 100
    assert pace.grows(now) == now
    refused(pace, now, used=100)
    assert pace.allowed(now) == 100


def test_a_cut_never_goes_below_a_limit_of_one() -> None:
    pace = Pace(1, 1000)
    refused(pace, used=0)
    assert pace.allowed(0) == 1
    assert pace.hold_until == 1000
    assert Pace(1, 1000, smooth=True).gap(0) == 1100


def test_a_smooth_budget_is_always_spaced() -> None:
    pace = new(smooth=True)
    pace.granted(0, "a", 60_000)
    assert (pace.mode(0), pace.opens(0), pace.ready(GAP, 1), pace.idle(10**9)) == ("spaced", GAP, 1, False)


def test_what_the_service_has_left_is_kept_to_until_its_reset() -> None:
    pace = new()
    assert pace.announced(0, 2, None, None, 5, 60_000) == 0
    assert pace.ready(0, 50) == 3
    assert not pace.idle(0)
    for key in "abc":
        pace.granted(0, key, 60_000)
    assert (pace.ready(0, 53), pace.opens(0)) == (0, 60_000)
    assert pace.ready(60_000, 53) == 47
    assert pace.idle(60_000)
    pace.announced(60_000, 9, None, None, 2, None)
    assert pace.opens(60_000) == 60_000 + WINDOW
    pace.announced(60_000, 0, None, None, 0, 10**12)
    assert pace.opens(60_000) == 60_000 + MAX_HOLD


@pytest.mark.parametrize(
    ("limit", "window", "kept"),
    [
        (60, None, (60, WINDOW)),
        (60, WINDOW, (60, WINDOW)),
        (50, 200_000, (50, WINDOW)),
        (60, 3_600_000, (60, 3_600_000)),
        (1000, 3_600_000, (100, 360_000)),
        (10, 1000, (100, WINDOW)),
        (100, None, (100, WINDOW)),
        (5000, None, (100, WINDOW)),
        (0, None, (100, WINDOW)),
        (1, 10**12, (1, 86_400_000)),
    ],
)
def test_a_lower_announced_rate_replaces_the_rule_and_a_higher_one_never_does(
    limit: int, window: int | None, kept: tuple[int, int]
) -> None:
    pace = new()
    assert pace.announced(0, 0, limit, window, None, None) == kept[1] - WINDOW
    assert (pace.limit, pace.window, pace.allowed(0)) == (*kept, kept[0])
    assert pace.announced(0, 0, None, None, 1, 1) == 0
    assert (pace.limit, pace.window) == kept
    pace.announced(0, 0, 100, WINDOW, None, None)
    assert (pace.limit, pace.window) == (100, WINDOW)


@given(st.integers(1, 1000), st.integers(1, 10**7), st.integers(1, 2000), st.integers(1, 10**7))
def test_the_announced_rule_and_our_own_both_hold(rule: int, window: int, limit: int, other: int) -> None:
    pace = Pace(rule, window)
    pace.announced(0, 0, limit, other, None, None)
    assert pace.limit <= rule
    assert pace.window >= window
    if limit * window < rule * other:
        assert pace.limit * -(-other // pace.window) <= limit or pace.limit * other <= limit * pace.window


def test_the_state_travels_as_json_and_moves_between_clocks() -> None:
    pace = new()
    refused(pace, 50, retry_after=2000)
    pace.granted(2050, "p", 62_050)
    state = json.loads(json.dumps(pace.to_dict()))
    assert Pace.from_dict(state, 100, WINDOW) == pace
    assert sound_pace(state)
    others: list[dict[str, object]] = [
        {},
        {**state, "more": 1},
        {**state, "left": "1"},
        {**state, "tries": True},
    ]
    for wrong in others:
        assert not sound_pace(wrong)
    pace.shift(1000)
    assert (pace.opens(0), pace.hold_until, pace.cut_at) == (63_050, 3050, 1050)
    assert Pace.from_dict({}, 100, WINDOW) == new()


def test_moments_that_cannot_be_are_put_right() -> None:
    pace = new()
    refused(pace, 0)
    assert not pace.tame(0, 60_000)
    pace.shift(10**12)
    assert pace.tame(0, 60_000)
    assert (pace.hold_until, pace.quiet_since, pace.cut_at) == (MAX_HOLD, 0, 0)
    assert not pace.tame(0, 60_000)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["grant", "answered", "missing", "refused", "unavailable", "hold", "announced"]),
        st.integers(0, 40_000),
        st.integers(0, 120),
        st.one_of(st.none(), st.integers(0, 10**6)),
    ),
    max_size=60,
)


@given(EVENTS, st.booleans())
def test_whatever_comes_the_pace_opens_again_in_a_bounded_time_and_is_what_it_says(
    events: list[tuple[str, int, int, int | None]], smooth: bool
) -> None:
    pace = new(smooth=smooth)
    now = 0
    for kind, later, number, figure in events:
        now += later
        key = str(number % 3)
        if kind == "grant" and pace.ready(now, number):
            probing = bool(pace.probe)
            pace.granted(now, key, now + 60_000)
            if probing or pace.gap(now):
                assert pace.ready(now, number) == 0
        elif kind == "answered":
            pace.answered(now, key)
        elif kind == "missing":
            pace.missing(key)
        elif kind == "refused":
            pace.refuse(now, key, figure, number)
        elif kind == "unavailable":
            pace.unavailable(now, key, figure)
        elif kind == "hold":
            pace.hold(now + (figure or 0), "")
        elif kind == "announced":
            pace.announced(now, 3, number, None, figure, figure)
        assert Pace.from_dict(pace.to_dict(), 100, WINDOW, smooth=smooth) == pace
        assert 1 <= pace.allowed(now) <= pace.limit <= 100
        opens = pace.opens(now)
        assert now <= opens <= now + 10**6
        assert (pace.ready(now, 0) > 0) == (opens == now)
        assert pace.ready(opens, 0) > 0
        if pace.idle(now):
            assert pace.ready(now, 40) == 60
