"""Relationships as values: what one holds, and the four states kept apart.

A relationship is not loaded (the document does not say), null or empty, or present; a target that is not in
the document stays a reference and never becomes ``None``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Generic, TypeVar, cast, overload

from .errors import NotIncludedError, NotLoadedError, NullRelationshipError
from .told import Awaited, Exchange, Identifier, Lid, Missing, State, Told, Written

__all__ = ["Awaited", "Exchange", "Identifier", "Lid", "Missing", "State", "ToMany", "ToOne", "Told"]

T = TypeVar("T")

ABSENT: Final = Missing.TARGET


def _not_included(told: Told, identifier: Identifier) -> NotIncludedError:
    name = told.name
    if not name:
        return NotIncludedError(
            f"the reference to {identifier} was made by hand, of its type and id: it has no object to give"
        )
    if isinstance(told, Written) and told.is_key:
        return NotIncludedError(
            f"{name!r} names {identifier}, and this body has no more of it than the id: "
            "decode with an identity map that knows it, or use its type and id"
        )
    if isinstance(identifier.id, Lid):
        return NotIncludedError(
            f"relationship {name!r} names the new resource {identifier}, which is not in this document"
        )
    return NotIncludedError(
        f"relationship {name!r} names {identifier}, which is not in this document: ask for it with "
        f"include={name} (behind the path to this resource, if an include brought it), or use its type and id"
    )


def _not_loaded(told: Told) -> NotLoadedError:
    return NotLoadedError(f"{_called(told)} is not loaded: the document does not say what it holds")


def _called(told: Told) -> str:
    """A relationship in a sentence; one that was made by hand has no name."""
    return f"relationship {told.name!r}" if told.name else "the relationship"


def _same(one: Told, other: Told) -> bool:
    return one.state is other.state and one.identifiers == other.identifiers


class ToOne(Generic[T]):
    """A relationship to at most one resource."""

    __slots__ = ("_target", "_told")

    def __init__(
        self,
        name: str,
        state: State,
        identifier: Identifier | None = None,
        *,
        links: Mapping[str, Any] | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        self._told: Told = Written(name, state, (identifier,) if identifier else (), links or {}, meta or {})
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

    @property
    def identifier(self) -> Identifier | None:
        """Type, id and meta of the target; ``None`` when the relationship is null.

        Raises :class:`NotLoadedError` when the document does not say.
        """
        if self.state is State.NOT_LOADED:
            raise _not_loaded(self._told)
        return next(iter(self._told.identifiers), None)

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
                raise _not_included(self._told, self._present())
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
            raise NullRelationshipError(f"{_called(self._told)} is null: it has no target")
        return identifier

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ToOne):
            return NotImplemented
        return _same(self._told, other._told)

    def __hash__(self) -> int:
        return hash((self.state, self._told.identifiers))

    def __repr__(self) -> str:
        return f"<ToOne {next(iter(self._told.identifiers), self.state.value)}>"

    def __getstate__(self) -> tuple[Written, T | Missing | Awaited]:
        return Written.of(self._told), self._target

    def __setstate__(self, state: tuple[Written, T | Missing | Awaited]) -> None:
        self._told, self._target = state


class ToMany(Sequence[T], Generic[T]):
    """A relationship to any number of resources, in the document's order.

    Items are the resources themselves; an item that is not in the document raises
    :class:`NotIncludedError`. ``identifiers`` gives them all by type and id.
    """

    __slots__ = ("_targets", "_told")

    def __init__(
        self,
        name: str,
        state: State,
        identifiers: Sequence[Identifier] = (),
        *,
        links: Mapping[str, Any] | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        self._told: Told = Written(name, state, tuple(identifiers), links or {}, meta or {})
        self._targets: list[T | Missing | Awaited] = [Missing.TARGET] * len(self._told.identifiers)

    @classmethod
    def linked(cls, told: Told, targets: list[Any]) -> ToMany[T]:
        """The relationship that a document tells of, with its targets or the marks in their places."""
        made = object.__new__(cls)
        made._told = told
        made._targets = targets
        return made

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

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """Type, id and meta of every target. Raises :class:`NotLoadedError` if the document does not say."""
        if self.state is State.NOT_LOADED:
            raise _not_loaded(self._told)
        return self._told.identifiers

    def link(self, index: int, target: T) -> None:
        """Give one reference its object (the decoder's second pass)."""
        self._targets[index] = target

    def relink(self, exchange: Exchange) -> None:
        """Give every reference another target (the identity map's)."""
        self._targets = [exchange(*pair) for pair in zip(self._told.identifiers, self._targets, strict=True)]

    def _at(self, index: int) -> T:
        target = self._found(index)
        if isinstance(target, (Missing, Awaited)):
            raise _not_included(self._told, self._told.identifiers[index])
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
            raise _not_loaded(self._told)
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

    def __hash__(self) -> int:
        return hash((self.state, self._told.identifiers))

    def __repr__(self) -> str:
        if self.state is State.NOT_LOADED:
            return "<ToMany not loaded>"
        return f"<ToMany of {len(self)}>"

    def __getstate__(self) -> tuple[Written, list[T | Missing | Awaited]]:
        return Written.of(self._told), self._targets

    def __setstate__(self, state: tuple[Written, list[T | Missing | Awaited]]) -> None:
        self._told, self._targets = state
