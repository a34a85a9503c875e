from typing import Any

import pytest

from depotfinity_async.simulator import Fault, FaultSwitchboard


def test_first_in_first_out_and_used_up() -> None:
    faults = FaultSwitchboard()
    first, second = faults.add(status=503, times=2), faults.add(status=500)
    taken = [faults.take("/v2/transactions") for _ in range(4)]
    assert taken == [first, first, second, None]


def test_the_first_that_matches_is_taken() -> None:
    faults = FaultSwitchboard()
    faults.add(status=503, path="/v1/")
    second = faults.add(status=500, path="/v2/")
    assert faults.take("/v2/transactions") is second
    assert len(faults.pending) == 1


def test_equal_faults_are_two() -> None:
    faults = FaultSwitchboard()
    faults.add(status=503)
    faults.add(status=503)
    assert faults.take("/") is not None
    assert faults.take("/") is not None
    assert faults.take("/") is None


def test_for_ever_and_cleared() -> None:
    faults = FaultSwitchboard()
    faults.add(status=503, times=None)
    assert all(faults.take("/") for _ in range(10))
    faults.clear()
    assert faults.take("/") is None


@pytest.mark.parametrize(
    ("pattern", "path", "met"),
    [
        (None, "/anything", True),
        ("/v1/", "/v1/timeSeries/chargers/CP-1", True),
        ("/v1/", "/v2/transactions", False),
        ("/v1/*/CP-1", "/v1/timeSeries/chargers/CP-1", True),
        ("/v1/*/CP-1", "/v1/timeSeries/chargers/CP-11", False),
        ("*/CP-[12]", "/v1/timeSeries/chargers/CP-2", True),
    ],
)
def test_paths(pattern: str | None, path: str, met: bool) -> None:
    assert Fault(status=500, path=pattern).matches(path) is met


def test_the_delay_may_be_a_callable() -> None:
    delays = iter([3.0, 4.0])
    fault = Fault(delay=lambda: next(delays))
    assert [fault.seconds(), fault.seconds()] == [3.0, 4.0]
    assert Fault(delay=2).seconds() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"times": 2},
        {"status": 503, "times": 0},
        {"status": 99},
        {"status": 600},
        {"status": "503"},
        {"status": 503, "path": 7},
        {"status": 503, "headers": {"Retry-After": 3}},
        {"delay": -1},
        {"delay": float("nan")},
        {"delay": "long"},
        {"drop": True, "before": "lunch"},
    ],
)
def test_refuses_a_fault_that_cannot_be(wrong: dict[str, Any]) -> None:
    faults = FaultSwitchboard()
    with pytest.raises((ValueError, TypeError)):
        faults.add(**wrong)
    assert not faults.pending
