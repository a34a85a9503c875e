"""How the service's collections are paged: by number, and by links where a page has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from depotfinity_async.errors import UnexpectedResponseError
from depotfinity_async.jsonapi import Document, PageNumbers


@attrs.frozen
class PageLinks:
    """Pages by number. A JSON:API document tells by its links whether a page follows (assumed).

    Of a link only that there is one counts: the next page is asked for like the first, so no link can lead to
    another host.
    """

    numbers: PageNumbers

    @property
    def start(self) -> int:
        """Number of the first page to fetch."""
        return self.numbers.start

    def after(self, position: int, document: Document[Any]) -> int | None:
        """The next number; ``None`` at the end of the collection."""
        if "next" not in document.links:
            return self.numbers.after(position, document)
        return None if document.links["next"] is None else position + 1

    def place(self, position: int) -> str:
        """The page's number."""
        return self.numbers.place(position)


def paging(number: int, limit: str | None) -> dict[str, str | None]:
    """``page`` and ``limit`` of a query; the first page needs no number."""
    return {"page": str(number) if number > 1 else None, "limit": limit}


def refusal(operation: str) -> Callable[[str], UnexpectedResponseError]:
    """Makes the error of a collection that repeats itself or does not end."""

    def refuse(sentence: str) -> UnexpectedResponseError:
        return UnexpectedResponseError(f"{operation}: {sentence}.", operation=operation, status=200)

    return refuse
