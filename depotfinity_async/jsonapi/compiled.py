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

from .exact import exact_tree
from .parse import is_deeper
from .relationships import State
from .schema import Attribute, Schema
from .values import Mismatch, in_utc, is_enum

Builder = Callable[[Sequence[Any], Any], list[Any]]

NATIVE = (str, int, float, bool, datetime)
"""Types that msgspec reads exactly as the strict hooks do."""


LEVELS = 24
"""How deep a JSON value may be that a hook gets here."""
DEPTH = 32
"""How deep a document may be of which everything that is read here is as deep as it can be."""


def compile_flat(schema: Schema) -> tuple[msgspec.json.Decoder[Any], Builder] | None:
    """A decoder of an array of the class's flat objects, and the function that makes the objects.

    The function takes the decoded structs and the :class:`~.origin.Origin` of the objects. ``None`` for the
    rare class that structs cannot stand for: two fields read one member, or a name is not plain.
    """
    members = [*schema.members]
    if len(set(members)) < len(members) or not all(map(is_plain, members)):
        return None
    names: dict[str, Any] = {"new": object.__new__, "cls": schema.cls}
    attributes = (schema.id, *schema.attributes) if schema.id else schema.attributes
    fields, lines = attribute_fields(schema, attributes, names)
    for number, relationship in enumerate(schema.relationships):
        if relationship.key is None:
            names[f"none{number}"] = relationship.not_loaded
            lines.append(assign(schema, relationship.slot, f"none{number}()", names))
            continue
        key = msgspec.field(name=relationship.key, default=State.NOT_LOADED)
        fields.append((f"k{number}", str | int | None, key))
        lines.append(assign(schema, relationship.slot, f"s.k{number}", names))
    lines += [assign(schema, "_origin", "origin", names), assign(schema, "_position", "i", names)]
    struct = msgspec.defstruct(schema.cls.__name__, fields, kw_only=True, gc=False)
    body = "".join(f"        {line}\n" for line in lines)
    source = (
        "def build(structs, origin):\n"
        # All at once: the garbage collector then runs over objects that refer to nothing yet.
        "    made = list(map(new, [cls] * len(structs)))\n"
        f"    i = 0\n    for o, s in zip(made, structs):\n{body}        i += 1\n    return made\n"
    )
    # Our own text: of the class it holds the names of slots, which are identifiers; all else goes by `names`.
    exec(compile(source, f"<objects of {schema.cls.__name__}>", "exec"), names)
    return msgspec.json.Decoder(types.GenericAlias(list, struct)), names["build"]


def attribute_fields(
    schema: Schema, attributes: Sequence[Attribute], names: dict[str, Any]
) -> tuple[list[tuple[str, Any, Any]], list[str]]:
    """Fields of a struct that reads these attributes, and lines that set them on an object from it.

    In the lines the object is ``o`` and the struct ``s``; ``names`` takes what else they refer to.
    """
    names |= {"UNSET": msgspec.UNSET, "UTC": UTC}
    fields: list[tuple[str, Any, Any]] = []
    lines: list[str] = []
    for number, attribute in enumerate(attributes):
        wanted, made = _value(attribute, number, names)
        field: dict[str, Any] = {"name": attribute.name}
        if not attribute.field.required:
            # A null or a plain value can stand for itself; any other default is made for each object.
            field["default"] = default = attribute.field.default
            if not ((default is None and attribute.nullable) or (type(default) in NATIVE and made == "v")):
                field["default"] = msgspec.UNSET
                wanted |= msgspec.UnsetType
                names[f"absent{number}"] = attribute.absent
                made = f"absent{number}() if v is UNSET else {made}"
        fields.append((f"f{number}", wanted, msgspec.field(**field)))
        if made == "v":
            made = f"s.f{number}"
        else:
            lines.append(f"v = s.f{number}")
        lines.append(assign(schema, attribute.slot, made, names))
    return fields, lines


def is_plain(name: str) -> bool:
    """Whether msgspec takes the name for a member: a JSON text writes it as it is."""
    return not any(sign < " " or sign in '"\\' for sign in name)


def assign(schema: Schema, slot: str, value: str, names: dict[str, Any]) -> str:
    """The line that sets a slot of the object ``o``."""
    writable: Any = schema.cls.__setattr__
    if writable is object.__setattr__:
        return f"o.{slot} = {value}"
    names[f"set_{slot}"] = getattr(schema.cls, slot).__set__  # a frozen class: write through the slot itself
    return f"set_{slot}(o, {value})"


def _value(attribute: Attribute, number: int, names: dict[str, Any]) -> tuple[Any, str]:
    """The type that msgspec reads, and the expression that makes the attribute's value of it, ``v``."""
    wanted: Any = attribute.inner
    if attribute.standard and wanted is datetime:
        names["in_utc"] = in_utc
        null = "v is None or " if attribute.nullable else ""
        return attribute.type, f"(v if {null}v.tzinfo is UTC else in_utc(v))"
    if attribute.standard and wanted in NATIVE:
        return attribute.type, "v"
    if attribute.standard and is_enum(wanted) and issubclass(wanted, str):
        return attribute.type, "v"
    names["CONTAINERS"], names["shallow"], names["exact"] = (list, dict), _shallow, _exact
    names[f"hook{number}"] = attribute.hook
    names[f"type{number}"] = attribute.type
    if attribute.exact:
        return msgspec.Raw, f"hook{number}(exact(v), type{number})"
    return Any, f"hook{number}(shallow(v) if v.__class__ in CONTAINERS else v, type{number})"


def _exact(raw: msgspec.Raw | None) -> Any:
    """The value with its numbers as they are written; ``None`` is an absent member's default."""
    return None if raw is None else _shallow(exact_tree(raw))


def _shallow(value: Any) -> Any:
    """The value; a deeper one is left to the explaining way, which knows how deep it may be."""
    if is_deeper(value, LEVELS):
        raise Mismatch("nested deeply")
    return value
