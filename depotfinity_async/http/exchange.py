"""The tries of one call: slot, wire, status, and again if the table says so.

Calls of the API and the token call go through here alike; how each is admitted is told by an `Admission`.
"""

import logging
import math
import time
from typing import Protocol

import attrs
from yarl import URL

from depotfinity_async.config import Secret, Settings
from depotfinity_async.errors import (
    AuthenticationError,
    BudgetUnavailableError,
    DeadlineError,
    DepotFinityError,
    StatusError,
)
from depotfinity_async.http import retry
from depotfinity_async.http.call import LANES, Call, Reply
from depotfinity_async.http.retry_after import parse_retry_after
from depotfinity_async.http.statuses import Answer, error_for
from depotfinity_async.http.wire import Attempt, Wire
from depotfinity_async.ratelimit import Budget, BudgetError, BudgetTimeout, Clock, Lease

__all__ = ["Admission", "Exchange", "Progress"]

logger = logging.getLogger("depotfinity_async")


@attrs.define
class Progress:
    """How far a call has come; outlives the tries, so that whoever ends the call can say it.

    Args:
        attempts: tries that went on their way.
        maybe_processed: the service may have acted on one of them.
        due: time of the budget's clock at which the call has to be over; None: never.
    """

    attempts: int = 0
    maybe_processed: bool = False
    due: float | None = None


class Admission(Protocol):
    """How a try gets its slot and its credentials."""

    async def enter(self, *, ahead: bool) -> tuple[Lease, Secret]:
        """Waits for both; returns the slot and the value of the Authorization header."""
        ...

    def refused(self) -> bool:
        """The credentials were answered with 401; True: it is worth trying once more."""
        ...


