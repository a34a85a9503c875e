"""Relationship objects and identifiers as generated msgspec structs: small, untracked, read only when asked.

Such a struct is what :class:`ToOne` and :class:`ToMany` hold in a document that was read the fast way. Its
links and identifiers become objects of the package only when somebody looks.
"""

from __future__ import annotations

import operator
import types
from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from . import build
from .build import Faults
from .relationships import ABSENT, Identifier, State, Told, ToMany, ToOne
from .schema import Relationship
from .values import is_array

Scalar = str | int | float | bool | None
Flat = Scalar | list[Scalar] | dict[str, Scalar]
Shallow = Scalar | list[Flat] | dict[str, Flat]
Object = dict[str, Shallow]
"""A member such as ``meta``. A deeper one is left to the explaining way, which knows how deep it may be."""

Index = Mapping[str, Mapping[str, Any]]
"""The resources of a document by type, then by id."""

Maker = Callable[[Any, Index], ToOne[Any] | ToMany[Any]]
"""From the relationships of a resource and the document's index to one of the relationships, linked."""

NOTHING: Mapping[str, Any] = {}

# Bound once, since a look at a relationship is frequent.
linked_to_one: Callable[[Told, Any], ToOne[Any]] = ToOne.linked
linked_to_many: Callable[[Told, list[Any]], ToMany[Any]] = ToMany.linked


class LinkObject(Struct, gc=False):
    """A link object (D21). What is no link object is left to the explaining way, which notes it."""

    href: str
    rel: Any = None
    title: Any = None
    type: Any = None
    hreflang: Shallow = None
    describedby: Shallow = None
    meta: Shallow = None


Links = dict[str, str | LinkObject | None]


class Linkage(Struct, gc=False, frozen=True):
    """A relationship object, without its ``data``: that is a field of each generated struct."""

    called: ClassVar[str]
    given_links: Links | UnsetType = msgspec.field(name="links", default=UNSET)
    given_meta: Object | UnsetType = msgspec.field(name="meta", default=UNSET)

    @property
    def name(self) -> str:
        """Name of the relationship in the document."""
        return self.called

    @property
    def links(self) -> Mapping[str, Any]:
        """Links of the relationship."""
        given: Any = {} if self.given_links is UNSET else msgspec.to_builtins(self.given_links)
        return build.links(given, (), Faults())

    @property
    def meta(self) -> Mapping[str, Any]:
        """Meta of the relationship."""
        return {} if self.given_meta is UNSET else self.given_meta


class OneLinkage(Linkage, gc=False, frozen=True):
    """A to-one relationship object; ``data`` is an identifier's struct, ``None``, or unset."""

    data: ClassVar[Any]

    @property
    def state(self) -> State:
        """What the document says of the relationship."""
        if self.data is UNSET:
            return State.NOT_LOADED
        return State.EMPTY if self.data is None else State.PRESENT

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """The target, if there is one."""
        return (_identifier(self.data),) if self.data else ()


class ManyLinkage(Linkage, gc=False, frozen=True):
    """A to-many relationship object; ``data`` is a list of identifiers' structs, or unset."""

    data: ClassVar[Any]

    @property
    def state(self) -> State:
        """What the document says of the relationship."""
        if self.data is UNSET:
            return State.NOT_LOADED
        return State.PRESENT if self.data else State.EMPTY

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """The targets in the document's order."""
        return tuple(_identifier(each) for each in self.data) if self.data else ()


class Relationships(Struct, gc=False, frozen=True):
    """The relationships of a resource object; one field for each that the class declares."""

    makers: ClassVar[Mapping[str, Maker]]
    """By the slots of the class."""

    def relationship(self, slot: str, index: Index) -> ToOne[Any] | ToMany[Any] | None:
        """The relationship that belongs in a slot, linked; ``None`` for a slot of anything else."""
        maker = self.makers.get(slot)
        return maker(self, index) if maker else None


def _to_one(field: str) -> Maker:
    """What makes the to-one relationship of a struct's field: in few steps, since a look is frequent."""
    look: Callable[[Any], Any] = operator.attrgetter(field)

    def make(relationships: Relationships, index: Index) -> ToOne[Any]:
        told = look(relationships)
        data = told.data
        return linked_to_one(told, index.get(data.type, NOTHING).get(data.id, ABSENT) if data else ABSENT)

    return make


def _to_many(field: str) -> Maker:
    """The same for a to-many one."""
    look: Callable[[Any], Any] = operator.attrgetter(field)

    def make(relationships: Relationships, index: Index) -> ToMany[Any]:
        told = look(relationships)
        data = told.data
        found = [index.get(each.type, NOTHING).get(each.id, ABSENT) for each in data] if data else []
        return linked_to_many(told, found)

    return make


def relationships_struct(
    relationships: tuple[Relationship, ...], known: Collection[str] | None = None
) -> type[Struct]:
    """The struct of a class's ``relationships`` member.

    It takes identifiers of the types that the class declares, and no other. With all the types that are
    ``known`` it takes unknown ones too, which costs more.
    """
    fields: list[tuple[str, Any, Any]] = []
    makers: dict[str, Maker] = {}
    for number, relationship in enumerate(relationships):
        linkage = _linkage_struct(relationship, known)
        makers[relationship.slot] = (_to_many if relationship.many else _to_one)(f"r{number}")
        fields.append((f"r{number}", linkage, msgspec.field(name=relationship.name, default=linkage())))
    return msgspec.defstruct(
        "RelationshipsObject",
        fields,
        bases=(Relationships,),
        namespace={"makers": makers},
        kw_only=True,
        gc=False,
        frozen=True,
    )


def _linkage_struct(relationship: Relationship, known: Collection[str] | None) -> type[Struct]:
    literal: Any = Literal
    namespace: dict[str, Any] = {"called": relationship.name}
    type_: Any = literal[relationship.targets] if relationship.targets and known is None else str
    if known is not None and relationship.targets:
        namespace["__post_init__"] = _refusing(frozenset(known).difference(relationship.targets))
    identifier: Any = msgspec.defstruct(
        "IdentifierObject",
        [("type", type_), ("id", str), ("meta", Object | UnsetType, UNSET)],
        gc=False,
    )
    data: Any = types.GenericAlias(list, identifier) if relationship.many else identifier | None
    return msgspec.defstruct(
        "ManyLinkageObject" if relationship.many else "OneLinkageObject",
        [("data", data | UnsetType, UNSET)],
        bases=(ManyLinkage if relationship.many else OneLinkage,),
        namespace=namespace,
        kw_only=True,
        gc=False,
        frozen=True,
    )


def _refusing(wrong: frozenset[str]) -> Callable[[Any], None]:
    def check(linkage: Any) -> None:
        data = linkage.data
        for each in data if is_array(data) else (data,) if data else ():
            if each.type in wrong:
                raise ValueError("a type that the class does not declare")

    return check


def _identifier(given: Any) -> Identifier:
    return Identifier(given.type, given.id, {} if given.meta is UNSET else given.meta)
