"""From an answer that is no success to the error that says it.

Pure: it takes a status, headers and bytes and returns an exception. Trying again is the matter of `retry`.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, cast

import attrs
import msgspec

from depotfinity_async.errors import (
    AuthenticationError,
    BadRequestError,
    ConflictError,
    DepotFinityError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerError,
    ServiceUnavailableError,
    StatusError,
    UnexpectedResponseError,
)

__all__ = ["Answer", "ErrorBody", "error_for", "printable", "read_error_body"]

_LONGEST_MESSAGE: Final = 500
_MOST_ERRORS: Final = 5
_TITLE: Final = re.compile(rb"<title[^>]*>([^<]*)</title", re.IGNORECASE)
# Left out of errors: a cookie of the service is a credential.
_HIDDEN_HEADERS: Final = frozenset({"set-cookie", "set-cookie2"})
# Statuses after which the service may have acted: it failed while, not before, it worked on the request.
_MAYBE_PROCESSED: Final = frozenset({408, 500, 502, 504})

_BY_STATUS: Final[Mapping[int, tuple[type[StatusError], str]]] = {
    401: (AuthenticationError, "The token was refused: check the credentials."),
    403: (PermissionDeniedError, "It is not allowed: check whether the API is in your package."),
    404: (NotFoundError, "Check the ids; it may be there later."),
    409: (ConflictError, "Look at the current state, then decide."),
    429: (RateLimitedError, "Too many requests came from this address: wait before the next one."),
    503: (ServiceUnavailableError, "The service is away for a while: try again later."),
}
_CLIENT_FAULT: Final = (BadRequestError, "Change the request before it is sent again.")
_SERVER_FAULT: Final = (ServerError, "The service failed: try again later.")


@attrs.frozen
class Answer:
    """What came back for one try.

    Args:
        status: HTTP status code.
        headers: names are found in any case.
        body: bytes after decompression; for an error perhaps only the beginning.
        url: the address that answered.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@attrs.frozen
class ErrorBody:
    """What could be read from the body of an error: the service's code and its words."""

    code: int | str | None = None
    message: str | None = None


def read_error_body(body: bytes) -> ErrorBody:
    """Reads code and message from a body of any of the forms seen, or of none.

    Known are ``{"code", "message"}``, ``{"message"}``, the remote command's ``{"commandType", "response"}``
    (vendor page Remote Command), JSON:API's ``{"errors": [...]}``, OAuth's ``{"error", "error_description"}``
    (RFC 6749, section 5.2), HTML, and plain text.
    """
    try:
        document: object = msgspec.json.decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return ErrorBody(message=_plain_text(body))
    if not isinstance(document, dict):
        return ErrorBody(message=_plain_text(body))
    members = cast("dict[str, object]", document)
    errors, response = members.get("errors"), members.get("response")
    if isinstance(errors, list) and errors:
        return _from_errors(cast("list[object]", errors))
    if isinstance(response, dict):
        inner = cast("dict[str, object]", response)
        return ErrorBody(_code(inner.get("status")), _words(inner.get("message")))
    if isinstance(members.get("error"), str):
        return ErrorBody(_code(members["error"]), _words(members.get("error_description")))
    return ErrorBody(_code(members.get("code")), _words(members.get("message")))


def error_for(
    answer: Answer,
    *,
    operation: str,
    method: str,
    path: str,
    attempts: int,
    maybe_processed: bool = False,
    retry_after: float | None = None,
    advice_if_forbidden: str | None = None,
    advice_if_refused: str | None = None,
    advice_if_unauthorized: str | None = None,
) -> DepotFinityError:
    """The error for an answer outside of 200 to 299.

    Args:
        answer: what came back.
        operation: name of the call, for the text and the error.
        method: HTTP method.
        path: path without the query.
        attempts: tries so far, this one included.
        maybe_processed: an earlier try may have been processed.
        retry_after: seconds the answer asks to wait, as `parse_retry_after` read them.
        advice_if_forbidden: what to do about a 403, in place of the general words.
        advice_if_refused: what to do about a 400, likewise.
        advice_if_unauthorized: what to do about a 401, likewise.

    Returns:
        The error to raise; its text says what was called, what the service said and what to do.
    """
    status = answer.status
    beginning = f"{operation}: {method} {path} was answered with {_named(status)}"
    if not 400 <= status <= 599:
        return UnexpectedResponseError(
            f"{beginning}, which this API does not use; redirects are not followed. Check the addresses.",
            operation=operation,
            attempts=attempts,
            maybe_processed=maybe_processed,
            status=status,
            body=answer.body,
        )
    kind, advice = _BY_STATUS.get(status, _CLIENT_FAULT if status < 500 else _SERVER_FAULT)
    if status == HTTPStatus.FORBIDDEN:
        advice = advice_if_forbidden or advice
    elif status == HTTPStatus.BAD_REQUEST:
        advice = advice_if_refused or advice
    elif status == HTTPStatus.UNAUTHORIZED:
        advice = advice_if_unauthorized or advice
    said = read_error_body(answer.body)
    words = f": {said.message.rstrip('.')}." if said.message else "."
    return kind(
        f"{beginning}{words} {advice}",
        operation=operation,
        attempts=attempts,
        maybe_processed=maybe_processed or status in _MAYBE_PROCESSED,
        status=status,
        code=said.code,
        message=said.message,
        headers={
            name.lower(): value
            for name, value in answer.headers.items()
            if name.lower() not in _HIDDEN_HEADERS
        },
        retry_after=retry_after,
        body=answer.body,
    )


def printable(text: str) -> str:
    """The text on one line, control characters escaped, cut to 500 characters."""
    beginning = text[: _LONGEST_MESSAGE + 1].strip()
    escaped = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in beginning
    )
    return escaped if len(escaped) <= _LONGEST_MESSAGE else escaped[: _LONGEST_MESSAGE - 1] + "…"


def _named(status: int) -> str:
    try:
        return f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return str(status)


def _from_errors(errors: list[object]) -> ErrorBody:
    code: int | str | None = None
    messages: list[str] = []
    for error in errors[:_MOST_ERRORS]:
        if isinstance(error, dict):
            members = cast("dict[str, object]", error)
            code = code if code is not None else _code(members.get("code"))
            parts = [text for text in (_words(members.get("title")), _words(members.get("detail"))) if text]
            if parts:
                messages.append(": ".join(parts))
    return ErrorBody(code, printable("; ".join(messages)) or None)


def _code(value: object) -> int | str | None:
    # bool is an int, and a text from outside is cut and escaped like any other.
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return _words(value)


def _words(value: object) -> str | None:
    return (printable(value) or None) if isinstance(value, str) else None


def _plain_text(body: bytes) -> str | None:
    if body.lstrip()[:1] == b"<":
        title = _TITLE.search(body)
        return "a page for browsers" + (
            f" ({printable(title[1].decode('utf-8', 'replace'))})" if title else ""
        )
    return printable(body[: 4 * _LONGEST_MESSAGE].decode("utf-8", "replace")) or None
