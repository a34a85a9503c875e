"""The fast way for flat bodies: bytes to objects through generated msgspec structs, without a tree.

One struct and one short generated function per class. Nothing is explained here: on any refusal the decoder
reads the body again in the explaining way (``build``), which also judges what is acceptable.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from .relationships import State
from .schema import Attribute, Schema
from .values import in_utc, is_enum

Builder = Callable[[Sequence[Any], Any], list[Any]]

NATIVE = (str, int, float, bool, datetime)
"""Types that msgspec reads exactly as the strict hooks do."""


def compile_flat(schema: Schema) -> tuple[msgspec.json.Decoder[Any], Builder]:
    """A decoder of an array of the class's flat objects, and the function that makes the objects.

    The function takes the decoded structs and the :class:`~.origin.Origin` of the objects.
    """
    fields: list[tuple[str, Any, Any]] = []
    lines: list[str] = []
    names: dict[str, Any] = {"new": object.__new__, "cls": schema.cls, "UNSET": msgspec.UNSET}
    attributes = [schema.id, *schema.attributes] if schema.id else schema.attributes
    for number, attribute in enumerate(attributes):
        field = f"f{number}"
        wanted, expression = _value(attribute, f"s.{field}", number, names)
        if attribute.field.required:
            fields.append((field, wanted, msgspec.field(name=attribute.name)))
        else:
            default = attribute.absent()
            constant = default is None or isinstance(default, (str, int, float))
            if constant and expression == f"s.{field}":
                fields.append((field, wanted, msgspec.field(name=attribute.name, default=default)))
            else:
                names[f"absent{number}"] = attribute.absent
                fields.append(
                    (
                        field,
                        wanted | msgspec.UnsetType,
                        msgspec.field(name=attribute.name, default=msgspec.UNSET),
                    )
                )
                expression = f"absent{number}() if s.{field} is UNSET else {expression}"
        lines.append(_assign(schema, attribute.slot, expression, names))
    for number, relationship in enumerate(schema.relationships):
        if relationship.key is None:
            names[f"none{number}"] = relationship.not_loaded
            lines.append(_assign(schema, relationship.slot, f"none{number}()", names))
            continue
        field = f"k{number}"
        key = msgspec.field(name=relationship.key, default=State.NOT_LOADED)
        fields.append((field, str | int | None, key))
        lines.append(_assign(schema, relationship.slot, f"s.{field}", names))
    lines += [_assign(schema, "_origin", "origin", names), _assign(schema, "_position", "i", names)]
    struct = msgspec.defstruct(schema.cls.__name__, fields, kw_only=True, gc=False)
    body = "".join(f"        {line}\n" for line in lines)
    source = (
        "def build(structs, origin):\n    made = []\n    for i, s in enumerate(structs):\n"
        f"        o = new(cls)\n{body}        made.append(o)\n    return made\n"
    )
    exec(
        compile(source, f"<objects of {schema.cls.__name__}>", "exec"), names
    )  # our own text; names in it come from identifiers only
    return msgspec.json.Decoder(types.GenericAlias(list, struct)), names["build"]


def _assign(schema: Schema, slot: str, expression: str, names: dict[str, Any]) -> str:
    writable: Any = schema.cls.__setattr__
    if writable is object.__setattr__:
        return f"o.{slot} = {expression}"
    names[f"set_{slot}"] = getattr(schema.cls, slot).__set__  # a frozen class: write through the slot itself
    return f"set_{slot}(o, {expression})"


def _value(attribute: Attribute, source: str, number: int, names: dict[str, Any]) -> tuple[Any, str]:
    """The type that msgspec reads, and the expression that makes the attribute's value of it."""
    wanted: Any = attribute.inner
    nullable = attribute.nullable
    null = f"None if {source} is None else " if nullable else ""
    if attribute.standard and wanted is datetime:
        names.update(UTC=UTC, in_utc=in_utc)
        return attribute.type, f"{null}{source} if {source}.tzinfo is UTC else in_utc({source})"
    if attribute.standard and wanted in NATIVE:
        return attribute.type, source
    if attribute.standard and is_enum(wanted) and issubclass(wanted, str):
        members: list[Any] = list(attribute.inner)
        names[f"known{number}"] = {member.value: member for member in members}
        names[f"enum{number}"] = wanted
        text = str | None if nullable else str
        return text, f"{null}known{number}.get({source}) or enum{number}({source})"
    names[f"hook{number}"] = attribute.hook
    names[f"type{number}"] = attribute.type
    return Any, f"hook{number}({source}, type{number})"
