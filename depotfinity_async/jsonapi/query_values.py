"""Values and families of query parameters: ``page[size]=10`` from ``{"size": 10}`` (C9, C10).

The names of a family's members are the service's own: they are checked for their form alone.
"""

from __future__ import annotations

import enum
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from .query_names import QueryError
from .strict.names import MEMBER
from .values import Mismatch, in_utc

Scalar = str | int | float | Decimal | UUID | date | enum.Enum
"""One value: text, number, boolean (``true``), aware time (RFC 3339 in UTC), date, UUID, enum member."""

Value = Scalar | Sequence[Scalar] | Mapping[str, Any]
"""The value of a parameter: one, a list (written with commas), or the members of a family (in brackets)."""

Parameter = tuple[str, tuple[str, ...]]
"""Name and items of a parameter; commas stand between items. A single value is one item."""

_BRACKETS = re.compile(rf"(?:{MEMBER}(?:\.{MEMBER})*)?")
_OWN = re.compile(rf"(?![a-z]+\Z){MEMBER}|[a-zA-Z0-9]+:[a-z]+")


def check_own(name: str) -> None:
    """Raise :class:`QueryError` if a parameter of the service's own may not have this name (C10)."""
    if not _OWN.fullmatch(name):
        raise QueryError(
            f"{name!r} cannot name an own parameter: letters, digits, inside also '-', '_' and space, "
            "and at least one character outside a to z (or an extension's namespace:name) [C10]"
        )


def family(name: str, value: Value) -> Iterator[Parameter]:
    """The parameters that ``value`` makes of ``name``; a mapping's keys go into brackets, at any depth.

    A key may be dot-separated, empty for ``name[]``, or of an enumeration. Raises :class:`QueryError`.
    """
    if isinstance(value, Mapping):
        for given, inner in value.items():
            key = _text(name, given)
            if not _BRACKETS.fullmatch(key):
                raise QueryError(f"{name}: {key!r} is no member name and no dot-separated list of them [C9]")
            yield from family(f"{name}[{key}]", inner)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        yield name, tuple(check_item(name, _text(name, item)) for item in value)
    else:
        yield name, (_text(name, value),)


def check_item(name: str, item: str) -> str:
    """One item of a comma-separated list. Raises :class:`QueryError` for one that a list cannot hold."""
    if not item or "," in item:
        raise QueryError(f"{name}: a comma-separated list cannot hold {item!r} [C8]")
    return item


def _text(name: str, value: object) -> str:
    match value:
        case enum.Enum():
            return _text(name, value.value)
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case datetime():
            try:
                return in_utc(value).isoformat().replace("+00:00", "Z")
            except Mismatch as mismatch:
                raise QueryError(f"{name}: {mismatch.message}") from None
        case float() if not math.isfinite(value):
            raise QueryError(f"{name}: {value} is no finite number")
        case Decimal() if not value.is_finite():
            raise QueryError(f"{name}: {value} is no finite number")
        case int() | float() | Decimal() | UUID() | date():
            return str(value)
        case _:
            raise QueryError(f"{name}: a query has no form for a value of type {type(value).__name__}")
