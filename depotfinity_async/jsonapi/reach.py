"""What a document has for an object beside its declared fields, read from the document when somebody asks.

Objects keep none of it: their document is parsed again. What belongs to a relationship is in
``relationships``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .declare import Declaration, Origin, declaration_of, name_of
from .document import EMPTY, Link, Resource
from .relationships import Lid, ToMany, ToOne

Relation = ToOne[Any] | ToMany[Any]


def extra(instance: object) -> dict[str, Any]:
    """Members that the document had for ``instance`` and its class does not declare, as JSON values.

    Empty for objects that were made by hand. Raises :class:`DecodeError` when an undeclared member of the
    document is none that can be read, such as a number beyond any float.
    """
    found = _origin(instance)
    return found[0].extra(instance, found[1]) if found else {}


def members(instance: object) -> Mapping[str, Any]:
    """The attributes of a mapped object or a :class:`Resource` as its document has them, as JSON values.

    For what stands in nested objects and their classes do not declare. Of a flat body it is the whole object.
    Not to be changed. Empty for objects that were made by hand. Raises :class:`DecodeError` as :func:`extra`
    does.
    """
    if isinstance(instance, Resource):
        return instance.attributes
    found = _origin(instance)
    return found[0].members(found[1]) if found else EMPTY


def links(instance: object) -> Mapping[str, Link | None]:
    """Links of a resource object (D20), of a mapped object or a :class:`Resource`.

    What is no link is left out. Empty for objects that were made by hand, and for those of flat bodies.
    Raises :class:`DecodeError` as :func:`extra` does.
    """
    if isinstance(instance, Resource):
        return instance.links
    found = _origin(instance)
    return found[0].links(found[1]) if found else EMPTY


def meta(instance: object) -> Mapping[str, Any]:
    """Meta of a resource object (D19), of a mapped object or a :class:`Resource`.

    Empty for objects that were made by hand, and for those of flat bodies. Raises :class:`DecodeError` as
    :func:`extra` does.
    """
    if isinstance(instance, Resource):
        return instance.meta
    found = _origin(instance)
    return found[0].meta(found[1]) if found else EMPTY


def extensions(instance: object) -> Mapping[str, Any]:
    """Members of extensions in a resource object (D25), by their whole names, such as ``version:id``.

    Of a mapped object or a :class:`Resource`. They mean something only if the extension is applied: take
    those of the namespaces that you know. Empty for objects that were made by hand, and for those of flat
    bodies. Raises :class:`DecodeError` as :func:`extra` does.
    """
    if isinstance(instance, Resource):
        return instance.extensions
    found = _origin(instance)
    return found[0].extensions(found[1]) if found else EMPTY


def lid(instance: object) -> str | None:
    """The local id (D9) of a mapped object or a :class:`Resource`: of its own, or beside the id that it has.

    ``None`` when it has none. The text is plain, not a :class:`Lid`. Raises :class:`DecodeError` as
    :func:`extra` does.
    """
    if isinstance(instance, Resource):
        own: Any = instance.id
    else:
        _, own = name_of(instance) or ("", None)
    if isinstance(own, Lid):
        return str(own) or None
    if isinstance(instance, Resource):
        return instance.lid
    found = _origin(instance)
    return found[0].lid(found[1]) if found else None


def relationships(instance: object) -> dict[str, Relation]:
    """All relationships of a mapped object or a :class:`Resource`, by their names in documents.

    Those that the class declares are the values of its fields. Others are made anew at each call, linked to
    the objects of the document or of its identity map. Raises :class:`DecodeError` as :func:`extra` does, and
    for an undeclared relationship that is none.
    """
    if isinstance(instance, Resource):
        return dict(instance.relationships)
    declaration = declaration_of(type(instance))
    if declaration is None:
        return {}
    found: dict[str, Relation] = {}
    for name, field in declaration.fields.items():
        held: Any = getattr(instance, name)
        if isinstance(held, (ToOne, ToMany)):
            found[name if field.kind == "foreign key" else field.name or name] = held
    came = _origin(instance)
    return {**found, **came[0].undeclared(instance, came[1])} if came else found


def _origin(instance: Any) -> tuple[Origin, Any] | None:
    """Where a mapped object came from, and its position there; ``None`` for one that was made by hand."""
    origin: Origin | None = getattr(instance, "_origin", None)
    return None if origin is None else (origin, instance._position)


@attrs.frozen
class Kept:
    """The origin of an object that was copied or pickled away from its document."""

    members: dict[str, Any]
    told_links: Mapping[str, Any]
    told_meta: Mapping[str, Any]
    told_extensions: Mapping[str, Any]
    told_lid: str | None
    others: Mapping[str, Relation]

    @classmethod
    def of(cls, instance: object) -> Kept | None:
        """What the document has for an object beside its fields; ``None`` when that is nothing."""
        found = _origin(instance)
        if found is None:
            return None
        origin, position = found
        kept = cls(
            origin.extra(instance, position),
            origin.links(position),
            origin.meta(position),
            origin.extensions(position),
            origin.lid(position),
            origin.undeclared(instance, position),
        )
        return kept if any(attrs.astuple(kept, recurse=False)) else None

    def extra(self, instance: Any, position: Any) -> dict[str, Any]:
        """What the object's class does not declare."""
        return dict(self.members)

    def links(self, position: Any) -> Mapping[str, Any]:
        """Links of the resource object."""
        return self.told_links

    def meta(self, position: Any) -> Mapping[str, Any]:
        """Meta of the resource object."""
        return self.told_meta

    def extensions(self, position: Any) -> Mapping[str, Any]:
        """Members of extensions."""
        return self.told_extensions

    def lid(self, position: Any) -> str | None:
        """The local id beside the id."""
        return self.told_lid

    def undeclared(self, instance: Any, position: Any) -> Mapping[str, Relation]:
        """Relationships that the class does not declare."""
        return self.others

    def foreign(self, instance: Any, attribute: str, key: Any) -> ToOne[Any]:
        """Never asked: references were made when the object was copied."""
        raise LookupError(f"{attribute} was not kept")


def state_of(instance: Any) -> dict[str, Any]:
    """What a copy or a pickle of a mapped object holds: its fields, and what is beside them."""
    declaration: Declaration = instance.__jsonapi__
    state = {name: getattr(instance, name) for name in declaration.fields}
    return state | {"_origin": Kept.of(instance)}
