"""Bringing what a new document says of a resource into the object that earlier documents made of it.

Both objects are of one class. Which objects are one resource decides the identity map (``identity``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .document import Resource
from .origin import Origin, is_resource_object
from .relationships import State, ToMany, ToOne
from .schema import Attribute, Relationship, Schema
from .values import is_array, is_object

Relation = ToOne[Any] | ToMany[Any]

Changes = dict[str, tuple[Any, Any]]
"""What changed: field name to its value before and now."""


@attrs.frozen(eq=False)
class Merge:
    """What a document changes of a known object: fields by name, and all slots that get a value."""

    known: Any
    changes: Changes
    slots: Mapping[str, Any]

    def apply(self) -> Changes:
        """Change the object; a frozen one, too."""
        for slot, now in self.slots.items():
            object.__setattr__(self.known, slot, now)
        return self.changes


def merge_mapped(known: Any, fresh: Any, schema: Schema) -> Merge:
    """How to merge an object of a mapped class, whose document was just decoded, into the known one.

    Raises :class:`~.errors.DecodeError` when an undeclared member of a document cannot be read.
    """
    changes: Changes = {}
    slots: dict[str, Any] = {}
    relations = {
        _field(relationship): relationship.slot
        for relationship in schema.relationships
        if not _same_keys(known, fresh, schema, relationship)
    }
    # Looked at before anything is set: what a foreign key stands for may depend on its parent's.
    held = {field: (getattr(known, field), getattr(fresh, field)) for field in relations}
    is_part = False
    for attribute in schema.attributes:
        before, now = getattr(known, attribute.slot), getattr(fresh, attribute.slot)
        if same(before, now):
            continue
        if _is_absent(attribute, now, fresh):
            is_part = True
            continue
        slots[attribute.slot] = now
        changes[attribute.slot] = before, now
    for field, (before, now) in held.items():
        if _stays(before, now):
            is_part = is_part or before.state is not State.NOT_LOADED
            continue
        slots[relations[field]] = now
        if before != now:
            changes[field] = before, now
    origin, position = fresh._origin, fresh._position
    if is_part or _loses_members(known, fresh):
        origin, position = _joined(known, fresh)
    return Merge(known, changes, slots | {"_origin": origin, "_position": position})


def merge_generic(known: Resource, fresh: Resource) -> Changes:
    """Merge a resource that no class stands for; what it did not have before was ``attrs.NOTHING``."""
    changes: Changes = {}
    for name, now in fresh.attributes.items():
        before = known.attributes.get(name, attrs.NOTHING)
        if not same(before, now):
            known.attributes[name] = now
            changes[name] = before, now
    for name, now in fresh.relationships.items():
        before = known.relationships.get(name)
        if before is not None and _stays(before, now):
            continue
        known.relationships[name] = now
        if before != now:
            changes[name] = attrs.NOTHING if before is None else before, now
    known.links, known.meta = fresh.links or known.links, fresh.meta or known.meta
    known.extensions = fresh.extensions or known.extensions
    return changes


def same(before: Any, now: Any) -> bool:
    """Whether two values are one; ``1``, ``1.0`` and ``True`` are not. Nesting may be of any depth."""
    if not isinstance(before, (list, dict)):
        return before is now or (type(before) is type(now) and _equal(before, now))
    pairs: list[tuple[Any, Any]] = [(before, now)]
    while pairs:
        one, other = pairs.pop()
        if one is other:
            continue
        if type(one) is not type(other):
            return False
        if is_array(one):
            if len(one) != len(other):
                return False
            pairs += zip(one, other, strict=True)
        elif is_object(one):
            if one.keys() != other.keys():
                return False
            pairs += [(value, other[name]) for name, value in one.items()]
        elif not _equal(one, other):
            return False
    return True


def _equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except Exception:  # noqa: BLE001  # a value may be of a user's own class, which may raise anything
        return False


def _field(relationship: Relationship) -> str:
    """The name under which an object gives the relationship; a foreign key is kept in a slot of its own."""
    return relationship.name if relationship.key else relationship.slot


def _same_keys(known: Any, fresh: Any, schema: Schema, relationship: Relationship) -> bool:
    """Whether a foreign key, and its parent's, are what they were and nobody has looked at them yet."""
    if relationship.key is None:
        return False
    slots = [
        each.slot for each in schema.relationships if each.name in (relationship.name, relationship.parent)
    ]
    return all(
        not isinstance(getattr(known, slot), ToOne) and same(getattr(known, slot), getattr(fresh, slot))
        for slot in slots
    )


def _stays(before: Relation, now: Relation) -> bool:
    """Whether the document does not load a relationship, and adds nothing to what is known of it."""
    if now.state is not State.NOT_LOADED:
        return False
    return before.state is not State.NOT_LOADED or not (now.links or now.meta)


def _is_absent(attribute: Attribute, now: Any, fresh: Any) -> bool:
    """Whether the document left an attribute out, so that ``now`` is only its default."""
    if attribute.field.factory is None and not same(now, attribute.absent()):
        return False  # not the default, so the document told it and need not be looked at again
    origin: Origin = fresh._origin
    return attribute.name not in origin.members(fresh._position)


def _loses_members(known: Any, fresh: Any) -> bool:
    """Whether the earlier document has links, meta or a lid of the resource, and the later one has not."""
    at, there = known._position, fresh._position
    if not (is_resource_object(at) and is_resource_object(there)):
        return False
    told = known._origin.told_of(at)
    return bool(told) and not told <= fresh._origin.told_of(there)


def _joined(known: Any, fresh: Any) -> tuple[Origin, Any]:
    """Origin and position of an object of which the later document told a part only: both together.

    What the object was when it was decoded has to stay known, for its undeclared members and for a PATCH.
    """
    old: Origin | None = known._origin
    new: Origin = fresh._origin
    at, there = known._position, fresh._position
    if old is None:
        return new, there  # the known one was made by hand
    if is_resource_object(at) is not is_resource_object(there):
        return new, there  # a flat body and a JSON:API document do not share their names
    if not is_resource_object(there):
        return new.holding({**old.node(at), **new.node(there)}), ()
    before, now = old.node(at[:-1]), new.node(there[:-1])
    relations: dict[str, Any] = dict(old.part(at, "relationships"))
    for name, told in new.part(there, "relationships").items():
        if name not in relations or (is_object(told) and "data" in told):
            relations[name] = told
    attributes = {**old.part(at, "attributes"), **new.part(there, "attributes")}
    whole = {**before, **now, "attributes": attributes, "relationships": relations}
    return new.holding({"data": whole}), ("data", "attributes")
