"""Relationships as values: what one holds, and the four states kept apart.

A relationship is not loaded (the document does not say), null or empty, or present; a target that is not in
the document stays a reference and never becomes ``None``.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, overload

import attrs

from .errors import NotIncludedError, NotLoadedError, NullRelationshipError

T = TypeVar("T")


@attrs.frozen
class Identifier:
    """A resource identifier object: ``type`` and ``id`` name a resource; ``meta`` belongs to this mention."""

    type: str
    id: str
    meta: Mapping[str, Any] = attrs.field(factory=dict[str, Any], eq=False, repr=False)

    def __str__(self) -> str:
        return f"{self.type}/{self.id}"


class State(enum.Enum):
    """What is known of a relationship."""

    NOT_LOADED = "not loaded"
    """The document does not say what the relationship holds."""
    EMPTY = "empty"
    """It holds nothing: null, or an empty array."""
    PRESENT = "present"
    """It names at least one resource."""


class _Missing(enum.Enum):
    TARGET = enum.auto()


def _not_included(name: str, identifier: Identifier) -> NotIncludedError:
    return NotIncludedError(
        f"relationship {name!r} names {identifier}, which is not in this document: "
        f"ask for it with include={name}, or use its type and id"
    )


def _not_loaded(name: str) -> NotLoadedError:
    return NotLoadedError(f"relationship {name!r} is not loaded: the document does not say what it holds")


class ToOne(Generic[T]):
    """A relationship to at most one resource."""

    __slots__ = ("_identifier", "_target", "links", "meta", "name", "state")

    def __init__(
        self,
        name: str,
        state: State,
        identifier: Identifier | None = None,
        *,
        links: Mapping[str, Any] | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.state = state
        self.links: Mapping[str, Any] = links or {}
        self.meta: Mapping[str, Any] = meta or {}
        self._identifier = identifier
        self._target: T | _Missing = _Missing.TARGET

    @classmethod
    def to(cls, type: str, id: str, *, name: str = "") -> ToOne[T]:
        """A reference by type and id, for objects that are made by hand."""
        return cls(name, State.PRESENT, Identifier(type, id))

    @property
    def identifier(self) -> Identifier | None:
        """Type, id and meta of the target; ``None`` when the relationship is null.

        Raises :class:`NotLoadedError` when the document does not say.
        """
        if self.state is State.NOT_LOADED:
            raise _not_loaded(self.name)
        return self._identifier

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
        return self._target is not _Missing.TARGET

    def get(self) -> T:
        """The target itself. Raises a :class:`RelationshipError` that says why there is none."""
        if isinstance(self._target, _Missing):
            raise _not_included(self.name, self._present())
        return self._target

    def link(self, target: T) -> None:
        """Give the reference its object (the decoder's second pass)."""
        self._target = target

    def _present(self) -> Identifier:
        identifier = self.identifier
        if identifier is None:
            raise NullRelationshipError(f"relationship {self.name!r} is null: it has no target")
        return identifier

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ToOne):
            return NotImplemented
        return self.state is other.state and self._identifier == other._identifier

    def __hash__(self) -> int:
        return hash((self.state, self._identifier))

    def __repr__(self) -> str:
        return f"<ToOne {self._identifier or self.state.value}>"


class ToMany(Sequence[T], Generic[T]):
    """A relationship to any number of resources, in the document's order.

    Items are the resources themselves; an item that is not in the document raises
    :class:`NotIncludedError`. ``identifiers`` gives them all by type and id.
    """

    __slots__ = ("_identifiers", "_targets", "links", "meta", "name", "state")

    def __init__(
        self,
        name: str,
        state: State,
        identifiers: Sequence[Identifier] = (),
        *,
        links: Mapping[str, Any] | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.state = state
        self.links: Mapping[str, Any] = links or {}
        self.meta: Mapping[str, Any] = meta or {}
        self._identifiers = tuple(identifiers)
        self._targets: list[T | _Missing] = [_Missing.TARGET] * len(self._identifiers)

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """Type, id and meta of every target. Raises :class:`NotLoadedError` if the document does not say."""
        if self.state is State.NOT_LOADED:
            raise _not_loaded(self.name)
        return self._identifiers

    def link(self, index: int, target: T) -> None:
        """Give one reference its object (the decoder's second pass)."""
        self._targets[index] = target

    def _at(self, index: int) -> T:
        target = self._targets[index]
        if isinstance(target, _Missing):
            raise _not_included(self.name, self._identifiers[index])
        return target

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        numbers = range(len(self))[index]
        return self._at(numbers) if isinstance(numbers, int) else [self._at(number) for number in numbers]

    def __len__(self) -> int:
        return len(self.identifiers)

    def __iter__(self) -> Iterator[T]:
        return (self._at(index) for index in range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ToMany):
            return NotImplemented
        return self.state is other.state and self._identifiers == other._identifiers

    def __hash__(self) -> int:
        return hash((self.state, self._identifiers))

    def __repr__(self) -> str:
        if self.state is State.NOT_LOADED:
            return "<ToMany not loaded>"
        return f"<ToMany of {len(self._identifiers)}>"
