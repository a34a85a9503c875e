"""The models of servers reject what they should: else a proof with them would prove nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.limit_servers import (
    FixedWindow,
    LookBack,
    Server,
    SlidingCounter,
    SlidingLog,
    TokenBucket,
    peak,
    rejected,
    strict_servers,
)

EDGE = [9.0] * 3 + [11.0] * 3
"""Twice the limit of 3 within two seconds, on both sides of the end of a window of 10."""


def test_fixed_window_counts_anew_at_each_begin_of_its_own() -> None:
    assert rejected(FixedWindow(3, 10.0), EDGE) == 0
    assert rejected(FixedWindow(3, 10.0, phase=5.0), EDGE) == 3
    assert [FixedWindow(1, 10.0).arrive(moment) for moment in (0.0, 10.0)] == [True, True]
    server = FixedWindow(1, 10.0, phase=2.0)
    assert [server.arrive(moment) for moment in (0.0, 1.9, 2.0, 11.9, 12.0)] == [
        True,
        False,
        True,
        False,
        True,
    ]


def test_sliding_log_looks_back_from_each_arrival() -> None:
    assert rejected(SlidingLog(3, 10.0), EDGE) == 3
    assert rejected(SlidingLog(1, 10.0), [0.0, 10.0]) == 1
    assert rejected(SlidingLog(1, 10.0, closed=False), [0.0, 10.0]) == 0
    assert rejected(SlidingLog(1, 10.0), [0.0, 10.001]) == 0


def test_only_a_log_that_counts_rejections_is_kept_full_by_them() -> None:
    moments = [0.0, 9.0, 10.5]
    assert rejected(SlidingLog(1, 10.0), moments) == 1
    assert rejected(SlidingLog(1, 10.0, rejections=True), moments) == 2


def test_token_bucket_refills_evenly_and_never_beyond_its_size() -> None:
    server = TokenBucket(3, 10.0)
    assert [server.arrive(moment) for moment in (100.0, 100.0, 100.0, 100.0)] == [True, True, True, False]
    assert [server.arrive(moment) for moment in (103.0, 103.4, 103.4)] == [False, True, False]
    # 199 of a limit of 100 are let in within a window: the burst, and then what comes back.
    assert rejected(TokenBucket(100, 300.0), [0.0] * 100 + [3.0 * number for number in range(1, 100)]) == 0


def test_look_back_blocks_all_from_a_look_on_until_one_finds_no_more_than_the_limit() -> None:
    server = LookBack(2, 10.0, period=5.0)
    # Three at 1 s are seen at 5 s; the rejected one at 6 s counts, and at 15 s only that one is left.
    arrivals = [1.0, 1.0, 1.0, 4.9, 6.0, 14.0, 16.0]
    assert [server.arrive(moment) for moment in arrivals] == [True, True, True, True, False, False, True]


def test_look_back_skips_quiet_times_without_missing_a_look() -> None:
    server = LookBack(1, 10.0, period=5.0)
    assert [server.arrive(moment) for moment in (0.0, 1e9, 1e9 + 1, 1e9 + 6)] == [True, True, True, False]


def test_sliding_counter_weighs_the_window_before_by_its_part_in_sight() -> None:
    server = SlidingCounter(10, 10.0)
    assert rejected(server, [9.0] * 10) == 0
    # 40 % of the window before are in sight: 4, so 6 are let in.
    assert rejected(server, [16.0] * 10) == 4
    # A whole window without arrivals: nothing is in sight.
    assert rejected(server, [35.0] * 10) == 0


def test_sliding_counter_rejects_what_a_log_accepts() -> None:
    # 100 at the end of a window, 100 more than a window later, but early in sight of the counter.
    moments = [299.0] * 100 + [600.5] * 100
    assert rejected(SlidingLog(100, 300.0), moments) == 0
    assert rejected(SlidingCounter(100, 300.0), moments) == 0
    moments = [1.0] * 100 + [301.5] * 100
    assert rejected(SlidingLog(100, 300.0), moments) == 0
    assert rejected(SlidingCounter(100, 300.0), moments) > 90


@pytest.mark.parametrize("name", strict_servers(4, 60.0))
def test_every_strict_server_rejects_a_burst_of_twice_the_limit_and_accepts_the_limit(name: str) -> None:
    def make() -> Server:
        return strict_servers(4, 60.0)[name]

    assert rejected(make(), [61.0] * 4) == 0
    # The look-back sees nothing before its next look.
    assert rejected(make(), [61.0] * 8 + [64.0] * 4) >= 4


@given(st.lists(st.integers(0, 60), max_size=40).map(sorted), st.integers(1, 20))
def test_peak_is_the_most_in_any_closed_window(moments: list[int], window: int) -> None:
    found = peak([float(moment) for moment in moments], float(window))
    assert found == max(
        (sum(first <= moment <= first + window for moment in moments) for first in moments), default=0
    )


@given(st.lists(st.integers(0, 100), max_size=40).map(sorted), st.integers(1, 5), st.integers(1, 20))
def test_a_log_rejects_nothing_exactly_if_the_peak_is_within_the_limit(
    moments: list[int], limit: int, window: int
) -> None:
    arrivals = [float(moment) for moment in moments]
    assert (rejected(SlidingLog(limit, float(window)), arrivals) == 0) == (peak(arrivals, window) <= limit)
