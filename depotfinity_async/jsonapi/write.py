"""Objects to the JSON of resource objects and linkage, with the rules for what a client may send (R1 to R9).

Documents around them, and their bytes, are made in ``encode`` and ``atomic``.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

import attrs

from .assemble import identifier_members, refuse, resource_object, written
from .build import JsonObject
from .changes import Linkage, Original, original
from .document import Resource
from .errors import Path, SchemaError
from .plain import canonical, left_out, plain, unstructure
from .references import Lid, identifier_of
from .registry import Registry
from .relationships import Identifier, State, ToMany, ToOne
from .schema import Attribute, Relationship, Schema


@attrs.frozen(eq=False)
class Writer:
    """Writes objects of a fixed set of classes. ``at`` is where in the document the result will stand."""

    registry: Registry

    def created(self, instance: object, at: Path) -> JsonObject:
        """The resource object of a POST: all that the object holds (R1)."""
        if isinstance(instance, Resource):
            return self._generic(instance, at)
        schema = self.schema(instance)
        attributes: JsonObject = {}
        for attribute in schema.attributes:
            value = getattr(instance, attribute.slot)
            if not left_out(attribute, value):
                attributes[attribute.name] = self._value(schema, attribute, value, at)
        identifier = _identify(schema, instance, original(schema, instance), at)
        return resource_object(identifier, attributes, self._linkages(schema, instance, at), at)

    def updated(self, instance: object, at: Path) -> JsonObject | None:
        """The resource object of a PATCH: what changed since decoding (R4); ``None`` if nothing did."""
        if isinstance(instance, Resource):
            refuse(
                at,
                "a Resource is not compared with its document: declare a class for its type, or create() a "
                "Resource of the same id that holds only what changes, and send that as PATCH",
                "R4",
            )
        schema = self.schema(instance)
        before = original(schema, instance)
        if before is None:
            refuse(
                at,
                f"this {schema.cls.__name__} has no document to compare with: it was made by hand, copied or "
                "unpickled. Decode it, or call saved() once the server has it",
                "R4",
            )
        identifier = _identify(schema, instance, before, at)
        if identifier.id != before.id:
            refuse(
                (*at, "id"), f"{schema.cls.__name__}: the id was changed, it names another resource now", "R4"
            )
        attributes: JsonObject = {}
        for attribute in schema.attributes:
            now = self._value(schema, attribute, getattr(instance, attribute.slot), at)
            was = canonical(self._value_before(schema, attribute, before, at))
            if canonical(now) == was:
                continue
            # A factory that makes another value each time (an id, the time) does not tell what it made then.
            made = attribute.field.factory is not None and attribute.name not in before.attributes
            if made and canonical(self._value_before(schema, attribute, before, at)) != was:
                continue
            attributes[attribute.name] = now
        linkages = {
            name: linkage
            for name, linkage in self._linkages(schema, instance, at).items()
            if name not in before.linkage or canonical(linkage) != canonical(before.linkage[name])
        }
        return resource_object(identifier, attributes, linkages, at) if attributes or linkages else None

    def linkage(self, schema: Schema, relationship: Relationship, instance: object, at: Path) -> Any:
        """The linkage of a declared relationship; ``State.NOT_LOADED`` if the object does not know it."""
        held = getattr(instance, relationship.slot)
        wanted: Any = ToMany if relationship.many else ToOne
        if relationship.key and (held is State.NOT_LOADED or getattr(instance, "_origin", None)):
            held = getattr(instance, relationship.name)
        if not isinstance(held, wanted):
            made = "to_many(…)" if relationship.many else "to(…)"
            field = field_name(schema, relationship)
            refuse(
                at, f"{field} holds a {type(held).__name__}, not a relationship: make one with {made}", "D15"
            )
        return self._linked(held, relationship, field_name(schema, relationship), at)

    def identifiers(
        self, targets: Iterable[object], relationship: Relationship | None, field: str, at: Path
    ) -> list[JsonObject]:
        """Identifier objects of a relationship's targets (D16); no ``relationship``: no class declares it."""
        made: list[JsonObject] = []
        for target in targets:
            identifier = identifier_of(target)
            allowed = relationship.targets if relationship else ()
            if allowed and identifier.type in self.registry.types and identifier.type not in allowed:
                wanted = " or ".join(allowed)
                refuse(at, f"{field} points to {identifier}; the class declares {wanted}")
            made.append(identifier_members(identifier, field, at))
        return made

    def endpoint(self, instance: object, name: str, targets: Iterable[object] | None, at: Path) -> Any:
        """The linkage for a relationship's own URL: all it holds, or given targets of a to-many (R6, R7)."""
        schema = self.schema(instance)
        relationship = _relationship(schema, name, at)
        if targets is not None:
            if not relationship.many:
                refuse(at, f"{field_name(schema, relationship)} is to-one: it can only be replaced", "R6")
            return self.identifiers(targets, relationship, field_name(schema, relationship), at)
        linkage = self.linkage(schema, relationship, instance, at[:-1])
        if linkage is State.NOT_LOADED:
            refuse(at, f"{field_name(schema, relationship)} is not loaded: there is nothing to send", "R3")
        return linkage

    def member(self, instance: object, name: str) -> str:
        """The name in documents of a relationship, by the name of its field in Python."""
        return _relationship(self.schema(instance), name, ()).name

    def schema(self, instance: object) -> Schema:
        """The schema of an object's class. Raises :class:`SchemaError`."""
        schema = self.registry.schemas.get(type(instance))
        if schema is None or schema.type is None:
            raise SchemaError(f"{type(instance).__name__} is not among the resource classes of this encoder")
        return schema

    def _generic(self, instance: Resource, at: Path) -> JsonObject:
        attributes: JsonObject = {
            name: written(functools.partial(plain, value), name, (*at, "attributes", name))
            for name, value in instance.attributes.items()
        }
        linkages = {
            name: self._linked(held, None, name, (*at, "relationships", name))
            for name, held in instance.relationships.items()
            if held.state is not State.NOT_LOADED
        }
        if both := attributes.keys() & linkages.keys():
            refuse(at, f"{min(both)!r} is both an attribute and a relationship", "R9")
        return resource_object(identifier_of(instance), attributes, linkages, at)

    def _linkages(self, schema: Schema, instance: object, at: Path) -> dict[str, Linkage]:
        """Every relationship that the object knows; one that is not loaded has no data to send (R3)."""
        found = {
            relationship.name: self.linkage(
                schema, relationship, instance, (*at, "relationships", relationship.name)
            )
            for relationship in schema.relationships
        }
        return {name: linkage for name, linkage in found.items() if linkage is not State.NOT_LOADED}

    def _linked(
        self, held: ToOne[Any] | ToMany[Any], relationship: Relationship | None, field: str, at: Path
    ) -> Any:
        if held.state is State.NOT_LOADED:
            return State.NOT_LOADED
        at = (*at, "data")
        if isinstance(held, ToMany):
            return self.identifiers(held.identifiers, relationship, field, at)
        if held.identifier is None:
            return None
        return self.identifiers([held.identifier], relationship, field, at)[0]

    def _value(self, schema: Schema, attribute: Attribute, value: object, at: Path) -> Any:
        field = f"{schema.cls.__name__}.{attribute.slot}"
        return written(
            lambda: unstructure(attribute, value, self.registry.converter),
            field,
            (*at, "attributes", attribute.name),
        )

    def _value_before(self, schema: Schema, attribute: Attribute, before: Original, at: Path) -> Any:
        field = f"{schema.cls.__name__}.{attribute.slot}, as it was decoded"
        return written(
            lambda: unstructure(attribute, before.value(attribute), self.registry.converter),
            field,
            (*at, "attributes", attribute.name),
        )


