"""Unions and literals of strict values: hook factories for a cattrs converter.

A member of a union is chosen by the kind of the JSON value, then by what says most of it; nothing is coerced.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs
import cattrs

from .enums import OpenEnum, is_enum
from .kinds import TYPE_NAMES, Mismatch, StructureHook, is_object, mismatch_of, refuse, type_name
from .records import names_of

NULL: Any = types.NoneType
EVERY = frozenset({str, int, float, bool, list, dict, NULL})
"""The kinds of JSON values, as the types that a parser makes of them."""

SCALARS: Mapping[Any, frozenset[Any]] = {
    NULL: frozenset({NULL}),
    bool: frozenset({bool}),
    int: frozenset({int}),
    UUID: frozenset({str}),
    datetime: frozenset({str}),
    date: frozenset({str}),
    Decimal: frozenset({str, int, float}),
    float: frozenset({int, float}),
    str: frozenset({str}),
}
"""The kinds that scalars are read from: first what says most, last what takes everything of its kind."""


def members_of(wanted: Any) -> tuple[Any, ...]:
    """The members of a union; any other type alone."""
    union = typing.get_origin(wanted) in (typing.Union, types.UnionType)
    return typing.get_args(wanted) if union else (wanted,)


def register(converter: cattrs.Converter) -> None:
    """Give a converter the hooks of unions and literals."""
    converter.register_structure_hook_factory(is_union, _union_hook)
    converter.register_structure_hook_factory(_is_literal, _literal_hook)


def is_union(wanted: Any) -> bool:
    """Whether a type is a union."""
    return len(members_of(wanted)) > 1


@attrs.frozen(eq=False)
class _Member:
    """One type of a union: its hook, the kinds it is read from, and its place among types of one kind."""

    wanted: Any
    hook: StructureHook
    kinds: frozenset[Any]
    place: tuple[int, int]
    names: frozenset[str]
    """The members of objects that it knows."""


def kinds_of(wanted: Any) -> frozenset[Any]:
    """The kinds of JSON values that a type is read from; all, if only a user's hook knows."""
    cls: Any = typing.get_origin(wanted) or wanted
    if is_union(wanted):
        return frozenset[Any]().union(*map(kinds_of, members_of(wanted)))
    if cls in SCALARS:
        return SCALARS[cls]
    if cls is typing.Literal:
        return frozenset(map(type, typing.get_args(wanted)))
    if is_enum(cls):
        values: list[Any] = [member.value for member in cls]
        return frozenset(map(type, values))
    if isinstance(cls, type) and issubclass(cls, Mapping):
        return frozenset({dict})
    if isinstance(cls, type) and issubclass(cls, (Sequence, set, frozenset)):
        return frozenset({list})
    return EVERY if names_of(cls) is None else frozenset({dict})


def _member(wanted: Any, converter: cattrs.Converter) -> _Member:
    cls: Any = typing.get_origin(wanted) or wanted
    names, kinds = names_of(cls), kinds_of(wanted)
    place = (3, 0)
    if cls is typing.Literal:
        place = (0, 0)
    elif is_enum(cls):
        # An enumeration that takes any text comes after all that does not.
        place = (1, len(SCALARS) - 2) if issubclass(cls, OpenEnum) else (0, 0)
    elif cls in SCALARS:
        place = (1, [*SCALARS].index(cls))
    elif names is not None or cls is tuple:
        place = (2, 0)
    elif kinds == EVERY:
        # A user's own type is asked before those that take everything.
        place = (4, 0) if wanted in (Any, object) else (1, 0)
    return _Member(wanted, converter.get_structure_hook(wanted), kinds, place, names or frozenset())


def _union_hook(wanted: Any, converter: cattrs.Converter) -> StructureHook:
    given = members_of(wanted)
    nullable = NULL in given
    members = [_member(member, converter) for member in given if member is not NULL]
    if nullable and len(members) == 1:
        return _optional_hook(members[0].wanted, members[0].hook)
    members.sort(key=lambda member: member.place)
    by_kind = {kind: [member for member in members if kind in member.kinds] for kind in EVERY}
    allowed = " or ".join(
        TYPE_NAMES[kind] for kind in dict.fromkeys(kind for member in given for kind in sorted_kinds(member))
    )

    def structure(value: object, _: Any = None) -> Any:
        if value is None and nullable:
            return None
        candidates = by_kind[float if isinstance(value, float) else type(value)]
        if len(candidates) == 1:
            return candidates[0].hook(value, candidates[0].wanted)
        if not candidates:
            refuse(allowed, value)
        if is_object(value):
            known = value.keys()
            candidates = sorted(candidates, key=lambda member: (member.place, -len(member.names & known)))
        failed: list[Mismatch] = []
        for member in candidates:
            try:
                return member.hook(value, member.wanted)
            except Exception as error:  # noqa: BLE001  # a hook may be the user's own and raise anything
                failed.append(mismatch_of(error, member.wanted))
        if candidates[0].names:
            raise failed[0]  # the record that knows most of the object is the one that was meant
        raise Mismatch(f"fits none of {', '.join(type_name(member.wanted) for member in candidates)}")

    return structure


def sorted_kinds(wanted: Any) -> list[Any]:
    """The kinds that a type is read from, in the order in which messages name them."""
    kinds = kinds_of(wanted)
    return [kind for kind in TYPE_NAMES if kind in kinds]


def _optional_hook(wanted: Any, hook: StructureHook) -> StructureHook:
    def structure(value: object, _: Any = None) -> Any:
        return None if value is None else hook(value, wanted)

    return structure


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
