"""Relationships as values: what one holds, and the four states kept apart.

A relationship is not loaded (the document does not say), null or empty, or present; a target that is not in
the document stays a reference and never becomes ``None``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast, overload

from .errors import NullRelationshipError
from .refusals import called, not_included, not_loaded
from .told import Awaited, Exchange, Identifier, Lid, Missing, State, Told, Written

__all__ = ["Awaited", "Exchange", "Identifier", "Lid", "Missing", "State", "ToMany", "ToOne", "Told"]

T = TypeVar("T")

ABSENT: Final = Missing.TARGET


def _same(one: Told, other: Told) -> bool:
    return one.state is other.state and one.identifiers == other.identifiers


class _Relation:
    """What a document tells of a relationship, of either kind."""

    __slots__ = ("_told",)

    _told: Told

    @property
    def relationship_name(self) -> str:
        """Name of the relationship in the document."""
        return self._told.name

    @property
    def state(self) -> State:
        """What is known of the relationship."""
        return self._told.state

    @property
    def links(self) -> Mapping[str, Any]:
        """Links of the relationship (not of its target)."""
        return self._told.links

    @property
    def meta(self) -> Mapping[str, Any]:
        """Meta of the relationship (not of its target)."""
        return self._told.meta

    def __hash__(self) -> int:
        return hash((self.state, self._told.identifiers))


class ToOne(_Relation, Generic[T]):
    """A relationship to at most one resource.

    It is true when it names a resource, and false when it is null. One that is not loaded is neither: asking
    raises :class:`NotLoadedError`.
    """

    __slots__ = ("_target",)

    def __init__(
        self,
        name: str,
        state: State,
        identifier: Identifier | None = None,
        *,
        links: Mapping[str, Any] | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        self._told = Written(name, state, (identifier,) if identifier else (), links or {}, meta or {})
        self._target: T | Missing | Awaited = Missing.TARGET

    @classmethod
    def linked(cls, told: Told, target: Any) -> ToOne[T]:
        """The relationship that a document tells of, with its target or the mark in its place."""
        made = object.__new__(cls)
        made._told = told
        made._target = target
        return made

    @classmethod
    def to(cls, type: str, id: str, *, meta: Mapping[str, Any] | None = None) -> ToOne[T]:
        """A reference by type and id, for objects made by hand; ``jsonapi.to`` makes one of an object.

        ``meta`` belongs to the mention, not to the target.
        """
        return cls("", State.PRESENT, Identifier(type, id, meta or {}))

    @property
    def identifier(self) -> Identifier | None:
        """Type, id and meta of the target; ``None`` when the relationship is null.

        Raises :class:`NotLoadedError` when the document does not say.
        """
        if self.state is State.NOT_LOADED:
            raise not_loaded(self._told)
        return next(iter(self._told.identifiers), None)

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """The same as :attr:`ToMany.identifiers` gives it: at most one."""
        identifier = self.identifier
        return () if identifier is None else (identifier,)

    @property
    def is_null(self) -> bool:
        """Whether the document says that there is no target. One that is not loaded is not null."""
        return self.state is State.EMPTY

    @property
    def id(self) -> str:
        """Id of the target. Raises :class:`RelationshipError` when there is none."""
        return self._present().id

    @property
    def type(self) -> str:
        """Type of the target. Raises :class:`RelationshipError` when there is none."""
        return self._present().type

    @property
    def is_included(self) -> bool:
        """Whether :meth:`get` has an object to give."""
        return not isinstance(self._found(), (Missing, Awaited))

    def get(self) -> T:
        """The target itself. Raises a :class:`RelationshipError` that says why there is none."""
        target = self._target
        # A look is frequent, and a target usually there: what is no mark goes by the two cheapest questions.
        if target is ABSENT or isinstance(target, Awaited):
            target = self._found()
            if isinstance(target, (Missing, Awaited)):
                raise not_included(self._told, self._present())
        return target

    def relink(self, exchange: Exchange) -> None:
        """Give the reference another target (the identity map's)."""
        for identifier in self._told.identifiers:
            self._target = exchange(identifier, self._target)

    def _found(self) -> T | Missing | Awaited:
        if isinstance(self._target, Awaited):
            self._target = self._target.find(self._present())
        return self._target

    def link(self, target: T) -> None:
        """Give the reference its object (the decoder's second pass)."""
        self._target = target

    def _present(self) -> Identifier:
        identifier = self.identifier
        if identifier is None:
            raise NullRelationshipError(f"{called(self._told)} is null: it has no target")
        return identifier

    def __bool__(self) -> bool:
        return self.identifier is not None

    if not TYPE_CHECKING:
        # For a class-less resource, whose relationship may be of either kind as long as it is not loaded. To
        # type checkers a loop over a to-one relationship stays the mistake that it is.
        def __iter__(self):
            if self.state is State.NOT_LOADED:
                raise not_loaded(self._told)
            raise TypeError(f"{called(self._told)} is to-one: get() gives its target")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ToOne):
            return NotImplemented
        return _same(self._told, other._told)

    __hash__ = _Relation.__hash__

    def __repr__(self) -> str:
        return f"<ToOne {next(iter(self._told.identifiers), 'null' if self.is_null else self.state.value)}>"

    def __getstate__(self) -> tuple[Written, T | Missing | Awaited]:
        return Written.of(self._told), self._target

    def __setstate__(self, state: tuple[Written, T | Missing | Awaited]) -> None:
        self._told, self._target = state


