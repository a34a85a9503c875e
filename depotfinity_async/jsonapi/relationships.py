"""Relationships as values: what one holds, and the four states kept apart.

A relationship is not loaded (the document does not say), null or empty, or present; a target that is not in
the document stays a reference and never becomes ``None``.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar, overload

import attrs
import msgspec

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


class Missing(enum.Enum):
    """Stands where a target would, when the document does not have it."""

    TARGET = enum.auto()


@attrs.frozen(eq=False)
class Awaited:
    """Stands where a target would, as long as an identity map does not have it. A copy waits no longer."""

    _known: Mapping[tuple[str, str], Any]

    def find(self, identifier: Identifier) -> Any:
        """The target, or this mark again."""
        return self._known.get((identifier.type, identifier.id), self)

    def __reduce__(self) -> tuple[type[Missing], tuple[int]]:
        return Missing, (Missing.TARGET.value,)


Exchange = Callable[[Identifier, Any], Any]
"""From a reference and its target, or the mark in its place, to another target or mark."""


class Told(Protocol):
    """What a document tells of a relationship, in whatever form it keeps that."""

    @property
    def name(self) -> str:
        """Name of the relationship."""
        ...

    @property
    def state(self) -> State:
        """What is known of it."""
        ...

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """The resources that it names; a to-one relationship names at most one."""
        ...

    @property
    def links(self) -> Mapping[str, Any]:
        """Its links."""
        ...

    @property
    def meta(self) -> Mapping[str, Any]:
        """Its meta."""
        ...


class Written(msgspec.Struct, frozen=True):
    """A :class:`Told` that was written out; the fast way has its own (``compiled_linkage``)."""

    name: str
    state: State
    identifiers: tuple[Identifier, ...]
    links: Mapping[str, Any]
    meta: Mapping[str, Any]

    @classmethod
    def of(cls, told: Told) -> Written:
        """The same, free of the document it came from."""
        return cls(told.name, told.state, told.identifiers, told.links, told.meta)


def _not_included(name: str, identifier: Identifier) -> NotIncludedError:
    return NotIncludedError(
        f"relationship {name!r} names {identifier}, which is not in this document: "
        f"ask for it with include={name}, or use its type and id"
    )


def _not_loaded(name: str) -> NotLoadedError:
    return NotLoadedError(f"relationship {name!r} is not loaded: the document does not say what it holds")


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
    def linked(cls, told: Told, target: T | None) -> ToOne[T]:
        """A relationship of a decoded document, with its target where the document has it."""
        made = object.__new__(cls)
        made._told = told
        made._target = Missing.TARGET if target is None else target
        return made

    @classmethod
    def to(cls, type: str, id: str, *, name: str = "") -> ToOne[T]:
        """A reference by type and id, for objects that are made by hand."""
        return cls(name, State.PRESENT, Identifier(type, id))

    @property
    def name(self) -> str:
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
            raise _not_loaded(self.name)
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
        target = self._found()
        if isinstance(target, (Missing, Awaited)):
            raise _not_included(self.name, self._present())
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
            raise NullRelationshipError(f"relationship {self.name!r} is null: it has no target")
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
    def linked(cls, told: Told, targets: Sequence[T | None]) -> ToMany[T]:
        """A relationship of a decoded document, with each target where the document has it."""
        made = object.__new__(cls)
        made._told = told
        made._targets = [Missing.TARGET if target is None else target for target in targets]
        return made

    @property
    def name(self) -> str:
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
            raise _not_loaded(self.name)
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
            raise _not_included(self.name, self._told.identifiers[index])
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
        if self.state is State.NOT_LOADED:
            raise _not_loaded(self.name)
        return len(self._targets)

    def __iter__(self) -> Iterator[T]:
        return (self._at(index) for index in range(len(self)))

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
