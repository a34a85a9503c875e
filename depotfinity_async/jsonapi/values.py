"""Strict values: how the JSON of one attribute becomes a Python value.

A cattrs converter whose hooks refuse what cattrs would coerce (``"false"`` to True, ``1.9`` to 1, null to
"None") and which takes users' own hooks. Not for documents, resources or relationships.
"""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NoReturn, TypeGuard
from uuid import UUID

import cattrs
import msgspec

StructureHook = Callable[[Any, Any], Any]
"""A cattrs structure hook: value and wanted type to the value."""

TYPE_NAMES: Mapping[type, str] = {
    dict: "an object",
    list: "an array",
    str: "a string",
    int: "an integer",
    float: "a number",
}


class OpenEnum(enum.StrEnum):
    """A string enumeration that keeps values it does not know.

    ``Status("Rebooting")`` is a ``Status`` that equals the text ``"Rebooting"`` and for which
    ``is_known`` is false. Such a value is not remembered: the enumeration's members stay those declared.
    """

    @classmethod
    def _missing_(cls, value: object) -> OpenEnum | None:
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = value
        unknown._value_ = value
        return unknown

    @property
    def is_known(self) -> bool:
        """Whether the value is one of the declared members."""
        return self._value_ in type(self)._value2member_map_

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._value_!r})"


class Mismatch(ValueError):
    """A value does not fit its declared type; ``path`` leads to it inside the attribute."""

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def within(self, step: str | int) -> Mismatch:
        """The same fault, seen from one level further out."""
        return Mismatch(self.message, (step, *self.path))


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether a JSON value is an array."""
    return isinstance(value, list)


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


def describe(value: object) -> str:
    """What a JSON value is, in words, without showing it."""
    if value is None:
        return "null"
    if value is True or value is False:
        return "a boolean"
    return TYPE_NAMES.get(type(value), type(value).__name__)


def refuse(wanted: str, value: object) -> NoReturn:
    """Raise the fault of a value of the wrong kind."""
    raise Mismatch(f"expected {wanted}, got {describe(value)}")


def strict_str(value: object, _: Any = None) -> str:
    """A JSON string."""
    return value if isinstance(value, str) else refuse("a string", value)


def strict_int(value: object, _: Any = None) -> int:
    """A JSON integer of any size; neither a boolean nor ``1.0``."""
    return value if type(value) is int else refuse("an integer", value)


def strict_float(value: object, _: Any = None) -> float:
    """A JSON number; an integer is one."""
    if type(value) is float:
        return value
    if type(value) is int:
        try:
            return float(value)
        except OverflowError:
            raise Mismatch("the number is out of the range of a float") from None
    refuse("a number", value)


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
    """A number, or a string that holds one, without rounding."""
    if not isinstance(value, str) and type(value) is not int:
        refuse("a decimal (text or integer)", value)
    try:
        number = Decimal(value)
    except ArithmeticError:
        raise Mismatch("not a decimal number") from None
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


def strict_enum(value: object, wanted: Any) -> Any:
    """A member of an enumeration, by value and its kind; an :class:`OpenEnum` takes any text."""
    if issubclass(wanted, str):
        strict_str(value)
    try:
        member: Any = wanted(value)
    except (ValueError, TypeError):
        raise Mismatch(f"not a value of {wanted.__name__}") from None
    # Python holds 1, 1.0 and True for equal; JSON does not.
    if type(member.value) is not type(value):
        refuse(f"a value of {wanted.__name__}", value)
    return member


def _or_enum(hook: StructureHook) -> StructureHook:
    """cattrs hands subclasses to their base's hook, and many enumerations are subclasses of str or int."""

    def structure(value: object, wanted: Any) -> Any:
        return strict_enum(value, wanted) if is_enum(wanted) else hook(value, wanted)

    return structure


STRICT: Mapping[type, StructureHook] = {
    str: _or_enum(strict_str),
    int: _or_enum(strict_int),
    float: _or_enum(strict_float),
    bool: strict_bool,
    datetime: strict_datetime,
    date: strict_date,
    Decimal: strict_decimal,
    UUID: strict_uuid,
    enum.Enum: strict_enum,
}


def make_converter() -> cattrs.Converter:
    """A new cattrs converter with the strict hooks; register own hooks on it before a decoder is built."""
    converter = cattrs.Converter(detailed_validation=False, structure_fallback_factory=_no_hook)
    for wanted, hook in STRICT.items():
        converter.register_structure_hook(wanted, hook)
    converter.register_structure_hook_factory(_is_scalar_union, _scalar_hook)
    converter.register_structure_hook(bytes, _no_bytes)
    converter.register_structure_hook_factory(_is_literal, _literal_hook)
    converter.register_structure_hook_factory(_is_list, _list_hook)
    converter.register_structure_hook_factory(_is_tuple, _tuple_hook)
    converter.register_structure_hook_factory(_is_dict, _dict_hook)
    return converter


