"""Pages by ``links.next``: which link is followed, and which is refused before anybody could fetch it.

Nothing is fetched here. Policies that count are in ``paging_policies``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import attrs

from .document import Document, Link
from .errors import PagingError
from .paging_policies import LONGEST_SHOWN

DEFAULT_PORTS = {"http": 80, "https": 443}


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

    @classmethod
    def following(cls, links: Mapping[str, Link | None], url: str) -> NextLinks | None:
        """The pages after one that was read already, whose ``links`` these are; ``None`` when there are none.

        A relationship with many targets brings the first page of its linkage, and links to the others (D28):
        ``NextLinks.following(article.comments.links, url)``. ``url`` is the absolute URL of the request whose
        answer held the links. Raises :class:`PagingError` for a link that must not be followed.
        """
        link = links.get("next")
        return cls(cls(url)._resolved(url, link)) if link else None

    def after(self, position: str, document: Document[Any]) -> str | None:
        """The URL of the next page. Raises :class:`PagingError` for a link that must not be followed."""
        link = document.links.get("next")
        if link is None:
            if any(note.path == ("links", "next") for note in document.notes):
                raise PagingError("links.next is no link, so nothing says whether the collection goes on")
            return None
        return self._resolved(position, link)

    def place(self, position: str) -> str:
        """The URL without its query, which may hold what no log should."""
        return f"the page at {position.partition('?')[0][:LONGEST_SHOWN]!r}"

    def _resolved(self, position: str, link: Link) -> str:
        _plain(link.href)
        try:
            url = urljoin(position, link.href).partition("#")[0]
        except ValueError:
            raise PagingError("links.next is not a URL") from None
        origin = _origin(url)
        if origin != self.origin:
            raise PagingError(f"links.next leads to {_shown(origin)}, away from {_shown(self.origin)}")
        return url


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
