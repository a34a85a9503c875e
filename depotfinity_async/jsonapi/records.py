"""Records: attrs classes and dataclasses inside an attribute, read member by member with every fault.

Mapped classes (``@value``) inside an attribute have aliases and defaults of their own: see ``registry``.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from typing import Any

import attrs
import cattrs

from .declare import declaration_of
from .kinds import Mismatch, StructureHook, is_object, mismatch_of, refuse

MISSING = "is missing, and the class declares no default"


def register(converter: cattrs.Converter) -> None:
    """Give a converter the hook of records."""
    # Known before it is complete: a record may hold records of its own class.
    building: dict[tuple[int, Any], _Record] = {}

    def hook(wanted: Any, converter: cattrs.Converter) -> StructureHook:
        key = (id(converter), wanted)
        if key not in building:
            building[key] = made = _Record(wanted)
            try:
                made.complete(converter)
            finally:
                del building[key]
            return made.structure
        return building[key].structure

    converter.register_structure_hook_factory(_is_record, hook)


def names_of(wanted: Any) -> frozenset[str] | None:
    """The members of an object that a record knows, mapped or not; ``None`` for a type that is no record."""
    cls = typing.get_origin(wanted) or wanted
    if isinstance(cls, type) and (declaration := declaration_of(cls)):
        return frozenset(field.name or name for name, field in declaration.fields.items())
    return frozenset(name for name, _, _ in _fields(cls)) if _is_record(cls) else None


def _is_record(wanted: Any) -> bool:
    cls = typing.get_origin(wanted) or wanted
    return isinstance(cls, type) and (attrs.has(cls) or dataclasses.is_dataclass(cls))


def _fields(cls: Any) -> list[tuple[str, str, bool]]:
    """Of each argument of the class: the member, the argument, and whether it has no default."""
    if attrs.has(cls):
        return [
            (field.name, field.alias or field.name, field.default is attrs.NOTHING)
            for field in attrs.fields(cls)
            if field.init
        ]
    missing = dataclasses.MISSING
    return [
        (field.name, field.name, field.default is missing and field.default_factory is missing)
        for field in dataclasses.fields(cls)
        if field.init
    ]


class _Record:
    def __init__(self, wanted: Any) -> None:
        self._wanted = wanted
        self._cls: Any = typing.get_origin(wanted) or wanted
        self._fields: list[tuple[str, str, bool, Any, StructureHook]] = []

    def complete(self, converter: cattrs.Converter) -> None:
        """Find the hooks of the fields. Raises what a decoder reports as a class that is declared wrongly."""
        try:
            hints = typing.get_type_hints(self._cls, include_extras=True)
        except NameError as error:
            message = f"its annotation {error.name!r} names nothing"
            raise cattrs.errors.StructureHandlerNotFoundError(message, self._wanted) from None
        parameters = getattr(self._cls, "__parameters__", ())
        given = dict(zip(parameters, typing.get_args(self._wanted), strict=False))
        for name, argument, required in _fields(self._cls):
            hint = _filled(hints.get(name, Any), given)
            self._fields.append((name, argument, required, hint, converter.get_structure_hook(hint)))

    def structure(self, value: object, _: Any = None) -> Any:
        """The record; members that it does not know are ignored."""
        if not is_object(value):
            refuse("an object", value)
        arguments: dict[str, Any] = {}
        wrong: list[Mismatch] = []
        for name, argument, required, hint, hook in self._fields:
            if name in value:
                try:
                    arguments[argument] = hook(value[name], hint)
                except Exception as error:  # noqa: BLE001  # a hook may be the user's own and raise anything
                    wrong.append(mismatch_of(error, hint).within(name))
            elif required:
                wrong.append(Mismatch(MISSING, (name,)))
        if wrong:
            raise Mismatch.joined(wrong)
        return self._cls(**arguments)


def _filled(hint: Any, given: Mapping[Any, Any]) -> Any:
    """A type with the parameters of its class replaced by what they stand for."""
    if hint in given:
        return given[hint]
    parameters = getattr(hint, "__parameters__", ())
    if isinstance(hint, type) or not parameters:
        return hint
    return hint[tuple(given.get(parameter, parameter) for parameter in parameters)]
