"""Arguments of resource methods to the texts of a query. Pure; whatever cannot be sent is refused by name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from depotfinity_async.errors import InvalidArgumentError
from depotfinity_async.models.conversions import MINUTE

Query = tuple[tuple[str, str], ...]


def window(start: datetime | None, end: datetime | None) -> dict[str, str | None]:
    """``from`` and ``to`` of a query: ISO 8601 UTC with milliseconds and ``Z``, as the vendor writes times.

    Raises :class:`InvalidArgumentError` for a time without a zone and for an end before the start.
    """
    if start is not None and end is not None and _aware("end", end) < _aware("start", start):
        raise InvalidArgumentError("end must not lie before start.")
    return {
        "from": None if start is None else utc_text("start", start),
        "to": None if end is None else utc_text("end", end),
    }


def utc_text(name: str, time: object) -> str:
    """A time as the vendor writes it, such as ``2022-11-22T19:54:10.143Z``."""
    return _aware(name, time).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def span(start_name: str, start: object, end_name: str, end: object) -> tuple[str, str]:
    """A time and a later one as the vendor writes them.

    Raises :class:`InvalidArgumentError` for a time without a zone and for an end that is not later.
    """
    begin, finish = utc_text(start_name, start), utc_text(end_name, end)
    # Compared as they are sent: less than a millisecond apart is not apart. Both have the same form.
    if finish <= begin:
        raise InvalidArgumentError(f"{end_name} must be later than {start_name}.")
    return begin, finish


def in_order(name: str, spans: Sequence[tuple[str, str]], *, allow_gaps: bool = True) -> None:
    """Spans of time that follow each other.

    Raises :class:`InvalidArgumentError` for none at all, for a wrong order or an overlap, and for a gap.
    """
    if not spans:
        raise InvalidArgumentError(f"{name} must hold at least one.")
    for place, ((start, end), (following, _)) in enumerate(pairwise(spans), start=1):
        if following < start:
            raise InvalidArgumentError(f"{name}[{place}] must not begin before the one in front of it.")
        if following < end:
            raise InvalidArgumentError(f"{name}[{place}] must not overlap the one in front of it.")
        if following > end and not allow_gaps:
            raise InvalidArgumentError(f"{name}[{place}] leaves a gap to the one in front of it.")


def finite(name: str, number: object, *, lowest: float = -math.inf) -> float:
    """A finite number, at least ``lowest``."""
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise InvalidArgumentError(f"{name} must be a finite number.")
    if number < lowest:
        raise InvalidArgumentError(f"{name} must be at least {lowest}.")
    return number


def minutes(name: str, duration: object) -> int | float:
    """A duration as the vendor writes it, a number of minutes (the unit is assumed, not documented)."""
    if not isinstance(duration, timedelta):
        raise InvalidArgumentError(f"{name} must be a timedelta, such as timedelta(minutes=15).")
    number = duration / MINUTE
    return int(number) if number.is_integer() else number


def whole(name: str, number: object) -> str | None:
    """A whole number from 1 on."""
    if number is None:
        return None
    return str(from_one(name, number))


def from_one(name: str, number: object) -> int:
    """A whole number from 1 on, such as that of a connector on its charger."""
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise InvalidArgumentError(f"{name} must be a whole number, at least 1.")
    return number


def scalar(name: str, value: object) -> str:
    """A text or a whole number as it stands; anything else would have to be guessed."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InvalidArgumentError(f"query[{name!r}] must be a text or a whole number.")
    return str(value)


def text(name: str, value: str | None) -> str | None:
    """A text that is not empty."""
    if value == "":
        raise InvalidArgumentError(f"{name} must not be empty; leave it out instead.")
    return value


def filled(name: str, value: object) -> str:
    """A text that has to be there."""
    if not isinstance(value, str) or not value:
        raise InvalidArgumentError(f"{name} must be a text that is not empty.")
    return value


def query(**parameters: str | None) -> Query:
    """Parameters that were given, in order."""
    return tuple((name, value) for name, value in parameters.items() if value is not None)


def _aware(name: str, time: object) -> datetime:
    if not isinstance(time, datetime):
        raise InvalidArgumentError(f"{name} must be a datetime with a time zone.")
    if time.utcoffset() is None:
        raise InvalidArgumentError(
            f"{name} carries no time zone: give an aware datetime, such as "
            "datetime.now(UTC) - timedelta(days=1)."
        )
    return time