def _no_hook(wanted: type) -> NoReturn:
    """Tell a type that nothing can read when the decoder is built, not at its first value."""
    raise cattrs.errors.StructureHandlerNotFoundError(f"no structure hook for {wanted!r}", wanted)


def is_enum(wanted: Any) -> bool:
    """Whether a type is an enumeration."""
    return isinstance(wanted, type) and issubclass(wanted, enum.Enum)


SCALARS = frozenset({str, int, float, bool, types.NoneType})


def members_of(wanted: Any) -> tuple[Any, ...]:
    """The members of a union; any other type alone."""
    union = typing.get_origin(wanted) in (typing.Union, types.UnionType)
    return typing.get_args(wanted) if union else (wanted,)


def _scalar_hook(wanted: Any) -> StructureHook:
    """The hook of a union of JSON's own scalars, such as ``str | int | None``: a value is kept as it is."""
    kinds = members_of(wanted)

    def structure(value: object, _: Any = None) -> Any:
        if type(value) in kinds:
            return value
        if type(value) is int and float in kinds:
            return strict_float(value)
        refuse(" or ".join(TYPE_NAMES.get(kind, "null") for kind in kinds), value)

    return structure


def _is_scalar_union(wanted: Any) -> bool:
    members = set(members_of(wanted))
    return SCALARS.issuperset(members) and len(members - {types.NoneType}) > 1


def _no_bytes(value: object, _: Any) -> NoReturn:
    refuse("a type that JSON has (bytes it has not: register a hook for their encoding)", value)


def _is_literal(wanted: Any) -> bool:
    return typing.get_origin(wanted) is typing.Literal


def _literal_hook(wanted: Any) -> StructureHook:
    allowed = typing.get_args(wanted)

    def structure(value: object, _: Any = None) -> Any:
        for candidate in allowed:
            if type(candidate) is type(value) and candidate == value:
                return candidate
        raise Mismatch(f"not one of {', '.join(map(repr, allowed))}")

    return structure


def _is_tuple(wanted: Any) -> bool:
    return typing.get_origin(wanted) is tuple and typing.get_args(wanted)[-1:] != (...,)


def _tuple_hook(wanted: Any, converter: cattrs.Converter) -> StructureHook:
    kinds = typing.get_args(wanted)
    hooks = [converter.get_structure_hook(kind) for kind in kinds]

    def structure(value: object, _: Any = None) -> tuple[Any, ...]:
        if not is_array(value) or len(value) != len(kinds):
            refuse(f"an array of {len(kinds)}", value)
        found: list[Any] = []
        for index, (element, kind, hook) in enumerate(zip(value, kinds, hooks, strict=True)):
            try:
                found.append(hook(element, kind))
            except Mismatch as mismatch:
                raise mismatch.within(index) from None
        return tuple(found)

    return structure


COLLECTIONS: Mapping[Any, Callable[[list[Any]], Any]] = {
    list: list,
    Sequence: list,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
}
"""Types that a JSON array becomes, and how."""


def _is_list(wanted: Any) -> bool:
    return (typing.get_origin(wanted) or wanted) in COLLECTIONS


def _is_dict(wanted: Any) -> bool:
    return wanted is dict or typing.get_origin(wanted) in (dict, Mapping)


def _list_hook(wanted: Any, converter: cattrs.Converter) -> StructureHook:
    item = (typing.get_args(wanted) or (Any,))[0]
    hook = converter.get_structure_hook(item)
    collect: Callable[[list[Any]], Any] = COLLECTIONS[typing.get_origin(wanted) or wanted]

    def structure(value: object, _: Any = None) -> Any:
        if not is_array(value):
            refuse("an array", value)
        found: list[Any] = []
        for index, element in enumerate(value):
            try:
                found.append(hook(element, item))
            except Mismatch as mismatch:
                raise mismatch.within(index) from None
        try:
            return collect(found)
        except TypeError:
            raise Mismatch("holds arrays or objects, which a set cannot") from None

    return structure


def _dict_hook(wanted: Any, converter: cattrs.Converter) -> StructureHook:
    key, item = typing.get_args(wanted) or (str, Any)
    key_hook, hook = converter.get_structure_hook(key), converter.get_structure_hook(item)

    def structure(value: object, _: Any = None) -> dict[Any, Any]:
        if not is_object(value):
            refuse("an object", value)
        found: dict[Any, Any] = {}
        for name, element in value.items():
            try:
                found[key_hook(name, key)] = hook(element, item)
            except Mismatch as mismatch:
                raise mismatch.within(name) from None
        return found

    return structure
