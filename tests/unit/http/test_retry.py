import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async import errors
from depotfinity_async.http.retry import Outcome, delay, outcome_of


def highest(value: float) -> float:
    return value


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (errors.ConnectionFailedError("x"), Outcome.NEVER_SENT),
        (errors.CertificateError("x"), Outcome.FINAL),
        (errors.NoResponseError("x"), Outcome.UNKNOWN),
        (errors.UnexpectedResponseError("x", status=302), Outcome.FINAL),
        (errors.DeadlineError("x"), Outcome.FINAL),
        (errors.ClientStateError("x"), Outcome.FINAL),
        (errors.BadRequestError("x", status=400), Outcome.FINAL),
        (errors.BadRequestError("x", status=408), Outcome.UNKNOWN),
        (errors.AuthenticationError("x", status=401), Outcome.FINAL),
        (errors.PermissionDeniedError("x", status=403), Outcome.FINAL),
        (errors.NotFoundError("x", status=404), Outcome.FINAL),
        (errors.ConflictError("x", status=409), Outcome.FINAL),
        (errors.RateLimitedError("x", status=429), Outcome.REFUSED),
        (errors.ServerError("x", status=500), Outcome.UNKNOWN),
        (errors.ServerError("x", status=501), Outcome.FINAL),
        (errors.ServerError("x", status=502), Outcome.UNKNOWN),
        (errors.ServiceUnavailableError("x", status=503), Outcome.UNAVAILABLE),
        (errors.ServerError("x", status=504), Outcome.UNKNOWN),
        (errors.ServerError("x", status=505), Outcome.FINAL),
    ],
)
def test_how_a_try_ended(error: errors.DepotFinityError, outcome: Outcome) -> None:
    assert outcome_of(error) is outcome


@pytest.mark.parametrize(
    ("outcome", "if_repeatable", "if_not"),
    [
        (Outcome.NEVER_SENT, 1.0, 1.0),
        (Outcome.REFUSED, 0.0, 0.0),
        (Outcome.UNAVAILABLE, 0.0, 0.0),
        (Outcome.UNKNOWN, 1.0, None),
        (Outcome.FINAL, None, None),
    ],
)
def test_which_outcome_is_tried_again(
    outcome: Outcome, if_repeatable: float | None, if_not: float | None
) -> None:
    for repeatable, wait in ((True, if_repeatable), (False, if_not)):
        assert delay(outcome, repeatable=repeatable, attempt=1, max_retries=4, jitter=highest) == wait


def test_waits_double_up_to_half_a_minute() -> None:
    waits = [
        delay(Outcome.UNKNOWN, repeatable=True, attempt=attempt, max_retries=9, jitter=highest)
        for attempt in range(1, 11)
    ]
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30, 30, None]


@pytest.mark.parametrize(
    "outcome", [Outcome.NEVER_SENT, Outcome.REFUSED, Outcome.UNAVAILABLE, Outcome.UNKNOWN]
)
def test_the_number_of_tries_is_bounded(outcome: Outcome) -> None:
    assert delay(outcome, repeatable=True, attempt=2, max_retries=2) is not None
    assert delay(outcome, repeatable=True, attempt=3, max_retries=2) is None
    assert delay(outcome, repeatable=True, attempt=1, max_retries=0) is None


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNAVAILABLE])
def test_nobody_waits_longer_than_the_cap(outcome: Outcome) -> None:
    for retry_after, wait in ((900.0, 0.0), (900.5, None), (86400.0, None)):
        assert delay(outcome, repeatable=True, attempt=1, max_retries=4, retry_after=retry_after) == wait


@given(st.integers(1, 50))
def test_the_jitter_is_full(attempt: int) -> None:
    wait = delay(Outcome.NEVER_SENT, repeatable=False, attempt=attempt, max_retries=100)
    assert wait is not None
    assert 0 <= wait <= min(2.0 ** (attempt - 1), 30)
