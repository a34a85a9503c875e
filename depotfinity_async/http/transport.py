"""The one way from a call to its answer: `Transport.send`.

It owns the client's session and token and the deadline of a call; nouns of the API are not its matter.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
from yarl import URL

from depotfinity_async.config import Secret, Settings
from depotfinity_async.http.auth import BasicAdmission, Token, TokenSource
from depotfinity_async.http.call import Call, Reply
from depotfinity_async.http.exchange import Admission, Exchange, Progress
from depotfinity_async.http.inflight import InFlight
from depotfinity_async.http.paths import encode_query, join
from depotfinity_async.http.sessions import Sessions
from depotfinity_async.http.wire import Wire
from depotfinity_async.ratelimit import Budget, Clock, Lease

__all__ = ["Transport"]

T = TypeVar("T")


class Transport:
    """Sends calls; one per client, shared by its copies.

    Args:
        settings: addresses, credentials, limits.
        budget: the request budget; every try on the wire takes one of its slots, token calls included.
        clock: measures deadlines, waits and the token's life; usually the budget's.
        session: the caller's own aiohttp session, never closed here. Its cookies, default headers and proxy
            settings apply; its middlewares do not. It does not tell when a request leaves, so a call that is
            cancelled while it connects counts as sent. None: a session is made in the first call.
        basic: every call shows the client credentials themselves, no token (vendor page VDV-261).
    """

    def __init__(
        self,
        settings: Settings,
        *,
        budget: Budget,
        clock: Clock,
        session: aiohttp.ClientSession | None = None,
        basic: bool = False,
    ) -> None:
        self._settings = settings
        self._budget = budget
        self._clock = clock
        self._basic = basic
        self._sessions = Sessions(settings, session)
        self._exchange = Exchange(settings, budget, Wire(settings, self._sessions), clock)
        self._tokens = TokenSource(settings, self._exchange, clock)
        self._in_flight = InFlight()

    @property
    def clock(self) -> Clock:
        """Measures deadlines, waits and the token's life."""
        return self._clock

    async def send(self, call: Call) -> Reply:
        """Sends a call and waits for its answer, with as many tries as the retry table allows.

        Args:
            call: what to send.

        Returns:
            The answer, with a status of 200 to 299 and its whole body.

        Raises:
            StatusError: the service answered with an error status.
            TransportError: no usable answer came.
            UnexpectedResponseError: an answer came that can't be used.
            DeadlineError: the call's deadline can't be met or has passed.
            BudgetUnavailableError: the state of a shared budget is away, and `on_budget_down` is "raise".
            ClientStateError: the client is closed, or of another event loop or process.
        """
        url = join(self._settings.base_url, call.path, encode_query(call.query))
        return await self._in_time(call, call.deadline, lambda progress: self._run(call, url, progress))

    async def token(self, deadline: float | None) -> Secret:
        """The access token, without the word in front of it; fetched if there is none that can be used.

        Args:
            deadline: seconds of the clock for getting it; None: as the settings say.

        Raises:
            DepotFinityError: as `send`.
        """
        token = await self._in_time(self._tokens.call(), deadline, lambda _: self._tokens.valid())
        return Secret(token.authorization.reveal().partition(" ")[2])

    async def aclose(self) -> None:
        """Ends the calls in flight with ClientStateError and closes an own session. Further calls do nothing.

        Raises:
            ClientStateError: the client belongs to another event loop or process.
        """
        self._sessions.check()
        self._sessions.refuse()
        await self._in_flight.end_all()
        await self._tokens.aclose()
        await self._sessions.close()

    async def _in_time(
        self, call: Call, deadline: float | None, work: Callable[[Progress], Awaitable[T]]
    ) -> T:
        """Does the work of a call, which is in flight meanwhile, before its deadline or not at all."""
        self._sessions.open()
        seconds = self._settings.deadline if deadline is None else deadline
        progress = self._exchange.begin(seconds)
        with self._in_flight.call(call.operation, progress):
            if seconds is None:
                return await work(progress)
            scope = asyncio.timeout(seconds / self._clock.speed)
            try:
                async with scope:
                    return await work(progress)
            except TimeoutError:
                if not scope.expired():
                    raise
        raise self._exchange.too_late(call, progress, None)

    async def _run(self, call: Call, url: URL, progress: Progress) -> Reply:
        return await self._exchange.run(call, url, self._admission(call, progress), progress)

    def _admission(self, call: Call, progress: Progress) -> Admission:
        if self._basic:
            return BasicAdmission(self._settings, self._exchange, call, progress)
        return _BearerAdmission(self._exchange, self._tokens, self._budget, call, progress)


class _BearerAdmission:
    """First a token, then a slot: the token call needs a slot too, so none is kept while waiting for it."""

    def __init__(
        self, exchange: Exchange, tokens: TokenSource, budget: Budget, call: Call, progress: Progress
    ) -> None:
        self._exchange = exchange
        self._tokens = tokens
        self._budget = budget
        self._call = call
        self._progress = progress
        self._token: Token | None = None
        self._replayed = False

    async def enter(self, *, ahead: bool) -> tuple[Lease, Secret]:
        while True:
            if self._tokens.current() is None:
                self._check_deadline()
                await self._tokens.valid()
            lease = await self._exchange.slot(self._call, self._progress, ahead=ahead)
            self._token = self._tokens.current()
            if self._token is not None:
                return lease, self._token.authorization
            # The token ended in the queue. The slot goes back unused, and the next turn needs no second wait.
            lease.close()
            ahead = True

    def refused(self) -> bool:
        self._tokens.rejected(self._token)
        first, self._replayed = not self._replayed, True
        return first

    def _check_deadline(self) -> None:
        # The token call queues without a deadline, since others wait for it too: look ahead for it here.
        left = self._exchange.left(self._progress)
        if left is not None:
            status = self._budget.status()
            wait = max(status.next_slot or 0.0, status.hold)
            if wait > left:
                raise self._exchange.too_late(self._call, self._progress, wait)
