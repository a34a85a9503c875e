"""The exception tree of the client: one class for each decision a caller can take.

It knows nothing of HTTP libraries, and it never holds a secret. The bodies of the generic parts
(`jsonapi`, `ratelimit`) have roots of their own.

DepotFinityError
├── ConfigurationError              settings are wrong or missing; nothing was sent: fix them
│   └── MissingCredentialsError     no client id or no client secret was found
├── InvalidArgumentError            an argument of a call is refused; nothing was sent (also a ValueError)
├── ClientStateError                the client is closed, or belongs to another event loop or process
├── DeadlineError                   the deadline of the call can't be met (also a TimeoutError)
├── BudgetUnavailableError          the state of the shared budget is away, and `on_budget_down` is "raise"
├── TransportError                  no usable answer came
│   ├── ConnectionFailedError       the request was never sent: it is safe to repeat it
│   ├── CertificateError            the server's certificate is not valid for this host: never repeated
│   └── NoResponseError             the request was sent, no whole answer came: the server may have acted
├── StatusError                     the service answered with an error status
│   ├── BadRequestError             400, 405, 406, 408 and every 4xx without a class of its own: fix the call
│   ├── AuthenticationError         401 twice, or the credentials of client or vehicle are refused
│   ├── PermissionDeniedError       403: not allowed, or the API is not in the package
│   ├── NotFoundError               404: not there now, may be there later
│   ├── ConflictError               409: in conflict with the current state
│   ├── RateLimitedError            429: the request budget of the address is used up
│   ├── CommandRejectedError        a charger said no to a remote command
│   ├── ServiceUnavailableError     503: the service is away for a while
│   └── ServerError                 500, 502, 504 and every other 5xx
└── UnexpectedResponseError         an answer that can't be used: 1xx, 3xx, 2xx with a body of the wrong kind

Beside it stands AssumptionWarning, a UserWarning: a call does not fit what is assumed, and is sent.
"""

from collections.abc import Mapping

__all__ = [
    "AssumptionWarning",
    "AuthenticationError",
    "BadRequestError",
    "BudgetUnavailableError",
    "CertificateError",
    "ClientStateError",
    "CommandRejectedError",
    "ConfigurationError",
    "ConflictError",
    "ConnectionFailedError",
    "DeadlineError",
    "DepotFinityError",
    "InvalidArgumentError",
    "MissingCredentialsError",
    "NoResponseError",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitedError",
    "ServerError",
    "ServiceUnavailableError",
    "StatusError",
    "TransportError",
    "UnexpectedResponseError",
]


class DepotFinityError(Exception):
    """Root of all errors of the client.

    Args:
        text: one sentence for a person: what happened, and what to do.
        operation: the call it happened in, such as ``"transactions.list"``; None outside of a call.
        attempts: how many times the request went on its way, the failed ones included.
        maybe_processed: True when the service may have acted on the request all the same.
    """

    def __init__(
        self,
        text: str,
        *,
        operation: str | None = None,
        attempts: int = 0,
        maybe_processed: bool = False,
    ) -> None:
        # Only the text is positional: pickle and copy call the class with it, then restore __dict__.
        super().__init__(text)
        self.operation = operation
        self.attempts = attempts
        self.maybe_processed = maybe_processed


class ConfigurationError(DepotFinityError):
    """A setting is wrong or missing. Nothing was sent."""


class MissingCredentialsError(ConfigurationError):
    """No client id or no client secret was found in any of the places they may be."""


class InvalidArgumentError(DepotFinityError, ValueError):
    """An argument of a call is refused before anything is sent."""


class ClientStateError(DepotFinityError):
    """The client is closed, or is used in another event loop or process than the one it was opened in."""


class DeadlineError(DepotFinityError, TimeoutError):
    """The deadline of a call can't be met, or has passed.

    Args:
        retry_after: seconds after which a call has a chance again; None when that is not known.
    """

    def __init__(
        self,
        text: str,
        *,
        operation: str | None = None,
        attempts: int = 0,
        maybe_processed: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(text, operation=operation, attempts=attempts, maybe_processed=maybe_processed)
        self.retry_after = retry_after


class BudgetUnavailableError(DepotFinityError):
    """The state that the request budget shares with others is out of reach. Nothing was sent."""


class TransportError(DepotFinityError):
    """No usable answer came; `maybe_processed` says whether the request may have arrived."""


class ConnectionFailedError(TransportError):
    """The request was never sent: name not resolved, connection refused, no TLS connection in time."""


class CertificateError(TransportError):
    """The certificate of the server is invalid, expired, or made for another host."""


class NoResponseError(TransportError):
    """The request was sent, and no whole answer came back."""


class StatusError(DepotFinityError):
    """The service answered with an error status.

    Args:
        status: HTTP status code.
        code: the service's own error code, if the body holds one.
        message: the service's own words, with control characters escaped, cut to 500 characters.
        headers: headers of the answer, names in lower case.
        retry_after: seconds the service asks to wait, if it does.
        body: the beginning of the body, as it came.
    """

    def __init__(
        self,
        text: str,
        *,
        operation: str | None = None,
        attempts: int = 0,
        maybe_processed: bool = False,
        status: int = 0,
        code: int | str | None = None,
        message: str | None = None,
        headers: Mapping[str, str] | None = None,
        retry_after: float | None = None,
        body: bytes = b"",
    ) -> None:
        super().__init__(text, operation=operation, attempts=attempts, maybe_processed=maybe_processed)
        self.status = status
        self.code = code
        self.message = message
        self.headers: Mapping[str, str] = dict(headers or {})
        self.retry_after = retry_after
        self.body = body


class BadRequestError(StatusError):
    """400, 405, 406, 408 or another 4xx: the call itself has to change."""


class AuthenticationError(StatusError):
    """401 for a fresh token, or the credentials of the client or of the vehicle are refused."""


class PermissionDeniedError(StatusError):
    """403: the request is valid and not allowed, for instance an API outside of the subscribed package."""


class NotFoundError(StatusError):
    """404: nothing is there now; it may be there later."""


class ConflictError(StatusError):
    """409: the request is in conflict with the current state."""


class CommandRejectedError(StatusError):
    """A charger rejected a remote command: the request was right, the charger would not."""


class RateLimitedError(StatusError):
    """429: more requests came from this address than the service allows in its window."""


class ServiceUnavailableError(StatusError):
    """503: the service can't answer for a while."""


class ServerError(StatusError):
    """500, 502, 504 or another 5xx: the service failed."""


class UnexpectedResponseError(DepotFinityError):
    """An answer came that can't be used.

    Args:
        status: HTTP status code of the answer; None when not even that could be read.
        body: the beginning of the body; empty when it may hold a secret.
    """

    def __init__(
        self,
        text: str,
        *,
        operation: str | None = None,
        attempts: int = 0,
        maybe_processed: bool = False,
        status: int | None = None,
        body: bytes = b"",
    ) -> None:
        super().__init__(text, operation=operation, attempts=attempts, maybe_processed=maybe_processed)
        self.status = status
        self.body = body


class AssumptionWarning(UserWarning):
    """A call does not fit what the client assumes of the service. Nothing is documented, so it is sent."""
