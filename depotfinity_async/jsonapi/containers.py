"""Unions, literals, arrays and objects of strict values: hook factories for a cattrs converter.

A fault inside one carries the way to it.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import cattrs

from .kinds import TYPE_NAMES, Mismatch, StructureHook, is_array, is_object, refuse
from .scalars import strict_float


def register(converter: cattrs.Converter) -> None:
    """Give a converter the hooks of unions of scalars, literals, arrays, tuples and objects."""
    converter.register_structure_hook_factory(_is_scalar_union, _scalar_hook)
    converter.register_structure_hook_factory(_is_literal, _literal_hook)
    converter.register_structure_hook_factory(_is_list, _list_hook)
    converter.register_structure_hook_factory(_is_tuple, _tuple_hook)
    converter.register_structure_hook_factory(_is_dict, _dict_hook)


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
        return refuse(" or ".join(TYPE_NAMES.get(kind, "null") for kind in kinds), value)

    return structure


def _is_scalar_union(wanted: Any) -> bool:
    members = set(members_of(wanted))
    return SCALARS.issuperset(members) and len(members - {types.NoneType}) > 1


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
