"""Collections in pages: an async iterator over items or pages, awaitable for the first page.

It takes any fetch function and does no I/O of its own. Nothing is fetched ahead, so leaving a loop early
leaves nothing behind. How a service divides its collections is said by a policy (``paging_policies``).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Hashable, Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

import attrs

from .declare import declaration_of
from .document import Document, Resource
from .errors import PagingError
from .paging_policies import P, PagingPolicy
from .relationships import Identifier
from .values import describe, is_array

T = TypeVar("T")

MAX_EMPTY = 20
"""Empty pages in a row, each with a page after it, that are still taken for a collection."""


@attrs.frozen
class _Refused:
    """Stands in the place of a next position that is not followed."""

    sentence: str


def resource_key(item: object) -> Hashable:
    """What says that two items are one resource: type and id. An item without them equals only itself."""
    if isinstance(item, (Resource, Identifier)):
        return item.type, item.id
    declaration = declaration_of(type(item))
    if declaration is None or declaration.type is None:
        return id(item)
    slot = next(name for name, field in declaration.fields.items() if field.kind == "id")
    return declaration.type, getattr(item, slot)


@attrs.frozen(eq=False)
class Page(Sequence[T]):
    """One page: a sequence of its items, its ``position``, and the ``document`` it came in.

    A position is what the policy counts in: the number of the page, its cursor, or its URL.
    """

    items: Sequence[T]
    position: Any
    document: Document[list[T]] = attrs.field(repr=False)
    _next: Any
    _refuse: Callable[[str], Exception] = attrs.field(repr=False)

    @property
    def next_position(self) -> Any:
        """Position of the page to fetch next, or ``None`` when this one is certainly the last.

        Raises :class:`PagingError` when the service gave one that must not be followed.
        """
        if isinstance(self._next, _Refused):
            raise self._refuse(self._next.sentence)
        return self._next

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)


class Pages(AsyncIterator[Page[T]], Generic[T]):
    """An async iterator over pages, made by :meth:`Paginator.pages`.

    Rows that stood on the page before (the collection grew meanwhile) are left out. After a failure the
    iterator stands where it stood: iterate on to try the same page again, or begin elsewhere at ``position``.
    """

    def __init__(self, paginator: Paginator[T]) -> None:
        self._paginator = paginator
        self._next: Any = paginator.policy.start
        self._visited: dict[Hashable, None] = {}
        self._rows: Sequence[T] = ()
        self._rows_at: Any = None
        self._empty = 0

    @property
    def position(self) -> Any:
        """Position of the page that comes next; ``None`` after the last.

        A number or text, to be the ``start`` of a policy, also of a later run. When the next page must not be
        followed, it is the position of the page that names it.
        """
        return next(reversed(self._visited)) if isinstance(self._next, _Refused) else self._next

    def __aiter__(self) -> Pages[T]:
        return self

    async def __anext__(self) -> Page[T]:
        position, refuse = self._next, self._paginator.refuse
        if isinstance(position, _Refused):
            raise refuse(position.sentence)
        if position is None:
            raise StopAsyncIteration
        place = self._paginator.policy.place(position)
        try:
            document = await self._paginator.fetch(position)
            document.raise_for_errors()
        except Exception as error:  # of any kind: only a note is added, and the place is kept
            error.add_note(f"While fetching {place}; begin again there (`position` of the iterator).")
            raise
        rows: Any = document.data
        if not is_array(rows):
            raise refuse(f"{place} holds {describe(rows)} in place of an array of resources")
        following = self._following(position, document)
        items = self._unseen(rows, place)
        if not rows and following is None and self._visited:
            self._next = None
            raise StopAsyncIteration
        self._empty = 0 if rows else self._empty + 1
        if self._empty > self._paginator.max_empty:
            raise refuse(f"{self._empty} pages in a row were empty, the last of them {place}")
        if rows:
            self._rows, self._rows_at = rows, position
        self._visited[position] = None
        self._next = following
        return Page(items, position, document, following, refuse)

    def _following(self, position: Any, document: Document[Any]) -> Any:
        """The position after a page. A refusal waits until it is asked for: the page itself can be had."""
        policy = self._paginator.policy
        try:
            following = policy.after(position, document)
        except PagingError as error:
            return _Refused(f"after {policy.place(position)}: {error}")
        if following == position or following in self._visited:
            return _Refused(f"{policy.place(position)} leads back to {policy.place(following)}")
        return following

    def _unseen(self, rows: list[T], place: str) -> list[T]:
        """The rows that did not stand on the page before."""
        key, policy = self._paginator.key, self._paginator.policy
        known = {key(row) for row in self._rows}
        items = [row for row in rows if key(row) not in known] if known else rows
        if rows and not items:
            before = policy.place(self._rows_at)
            raise self._paginator.refuse(f"{place} repeats {before}: the service does not seem to page")
        return items


class Items(AsyncIterator[T], Generic[T]):
    """An async iterator over the items of all pages, made by looping over a :class:`Paginator`.

    After a failure, iterate on to try the same page again.
    """

    def __init__(self, pages: Pages[T]) -> None:
        self._pages = pages
        self._page: Page[T] | None = None
        self._given = 0

    @property
    def position(self) -> Any:
        """Position of the page to begin again at so that no item is missed; ``None`` after the last item."""
        if self._page is None or self._given == len(self._page):
            return self._pages.position
        return self._page.position

    def __aiter__(self) -> Items[T]:
        return self

    async def __anext__(self) -> T:
        while self._page is None or self._given == len(self._page):
            self._page, self._given = await anext(self._pages), 0
        self._given += 1
        return self._page[self._given - 1]


class Paginator(Generic[T]):
    """What a listing call returns: ``await`` it for the first page, or loop over it with ``async for``.

    ``fetch`` is given a position of the ``policy`` and returns that page's document. Nothing is sent before
    somebody awaits or loops; each loop begins at the policy's ``start`` again. ``key`` tells which resource a
    row is. ``refuse`` makes the error of a collection that repeats itself, does not end, or leads elsewhere,
    for callers with an exception tree of their own. ``max_empty`` empty pages in a row are gone past.
    """

    def __init__(
        self,
        fetch: Callable[[P], Awaitable[Document[list[T]]]],
        policy: PagingPolicy[P],
        key: Callable[[T], Hashable] = resource_key,
        refuse: Callable[[str], Exception] = PagingError,
        *,
        max_empty: int = MAX_EMPTY,
    ) -> None:
        self.fetch: Callable[[Any], Awaitable[Document[list[T]]]] = fetch
        self.policy: PagingPolicy[Any] = policy
        self.key = key
        self.refuse = refuse
        self.max_empty = max_empty

    def __await__(self) -> Generator[Any, None, Page[T]]:
        return anext(self.pages()).__await__()

    def __aiter__(self) -> Items[T]:
        return Items(self.pages())

    def pages(self) -> Pages[T]:
        """An async iterator over the pages; see :class:`Pages` for how to go on after a failure."""
        return Pages(self)
