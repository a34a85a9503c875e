"""Resource objects as generated msgspec structs, and generated functions that make mapped objects of them.

What a whole document needs, and what is refused, is the matter of ``compiled_compound``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs
import msgspec

from .build import LONGEST_INTEGER
from .compiled import assign, attribute_fields, is_plain
from .compiled_linkage import relationships_struct
from .origin import Origin
from .schema import Schema

Maker = Callable[[Any, Any], Any]
"""From the struct and the position of one resource to its object; ``None`` when its id is known already."""


class Refused(Exception):
    """The document has to be read the explaining way."""


@attrs.frozen(eq=False)
class Plan:
    """How the resources of one class are read: their struct, and what makes the function for one document.

    ``maker`` takes the document's origin and the objects of the type by id, to which the function adds.
    """

    type: str
    struct: Any
    maker: Callable[[Origin, dict[str, Any]], Maker]


def compile_plans(known: Mapping[str, Schema], *, mixed: bool = False) -> list[Plan] | None:
    """A plan for each type; ``None`` when a member has a name that structs cannot have.

    With ``mixed`` the document may hold resources that are read the explaining way, and of other types:
    relationships may point to these.
    """
    for schema in known.values():
        if not all(is_plain(attribute.name) for attribute in schema.attributes):
            return None
        if not all(is_plain(relationship.name) for relationship in schema.relationships):
            return None
    return [_plan(schema, known if mixed else None) for schema in known.values()]


def integer_id(text: str) -> int:
    """An id of a class that declares it as an integer."""
    if text.isascii() and text.isdecimal() and len(text) <= LONGEST_INTEGER:
        return int(text)
    raise Refused


def _plan(schema: Schema, known: Mapping[str, Schema] | None) -> Plan:
    assert schema.type is not None  # every class here stands for a type
    assert schema.id is not None  # and so has an id
    names: dict[str, Any] = {"new": object.__new__, "cls": schema.cls, "integer_id": integer_id}
    fields, lines = attribute_fields(schema, schema.attributes, names)
    attributes = msgspec.defstruct("Attributes", fields, kw_only=True, gc=False, frozen=True)
    required = any(attribute.field.required for attribute in schema.attributes)
    absent: Any = msgspec.field() if required else msgspec.field(default=attributes())
    relationships = relationships_struct(schema.relationships, known)
    members: list[Any] = [
        ("id", str),
        ("attributes", attributes, absent),
        ("relationships", relationships, relationships()),
    ]
    if known is not None:
        # What is read the explaining way may know a resource by its local id: so has this one to be.
        members.append(("lid", None, None))
    struct = msgspec.defstruct(
        schema.cls.__name__,
        members,
        tag=schema.type,
        tag_field="type",
        kw_only=True,
        gc=False,
    )
    lines = [
        assign(schema, schema.id.slot, "integer_id(i)" if schema.id.type is int else "i", names),
        "s = r.attributes",
        *lines,
        assign(schema, "_origin", "origin", names),
        assign(schema, "_position", "position", names),
    ]
    if schema.relationships:
        lines.append(assign(schema, "_linkage", "r.relationships", names))
    body = "".join(f"        {line}\n" for line in lines)
    source = (
        "def maker(origin, known):\n"
        "    def make(r, position):\n"
        "        i = r.id\n"
        "        if i in known:\n"
        "            return None\n"
        "        known[i] = o = new(cls)\n"
        f"{body}"
        "        return o\n"
        "    return make\n"
    )
    # Our own text: of the class it holds the names of slots, which are identifiers; all else goes by `names`.
    exec(compile(source, f"<objects of {schema.cls.__name__}>", "exec"), names)
    return Plan(schema.type, struct, names["maker"])
