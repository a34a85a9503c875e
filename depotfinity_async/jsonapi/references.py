"""References to resources, for objects that are made by hand: by object, by identifier, by local id.

What a decoded document says of its own relationships is made in ``build``; nothing is looked up here.
"""

from __future__ import annotations

from typing import Any, TypeVar, overload

from .declare import name_of
from .document import Resource
from .errors import SchemaError
from .relationships import Identifier, Lid, State, ToMany, ToOne

__all__ = ["Lid", "identifier_of", "new", "to", "to_many"]

T = TypeVar("T")


def new(lid: str = "") -> Any:
    """The id of a resource that has none yet: ``Article(id=jsonapi.new(), …)``.

    With a ``lid``, other resources and operations of the same document can refer to it; without, the
    resource is sent with neither id nor lid. Any declared type of an id takes it, text or integer.
    """
    return Lid(lid)


def identifier_of(target: object) -> Identifier:
    """Type and id (or :class:`Lid`) of a mapped object or a :class:`Resource`; an identifier is itself.

    Raises :class:`SchemaError` for an object of any other class.
    """
    if isinstance(target, Identifier):
        return target
    if isinstance(target, Resource):
        return Identifier(target.type, target.id)
    named = name_of(target)
    if named is None:
        raise SchemaError(f"a {type(target).__name__} is no resource: a relationship cannot point to it")
    type_, id_ = named
    return Identifier(type_, id_ if isinstance(id_, str) else str(id_))


@overload
def to(target: Identifier | None) -> ToOne[Any]: ...
@overload
def to(target: T) -> ToOne[T]: ...
def to(target: Any) -> ToOne[Any]:
    """A to-one relationship to an object, or to a resource of which only the identifier is known.

    ``None`` makes one that holds nothing (null). Raises :class:`SchemaError` for an object of a class that is
    not mapped.
    """
    if target is None:
        return ToOne("", State.EMPTY)
    identifier = identifier_of(target)
    made: ToOne[Any] = ToOne[Any].to(identifier.type, identifier.id, meta=identifier.meta)
    if not isinstance(target, Identifier):
        made.link(target)
    return made


@overload
def to_many(*targets: Identifier) -> ToMany[Any]: ...
@overload
def to_many(*targets: T | Identifier) -> ToMany[T]: ...
def to_many(*targets: Any) -> ToMany[Any]:
    """A to-many relationship to these, in this order; without any, one that is empty.

    Takes what :func:`to` takes, but ``None``. Raises :class:`SchemaError` likewise.
    """
    identifiers = [identifier_of(target) for target in targets]
    made: ToMany[Any] = ToMany("", State.PRESENT if targets else State.EMPTY, identifiers)
    for number, target in enumerate(targets):
        if not isinstance(target, Identifier):
            made.link(number, target)
    return made
