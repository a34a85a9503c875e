"""What goes into the transport and what comes out of it.

Nothing here knows a noun of the API; a call is checked when it is made, before anything is sent.
"""

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, Literal

import attrs
import msgspec

from depotfinity_async.errors import InvalidArgumentError, UnexpectedResponseError

__all__ = ["LANES", "LONGEST_SHOWN_BODY", "Call", "Lane", "Reply"]

Lane = Literal["command", "poll"]
LANES: Final[tuple[Lane, ...]] = ("command", "poll")
"""Lanes of the request budget: commands, for which somebody waits, go before polls."""

LONGEST_SHOWN_BODY: Final = 2000
"""Bytes of a body that cannot be used which its error keeps."""

_METHOD: Final = re.compile(r"[A-Z]+")
# RFC 3986 section 3.3: the characters of a path, percent-encoded ones as %XX.
_PATH: Final = re.compile(r"/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*")
_DOTS: Final = re.compile(r"/(?:\.|%2[eE]){1,2}(?:/|$)")
# RFC 9110 sections 5.1 and 5.5, visible ASCII, spaces and tabs only.
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+")
_HEADER_VALUE: Final = re.compile(r"[ -~\t]*")
_OWN_HEADERS: Final = frozenset(
    {"authorization", "connection", "content-length", "host", "transfer-encoding"}
)


@attrs.frozen(kw_only=True)
class Call:
    """One call of the API, ready to be sent.

    Args:
        operation: its name in errors and logs, such as ``"transactions.list"``.
        method: HTTP method in upper case.
        path: expanded and quoted (see `paths.expand`), begins with a slash, holds no query.
        query: pairs of names and values, not encoded.
        body: bytes to send.
        content_type: media type of the body.
        accept: media type asked for.
        repeatable: may be sent again when it is not known whether it was processed. It belongs to the
            operation, not to the HTTP method: force termination is a PUT and must not be repeated.
        deadline: seconds of the budget's clock for the call, all waits included; None: as the settings say.
        headers: more headers; those the transport sets itself are refused.
        lane: lane of the budget it waits in: ``command`` goes before ``poll``.
        advice_if_forbidden: a sentence for the error of a 403: what to do; None: the general one.
        advice_if_refused: the same for a 400.
        advice_if_unauthorized: the same for a 401.

    Raises:
        InvalidArgumentError: one of them could not be sent as it is.
    """

    operation: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    content_type: str | None = None
    accept: str = "application/json"
    repeatable: bool
    deadline: float | None = None
    headers: tuple[tuple[str, str], ...] = ()
    lane: Lane = "poll"
    advice_if_forbidden: str | None = None
    advice_if_refused: str | None = None
    advice_if_unauthorized: str | None = None

    def __attrs_post_init__(self) -> None:
        if not _METHOD.fullmatch(self.method):
            raise InvalidArgumentError(
                "method must be upper case letters, such as GET.", operation=self.operation
            )
        if not _PATH.fullmatch(self.path) or _DOTS.search(self.path):
            raise InvalidArgumentError(
                "path must begin with a slash, be percent-encoded, and hold no query or dot segment.",
                operation=self.operation,
            )
        for name, value in (
            ("Accept", self.accept),
            ("Content-Type", self.content_type or ""),
            *self.headers,
        ):
            if fault := _header_fault(name, value):
                raise InvalidArgumentError(fault, operation=self.operation)
        if self.lane not in LANES:
            raise InvalidArgumentError(f"lane must be one of {', '.join(LANES)}.", operation=self.operation)
        if self.deadline is not None and not 0 < self.deadline < math.inf:
            raise InvalidArgumentError(
                "deadline must be a finite number of seconds above 0.", operation=self.operation
            )


@lru_cache(maxsize=256)
def _header_fault(name: str, value: str) -> str | None:
    # Remembered: nearly every call has the same few headers.
    if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
        return f"header {name!r} holds characters that can't be sent."
    if name.lower() in _OWN_HEADERS:
        return f"header {name!r} is set by the client."
    return None


@attrs.frozen
class Reply:
    """A good answer (2xx) with its whole body.

    Args:
        status: HTTP status code, 200 to 299.
        headers: the answer's headers; names are found in any case.
        body: the bytes after decompression.
        url: the address that answered.
        attempts: how many times the request went on its way.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    attempts: int

    def json(self) -> Any:
        """The body as JSON: objects become dicts, arrays lists.

        Raises:
            UnexpectedResponseError: the body is no JSON.
        """
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, ValueError, RecursionError):
            raise UnexpectedResponseError(
                f"The body of the answer (status {self.status}) is no JSON.",
                attempts=self.attempts,
                status=self.status,
                body=self.body[:LONGEST_SHOWN_BODY],
            ) from None
