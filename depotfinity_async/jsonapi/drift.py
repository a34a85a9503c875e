"""How far a flat body and the classes for it have drifted apart: for services whose description is poor.

Decoding passes over what nobody declared, and takes defaults for what is not there. This tells of both, by
the names of members alone.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from .schema import Schema
from .values import is_array, is_object, members_of


@attrs.frozen
class Drift:
    """Members by their way into a row, such as ``LastPowerLimits.Result[].ChargerID``, sorted.

    ``undeclared`` ones are in the body and in no class; ``absent`` ones are declared and in no row.
    """

    undeclared: tuple[str, ...]
    absent: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.undeclared or self.absent)


def drift_of(schemas: Mapping[type[Any], Schema], schema: Schema, rows: Iterable[Any]) -> Drift:
    """Compare rows with the class of ``schema``, and what they hold with the classes of its attributes."""
    undeclared: set[str] = set()
    declared: set[str] = set()
    present: set[str] = set()
    ahead = [(schema, row, "") for row in rows]
    while ahead:
        schema, row, way = ahead.pop()
        if not is_object(row):
            continue  # decoding tells of it
        declared.update(way + name for name in schema.names)
        undeclared.update(way + name for name in row.keys() - schema.names)
        present.update(way + name for name in row)
        for attribute in schema.attributes:
            inner = next((schemas[part] for part in _parts(attribute.type) if part in schemas), None)
            if inner is not None and (value := row.get(attribute.name)) is not None:
                ahead += [(inner, item, way + attribute.name + mark) for item, mark in _items(value)]
    return Drift(tuple(sorted(undeclared)), tuple(sorted(declared - present)))


def _parts(hint: Any) -> Iterator[Any]:
    """The classes in an annotation such as ``tuple[Part, ...] | None``."""
    for member in members_of(hint):
        arguments = typing.get_args(member)
        if not arguments:
            yield member
        for argument in arguments:
            yield from _parts(argument)


def _items(value: Any) -> list[tuple[Any, str]]:
    return [(item, "[].") for item in value] if is_array(value) else [(value, ".")]
