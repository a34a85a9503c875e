import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.simulator.limit import (
    POLICIES,
    FixedWindow,
    Policy,
    RequestWindow,
    TokenBucket,
    make_limit,
)


def test_admits_the_limit_and_says_when_a_place_is_free() -> None:
    window = RequestWindow(limit=2, window=300)
    assert window.admit("a", 0) is None
    assert window.admit("a", 10) is None
    assert window.admit("a", 20.5) == 280
    assert window.admit("a", 300) == 1, "the window is closed: the arrival at 0 still counts"
    assert window.admit("a", 300.5) is None
    assert window.admit("a", 301) == 10


def test_counts_each_address_for_itself() -> None:
    window = RequestWindow(limit=1, window=300)
    assert window.admit("a", 0) is None
    assert window.admit("b", 0) is None


def test_refused_requests_use_no_place_unless_told_so() -> None:
    lenient, strict = RequestWindow(1, 300), RequestWindow(1, 300, count_refused=True)
    for window in (lenient, strict):
        window.admit("a", 0)
        window.admit("a", 200)
    assert lenient.admit("a", 301) is None
    assert strict.admit("a", 301) == 301, "this request itself is the one to wait for"


def test_what_is_counted_without_being_asked_uses_a_place() -> None:
    window = RequestWindow(1, 300)
    window.count("a", 0)
    assert window.admit("a", 1) is not None


@given(
    st.integers(1, 5),
    st.lists(st.floats(0, 50), max_size=60),
    st.booleans(),
)
def test_never_more_than_the_limit_in_a_closed_window_and_the_wait_is_right(
    limit: int, gaps: list[float], count_refused: bool
) -> None:
    window = RequestWindow(limit, 100, count_refused)
    admitted: list[float] = []
    at = 0.0
    for gap in gaps:
        at += gap
        wait = window.admit("a", at)
        if wait is None:
            admitted.append(at)
            assert sum(at - 100 <= earlier for earlier in admitted) <= limit
        elif not count_refused:
            assert 1 <= wait <= 101
            assert sum(at + wait - 100 <= earlier for earlier in admitted) < limit


def test_a_fixed_window_begins_anew_at_its_end() -> None:
    window = FixedWindow(limit=2, window=300)
    assert [window.admit("a", at) for at in (290, 299.5, 299.9)] == [None, None, 1]
    assert [window.admit("a", at) for at in (300, 300.1, 310.5)] == [None, None, 290]
    assert window.admit("b", 310.5) is None, "each address for itself"


@pytest.mark.parametrize("count_refused", [False, True])
def test_refused_requests_make_no_difference_to_a_fixed_window(count_refused: bool) -> None:
    window = FixedWindow(1, 300, count_refused)
    for at in (0, 10, 20):
        window.admit("a", at)
    assert window.admit("a", 300) is None


def test_a_token_bucket_is_refilled_evenly() -> None:
    bucket = TokenBucket(limit=3, window=300)
    assert [bucket.admit("a", 0) for _ in range(4)] == [None, None, None, 100]
    assert bucket.admit("a", 99.5) == 1
    assert [bucket.admit("a", 100) for _ in range(2)] == [None, 100]
    assert [bucket.admit("a", 10_000) for _ in range(4)] == [None, None, None, 100], "no more than full"
    assert bucket.admit("b", 10_000) is None, "each address for itself"


def test_knocking_keeps_the_bucket_empty_when_refused_requests_count() -> None:
    lenient, strict = TokenBucket(1, 300), TokenBucket(1, 300, count_refused=True)
    for bucket in (lenient, strict):
        bucket.admit("a", 0)
        bucket.admit("a", 200)
    assert lenient.admit("a", 300) is None
    assert strict.admit("a", 300) == 300
    assert strict.admit("a", 600) is None


def test_the_policies_differ_around_the_end_of_a_window() -> None:
    """The same 200 requests around a full five minutes, under each policy."""
    arrivals = [299.0] * 100 + [301.0] * 100
    admitted = {}
    for policy in POLICIES:
        limit = make_limit(policy, 100, 300, count_refused=False)
        admitted[policy] = sum(limit.admit("a", at) is None for at in arrivals)
    assert admitted == {"sliding-window": 100, "fixed-window": 200, "token-bucket": 100}


@pytest.mark.parametrize("policy", POLICIES)
def test_under_each_policy_what_was_counted_uses_a_place(policy: Policy) -> None:
    limit = make_limit(policy, 1, 300, count_refused=False)
    assert (limit.policy, limit.limit, limit.window, limit.count_refused) == (policy, 1, 300, False)
    limit.count("a", 0)
    assert limit.admit("a", 1) is not None


@pytest.mark.parametrize("policy", POLICIES)
@given(st.integers(1, 5), st.lists(st.floats(0, 50), max_size=40))
def test_after_the_wait_a_place_is_free(policy: Policy, limit: int, gaps: list[float]) -> None:
    at = 0.0
    counter = make_limit(policy, limit, 100, count_refused=False)
    for gap in gaps:
        at += gap
        wait = counter.admit("a", at)
        if wait is not None:
            assert 1 <= wait <= 101
            at += wait
            assert counter.admit("a", at) is None


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(("limit", "window"), [(0, 300.0), (1, 0.0), (1, float("inf")), (1, float("nan"))])
def test_a_limit_that_cannot_be(policy: Policy, limit: int, window: float) -> None:
    with pytest.raises(ValueError, match=r"limit|window"):
        make_limit(policy, limit, window, count_refused=False)
