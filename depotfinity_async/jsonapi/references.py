"""References to resources, for objects that are made by hand: by object, by identifier, by local id.

What a decoded document says of its own relationships is made in ``build``; nothing is looked up here.
"""

from __future__ import annotations

from typing import Any, TypeVar, overload

from .declare import declaration_of
from .document import Resource
from .errors import SchemaError
from .relationships import Identifier, State, ToMany, ToOne

T = TypeVar("T")


class Lid(str):
    """A local id (D9): it names a new resource inside one document, until the server gives it an id.

    It stands where the id would stand, and is text, but never equals an id: ``Lid("1") != "1"``. An empty one
    says that the resource has no name at all; it equals only itself.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Lid) and bool(self) and str.__eq__(self, other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return str.__hash__(self)

    def __repr__(self) -> str:
        return f"Lid({str(self)!r})"


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
    declaration = declaration_of(type(target))
    if declaration is None or declaration.type is None:
        raise SchemaError(f"a {type(target).__name__} is no resource: a relationship cannot point to it")
    name = next(name for name, field in declaration.fields.items() if field.kind == "id")
    id_ = getattr(target, name)
    return Identifier(declaration.type, id_ if isinstance(id_, str) else str(id_))


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
    made: ToOne[Any] = ToOne("", State.PRESENT, identifier_of(target))
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
