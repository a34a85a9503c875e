"""Collections in pages: an async iterator over items or pages, awaitable for the first page.

It takes any fetch function and does no I/O of its own. Nothing is fetched ahead, so leaving a loop early
leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Hashable, Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

import attrs

from .document import Document
from .errors import PagingError

T = TypeVar("T")
Fetch = Callable[[int], Awaitable[Document[list[T]]]]


@attrs.frozen(kw_only=True)
class PageNumbers:
    """Pages by number, without metadata: the rows alone tell where the collection ends.

    ``start`` is the first page's number; ``limit`` the rows asked for per page (``None``: the server's
    default); ``server_limit`` that default. A server may clamp a larger limit silently, so a page that
    is shorter than asked ends the collection only when it is shorter than ``server_limit`` too.
    """

    start: int = 1
    limit: int | None = None
    server_limit: int = 100

    def after(self, number: int, rows: int) -> int | None:
        """The number of the page after ``number``, which held ``rows`` rows; ``None`` at the end."""
        certain_end = min(self.limit or self.server_limit, self.server_limit)
        return number + 1 if rows >= certain_end else None


@attrs.frozen(eq=False)
class Page(Sequence[T]):
    """One page: a sequence of its items, its ``number``, and the ``document`` it came in."""

    items: Sequence[T]
    number: int
    next_number: int | None
    """Number of the page to fetch next, or ``None`` when this one is certainly the last."""
    document: Document[list[T]] = attrs.field(repr=False)

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
    """An async iterator over pages.

    Rows that stood on the page before (the collection grew meanwhile) are left out. After a failure the
    iterator stands where it stood: iterate on to try the same page again, or begin elsewhere at ``number``.
    """

    def __init__(
        self,
        fetch: Fetch[T],
        policy: PageNumbers,
        key: Callable[[T], Hashable],
        refuse: Callable[[str], Exception] = PagingError,
    ) -> None:
        self._fetch = fetch
        self._policy = policy
        self._key = key
        self._refuse = refuse
        self._before: Sequence[T] = ()
        self.number: int | None = policy.start
        """Number of the page that comes next; ``None`` after the last."""

    def __aiter__(self) -> Pages[T]:
        return self

    async def __anext__(self) -> Page[T]:
        if self.number is None:
            raise StopAsyncIteration
        number = self.number
        try:
            document = await self._fetch(number)
        except Exception as error:  # of any kind: only a note is added, and the place is kept
            error.add_note(f"While fetching page {number}; begin again with page={number}.")
            raise
        document.raise_for_errors()
        rows = items = document.data
        if self._before:
            known = {self._key(row) for row in self._before}
            items = [row for row in rows if self._key(row) not in known]
        if rows and not items:
            raise self._refuse(f"page {number} repeats page {number - 1}: the service does not seem to page")
        following = self._policy.after(number, len(rows))
        self._before = rows
        self.number = following
        if not rows and number != self._policy.start:
            raise StopAsyncIteration
        return Page(items, number, following, document)


class _Items(AsyncIterator[T], Generic[T]):
    """Items of all pages, one after the other."""

    def __init__(self, pages: Pages[T]) -> None:
        self._pages = pages
        self._rows: Iterator[T] = iter(())

    async def __anext__(self) -> T:
        while True:
            for row in self._rows:
                return row
            self._rows = iter(await anext(self._pages))


class Paginator(Generic[T]):
    """What a listing call returns: ``await`` it for the first page, or loop over it with ``async for``.

    Nothing is sent before that. Each loop begins at the first page again. ``refuse`` makes the error of a
    collection that repeats itself, for callers with an exception tree of their own.
    """

    def __init__(
        self,
        fetch: Fetch[T],
        policy: PageNumbers,
        key: Callable[[T], Hashable],
        refuse: Callable[[str], Exception] = PagingError,
    ) -> None:
        self._fetch = fetch
        self._policy = policy
        self._key = key
        self._refuse = refuse

    def __await__(self) -> Generator[Any, None, Page[T]]:
        return anext(self.pages()).__await__()

    def __aiter__(self) -> AsyncIterator[T]:
        return _Items(self.pages())

    def pages(self) -> Pages[T]:
        """An async iterator over the pages; see :class:`Pages` for how to go on after a failure."""
        return Pages(self._fetch, self._policy, self._key, self._refuse)
