"""Which failure is tried again, and after what wait: the table, and nothing else.

Pure: it neither sleeps nor sends. Of the backoff library only the waits are used.
"""

import enum
from itertools import islice
from typing import Final

import backoff

from depotfinity_async.errors import (
    ConnectionFailedError,
    DepotFinityError,
    NoResponseError,
    RateLimitedError,
    ServerError,
    ServiceUnavailableError,
    StatusError,
)
from depotfinity_async.http.feedback import Jitter

__all__ = ["LONGEST_RETRY_AFTER", "Outcome", "delay", "outcome_of"]

LONGEST_RETRY_AFTER: Final = 900.0
"""Seconds; a service that asks for more is not waited for. Three windows of the request budget."""

_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 30.0


class Outcome(enum.Enum):
    """How one try ended, as far as the next one is concerned."""

    NEVER_SENT = "never sent"
    REFUSED = "refused before it was processed (429)"
    UNAVAILABLE = "service unavailable (503)"
    UNKNOWN = "maybe processed"
    FINAL = "no other answer is to be expected"


def outcome_of(error: DepotFinityError) -> Outcome:
    """Classifies the error of one try."""
    match error:
        case ConnectionFailedError():
            return Outcome.NEVER_SENT
        case RateLimitedError():
            return Outcome.REFUSED
        case ServiceUnavailableError():
            return Outcome.UNAVAILABLE
        case NoResponseError():
            return Outcome.UNKNOWN
        case ServerError(status=500 | 502 | 504) | StatusError(status=408):
            return Outcome.UNKNOWN
        case _:
            return Outcome.FINAL


def delay(
    outcome: Outcome,
    *,
    repeatable: bool,
    attempt: int,
    max_retries: int,
    retry_after: float | None = None,
    jitter: Jitter = backoff.full_jitter,
) -> float | None:
    """Seconds to wait before the next try; None: there is none, raise.

    After a 429 or 503 it is 0: these hold the whole budget, which makes the call wait.

    Args:
        outcome: how the try ended.
        repeatable: the operation may be sent again when it is not known whether it was processed.
        attempt: number of tries that failed, 1 after the first.
        max_retries: tries allowed after the first one.
        retry_after: seconds the service asked for.
        jitter: source of chance.
    """
    if attempt > max_retries or outcome is Outcome.FINAL:
        return None
    if outcome is Outcome.REFUSED or outcome is Outcome.UNAVAILABLE:
        return 0.0 if (retry_after or 0.0) <= LONGEST_RETRY_AFTER else None
    if outcome is Outcome.UNKNOWN and not repeatable:
        return None
    # The first element of the generator is None by its protocol.
    return jitter(next(islice(backoff.expo(factor=_FIRST_WAIT, max_value=_LONGEST_WAIT), attempt, None)))
