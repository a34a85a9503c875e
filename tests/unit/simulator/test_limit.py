from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.simulator.limit import RequestWindow


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
