"""The explaining way for JSON:API documents: first every resource object, then the relationships of all.

One index by type and id serves the whole document, so the cost is linear and one (type, id) is one object.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs
import msgspec

from . import build
from .build import Faults, JsonObject
from .document import Document, Resource
from .error_objects import error
from .errors import Path
from .origin import Origin
from .relationships import Identifier, Lid, State, ToOne
from .schema import Relationship, Schema
from .shapes import TOP_LEVEL, Shape
from .values import describe, is_array, is_object

Ready = Callable[[Any, Path, Faults], Any]
"""Makes the object of a resource that was read the fast way, as a struct of it."""


def is_document(tree: Any) -> bool:
    """Whether a body is a JSON:API document: it has data, errors or meta, and only top-level members (D5)."""
    if not is_object(tree):
        return False
    members = {name for name in tree if not (name.startswith("@") or ":" in name)}
    return bool(members & {"data", "errors", "meta"}) and members <= TOP_LEVEL


def read_document(
    tree: Any,
    types: Mapping[str, Schema],
    origin: Origin,
    shape: Shape[Any] | None,
    ready: Ready | None = None,
) -> Document[Any]:
    """Map a JSON:API document; with a ``shape``, its primary data has to be of the shape's class.

    In place of resource objects the tree may hold structs, of which ``ready`` makes the objects.
    Raises :class:`~.errors.DecodeError` with every fault found.
    """
    faults = Faults()
    members = build.as_object(tree, (), faults, "D1")
    if not faults.found and not {"data", "errors", "meta"} & members.keys():
        if any(":" in name for name in members):
            faults.note((), "holds members of extensions only, which are passed over", "D2")
        else:
            faults.add((), "needs at least one of data, errors, meta to be a JSON:API document", "D2")
    errors = members.get("errors")
    if errors is not None and not is_array(errors):
        faults.add(("errors",), f"expected an array, got {describe(errors)}", "D27")
    faults.check()
    if errors and members.get("data") is not None:
        faults.note(("data",), "stands beside errors: passed over", "D3")
    reading = Reading(types, origin, faults, ready)
    data = None if errors else members.get("data")
    if shape is None and _is_linkage(data, types):
        # Of a resource that is only named in the primary data, the whole one among the included counts.
        included = reading.included(members.get("included", []))
        primary = reading.named(data)
    else:
        primary = reading.primary(data, shape)
        included = reading.included(members.get("included", []))
    reading.link()
    if shape is not None and not errors:
        _expect(shape, primary, faults)
    found = [error(node, ("errors", index), faults) for index, node in enumerate(errors or [])]
    document = Document(
        data=None if found else primary,
        included=tuple(included),
        errors=tuple(found),
        meta=build.member(members, "meta", (), faults, "D19"),
        links=build.links(members.get("links", {}), ("links",), faults),
        jsonapi=build.member(members, "jsonapi", (), faults, "D22"),
        notes=tuple(faults.notes),
    )
    faults.check()
    return document


@attrs.define(eq=False)
class Reading:
    """The two passes over one JSON:API document."""

    types: Mapping[str, Schema]
    origin: Origin
    faults: Faults
    ready: Ready | None = None
    unlinked: list[tuple[Any, Schema | None, JsonObject, Path]] = attrs.field(factory=list[Any], init=False)

    def primary(self, node: Any, shape: Shape[Any] | None) -> Any:
        """Primary data: null, one resource or identifier, or an array of either (D6)."""
        if incomplete := incomplete_class(node, self.types):
            if shape is None:
                return self._identifiers(node)
            self.faults.add(
                ("data",),
                f"holds resource identifiers, but a {incomplete.cls.__name__} needs attributes: "
                "ask for the resources, or decode without a shape",
                "D6",
            )
            return [] if is_array(node) else None
        if is_array(node):
            return self.array(node, ("data",), "D6")
        return None if node is None else self.resource(node, ("data",))

    def named(self, node: Any) -> Any:
        """Primary data of nothing but identifiers: the included resources that they name, or bare ones.

        Resources would not stand twice (D10): where one does, all are identifiers, each with its own meta.
        """
        if _repeats(node):
            return self._identifiers(node)
        if is_array(node):
            return [self._named(item, ("data", index)) for index, item in enumerate(node)]
        return self._named(node, ("data",))

    def _named(self, node: JsonObject, path: Path) -> Any:
        mention = build.identifier(node, path, Faults())
        known = self.origin.find(mention.type, mention.id) if mention else None
        if mention is None or known is None:
            return self.resource(node, path)
        if mention.meta:
            message = f"passed over: {mention}, which is included, has its own"
            self.faults.note((*path, "meta"), message, "D10")
        return known

    def _identifiers(self, node: Any) -> Any:
        if not is_array(node):
            return build.identifier(node, ("data",), self.faults)
        return [build.identifier(item, ("data", index), self.faults) for index, item in enumerate(node)]

    def included(self, node: Any) -> list[Any]:
        """The other resources (D17); null for none is noted."""
        if node is None:
            self.faults.note(("included",), "expected an array, got null: read as an empty one", "D17")
            return []
        return self.array(node, ("included",), "D17")

    def array(self, node: Any, path: Path, rule: str) -> list[Any]:
        """An array of resource objects."""
        if not is_array(node):
            self.faults.add(path, f"expected an array, got {describe(node)}", rule)
            return []
        return [self.resource(item, (*path, index)) for index, item in enumerate(node)]

    def resource(self, node: Any, path: Path) -> Any:
        """The first pass for one resource object; one that stands twice is the first one."""
        if self.ready is not None and isinstance(node, msgspec.Struct):
            return self.ready(node, path, self.faults)
        if not is_object(node):
            build.as_object(node, path, self.faults, "D17" if path[0] == "included" else "D6")
            return None
        members = build.text_id(node, path, self.faults, "D8")
        id_ = build.name_of(members, path, self.faults, "a resource object", ("D7", "D8"))
        if id_ is None:
            return None
        known = self.origin.index.setdefault(members["type"], {})
        if id_ in known:
            build.note_repeated(members["type"], id_, path, self.faults)
            return known[id_]
        schema = self.types.get(members["type"])
        if schema is None:
            made = build.generic(id_, members, path, self.faults)
        else:
            made = build.resource(schema, id_, members, path, self.faults, self.origin.exact)
            object.__setattr__(made, "_origin", self.origin)
            object.__setattr__(made, "_position", (*path, "attributes"))
        known[id_] = made
        if isinstance(members.get("lid"), str):
            known.setdefault(Lid(members["lid"]), made)
        self.unlinked.append((made, schema, members, path))
        return made

    def link(self) -> None:
        """The second pass: relationships of every resource, over the index of all."""
        for instance, schema, members, path in self.unlinked:
            given = build.member(members, "relationships", path, self.faults, "D12")
            path = (*path, "relationships")
            if schema is None:
                for name, node in given.items():
                    if not build.is_no_field(name):
                        instance.relationships[name] = self._linked(name, node, (*path, name), None)
                continue
            for declared in schema.relationships:
                node = given.get(declared.name, {})
                found = self._linked(declared.name, node, (*path, declared.name), declared)
                object.__setattr__(instance, declared.slot, found)

    def _linked(self, name: str, node: Any, path: Path, declared: Relationship | None) -> Any:
        found = build.relationship(name, node, path, self.faults, declared.many if declared else None)
        if found.state is not State.PRESENT:
            return found
        if isinstance(found, ToOne):
            for identifier in found.identifiers:
                if (target := self._target(identifier, path, declared)) is not None:
                    found.link(target)
            return found
        for number, identifier in enumerate(found.identifiers):
            if (target := self._target(identifier, path, declared)) is not None:
                found.link(number, target)
        return found

    def _target(self, identifier: Identifier, path: Path, declared: Relationship | None) -> Any:
        """The object that an identifier means, if the document has it. One of a wrong class is a fault."""
        known = identifier.type in self.types
        if declared and declared.targets and known and identifier.type not in declared.targets:
            wanted = " or ".join(declared.targets)
            self.faults.add((*path, "data"), f"points to {identifier}; the class declares {wanted}")
        return self.origin.find(identifier.type, identifier.id)


def incomplete_class(data: Any, types: Mapping[str, Schema]) -> Schema | None:
    """If primary data can only be linkage: a class whose objects it cannot be, since it lacks attributes.

    Without such a class it may as well be resources that have nothing but their identity.
    """
    nodes: list[Any] = data if is_array(data) else [data]
    if not all(is_object(item) and all(map(_names_resource, item)) for item in nodes):
        return None
    schemas = [types.get(item["type"]) for item in nodes if isinstance(item.get("type"), str)]
    return next((schema for schema in schemas if schema and schema.requires_attributes), None)


def _is_linkage(data: Any, types: Mapping[str, Schema]) -> bool:
    """Whether primary data may be linkage of types without a class: its objects only identify.

    Of a class whose attributes all have defaults, objects are made: all ways to read a document do so.
    """
    nodes: list[Any] = data if is_array(data) else [data]
    return bool(nodes) and all(
        is_object(node) and node and all(map(_names_resource, node)) and str(node.get("type")) not in types
        for node in nodes
    )


def _repeats(data: Any) -> bool:
    """Whether linkage names a resource twice."""
    nodes: list[Any] = data if is_array(data) else []
    named = [each for node in nodes if (each := build.identifier(node, (), Faults())) is not None]
    return len(set(named)) < len(named)


def _names_resource(member: str) -> bool:
    """Whether a member is one that a resource identifier may have, or is to be ignored (D16, D24, D25)."""
    return member in ("type", "id", "lid", "meta") or member.startswith("@") or ":" in member


def _expect(shape: Shape[Any], primary: Any, faults: Faults) -> None:
    """Primary data has to be what the caller asked for."""
    if shape.many != isinstance(primary, list):
        wanted = "an array of resources" if shape.many else "one resource"
        faults.add(("data",), f"expected {wanted}", "D6")
        return
    broken = bool(faults.found)  # a resource that could not be made has its fault already
    for number, item in enumerate(primary if is_array(primary) else [primary]):
        if isinstance(item, shape.cls) or (item is None and broken):
            continue
        at = ("data", number) if shape.many else ("data",)
        kind = item.type if isinstance(item, Resource) else type(item).__name__
        got = "nothing" if item is None else f"a resource of type {kind!r}"
        faults.add(at, f"expected a {shape.cls.__name__}, got {got}")
