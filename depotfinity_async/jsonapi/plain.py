"""Values to JSON: what one attribute becomes when it is sent, the way back of ``values``.

A user's unstructure hooks come first; what they leave that JSON does not know is written here, or refused.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeGuard, cast
from uuid import UUID

import cattrs
import msgspec

from .relationships import State, ToOne
from .schema import Attribute, Relationship, Schema
from .values import Mismatch, in_utc

canonical = msgspec.json.Encoder(order="sorted").encode
"""JSON values to bytes that are equal when the values are the same; ``1``, ``1.0`` and ``true`` are not."""


def unstructure(attribute: Attribute, value: object, converter: cattrs.Converter) -> Any:
    """The JSON of an attribute's value. Raises :class:`Mismatch`, or whatever a user's hook raises."""
    return plain(converter.get_unstructure_hook(attribute.type)(value))


def plain(value: Any) -> Any:
    """A value as JSON: objects, arrays, text, numbers, booleans, null.

    A ``datetime`` becomes RFC 3339 text in UTC (``Z``), as does a ``date``; ``Decimal`` and ``UUID`` become
    text, an enumeration its value, a set an array in a stable order. Raises :class:`Mismatch` for all else.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Mismatch("not a finite number: JSON has no way to write it")
        return float(value)
    if _is_mapping(value):
        return _object(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return _array(cast(Any, value))
    if isinstance(value, datetime):
        return in_utc(value).replace(tzinfo=None).isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise Mismatch("not a finite decimal number")
        return str(value)
    if isinstance(value, UUID):
        return str(value)
    raise Mismatch(
        f"no rule to write a value of {type(value).__name__}; register an unstructure hook on the converter"
    )


def left_out(attribute: Attribute, value: object) -> bool:
    """Whether a value says that its member is absent: ``None``, where the class's default is ``None``."""
    return value is None and attribute.field.default is None


def flat_members(schema: Schema, converter: cattrs.Converter, instance: Any) -> dict[str, Any]:
    """A mapped object that stands inside an attribute, in the form in which ``build.flat`` reads it."""
    members: dict[str, Any] = {}
    for attribute in (schema.id, *schema.attributes) if schema.id else schema.attributes:
        value = getattr(instance, attribute.slot)
        if left_out(attribute, value):
            continue
        try:
            members[attribute.name] = unstructure(attribute, value, converter)
        except Mismatch as mismatch:
            raise mismatch.within(attribute.name) from None
    for relationship in schema.relationships:
        key = _key(relationship, getattr(instance, relationship.slot))
        if relationship.key and key is not State.NOT_LOADED:
            # A reference that somebody looked at no longer knows whether its id was a number: always text.
            members[relationship.key] = None if key is None else str(key)
    return members


def _key(relationship: Relationship, held: Any) -> Any:
    """The foreign key of a flat body: as it came, or of the reference that was made of it."""
    if not isinstance(held, ToOne):
        return held
    if held.state is not State.PRESENT:
        return None if held.state is State.EMPTY else held.state
    return held.id.rpartition("/")[2] if relationship.parent else held.id


def _is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def _object(members: Mapping[Any, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, element in members.items():
        member = plain(name)
        if not isinstance(member, str):
            raise Mismatch(f"the name of a member has to be text, not {type(name).__name__}")
        made[member] = _element(member, element)
    return made


def _array(value: Any) -> list[Any]:
    elements = [_element(number, element) for number, element in enumerate(value)]
    return sorted(elements, key=canonical) if isinstance(value, (set, frozenset)) else elements


def _element(step: str | int, element: Any) -> Any:
    try:
        return plain(element)
    except Mismatch as mismatch:
        raise mismatch.within(step) from None
