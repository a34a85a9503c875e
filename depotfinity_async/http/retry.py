"""Which failure is tried again, and after what wait: the table, and nothing else.

Pure: it neither sleeps nor sends. The only place where the backoff library is used, for its waits alone.
"""

import enum
from collections.abc import Callable
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

__all__ = ["LONGEST_RETRY_AFTER", "Jitter", "Outcome", "delay", "outcome_of", "pause"]

Jitter = Callable[[float], float]
"""Takes the upper end of a wait in seconds and picks a wait from 0 to there."""

LONGEST_RETRY_AFTER: Final = 900.0
"""Seconds; a service that asks for more is not waited for. Three windows of the request budget."""

_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 30.0
_PAUSE_REFUSED: Final = 30.0
# "About 90 seconds" (vendor page General Information, 503); what is added spreads the clients.
_PAUSE_UNAVAILABLE: Final = 90.0
_PAUSE_SPREAD: Final = 9.0
_SHORTEST_PAUSE: Final = 1.0


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


def pause(outcome: Outcome, retry_after: float | None, jitter: Jitter = backoff.full_jitter) -> float | None:
    """Seconds for which nobody who shares the request budget should send; None: no reason to pause.

    Args:
        outcome: how the try ended.
        retry_after: seconds the service asked for; None: the service's own figures.
        jitter: source of chance.
    """
    if outcome is Outcome.REFUSED:
        return max(_SHORTEST_PAUSE, retry_after or _PAUSE_REFUSED)
    if outcome is Outcome.UNAVAILABLE:
        return max(_SHORTEST_PAUSE, retry_after or _PAUSE_UNAVAILABLE + jitter(_PAUSE_SPREAD))
    return None


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

    After a pause of the whole budget (`pause`) it is 0: the budget itself makes the call wait.

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
