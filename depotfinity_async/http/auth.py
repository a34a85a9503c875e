"""The access token: fetched with the client credentials, shared by all calls, renewed before it ends.

It sends through the same exchange as every call. Sources: vendor page Token Management; RFC 6749, 4.4 and 5.
"""

import asyncio
import base64
import copy
import re
from typing import Final, cast

import attrs
import msgspec
from yarl import URL

from depotfinity_async.config import Secret, Settings
from depotfinity_async.errors import (
    AuthenticationError,
    BadRequestError,
    DepotFinityError,
    PermissionDeniedError,
    StatusError,
    UnexpectedResponseError,
)
from depotfinity_async.http.call import Call
from depotfinity_async.http.exchange import Exchange, Progress
from depotfinity_async.ratelimit import Clock, Lease

__all__ = ["BasicAdmission", "Token", "TokenSource", "lifetime"]

_OPERATION: Final = "token"
# Not documented; the usual figure of such token services.
_USUAL_LIFE: Final = 3600.0
_SHORTEST_LIFE: Final = 30.0
_LONGEST_LIFE: Final = 86400.0
_LONGEST_MARGIN: Final = 60.0
_MARGIN: Final = 0.1
_TOKEN: Final = re.compile(r"[!-~]+")


@attrs.frozen(eq=False)
class Token:
    """An access token.

    Args:
        authorization: value of the header that carries it.
        renew_at: time of the budget's clock from which it is not used any more, a little before its end.
    """

    authorization: Secret
    renew_at: float


def lifetime(expires_in: object) -> float:
    """Seconds a token is used for, from the `expires_in` of its reply (RFC 6749, section 5.1).

    What is no number counts as 3600 s (assumed, not documented); numbers are kept within 30 s and a day, so
    that no value leads to a busy loop or to a token that is never renewed.
    """
    if isinstance(expires_in, bool) or not isinstance(expires_in, int | float):
        return _USUAL_LIFE
    # Not with float() or math.isnan(): an integer may be too large for them.
    if expires_in != expires_in:
        return _USUAL_LIFE
    return float(min(max(expires_in, _SHORTEST_LIFE), _LONGEST_LIFE))


