"""A set of mapped classes, resolved together: what a decoder and an encoder of the same classes share.

It knows which class stands for which type and how values are read and written; it reads and writes nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs
import cattrs

from . import build
from .build import Faults
from .declare import declaration_of
from .errors import SchemaError
from .plain import flat_members
from .schema import Schema, compile_schema
from .values import Mismatch, StructureHook, make_converter


@attrs.frozen(eq=False)
class Registry:
    """Schemas by class and by JSON:API type, and the converter that holds every hook."""

    schemas: Mapping[type[Any], Schema]
    types: Mapping[str, Schema]
    converter: cattrs.Converter


def compile_classes(classes: Iterable[type[Any]], converter: cattrs.Converter | None) -> Registry:
    """Resolve mapped classes; ``converter`` carries a user's hooks and is copied, not changed.

    Raises :class:`SchemaError` when the classes do not fit together.
    """
    known = _listed(classes)
    hooks = converter.copy() if converter else make_converter()

    records: dict[type[Any], _Record] = {}

    def record(wanted: Any) -> _Record:
        if wanted not in records:
            # Known before it is complete: a record may hold records of its own class.
            records[wanted] = _Record()
            records[wanted].schema = compile_schema(wanted, known, hooks)
        return records[wanted]

    def read_hook(wanted: Any) -> StructureHook:
        return record(wanted).structure

    def write_hook(wanted: Any) -> Callable[[Any], Any]:
        return functools.partial(flat_members, record(wanted).schema, hooks)

    hooks.register_structure_hook_factory(_is_mapped, read_hook)
    hooks.register_unstructure_hook_factory(_is_mapped, write_hook)
    schemas = {cls: compile_schema(cls, known, hooks) for cls in known}
    types: dict[str, Schema] = {}
    for schema in schemas.values():
        if schema.type is None:
            continue
        if schema.type in types:
            other = types[schema.type].cls.__name__
            raise SchemaError(f"{other} and {schema.cls.__name__} both stand for the type {schema.type!r}")
        types[schema.type] = schema
    return Registry(schemas, types, hooks)


def _listed(classes: Iterable[Any]) -> tuple[type[Any], ...]:
    if isinstance(classes, type):
        raise SchemaError(f"give the classes in a list: [{classes.__name__}]")
    known = tuple(classes)
    for cls in known:
        if not isinstance(cls, type):
            raise SchemaError(f"{cls!r} is not a mapped class: give the class itself")
    return known


def _is_mapped(wanted: Any) -> bool:
    return isinstance(wanted, type) and declaration_of(wanted) is not None


class _Record:
    """A mapped class that stands inside an attribute."""

    schema: Schema

    def structure(self, value: object, _: Any = None) -> Any:
        """The record's object; every fault in it is one of the attribute."""
        faults = Faults()
        made = build.flat(self.schema, value, (), faults)
        if faults.found:
            raise Mismatch.joined([Mismatch(fault.message, fault.path) for fault in faults.found])
        return made
