"""Arrays and objects of strict values: hook factories for a cattrs converter.

Every fault inside one is found, and carries the way to it. Objects of known members are read in ``records``.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import cattrs

from .kinds import Mismatch, StructureHook, is_array, is_object, mismatch_of, refuse
from .told import LONGEST_INTEGER
from .unions import kinds_of


def register(converter: cattrs.Converter) -> None:
    """Give a converter the hooks of arrays, tuples and objects."""
    converter.register_structure_hook_factory(_is_list, _list_hook)
    converter.register_structure_hook_factory(_is_tuple, _tuple_hook)
    converter.register_structure_hook_factory(_is_dict, _dict_hook)
    converter.register_unstructure_hook_factory(_has_integer_names, _numbered_hook)


def _is_tuple(wanted: Any) -> bool:
    return typing.get_origin(wanted) is tuple and typing.get_args(wanted)[-1:] != (...,)


def _tuple_hook(wanted: Any, converter: cattrs.Converter) -> StructureHook:
    kinds = typing.get_args(wanted)
    hooks = [converter.get_structure_hook(kind) for kind in kinds]

    def structure(value: object, _: Any = None) -> tuple[Any, ...]:
        if not is_array(value) or len(value) != len(kinds):
            refuse(f"an array of {len(kinds)}", value)
        found: list[Any] = []
        wrong: list[Mismatch] = []
        for index, (element, kind, hook) in enumerate(zip(value, kinds, hooks, strict=True)):
            try:
                found.append(hook(element, kind))
            except Exception as error:  # noqa: BLE001  # a hook may be the user's own and raise anything
                wrong.append(mismatch_of(error, kind).within(index))
        if wrong:
            raise Mismatch.joined(wrong)
        return tuple(found)

    return structure


COLLECTIONS: Mapping[Any, Callable[[list[Any]], Any]] = {
    list: list,
    Iterable: list,
    Collection: list,
    Sequence: list,
    MutableSequence: list,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
}
"""Types that a JSON array becomes, and how."""


def _is_list(wanted: Any) -> bool:
    return (typing.get_origin(wanted) or wanted) in COLLECTIONS


def _list_hook(wanted: Any, converter: cattrs.Converter) -> StructureHook:
    item = (typing.get_args(wanted) or (Any,))[0]
    hook = converter.get_structure_hook(item)
    collect: Callable[[list[Any]], Any] = COLLECTIONS[typing.get_origin(wanted) or wanted]

    def structure(value: object, _: Any = None) -> Any:
        if not is_array(value):
            refuse("an array", value)
        found: list[Any] = []
        wrong: list[Mismatch] = []
        for index, element in enumerate(value):
            try:
                found.append(hook(element, item))
            except Exception as error:  # noqa: BLE001  # a hook may be the user's own and raise anything
                wrong.append(mismatch_of(error, item).within(index))
        if wrong:
            raise Mismatch.joined(wrong)
        try:
            return collect(found)
        except TypeError:
            raise Mismatch("holds arrays or objects, which a set cannot") from None

    return structure


def _is_dict(wanted: Any) -> bool:
    return (typing.get_origin(wanted) or wanted) in (dict, Mapping, MutableMapping)


def _dict_hook(wanted: Any, converter: cattrs.Converter) -> StructureHook:
    key, item = typing.get_args(wanted) or (str, Any)
    key_hook, hook = _key_hook(key, wanted, converter), converter.get_structure_hook(item)

    def structure(value: object, _: Any = None) -> dict[Any, Any]:
        if not is_object(value):
            refuse("an object", value)
        found: dict[Any, Any] = {}
        wrong: list[Mismatch] = []
        for name, element in value.items():
            try:
                found[key_hook(name, key)] = hook(element, item)
            except Exception as error:  # noqa: BLE001  # a hook may be the user's own and raise anything
                wrong.append(mismatch_of(error, item).within(name))
        if wrong:
            raise Mismatch.joined(wrong)
        return found

    return structure


def _key_hook(key: Any, wanted: Any, converter: cattrs.Converter) -> StructureHook:
    """The hook of a name: names are text, so no type that is read from anything else can stand there."""
    if key is int:
        return integer_name
    if str not in kinds_of(key):
        raise cattrs.errors.StructureHandlerNotFoundError("names of members are text", wanted)
    return converter.get_structure_hook(key)


def integer_name(name: str, _: Any = None) -> int:
    """The integer that a name writes, in the one way in which JSON writes it."""
    if len(name) > LONGEST_INTEGER or not re.fullmatch("0|-?[1-9][0-9]*", name):
        raise Mismatch("the name is no integer")
    return int(name)


def _has_integer_names(wanted: Any) -> bool:
    return _is_dict(wanted) and typing.get_args(wanted)[:1] == (int,)


def _numbered_hook(wanted: Any, converter: cattrs.Converter) -> Callable[[Any], Any]:
    """How an object is written whose names are integers: JSON has none, and cattrs would leave them."""
    hook = converter.get_unstructure_hook(typing.get_args(wanted)[1])

    def unstructure(value: Mapping[Any, Any]) -> dict[Any, Any]:
        return {str(name) if type(name) is int else name: hook(item) for name, item in value.items()}

    return unstructure
