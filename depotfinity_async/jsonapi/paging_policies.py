"""How services divide a collection into pages: policies that tell, from one page, where the next one is.

Pure decisions over decoded documents: nothing is fetched here, and pages by link are in ``paging_links``. A
position is what a policy counts in, a number or text, so that it can be kept in a file and be the ``start``
of a later run.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Protocol, TypeVar

import attrs

from .document import Document
from .errors import PagingError
from .values import describe, is_object

P = TypeVar("P", bound=Hashable)

LONGEST_SHOWN = 100
"""Characters of a cursor, an origin or a URL that a message shows."""


class PagingPolicy(Protocol[P]):
    """What a :class:`Paginator` asks of a policy; any object with these three can be one."""

    @property
    def start(self) -> P:
        """Position of the first page to fetch."""
        ...

    def after(self, position: P, document: Document[Any]) -> P | None:
        """The position after ``position``, which held ``document``; ``None`` at the end of the collection.

        Raises :class:`PagingError` when the document does not say it, or says what must not be followed.
        """
        ...

    def place(self, position: P) -> str:
        """The page in words, for a message."""
        ...


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

    def after(self, position: int, document: Document[Any]) -> int | None:
        """The next number, unless the page was so short that it must be the last."""
        certain_end = min(self.limit or self.server_limit, self.server_limit)
        return position + 1 if len(document.data) >= certain_end else None

    def place(self, position: int) -> str:
        """The page's number."""
        return f"page {position}"


@attrs.frozen(kw_only=True)
class CountedPages:
    """Pages by number, whose ``meta`` says how many there are.

    ``count`` leads to that number in the document's ``meta``, with dots between the names
    (``"page.total"``); ``first`` is the number that the service gives its first page; ``start`` the number
    to begin with (``None``: the first).
    """

    count: str
    first: int = 1
    start: int = attrs.field(default=attrs.Factory(lambda self: self.first, takes_self=True))

    def after(self, position: int, document: Document[Any]) -> int | None:
        """The next number, up to the count. Raises :class:`PagingError` when the document has no count."""
        pages = _count(document, self.count, "pages")
        return position + 1 if position + 1 < self.first + pages else None

    def place(self, position: int) -> str:
        """The page's number."""
        return f"page {position}"


@attrs.frozen(kw_only=True)
class CountedRows:
    """Pages by number, whose ``meta`` says how many rows the whole collection has, but not how many pages.

    ``total`` leads to that number in the document's ``meta``, ``size`` to the rows of a full page, where
    ``meta`` says that too; ``first`` and ``start`` are as in :class:`CountedPages`. Without ``size`` each
    page is taken to be full: no row is missed, but after a short last page an empty one is fetched.
    """

    total: str
    size: str | None = None
    first: int = 1
    start: int = attrs.field(default=attrs.Factory(lambda self: self.first, takes_self=True))

    def after(self, position: int, document: Document[Any]) -> int | None:
        """The next number, up to the total. Raises :class:`PagingError` when the document has no count."""
        total = _count(document, self.total, "rows")
        size = _count(document, self.size, "rows of a page") if self.size else len(document.data)
        return position + 1 if 0 < size * (position + 1 - self.first) < total else None

    def place(self, position: int) -> str:
        """The page's number."""
        return f"page {position}"


@attrs.frozen(kw_only=True)
class Offsets:
    """Pages by offset: a position is the number of rows that stand before the page.

    ``total`` leads to the number of all rows in the document's ``meta``; without it the collection ends with
    an empty page. ``start`` is the offset to begin at.
    """

    total: str | None = None
    start: int = 0

    def after(self, position: int, document: Document[Any]) -> int | None:
        """The next offset. Raises :class:`PagingError` without a count, or for no rows where more are due."""
        following = position + len(document.data)
        if self.total is None:
            return following if document.data else None
        total = _count(document, self.total, "rows")
        if following >= total:
            return None
        if following == position:
            raise PagingError(f"meta.{self.total} says that there are {total} rows, and the page holds none")
        return following

    def place(self, position: int) -> str:
        """The page's offset."""
        return f"the page at offset {position}"


@attrs.frozen
class Cursors:
    """Pages by a cursor that each page's ``meta`` gives for the next, until it is null or absent.

    ``member`` leads to it, with dots between the names: ``"cursor"``, ``"pagination.cursors.next"``. A
    position is the cursor as text; the first page's is ``""``, with which a fetch function sends none.
    """

    member: str
    start: str = attrs.field(default="", kw_only=True)

    def after(self, position: str, document: Document[Any]) -> str | None:
        """The cursor that the page gives. Raises :class:`PagingError` when it is neither text nor integer."""
        cursor = _meta(document, self.member)
        if cursor is None or cursor == "":
            return None
        if isinstance(cursor, str) or type(cursor) is int:
            return str(cursor)
        raise PagingError(f"meta.{self.member} is to be a cursor, text or integer: it is {describe(cursor)}")

    def place(self, position: str) -> str:
        """The cursor, cut where it is long."""
        if not position:
            return "the first page"
        return f"the page of cursor {position[:LONGEST_SHOWN]!r}"


def _meta(document: Document[Any], path: str) -> Any:
    node: Any = document.meta
    for name in path.split("."):
        node = node.get(name) if is_object(node) else None
    return node


def _count(document: Document[Any], path: str, of: str) -> int:
    count = _meta(document, path)
    if type(count) is not int:
        raise PagingError(f"meta.{path} is to be the number of {of}: it is {describe(count)}")
    return count
