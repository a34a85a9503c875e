from typing import Any

import pytest

from depotfinity_async.simulator.deferrals import Deferrals, Deferred


def test_writes_are_taken_in_the_order_they_were_asked_for() -> None:
    deferrals = Deferrals()
    deferrals.add(path="/v2/", after=2)
    deferrals.add(times=2)
    taken = [deferrals.take("POST", path, 10) for path in ("/v1/x", "/v2/x", "/v2/y", "/v2/z")]
    assert taken == [True, True, True, False]
    assert list(deferrals) == [
        Deferred("POST", "/v1/x", 10, 15),
        Deferred("POST", "/v2/x", 10, 12),
        Deferred("POST", "/v2/y", 10, 15),
    ]


def test_reads_pass() -> None:
    deferrals = Deferrals()
    deferrals.add()
    assert not deferrals.take("GET", "/", 0)
    assert deferrals.take("DELETE", "/", 0)


def test_clearing_forgets_both() -> None:
    deferrals = Deferrals()
    deferrals.add(times=2)
    deferrals.take("PUT", "/", 0)
    deferrals.clear()
    assert not list(deferrals)
    assert not deferrals.take("PUT", "/", 0)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"times": 0}, ValueError),
        ({"times": 1.5}, TypeError),
        ({"after": -1}, ValueError),
        ({"after": float("nan")}, ValueError),
        ({"after": "1"}, TypeError),
        ({"path": 7}, TypeError),
    ],
)
def test_what_cannot_be_is_refused(arguments: dict[str, Any], error: type[Exception]) -> None:
    deferrals = Deferrals()
    with pytest.raises(error):
        deferrals.add(**arguments)
    assert not deferrals.take("POST", "/", 0)
