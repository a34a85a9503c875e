import math
from typing import Any

import pytest

from depotfinity_async.ratelimit.errors import LeaseEndedError
from depotfinity_async.ratelimit.lease import Announcement, Lease, Outcome


class Desk(list[Outcome]):
    """What the budget is told."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[tuple[Outcome, float | None] | Announcement] = []

    def ended(self, slot: int, outcome: Outcome, wait: float | None) -> None:
        assert slot == 7
        self.append(outcome)
        self.items.append((outcome, wait))

    def announced(self, announcement: Announcement) -> None:
        self.items.append(announcement)

    def lease(self) -> Lease:
        return Lease(self, 7)


@pytest.mark.parametrize(
    ("calls", "outcomes"),
    [
        (["close"], [Outcome.UNUSED]),
        (["sent", "close"], [Outcome.UNKNOWN]),
        (["sent", "sent", "close"], [Outcome.UNKNOWN]),
        (["sent", "answered", "close"], [Outcome.ANSWERED]),
        (["sent", "answered", "answered", "close"], [Outcome.ANSWERED]),
        # A reply proves that something was sent.
        (["answered", "close"], [Outcome.ANSWERED]),
        (["close", "close"], [Outcome.UNUSED]),
        (["sent", "close", "close"], [Outcome.UNKNOWN]),
        # The reply to a request that was given up: its slot has a time of return already.
        (["sent", "close", "answered"], [Outcome.UNKNOWN]),
        (["close", "answered"], [Outcome.UNUSED]),
        (["sent", "refused", "answered", "close"], [Outcome.REFUSED]),
        (["sent", "answered", "refused"], [Outcome.ANSWERED]),
    ],
)
def test_each_lease_reports_one_outcome(calls: list[str], outcomes: list[Outcome]) -> None:
    desk = Desk()
    lease = desk.lease()
    for call in calls:
        getattr(lease, call)()
    assert desk == outcomes
    del lease
    assert desk == outcomes


def test_an_answer_counts_when_it_comes_and_not_at_the_close() -> None:
    desk = Desk()
    lease = desk.lease()
    lease.sent()
    assert desk == []
    lease.answered()
    assert desk == [Outcome.ANSWERED]
    lease.close()


@pytest.mark.parametrize("end", ["answered", "close"])
def test_a_second_request_needs_a_lease_of_its_own(end: str) -> None:
    lease = Desk().lease()
    lease.sent()
    getattr(lease, end)()
    with pytest.raises(LeaseEndedError):
        lease.sent()


def test_with_closes() -> None:
    desk = Desk()
    with desk.lease():
        assert desk == []
    assert desk == [Outcome.UNUSED]
    lease = desk.lease()
    lease.sent()
    with pytest.raises(KeyError), lease:
        raise KeyError
    assert desk == [Outcome.UNUSED, Outcome.UNKNOWN]


@pytest.mark.parametrize("calls", [[], ["sent"]])
def test_a_lost_lease_is_of_unknown_outcome(calls: list[str]) -> None:
    desk = Desk()
    lease = desk.lease()
    for call in calls:
        getattr(lease, call)()
    del lease
    assert desk == [Outcome.UNKNOWN]


@pytest.mark.parametrize(
    ("told", "error", "text"),
    [
        ({"limit": 2.5}, TypeError, "limit must be a whole number, at least 1, not 2.5"),
        ({"limit": 0}, ValueError, "limit must be at least 1, not 0"),
        ({"window": math.inf}, ValueError, "window must be a finite number of seconds above 0, not inf"),
        ({"window": 0}, ValueError, "window must be a finite number of seconds above 0, not 0"),
        ({"remaining": "3"}, TypeError, "remaining must be a whole number, at least 0, not '3'"),
        ({"remaining": 5.0}, TypeError, "remaining must be a whole number, at least 0, not 5.0"),
        ({"remaining": -1}, ValueError, "remaining must be at least 0, not -1"),
        ({"reset": math.nan}, ValueError, "reset must be a finite number of seconds, at least 0, not nan"),
        (
            {"limit": 5, "reset": "1"},
            TypeError,
            "reset must be a finite number of seconds, at least 0, not '1'",
        ),
    ],
)
def test_what_no_service_can_announce_is_refused(
    told: dict[str, Any], error: type[Exception], text: str
) -> None:
    desk = Desk()
    lease = desk.lease()
    with pytest.raises(error, match=text):
        lease.announced(**told)
    assert desk.items == []
    lease.announced(limit=1, window=0.5, remaining=0, reset=0)
    lease.close()
    assert desk.items == [Announcement(1, 0.5, 0, 0), (Outcome.UNUSED, None)]


def test_what_is_beyond_reason_counts_as_a_lot() -> None:
    desk = Desk()
    lease = desk.lease()
    lease.announced(limit=10**400, window=1e306, remaining=10**400, reset=1e306)
    lease.refused(1e306)
    assert desk.items == [Announcement(10**9, 10**9, 10**9, 10**9), (Outcome.REFUSED, 10**9)]


def test_what_the_service_asked_for_is_handed_on() -> None:
    desk = Desk()
    desk.lease().refused(12.5)
    desk.lease().refused()
    desk.lease().unavailable(90)
    lease = desk.lease()
    lease.announced(limit=50, remaining=3)
    lease.close()
    lease.unavailable(1)
    assert desk.items == [
        (Outcome.REFUSED, 12.5),
        (Outcome.REFUSED, None),
        (Outcome.UNAVAILABLE, 90),
        Announcement(50, None, 3, None),
        (Outcome.UNUSED, None),
    ]


@pytest.mark.parametrize("seconds", [-1.0, float("inf"), float("nan")])
def test_what_is_no_time_to_wait_is_refused(seconds: float) -> None:
    desk = Desk()
    with desk.lease() as lease, pytest.raises(ValueError, match="retry_after"):
        lease.refused(seconds)
    assert desk == [Outcome.UNUSED]
