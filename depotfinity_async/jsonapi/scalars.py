"""Strict scalars: text, numbers, times, and what a JSON text may stand for; nothing is coerced.

Arrays, objects and unions are read in ``containers``.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NoReturn, cast
from uuid import UUID

import msgspec

from .enums import or_enum, strict_enum
from .exact import Number
from .kinds import Mismatch, StructureHook, refuse

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def strict_str(value: object, _: Any = None) -> str:
    """A JSON string."""
    return value if isinstance(value, str) else refuse("a string", value)


def strict_int(value: object, _: Any = None) -> int:
    """A JSON integer of any size; neither a boolean nor ``1.0``."""
    return value if type(value) is int else refuse("an integer", value)


def strict_float(value: object, _: Any = None) -> float:
    """A JSON number; an integer is one."""
    if isinstance(value, float):
        return float(value)
    if type(value) is int:
        try:
            return float(value)
        except OverflowError:
            raise Mismatch("the number is out of the range of a float") from None
    return refuse("a number", value)


def strict_bool(value: object, _: Any = None) -> bool:
    """JSON true or false."""
    return value if isinstance(value, bool) else refuse("a boolean", value)


def in_utc(value: datetime) -> datetime:
    """An aware time in UTC; a time without a zone is refused, since any zone would be a guess."""
    if value.tzinfo is None:
        raise Mismatch("the time carries no zone (expected Z or an offset)")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise Mismatch("the time is outside the years 1 to 9999") from None


def strict_datetime(value: object, _: Any = None) -> datetime:
    """An RFC 3339 time with a zone, as an aware ``datetime`` in UTC (microseconds)."""
    if not isinstance(value, str):
        refuse("a time (RFC 3339 text)", value)
    try:
        return in_utc(msgspec.convert(value, datetime))
    except msgspec.ValidationError:
        raise Mismatch("not a time in RFC 3339 form, such as 2022-11-22T19:54:10.143Z") from None


def strict_decimal(value: object, _: Any = None) -> Decimal:
    """A number as the document writes it, or a string that holds one; never rounded."""
    text = value
    if isinstance(value, float):
        # A bare float comes from a user's hook: its shortest text is what was meant.
        text = value.text if isinstance(value, Number) else repr(value)
    elif isinstance(value, str):
        if not _DECIMAL.fullmatch(value):
            raise Mismatch("not a decimal number")
    elif type(value) is not int:
        refuse("a decimal (a number, or text)", value)
    try:
        number = Decimal(cast(Any, text))
    except ArithmeticError:
        raise Mismatch("the number is out of the range of a decimal") from None
    if not number.is_finite():
        raise Mismatch("not a finite decimal number")
    return number


def strict_uuid(value: object, _: Any = None) -> UUID:
    """A UUID as text."""
    try:
        return UUID(strict_str(value))
    except ValueError as error:
        raise error if isinstance(error, Mismatch) else Mismatch("not a UUID") from None


def strict_date(value: object, _: Any = None) -> date:
    """A calendar date, such as ``2022-11-22`` (RFC 3339, full-date)."""
    if not isinstance(value, str):
        refuse("a date (RFC 3339 text)", value)
    try:
        return msgspec.convert(value, date)
    except msgspec.ValidationError:
        raise Mismatch("not a date in RFC 3339 form, such as 2022-11-22") from None


def no_bytes(value: object, _: Any) -> NoReturn:
    """Bytes have no form in JSON: whoever declares them has to say which text stands for them."""
    refuse("a type that JSON has (bytes it has not: register a hook for their encoding)", value)


STRICT: Mapping[type, StructureHook] = {
    str: or_enum(strict_str),
    int: or_enum(strict_int),
    float: or_enum(strict_float),
    bool: strict_bool,
    datetime: strict_datetime,
    date: strict_date,
    Decimal: strict_decimal,
    UUID: strict_uuid,
    enum.Enum: strict_enum,
}
