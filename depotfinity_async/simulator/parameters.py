"""Reading query parameters: each reader returns a checked value or refuses with 400, naming the field."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar, overload

from .replies import Refusal
from .times import read_time

C = TypeVar("C", bound=str)


@overload
def integer(query: Mapping[str, str], name: str, default: int) -> int: ...
@overload
def integer(query: Mapping[str, str], name: str, default: None = None) -> int | None: ...
def integer(query: Mapping[str, str], name: str, default: int | None = None) -> int | None:
    """A whole number of at least 1, or the default when the parameter is missing."""
    text = query.get(name)
    return default if text is None else whole_number(name, text, of_query=True)


def required(query: Mapping[str, str], name: str) -> str:
    """A parameter that must be there and not be empty."""
    text = query.get(name)
    if not text:
        raise Refusal(400, f"{name}: is required", parameter=name)
    return text


def whole_number(name: str, text: str, *, of_query: bool = False) -> int:
    """A whole number of at least 1 in ASCII digits, at most 18 of them; of the path or of the query."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18 and int(text) >= 1):
        parameter = name if of_query else None
        raise Refusal(400, f"{name}: must be an integer of at least 1", parameter=parameter)
    return int(text)


def choice(query: Mapping[str, str], name: str, allowed: Sequence[C], default: C) -> C:
    """One of the allowed values, or the default when the parameter is missing."""
    text = query.get(name, default)
    value = next((each for each in allowed if each == text), None)
    if value is None:
        raise Refusal(400, f"{name}: must be one of {', '.join(allowed)}", parameter=name)
    return value


def between(query: Mapping[str, str]) -> tuple[datetime | None, datetime | None]:
    """The bounds `from` and `to`; either may be missing."""
    start, end = _moment(query, "from"), _moment(query, "to")
    if start is not None and end is not None and start > end:
        raise Refusal(400, "from: must not be later than to", parameter="from")
    return start, end


def _moment(query: Mapping[str, str], name: str) -> datetime | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        return read_time(text)
    except ValueError:
        raise Refusal(400, f"{name}: must be an ISO 8601 date-time", parameter=name) from None