class Exchange:
    """Sends calls until they are answered, or the retry table says to give up.

    Args:
        settings: of the client.
        budget: gives the slots, and is held after a 429 or 503.
        wire: sends one request.
        clock: measures deadlines and waits.
    """

    def __init__(self, settings: Settings, budget: Budget, wire: Wire, clock: Clock) -> None:
        self._settings = settings
        self._budget = budget
        self._wire = wire
        self._clock = clock
        # A budget of the caller's own may have other lanes, or none.
        self._has_lanes = set(LANES) <= set(budget.lanes)

    def begin(self, deadline: float | None) -> Progress:
        """The progress of a call that starts now and has `deadline` seconds."""
        return Progress(due=None if deadline is None else self._clock.now() + deadline)

    async def slot(self, call: Call, progress: Progress, *, ahead: bool) -> Lease:
        """A slot of the budget, in time for the call or not at all.

        Raises:
            DeadlineError: no slot can be expected before the call is due.
            BudgetUnavailableError: the state that the budget shares with others is away.
        """
        try:
            return await self._budget.acquire(
                timeout=self.left(progress),
                ahead=ahead,
                lane=call.lane if self._has_lanes else None,
                share=self,
            )
        except BudgetTimeout as timeout:
            wait = timeout.retry_after
        except BudgetError as error:
            raise BudgetUnavailableError(
                f"{call.operation}: {call.method} {call.path} was not sent: {error}.",
                operation=call.operation,
                attempts=progress.attempts,
                maybe_processed=progress.maybe_processed,
            ) from None
        raise self.too_late(call, progress, wait)

    def left(self, progress: Progress) -> float | None:
        """Seconds until the call is due, at least 0; None: no deadline."""
        return None if progress.due is None else max(0.0, progress.due - self._clock.now())

    def too_late(self, call: Call, progress: Progress, retry_after: float | None) -> DeadlineError:
        """The error of a call whose deadline can't be met; None and infinity: nobody knows when it could."""
        if retry_after == math.inf:
            retry_after = None
        hint = "" if retry_after is None else f" A slot of the budget can be expected in {retry_after:.0f} s."
        return DeadlineError(
            f"{call.operation}: {call.method} {call.path} can't be done before its deadline.{hint}",
            operation=call.operation,
            attempts=progress.attempts,
            maybe_processed=progress.maybe_processed,
            retry_after=retry_after,
        )

    async def run(
        self, call: Call, url: URL, admission: Admission, progress: Progress, *, ahead: bool = False
    ) -> Reply:
        """Sends a call until it is answered well.

        Args:
            call: what to send.
            url: its whole address.
            admission: gives a slot and credentials for each try.
            progress: kept up to date.
            ahead: the first try goes before ordinary waiters; later ones always do, they had their turn.

        Returns:
            The answer with a status of 200 to 299.

        Raises:
            DepotFinityError: the error of the last try, or no slot in time.
        """
        failures = 0
        while True:
            error = await self._attempt(call, url, admission, progress, ahead=ahead)
            if isinstance(error, Reply):
                return error
            ahead = True
            if isinstance(error, AuthenticationError) and admission.refused():
                continue
            failures += 1
            wait = self._next(call, error, failures, progress)
            if wait is None:
                raise error
            if wait:
                await self._clock.sleep(wait)

    async def _attempt(
        self, call: Call, url: URL, admission: Admission, progress: Progress, *, ahead: bool
    ) -> Reply | DepotFinityError:
        asked = time.monotonic()
        lease, authorization = await admission.enter(ahead=ahead)
        began = time.monotonic()
        attempt = Attempt(lease)
        result = "cancelled"
        try:
            progress.attempts += 1
            answer = await self._wire.send(call, url, authorization, attempt)
        except DepotFinityError as error:
            result = type(error).__name__
            error.attempts = progress.attempts
            progress.maybe_processed = error.maybe_processed = (
                error.maybe_processed or progress.maybe_processed
            )
            return error
        except BaseException:
            # Cancelled on the way: whoever did it says so, here it only matters how far the request came.
            progress.maybe_processed = progress.maybe_processed or attempt.sent
            raise
        else:
            result = str(answer.status)
        finally:
            lease.close()
            if logger.isEnabledFor(logging.DEBUG):
                logger.debug(
                    "%s: %s %s, try %d: %s in %.0f ms, after %.0f ms of waiting for a slot",
                    call.operation,
                    call.method,
                    call.path,
                    progress.attempts,
                    result,
                    (time.monotonic() - began) * 1000,
                    (began - asked) * 1000,
                )
        if 200 <= answer.status <= 299:
            return Reply(answer.status, answer.headers, answer.body, answer.url, progress.attempts)
        return self._refusal(call, answer, authorization, progress)

    def _refusal(
        self, call: Call, answer: Answer, authorization: Secret, progress: Progress
    ) -> DepotFinityError:
        error = error_for(
            # A server may repeat the request in its error page; the credentials must not get into our texts.
            attrs.evolve(answer, body=self._without_secrets(answer.body, authorization)),
            operation=call.operation,
            method=call.method,
            path=call.path,
            attempts=progress.attempts,
            maybe_processed=progress.maybe_processed,
            retry_after=parse_retry_after(
                answer.headers.get("Retry-After"), date=answer.headers.get("Date"), wall_time=time.time()
            ),
            advice_if_forbidden=call.advice_if_forbidden,
            advice_if_refused=call.advice_if_refused,
            advice_if_unauthorized=call.advice_if_unauthorized,
        )
        progress.maybe_processed = error.maybe_processed
        return error

    def _without_secrets(self, body: bytes, authorization: Secret) -> bytes:
        for secret in (authorization.reveal().partition(" ")[2], self._settings.client_secret.reveal()):
            body = body.replace(secret.encode(), b"**********")
        return body

    def _next(self, call: Call, error: DepotFinityError, failures: int, progress: Progress) -> float | None:
        outcome = retry.outcome_of(error)
        retry_after = error.retry_after if isinstance(error, StatusError) else None
        wait = retry.delay(
            outcome,
            repeatable=call.repeatable,
            attempt=failures,
            max_retries=self._settings.max_retries,
            retry_after=retry_after,
        )
        left = self.left(progress)
        late = wait is not None and left is not None and max(wait, self._budget.status().hold) > left
        # Closing cancels the call, but a try that ends in the same moment can swallow that.
        return None if late or self._wire.closed else wait
