"""How services divide a collection into pages: policies that tell, from one page, where the next one is.

Pure decisions over decoded documents: nothing is fetched here. A position is what a policy counts in, a
number or text, so that it can be kept in a file and be the ``start`` of a later run.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Protocol, TypeVar
from urllib.parse import urljoin, urlsplit

import attrs

from .document import Document
from .errors import PagingError
from .values import describe, is_object

P = TypeVar("P", bound=Hashable)

LONGEST_SHOWN = 100
"""Characters of a cursor, an origin or a URL that a message shows."""

DEFAULT_PORTS = {"http": 80, "https": 443}


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
        pages = _meta(document, self.count)
        if type(pages) is not int:
            raise PagingError(f"meta.{self.count} is to be the number of pages: it is {describe(pages)}")
        return position + 1 if position + 1 < self.first + pages else None

    def place(self, position: int) -> str:
        """The page's number."""
        return f"page {position}"


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


@attrs.frozen
class NextLinks:
    """Pages by ``links.next``, until it is null or absent (D28, C11).

    A position is the absolute URL of a page, without fragment. ``start`` is the URL of the first request,
    with its query; relative links are resolved against the URL of the page that they stand on. A link to
    another scheme, host or port than the start's, with a user name, or with characters that no URL has, is
    refused before anybody could fetch it. Raises :class:`PagingError` when the start is no such URL.
    """

    start: str
    origin: tuple[str, str, int] = attrs.field(init=False, repr=False)
    """Scheme, host and port that links must not leave."""

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "origin", _origin(self.start))

    def after(self, position: str, document: Document[Any]) -> str | None:
        """The URL of the next page. Raises :class:`PagingError` for a link that must not be followed."""
        link = document.links.get("next")
        if link is None:
            if any(note.path == ("links", "next") for note in document.notes):
                raise PagingError("links.next is no link, so nothing says whether the collection goes on")
            return None
        _plain(link.href)
        try:
            url = urljoin(position, link.href).partition("#")[0]
        except ValueError:
            raise PagingError("links.next is not a URL") from None
        origin = _origin(url)
        if origin != self.origin:
            raise PagingError(f"links.next leads to {_shown(origin)}, away from {_shown(self.origin)}")
        return url

    def place(self, position: str) -> str:
        """The URL without its query, which may hold what no log should."""
        return f"the page at {position.partition('?')[0][:LONGEST_SHOWN]!r}"


def _meta(document: Document[Any], path: str) -> Any:
    node: Any = document.meta
    for name in path.split("."):
        node = node.get(name) if is_object(node) else None
    return node


def _plain(text: str) -> None:
    """Refuse what URL readers disagree on: some drop a tab or a line break, some read ``\\`` as ``/``."""
    if any(character <= " " or character in "\\\x7f" for character in text):
        raise PagingError("links.next holds a space, a backslash or a control character: it is not followed")


def _origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an absolute http(s) URL."""
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError:
        raise PagingError("a page needs a URL with a host and a port from 0 to 65535") from None
    if scheme not in DEFAULT_PORTS or not host:
        raise PagingError("a page needs an absolute http or https URL with a host")
    if "@" in parts.netloc:
        raise PagingError("the URL of a page must not hold a user name or a password")
    if host.isascii() and not parts.netloc.isascii():
        # Lower case turns the Kelvin sign into a plain k: the host would compare equal and not be the same.
        raise PagingError("the host of a page is written with look-alike characters")
    return scheme, host, DEFAULT_PORTS[scheme] if port is None else port


def _shown(origin: tuple[str, str, int]) -> str:
    scheme, host, port = origin
    return repr(f"{scheme}://{host}:{port}"[:LONGEST_SHOWN])
