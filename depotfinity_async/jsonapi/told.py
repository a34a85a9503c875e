"""What is known of a relationship: its state, the resources that it names, its links and meta.

The values that users hold are in ``relationships``; nothing here leads to a target.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import attrs
import msgspec

LONGEST_INTEGER = 4000
"""Digits of an id that are read as an integer; Python refuses more than 4,300 by default."""


def integer(id: str) -> int | None:
    """An id as the integer that its digits write; ``None`` when it has anything else, or too many of them."""
    return int(id) if id.isascii() and id.isdecimal() and len(id) <= LONGEST_INTEGER else None


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


@attrs.frozen
class Identifier:
    """A resource identifier object: ``type`` and ``id`` name a resource; ``meta`` belongs to this mention.

    The ``id`` of a resource that has none yet is a :class:`Lid`.
    """

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
    """A :class:`Told` that was written out; the fast way has its own (``compiled_linkage``).

    ``is_key`` says that it stands for the foreign key of a flat body.
    """

    name: str
    state: State
    identifiers: tuple[Identifier, ...] = ()
    links: Mapping[str, Any] = {}
    meta: Mapping[str, Any] = {}
    is_key: bool = False

    @classmethod
    def of(cls, told: Told) -> Written:
        """The same, free of the document it came from."""
        if isinstance(told, Written):
            return told
        return cls(told.name, told.state, told.identifiers, told.links, told.meta)