class ToMany(_Relation, Sequence[T], Generic[T]):
    """A relationship to any number of resources, in the document's order.

    Items are the resources themselves; an item that is not in the document raises :class:`NotIncludedError`.
    ``identifiers`` gives them all by type and id, ``included`` those that are there.
    """

    __slots__ = ("_targets",)

    def __init__(
        self,
        name: str,
        state: State,
        identifiers: Sequence[Identifier] = (),
        *,
        links: Mapping[str, Any] | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        self._told = Written(name, state, tuple(identifiers), links or {}, meta or {})
        self._targets: list[T | Missing | Awaited] = [Missing.TARGET] * len(self._told.identifiers)

    @classmethod
    def linked(cls, told: Told, targets: list[Any]) -> ToMany[T]:
        """The relationship that a document tells of, with its targets or the marks in their places."""
        made = object.__new__(cls)
        made._told = told
        made._targets = targets
        return made

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """Type, id and meta of every target. Raises :class:`NotLoadedError` if the document does not say."""
        if self.state is State.NOT_LOADED:
            raise not_loaded(self._told)
        return self._told.identifiers

    @property
    def is_null(self) -> bool:
        """Never: a to-many relationship without targets is empty, not null."""
        return False

    @property
    def is_included(self) -> bool:
        """Whether every target is there, so that all items can be had; of an empty relationship they can."""
        return self.state is not State.NOT_LOADED and len(self.included) == len(self._targets)

    @property
    def included(self) -> list[T]:
        """The targets that are there, in order; a new list at each look.

        Raises :class:`NotLoadedError` if the document does not say what the relationship holds.
        """
        found = [self._found(number) for number in range(len(self))]
        return [target for target in found if not isinstance(target, (Missing, Awaited))]

    def link(self, index: int, target: T) -> None:
        """Give one reference its object (the decoder's second pass)."""
        self._targets[index] = target

    def relink(self, exchange: Exchange) -> None:
        """Give every reference another target (the identity map's)."""
        self._targets = [exchange(*pair) for pair in zip(self._told.identifiers, self._targets, strict=True)]

    def _at(self, index: int) -> T:
        target = self._found(index)
        if isinstance(target, (Missing, Awaited)):
            raise not_included(self._told, self._told.identifiers[index])
        return target

    def _found(self, index: int) -> T | Missing | Awaited:
        target = self._targets[index]
        if isinstance(target, Awaited):
            self._targets[index] = target.find(self._told.identifiers[index])
        return self._targets[index]

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        numbers = range(len(self))[index]
        return self._at(numbers) if isinstance(numbers, int) else [self._at(number) for number in numbers]

    def __len__(self) -> int:
        if not self._targets and self.state is State.NOT_LOADED:
            raise not_loaded(self._told)
        return len(self._targets)

    def __iter__(self) -> Iterator[T]:
        if not self._targets:
            len(self)  # says here, not at the first item, that the relationship is not loaded
        for target in self._targets:
            if target is ABSENT or isinstance(target, Awaited):
                return map(self._at, range(len(self._targets)))
        return iter(cast("list[T]", self._targets))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ToMany):
            return NotImplemented
        return _same(self._told, other._told)

    __hash__ = _Relation.__hash__

    def __repr__(self) -> str:
        if self.state is State.NOT_LOADED:
            return "<ToMany not loaded>"
        return f"<ToMany of {len(self)}>"

    def __getstate__(self) -> tuple[Written, list[T | Missing | Awaited]]:
        return Written.of(self._told), self._targets

    def __setstate__(self, state: tuple[Written, list[T | Missing | Awaited]]) -> None:
        self._told, self._targets = state
