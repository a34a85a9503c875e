"""What a class body says of its fields, and what a mapped class declared.

The classes themselves are made in ``construct``. Nothing is resolved here: annotations may name classes that
do not exist yet (see ``schema``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol

import attrs

from .errors import SchemaError
from .relationships import State, ToMany, ToOne


class Origin(Protocol):
    """Where a mapped object came from: what a hidden slot of it refers to."""

    def extra(self, instance: Any, position: Any) -> dict[str, Any]:
        """Members that the document has for the object and its class does not declare."""
        ...

    def members(self, position: Any) -> Mapping[str, Any]:
        """The object's attributes as the document has them."""
        ...

    def links(self, position: Any) -> Mapping[str, Any]:
        """Links of the object's resource object."""
        ...

    def meta(self, position: Any) -> Mapping[str, Any]:
        """Meta of the object's resource object."""
        ...

    def extensions(self, position: Any) -> Mapping[str, Any]:
        """Members of extensions that the object's resource object has."""
        ...

    def lid(self, position: Any) -> str | None:
        """The local id that the document has for the object."""
        ...

    def undeclared(self, instance: Any, position: Any) -> Mapping[str, ToOne[Any] | ToMany[Any]]:
        """Relationships that the document has for the object and its class does not declare."""
        ...

    def foreign(self, instance: Any, attribute: str, key: Any) -> ToOne[Any]:
        """The relationship that the foreign key ``key`` of a flat body stands for."""
        ...


@attrs.frozen(kw_only=True)
class Field:
    """What a class body says of one field."""

    kind: Literal["id", "attribute", "relationship", "foreign key"]
    name: str | None = None
    default: Any = attrs.field(factory=lambda: attrs.NOTHING)
    factory: Callable[[], Any] | None = None
    parent: str | None = None

    @property
    def required(self) -> bool:
        """Whether a document has to carry the member."""
        return self.default is attrs.NOTHING and self.factory is None


def _check_name(name: object) -> None:
    if not (name is None or isinstance(name, str)):
        raise SchemaError(
            f"the name of a member is text, not {name!r}: give a default as default=…, a maker as factory=…"
        )


def attribute(
    name: str | None = None, *, default: Any = attrs.NOTHING, factory: Callable[[], Any] | None = None
) -> Any:
    """An attribute; ``name`` is its name in the document where it differs from the field's.

    With ``default`` or ``factory`` the document may leave it out; without, its absence is a fault.
    """
    if factory is not None and default is not attrs.NOTHING:
        raise SchemaError("an attribute has a default or a factory, not both")
    if factory is not None and not callable(factory):
        raise SchemaError(f"a factory is called for each object: {factory!r} cannot be called")
    _check_name(name)
    return Field(kind="attribute", name=name, default=default, factory=factory)


def resource_id(name: str | None = None) -> Any:
    """The id, when a flat body keeps it in a member ``name``. A JSON:API document always calls it ``id``."""
    _check_name(name)
    return Field(kind="id", name=name)


def relationship(name: str | None = None) -> Any:
    """A relationship that an object made by hand may leave out, also to type checkers: it is then not loaded.

    ``name`` is its name in the document where it differs from the field's. To type checkers a relationship
    that has only an annotation, ``ToOne[...]`` or ``ToMany[...]``, has to be given.
    """
    _check_name(name)
    return Field(kind="relationship", name=name)


def foreign_key(name: str, *, parent: str | None = None, default: Any = State.NOT_LOADED) -> Any:
    """A to-one relationship that a flat body writes as the target's id in a member ``name``.

    The reference is made when somebody looks at it. ``parent`` names another foreign key of the class in
    whose target the id is unique: the target's id is then ``<parent's id>/<id>``. In a JSON:API document the
    relationship stands under the field's own name, in ``relationships``. An object made by hand may leave it
    out (to type checkers: with ``default=State.NOT_LOADED``); the relationship is then not loaded.
    """
    _check_name(name)
    return Field(kind="foreign key", name=name, parent=parent, default=default)


@attrs.frozen(eq=False)
class Declaration:
    """What a mapped class declared, in order: field name to its declaration."""

    type: str | None
    fields: Mapping[str, Field]


def declaration_of(cls: type[Any]) -> Declaration | None:
    """The declaration of a mapped class; ``None`` for any other class."""
    found: Declaration | None = cls.__dict__.get("__jsonapi__")
    return found


def type_of(kind: type[Any]) -> str:
    """The JSON:API type that a class stands for. Raises :class:`SchemaError` when it stands for none."""
    declaration = declaration_of(kind)
    if declaration is None or declaration.type is None:
        raise SchemaError(f"{kind.__name__} is not a resource class: it stands for no JSON:API type")
    return declaration.type


def name_of(instance: object) -> tuple[str, Any] | None:
    """Type and id (as the object has it) of an object of a resource class; ``None`` for any other object."""
    declaration = declaration_of(type(instance))
    if declaration is None or declaration.type is None:
        return None
    slot = next(name for name, field in declaration.fields.items() if field.kind == "id")
    return declaration.type, getattr(instance, slot)