def python_name(relationship: Relationship) -> str:
    """The name of a relationship's field in Python."""
    return relationship.name if relationship.key else relationship.slot


def field_name(schema: Schema, relationship: Relationship) -> str:
    """A relationship in messages: class and field."""
    return f"{schema.cls.__name__}.{python_name(relationship)}"


def _relationship(schema: Schema, name: str, at: Path) -> Relationship:
    found = {python_name(relationship): relationship for relationship in schema.relationships}
    if name not in found:
        refuse(at, f"{schema.cls.__name__} has no relationship {name!r}")
    return found[name]


def _identify(schema: Schema, instance: Any, before: Original | None, at: Path) -> Identifier:
    """Type and id of an object; an integer id keeps the digits of its document (``0042``)."""
    assert schema.type is not None
    assert schema.id is not None  # every class that stands for a type has one
    id_ = getattr(instance, schema.id.slot)
    if isinstance(id_, str) and (schema.id.type is str or isinstance(id_, Lid)):
        return Identifier(schema.type, id_)
    if schema.id.type is not int or type(id_) is not int:
        refuse(
            (*at, "id"),
            f"{schema.cls.__name__}.{schema.id.slot} holds a {type(id_).__name__}, not an id",
            "D8",
        )
    same = before is not None and before.id.isdecimal() and int(before.id) == id_
    return Identifier(schema.type, before.id if before and same else str(id_))
