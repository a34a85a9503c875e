"""A JSON:API document as plain objects: what every body becomes, whatever its dialect.

Binding to classes happens in the decoder; nothing here knows how bytes are read.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, overload

import attrs

from .declare import name_of, type_of
from .errors import Fault, JsonApiError
from .relationships import Identifier, Lid, ToMany, ToOne
from .told import integer
from .values import is_array

C = TypeVar("C")
T_co = TypeVar("T_co", covariant=True)

EMPTY: Mapping[str, Any] = {}


@attrs.frozen(kw_only=True)
class Link:
    """A link: ``href`` as given (it may be relative), and what a link object says beside it (D21)."""

    href: str
    rel: str | None = None
    title: str | None = None
    type: str | None = None
    hreflang: tuple[str, ...] = ()
    describedby: Link | None = None
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
    """A resource whose type no class stands for: its members as they came, its relationships resolved.

    ``lid`` is the local id that a document gives it; without an id it is the ``id`` too, as a :class:`Lid`.
    ``extensions`` holds its members of extensions (D25), applied or not, by their whole names.
    """

    type: str
    id: str
    lid: str | None = None
    attributes: dict[str, Any] = attrs.field(factory=dict[str, Any])
    relationships: dict[str, ToOne[Any] | ToMany[Any]] = attrs.field(factory=dict[str, Any])
    links: Mapping[str, Link | None] = EMPTY
    meta: Mapping[str, Any] = EMPTY
    extensions: Mapping[str, Any] = EMPTY

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
    given, that the document brought or changed. ``extensions`` holds the document's members of extensions
    that the decoder was told to be applied, by their whole names.
    """

    data: T_co
    included: tuple[Any, ...] = ()
    errors: tuple[ErrorObject, ...] = ()
    meta: Mapping[str, Any] = EMPTY
    links: Mapping[str, Link | None] = EMPTY
    jsonapi: Mapping[str, Any] = EMPTY
    notes: tuple[Fault, ...] = ()
    changes: tuple[Change, ...] = ()
    extensions: Mapping[str, Any] = EMPTY

    @overload
    def find(self, kind: type[C], id: str | int) -> C | None: ...
    @overload
    def find(self, kind: Identifier | str, id: str | int | None = None) -> Any: ...
    def find(self, kind: type[Any] | Identifier | str, id: str | int | None = None) -> Any:
        """The document's resource of a class, or of a JSON:API type, with this id; ``None`` if it has none.

        An :class:`Identifier` says both: ``document.find(article.author.identifier)``. A new resource is
        found by its :class:`Lid`. Raises :class:`SchemaError` for a class that is no resource class.
        """
        if isinstance(kind, Identifier):
            type_, id = kind.type, kind.id
        else:
            type_ = kind if isinstance(kind, str) else type_of(kind)
        known = self._resources
        found = next((known[type_, each] for each in _spellings(id) if (type_, each) in known), None)
        return found if isinstance(kind, (str, Identifier)) or isinstance(found, kind) else None

    @functools.cached_property
    def _resources(self) -> Mapping[tuple[str, Any], Any]:
        """All resources by type and id, as their objects have it; of two with one name the first."""
        data: Any = self.data
        primary: list[Any] = data if is_array(data) else [data]
        found: dict[tuple[str, Any], Any] = {}
        for item in (*primary, *self.included):
            named = (item.type, item.id) if isinstance(item, Resource) else name_of(item)
            if named is not None:
                found.setdefault(named, item)
        return found

    def raise_for_errors(self) -> None:
        """Raise :class:`DocumentErrors` when the document carried errors."""
        if self.errors:
            raise DocumentErrors(self.errors)


def _spellings(id: str | int | None) -> Iterator[Any]:
    """An id as the objects of classes may have it, that declare it as text or as an integer."""
    yield id
    if isinstance(id, int):
        yield str(id)
    elif id is not None and not isinstance(id, Lid):
        yield integer(id)
