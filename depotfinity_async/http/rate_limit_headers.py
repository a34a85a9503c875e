"""Reading the headers in which a service announces its request limit; it never fails, whatever they hold.

Pure. The vendor documents no such header; should the service send one, the budget is told and keeps to it.
"""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

import attrs

__all__ = ["Announced", "parse_rate_limit"]

_LONGEST_TEXT: Final = 512
# Also what a clock in seconds since 1970 stays above, and no wait reaches.
_EPOCH: Final = 1_000_000_000
_NUMBER: Final = re.compile(r"[0-9]{1,10}")
# The name of a policy: a string or a token (RFC 9651).
_NAME: Final = re.compile(r'"[^"]*"|[A-Za-z*][^"\s]*')


@attrs.frozen
class Announced:
    """What a service says of its limit; None where it says nothing.

    Args:
        limit: requests per `window`.
        window: its length in seconds.
        remaining: requests that are left until `reset`.
        reset: seconds until there are more.
    """

    limit: int | None = None
    window: float | None = None
    remaining: int | None = None
    reset: float | None = None


def parse_rate_limit(headers: Mapping[str, str]) -> Announced | None:
    """The limit that the headers of an answer announce; None if they announce nothing that can be used.

    Understood are `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers; of several
    policies the one with the lowest rate, of several states the one with the least left), the older
    `RateLimit-Limit`, `-Remaining` and `-Reset`, and the same with `X-`, whose reset may be seconds since
    1970: these are measured from the answer's own Date.

    Args:
        headers: of the answer; names are found in any case.
    """
    policy = min(_members(headers.get("RateLimit-Policy"), "q", "w"), key=_rate, default=None)
    state = min(_members(headers.get("RateLimit"), "r", "t"), key=lambda pair: pair[0], default=None)
    if policy is not None or state is not None:
        limit, window = policy or (None, None)
        remaining, reset = state or (None, None)
    else:
        limit, remaining, reset = (_older(headers, name) for name in ("Limit", "Remaining", "Reset"))
        window = None
    if reset is not None and reset >= _EPOCH:
        reset = _until(reset, headers.get("Date"))
    # A limit or window of nothing would stop a client for ever: nobody can mean it.
    found = Announced(limit or None, window or None, remaining, reset)
    return None if found == Announced() or found == Announced(reset=reset) else found


def _members(text: str | None, first: str, second: str) -> list[tuple[int, int | None]]:
    """The members of a list that have the parameter `first`, with what stands in `second`."""
    if text is None or len(text) > _LONGEST_TEXT:
        return []
    found: list[tuple[int, int | None]] = []
    for member in text.split(","):
        name, *parameters = (part.strip() for part in member.split(";"))
        if not _NAME.fullmatch(name):
            continue
        given = dict(parameter.split("=", 1) for parameter in parameters if "=" in parameter)
        if given.get("qu", '"requests"') != '"requests"':
            continue  # bytes or connections are not what the budget counts
        number = _number(given.get(first))
        if number is not None:
            found.append((number, _number(given.get(second))))
    return found


def _rate(policy: tuple[int, int | None]) -> float:
    limit, window = policy
    return limit / window if window else float(limit)


def _older(headers: Mapping[str, str], name: str) -> int | None:
    for prefix in ("RateLimit-", "X-RateLimit-", "X-Rate-Limit-"):
        # Some services append policies to the number: `100, 100;w=60`.
        number = _number(headers.get(prefix + name, "").partition(",")[0].strip())
        if number is not None:
            return number
    return None


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and _NUMBER.fullmatch(text) else None


def _until(moment: int, date: str | None) -> int | None:
    try:
        sent = parsedate_to_datetime(date or "").timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return max(0, round(moment - sent)) if moment - sent < _EPOCH else None