class TokenSource:
    """Keeps the token of a client; many coroutines may ask at once.

    Args:
        settings: hold the credentials and the address.
        exchange: sends the token call.
        clock: measures the token's life.
    """

    def __init__(self, settings: Settings, exchange: Exchange, clock: Clock) -> None:
        self._settings = settings
        self._exchange = exchange
        self._clock = clock
        self._token: Token | None = None
        self._refresh: _Refresh | None = None
        self._running: set[asyncio.Task[Token]] = set()
        self._url = URL(settings.token_url, encoded=True)

    def call(self) -> Call:
        """What is sent for a token."""
        return Call(
            operation=_OPERATION,
            method="POST",
            path=self._url.raw_path,
            body=b"grant_type=client_credentials",
            content_type="application/x-www-form-urlencoded",
            repeatable=True,
        )

    def current(self) -> Token | None:
        """The token if it can be used right now; does not wait."""
        token = self._token
        return token if token is not None and self._clock.now() < token.renew_at else None

    def rejected(self, token: Token | None) -> None:
        """The service answered 401 to this token. A token that has replaced it since is kept."""
        if self._token is token:
            self._token = None

    async def valid(self) -> Token:
        """A token that can be used now; all who wait share one token call.

        Raises:
            AuthenticationError: the credentials are refused.
            UnexpectedResponseError: the reply holds no token.
            DepotFinityError: another failure of the token call; the next caller tries again.
        """
        while True:
            if (token := self.current()) is not None:
                return token
            if self._refresh is None:
                self._refresh = self._start()
            refresh, task = self._refresh, self._refresh.task
            refresh.waiters += 1
            try:
                # Not `await task`: the cancellation of one waiter must not end the call of all.
                await asyncio.wait((task,))
            finally:
                refresh.waiters -= 1
                if refresh.waiters == 0 and not task.done():
                    self._refresh = None
                    task.cancel()
            # If somebody else cancelled the task, those who waited go on with one of their own.
            if not task.cancelled():
                if isinstance(error := task.exception(), DepotFinityError):
                    # One for each waiter: a shared exception would collect the tracebacks of all.
                    raise copy.copy(error)
                return task.result()

    async def aclose(self) -> None:
        """Ends a token call in flight and forgets the token."""
        self._token = None
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)

    def _start(self) -> "_Refresh":
        task = asyncio.get_running_loop().create_task(self._fetch(), name="depotfinity token")
        task.add_done_callback(self._ended)
        self._running.add(task)
        return _Refresh(task)

    def _ended(self, task: asyncio.Task[Token]) -> None:
        self._running.discard(task)
        if self._refresh is not None and self._refresh.task is task:
            self._refresh = None
        if not task.cancelled():
            # Looked at here so that asyncio does not report it as lost if the last waiter has just left.
            task.exception()

    async def _fetch(self) -> Token:
        call, progress = self.call(), self._exchange.begin(None)
        admission = BasicAdmission(self._settings, self._exchange, call, progress)
        try:
            # Ahead of all others, who wait for it.
            reply = await self._exchange.run(call, self._url, admission, progress, ahead=True)
        except (BadRequestError, AuthenticationError, PermissionDeniedError) as error:
            refused = error
        else:
            token = self._read(reply.status, reply.body, reply.attempts)
            self._token = token
            return token
        raise _refusal(refused)

    def _read(self, status: int, body: bytes, attempts: int) -> Token:
        # The body stays out of the error in every case: a malformed reply can hold a good token.
        failure = UnexpectedResponseError(
            "token: the reply of the token endpoint holds no access token. Check token_url.",
            operation=_OPERATION,
            attempts=attempts,
            status=status,
        )
        try:
            document: object = msgspec.json.decode(body)
        except (msgspec.DecodeError, ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            raise failure
        members = cast("dict[str, object]", document)
        value = members.get("access_token")
        if not isinstance(value, str) or not _TOKEN.fullmatch(value):
            raise failure
        life = lifetime(members.get("expires_in"))
        return Token(
            Secret(f"Bearer {value}"), self._clock.now() + life - min(_LONGEST_MARGIN, _MARGIN * life)
        )


@attrs.define
class _Refresh:
    task: asyncio.Task[Token]
    waiters: int = 0


class BasicAdmission:
    """Shows the client credentials themselves (RFC 7617): of a token call, and of the calls of a vehicle."""

    def __init__(self, settings: Settings, exchange: Exchange, call: Call, progress: Progress) -> None:
        self._exchange = exchange
        self._call = call
        self._progress = progress
        pair = f"{settings.client_id}:{settings.client_secret.reveal()}".encode()
        self._authorization = Secret(f"Basic {base64.b64encode(pair).decode()}")

    async def enter(self, *, ahead: bool) -> tuple[Lease, Secret]:
        """Waits for a slot; the credentials are there."""
        return await self._exchange.slot(self._call, self._progress, ahead=ahead), self._authorization

    def refused(self) -> bool:
        """There is nothing to renew: they would be refused again."""
        return False


def _refusal(error: StatusError) -> StatusError:
    # The vendor answers a bad token request with 403, OAuth asks for 400 or 401: for the caller all are one.
    if error.status not in (400, 401, 403):
        return error
    words = f" ({error.message})" if error.message else ""
    return AuthenticationError(
        f"token: the token endpoint refused the credentials with {error.status}{words}. "
        "Check the client id, the client secret and token_url.",
        operation=error.operation,
        attempts=error.attempts,
        status=error.status,
        code=error.code,
        message=error.message,
        headers=error.headers,
        retry_after=error.retry_after,
        body=error.body,
    )
