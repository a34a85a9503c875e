"""One try on the wire: one request, at most one answer, and one kind of error for each way to fail.

It knows nothing of tokens, retries and deadlines; it tells the slot of the budget what became of the request.
"""

from collections.abc import Awaitable, Callable

import aiohttp
import attrs
from yarl import URL

from depotfinity_async.config import Secret, Settings
from depotfinity_async.errors import (
    CertificateError,
    ConnectionFailedError,
    DepotFinityError,
    NoResponseError,
    UnexpectedResponseError,
)
from depotfinity_async.http.call import Call
from depotfinity_async.http.feedback import tell
from depotfinity_async.http.sessions import Sessions, leaving
from depotfinity_async.http.statuses import Answer, printable
from depotfinity_async.ratelimit import Lease

__all__ = ["Attempt", "Wire"]

# Of an error only the beginning is kept: enough for any message, too little to fill the memory with.
_LONGEST_ERROR_BODY = 64 * 1024
_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)


@attrs.define
class Attempt:
    """One try and the slot it uses.

    Args:
        lease: its slot.
        sent: the bytes have left, or may have.
    """

    lease: Lease
    sent: bool = False

    def leave(self) -> None:
        """The bytes of the request go out now."""
        self.sent = True
        self.lease.sent()


class _Dropped(Exception):
    """Hides a dropped connection from aiohttp, which would send the request again on its own."""


class Wire:
    """Sends one request and takes its answer.

    Args:
        settings: of the client.
        sessions: where the session comes from.
    """

    def __init__(self, settings: Settings, sessions: Sessions) -> None:
        self._settings = settings
        self._sessions = sessions
        self._timeout = aiohttp.ClientTimeout(total=settings.timeout)

    @property
    def closed(self) -> bool:
        """Nothing more can be sent."""
        return self._sessions.closed

    async def send(self, call: Call, url: URL, authorization: Secret, attempt: Attempt) -> Answer:
        """Sends a call once.

        Args:
            call: what to send.
            url: the whole address, used as it is.
            authorization: value of that header.
            attempt: told when the bytes leave and when the head of the answer is there; stays open.

        Returns:
            The answer, whatever its status.

        Raises:
            ConnectionFailedError: the request was not sent.
            CertificateError: likewise, and trying again is of no use.
            NoResponseError: it was sent, and no whole answer came.
            UnexpectedResponseError: what came is no HTTP, or longer than `max_response_bytes`.
        """
        token = leaving.set(attempt.leave)
        try:
            return await self._send(call, url, authorization, attempt)
        except (aiohttp.ClientError, OSError, _Dropped) as error:
            if not (self._sessions.own or attempt.sent or isinstance(error, _NEVER_SENT)):
                # A caller's session does not tell when the bytes leave, so they may have.
                attempt.leave()
            failure = self._failure(error, call, url, sent=attempt.sent)
        finally:
            leaving.reset(token)
        # Raised out here: the error of aiohttp can show the request's headers and must not be its context.
        raise failure

    async def _send(self, call: Call, url: URL, authorization: Secret, attempt: Attempt) -> Answer:
        session = self._sessions.open()
        response = await session.request(
            call.method,
            url,
            data=call.body,
            headers=self._headers(call, authorization),
            allow_redirects=False,
            raise_for_status=False,
            auto_decompress=True,
            proxy=self._settings.proxy,
            ssl=self._sessions.ssl,
            timeout=self._timeout,
            middlewares=(_once,),
        )
        try:
            if not self._sessions.own:
                attempt.leave()
            tell(attempt.lease, response.status, response.headers)
            return await self._take(call, response)
        finally:
            # A connection whose answer was read to its end is back in the pool by now; others are closed.
            response.close()

    def _headers(self, call: Call, authorization: Secret) -> dict[str, str]:
        headers = {"Accept": call.accept, "User-Agent": self._sessions.user_agent}
        if call.content_type:
            headers["Content-Type"] = call.content_type
        headers.update(call.headers)
        headers["Authorization"] = authorization.reveal()
        return headers

    async def _take(self, call: Call, response: aiohttp.ClientResponse) -> Answer:
        good = 200 <= response.status <= 299
        longest = self._settings.max_response_bytes
        if not good:
            longest = min(longest, _LONGEST_ERROR_BODY)
        chunks: list[bytes] = []
        size = 0
        try:
            while chunk := await response.content.readany():
                size += len(chunk)
                if size > longest:
                    break
                chunks.append(chunk)
        except (aiohttp.ClientError, OSError):
            # The status of an error is known even if its explanation was lost on the way.
            if good:
                raise
        if good and size > longest:
            raise UnexpectedResponseError(
                f"{call.operation}: the answer to {call.method} {call.path} is longer than {longest} bytes. "
                "Ask for less at a time, or raise max_response_bytes.",
                operation=call.operation,
                maybe_processed=True,
                status=response.status,
            )
        return Answer(response.status, response.headers, b"".join(chunks), str(response.url))

    def _failure(self, error: Exception, call: Call, url: URL, *, sent: bool) -> DepotFinityError:
        beginning = f"{call.operation}: {call.method} {call.path}"
        reason = _reason(error)
        host = f"{url.host}:{url.port}"
        match error:
            case aiohttp.ClientConnectorCertificateError() | aiohttp.ServerFingerprintMismatch():
                return CertificateError(
                    f"{beginning} was not sent: the certificate of {host} is not valid ({reason}). "
                    "Check the address, the clock, and ca_bundle.",
                    operation=call.operation,
                )
            case TimeoutError() if sent:
                return NoResponseError(
                    f"{beginning} was sent to {host} and not answered within {self._settings.timeout:g} s. "
                    "The service may have acted on it.",
                    operation=call.operation,
                    maybe_processed=True,
                )
            case TimeoutError():
                return ConnectionFailedError(
                    f"{beginning} was not sent: no connection to {host} within {self._settings.timeout:g} s.",
                    operation=call.operation,
                )
            case aiohttp.ClientResponseError() if sent:
                return UnexpectedResponseError(
                    f"{beginning}: what {host} answered is not HTTP ({reason}).",
                    operation=call.operation,
                    maybe_processed=True,
                )
            case _ if sent:
                return NoResponseError(
                    f"{beginning} was sent to {host}, and no whole answer came back ({reason}). "
                    "The service may have acted on it.",
                    operation=call.operation,
                    maybe_processed=True,
                )
            case _:
                return ConnectionFailedError(
                    f"{beginning} was not sent: no connection to {host} ({reason}).", operation=call.operation
                )


def _reason(error: Exception) -> str:
    if isinstance(error, _Dropped):
        return printable(str(error))
    # The text of a ClientResponseError holds an address, which for a proxy can hold its password.
    words = f"{error.status} {error.message}" if isinstance(error, aiohttp.ClientResponseError) else error
    return printable(f"{type(error).__name__}: {words}")


async def _once(
    request: aiohttp.ClientRequest,
    handler: Callable[[aiohttp.ClientRequest], Awaitable[aiohttp.ClientResponse]],
) -> aiohttp.ClientResponse:
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        # aiohttp takes these for a stale connection and sends GET, PUT and DELETE once more, without a slot
        # of the budget and without knowing whether the operation is repeatable. The retry loop knows both.
        dropped = _Dropped(f"{type(error).__name__}: {error}")
    raise dropped
