from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.simulator import LoggedRequest, RequestLog
from depotfinity_async.simulator.requestlog import Kind


def entry(arrival: float, path: str = "/v2/transactions", status: int | None = 200) -> LoggedRequest:
    kind: Kind = "token" if path == "/oauth2/token" else "api"
    return LoggedRequest(arrival, "127.0.0.1", "GET", path, "", kind, status)


def test_counts_by_path_kind_and_status() -> None:
    log = RequestLog([entry(0, "/oauth2/token"), entry(1), entry(2, status=429), entry(3, status=None)])
    assert len(log) == 4
    assert [each.arrival for each in log] == [0, 1, 2, 3]
    assert log.count() == 4
    assert log.count(path="/v2/transactions") == 3
    assert log.count(kind="token") == 1
    assert log.count(path="/v2/transactions", status=200) == 1
    assert log.refusals == 1
    assert log.by_path() == {"/v2/transactions": 3, "/oauth2/token": 1}


def test_the_window_is_closed_at_both_ends() -> None:
    log = RequestLog([entry(0), entry(300), entry(600.001)])
    assert log.busiest_window(300) == 2
    assert log.busiest_window(300.001) == 2
    assert log.busiest_window(299.999) == 1
    assert log.busiest_window(600.001) == 3


def test_what_is_outside_the_limit_fills_no_window() -> None:
    outside = LoggedRequest(1, "127.0.0.1", "POST", "/vdv", "", "vehicle", 200, counted=False)
    log = RequestLog([entry(0), outside, entry(2)])
    assert (len(log), log.busiest_window(300)) == (3, 2)


def test_an_empty_log_and_a_cleared_one() -> None:
    assert RequestLog().busiest_window(300) == 0
    log = RequestLog([entry(0)])
    log.clear()
    assert not log.entries


@given(st.lists(st.integers(0, 50)).map(sorted), st.integers(1, 20))
def test_the_busiest_window_agrees_with_counting(arrivals: list[int], window: int) -> None:
    counted = [sum(start <= arrival <= start + window for arrival in arrivals) for start in arrivals]
    assert RequestLog([entry(at) for at in arrivals]).busiest_window(window) == max(counted, default=0)
