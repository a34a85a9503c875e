"""What an object was when it was decoded, read from its document again, so that a PATCH can say what changed.

Objects keep nothing for this: the document is parsed again when somebody asks for a change.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from . import build
from .build import Faults
from .origin import Origin, is_resource_object
from .relationships import Lid, State
from .schema import Attribute, Relationship, Schema
from .values import is_array, is_object

Linkage = dict[str, Any] | list[dict[str, Any]] | None
"""The ``data`` of a relationship: an identifier object, several, or null (D15)."""


@attrs.frozen
class Original:
    """One resource as its document has it. ``linkage`` lacks the relationships that are not loaded."""

    id: str
    attributes: Mapping[str, Any]
    linkage: Mapping[str, Linkage]
    exact: Callable[[str], Any]
    """The value of a member of the attributes, with numbers as they are written."""

    def value(self, attribute: Attribute) -> Any:
        """The value that the attribute was decoded to. Raises what its structure hook raises."""
        if attribute.name not in self.attributes:
            return attribute.absent()
        given = self.exact(attribute.name) if attribute.exact else self.attributes[attribute.name]
        # A copy, since a hook may keep or change what it is given, and the tree serves later calls too.
        return attribute.hook(copy.deepcopy(given), attribute.type)


def original(schema: Schema, instance: object) -> Original | None:
    """What the document of a mapped object says of it; ``None`` when the object came from no document."""
    origin: object = getattr(instance, "_origin", None)
    position: Any = getattr(instance, "_position", None)
    if not isinstance(origin, Origin):
        return None
    exact = functools.partial(origin.exact, position)
    if not is_resource_object(position):
        return _flat(schema, origin.node(position), exact)
    given = origin.part(position, "relationships")
    # Only declared relationships were checked when the document was decoded; null and [] are empty ones.
    linkage = {
        relationship.name: comparable(given[relationship.name]["data"] or ([] if relationship.many else None))
        for relationship in schema.relationships
        if "data" in (given.get(relationship.name) or ())
    }
    return Original(origin.id(position), origin.members(position), linkage, exact)


def comparable(linkage: Any) -> Linkage:
    """Linkage as the encoder writes it: of a careless document what decoding takes it for."""
    if is_array(linkage):
        return [_identifier(item) for item in linkage]
    return _identifier(linkage) if is_object(linkage) else None


def mentions(linkage: Linkage) -> list[dict[str, Any]]:
    """Every identifier object of some linkage."""
    return linkage if is_array(linkage) else [linkage] if is_object(linkage) else []


def _identifier(given: object) -> dict[str, Any]:
    read = build.identifier(given, (), Faults())
    assert read is not None  # what is no identifier was a fault when the document was decoded
    found: dict[str, Any] = {"type": read.type, "lid" if isinstance(read.id, Lid) else "id": str(read.id)}
    return found | {"meta": read.meta} if read.meta else found


def _flat(schema: Schema, node: dict[str, Any], exact: Callable[[str], Any]) -> Original:
    found: dict[str, Linkage] = {}
    for relationship in schema.relationships:
        linkage = _foreign(schema, relationship, node)
        if linkage is not State.NOT_LOADED:
            found[relationship.name] = linkage
    return Original(str(node[schema.id.name]) if schema.id else "", node, found, exact)


def _foreign(schema: Schema, relationship: Relationship, node: dict[str, Any]) -> Any:
    """The linkage that a foreign key of a flat body stands for (see ``Origin.foreign``)."""
    key = node.get(relationship.key, State.NOT_LOADED) if relationship.key else State.NOT_LOADED
    if key is None or key is State.NOT_LOADED:
        return key
    id_ = str(key)
    if relationship.parent is not None:
        held = next(other for other in schema.relationships if other.name == relationship.parent)
        parent = _foreign(schema, held, node)
        if parent is None or parent is State.NOT_LOADED:
            return parent
        id_ = f"{parent['id']}/{id_}"
    return {"type": relationship.targets[0], "id": id_}
