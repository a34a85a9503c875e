"""A JSON:API document as plain objects: what every body becomes, whatever its dialect.

Binding to classes happens in the decoder; nothing here knows how bytes are read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

import attrs

from .errors import Fault, JsonApiError
from .relationships import ToMany, ToOne

T_co = TypeVar("T_co", covariant=True)

EMPTY: Mapping[str, Any] = {}


@attrs.frozen(kw_only=True)
class Link:
    """A link: ``href`` as given (it may be relative), and what a link object says beside it (D21)."""

    href: str
    rel: str | None = None
    title: str | None = None
    type: str | None = None
    meta: Mapping[str, Any] = EMPTY


@attrs.frozen(kw_only=True)
class ErrorObject:
    """One error (D27). Every member is optional; ``source`` may hold pointer, parameter, header."""

    id: str | None = None
    status: str | None = None
    code: str | None = None
    title: str | None = None
    detail: str | None = None
    source: Mapping[str, Any] = EMPTY
    links: Mapping[str, Link | None] = EMPTY
    meta: Mapping[str, Any] = EMPTY

    def __str__(self) -> str:
        words = (
            ": ".join(part for part in (self.title, self.detail) if part) or self.code or "unspecified error"
        )
        place = next(
            (f" (at {self.source[key]})" for key in ("pointer", "parameter") if key in self.source), ""
        )
        return f"{self.status} {words}{place}" if self.status else words + place


class DocumentErrors(JsonApiError):
    """A document carried `errors`; they stand in ``errors``."""

    def __init__(self, errors: Sequence[ErrorObject]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(str(error) for error in self.errors))

    def __reduce__(self) -> tuple[type[DocumentErrors], tuple[tuple[ErrorObject, ...]]]:
        return (type(self), (self.errors,))


@attrs.define(kw_only=True, eq=False, repr=False)
class Resource:
    """A resource whose type no class stands for: its members as they came, its relationships resolved."""

    type: str
    id: str
    attributes: dict[str, Any] = attrs.field(factory=dict[str, Any])
    relationships: dict[str, ToOne[Any] | ToMany[Any]] = attrs.field(factory=dict[str, Any])
    links: Mapping[str, Link | None] = EMPTY
    meta: Mapping[str, Any] = EMPTY

    def __repr__(self) -> str:
        return f"<Resource {self.type}/{self.id}>"


@attrs.frozen(kw_only=True, eq=False)
class Change:
    """What a document changed of one object of an identity map.

    ``fields`` holds for each changed field, by its name in the class, the value before and the value now;
    it is empty for an object that is new to the map (``is_new``).
    """

    resource: Any
    is_new: bool
    fields: Mapping[str, tuple[Any, Any]] = EMPTY


@attrs.frozen(kw_only=True, eq=False)
class Document(Generic[T_co]):
    """A decoded document.

    ``data`` is the primary data, mapped; ``included`` the other resources of the document in its order;
    ``errors`` is not empty only when the document carried errors (``data`` is then ``None``). ``notes``
    lists what was overlooked while mapping. ``changes`` lists the objects of the identity map, if one was
    given, that the document brought or changed.
    """

    data: T_co
    included: tuple[Any, ...] = ()
    errors: tuple[ErrorObject, ...] = ()
    meta: Mapping[str, Any] = EMPTY
    links: Mapping[str, Link | None] = EMPTY
    jsonapi: Mapping[str, Any] = EMPTY
    notes: tuple[Fault, ...] = ()
    changes: tuple[Change, ...] = ()

    def raise_for_errors(self) -> None:
        """Raise :class:`DocumentErrors` when the document carried errors."""
        if self.errors:
            raise DocumentErrors(self.errors)
