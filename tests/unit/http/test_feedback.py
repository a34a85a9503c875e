import pytest

from depotfinity_async.http.feedback import tell
from depotfinity_async.ratelimit.lease import Announcement, Lease, Outcome

Told = tuple[Outcome, float | None] | Announcement


class Desk(list[Told]):
    """What the budget is told."""

    def ended(self, slot: int, outcome: Outcome, wait: float | None) -> None:
        self.append((outcome, wait))

    def announced(self, announcement: Announcement) -> None:
        self.append(announcement)


def told(status: int, headers: dict[str, str] | None = None, *, chance: float = 1.0) -> list[Told]:
    desk = Desk()
    with Lease(desk, 1) as lease:
        lease.sent()
        tell(lease, status, headers or {}, jitter=lambda longest: chance * longest)
    return desk


@pytest.mark.parametrize("status", [200, 204, 301, 400, 401, 403, 404, 408, 500, 502, 504])
def test_any_other_answer_is_an_answer(status: int) -> None:
    assert told(status, {"Retry-After": "9"}) == [(Outcome.ANSWERED, None)]


@pytest.mark.parametrize(
    ("status", "retry_after", "outcome", "least", "most"),
    [
        (429, "120", Outcome.REFUSED, 120.0, 125.0),
        (429, "20", Outcome.REFUSED, 20.0, 21.0),
        (429, "5000", Outcome.REFUSED, 5000.0, 5005.0),
        (503, "10", Outcome.UNAVAILABLE, 10.0, 10.5),
        (503, "", Outcome.UNAVAILABLE, 90.0, 99.0),
        (503, "soon", Outcome.UNAVAILABLE, 90.0, 99.0),
        (503, "-1", Outcome.UNAVAILABLE, 90.0, 99.0),
    ],
)
def test_how_long_to_wait_is_told_and_spread(
    status: int, retry_after: str, outcome: Outcome, least: float, most: float
) -> None:
    headers = {"Retry-After": retry_after} if retry_after else {}
    assert told(status, headers, chance=0.0) == [(outcome, least)]
    assert told(status, headers, chance=1.0) == [(outcome, most)]


@pytest.mark.parametrize("retry_after", [None, "", "inf", "0", "yesterday"])
def test_a_refusal_without_a_time_leaves_it_to_the_budget(retry_after: str | None) -> None:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    assert told(429, headers) == [(Outcome.REFUSED, None)]


def test_an_announced_limit_is_handed_on_with_any_status() -> None:
    headers = {"RateLimit-Policy": '"default";q=50;w=300', "RateLimit": '"default";r=7;t=12'}
    announcement = Announcement(50, 300, 7, 12)
    assert told(200, headers) == [announcement, (Outcome.ANSWERED, None)]
    assert told(429, headers) == [announcement, (Outcome.REFUSED, None)]
