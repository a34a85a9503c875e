"""Where a collection ends: by short pages, or as the links of a JSON:API document say."""

from __future__ import annotations

from typing import Any

import pytest

from depotfinity_async.jsonapi import Document, Link, PageNumbers
from depotfinity_async.resources.paging import PageLinks, paging, refusal

PAGES = PageLinks(PageNumbers(start=4, limit=2, server_limit=3))


def page(*rows: int, **links: Link | None) -> Document[Any]:
    return Document(data=list(rows), links=links)


@pytest.mark.parametrize(
    ("document", "following"),
    [
        (page(1, 2), 8),
        (page(1), None),
        (page(), None),
        (page(1, next=Link(href="/x?page=8")), 8),
        (page(next=Link(href="https://evil.example/")), 8),
        (page(1, 2, next=None), None),
        (page(1, 2, prev=None), 8),
    ],
)
def test_links_count_more_than_the_length_of_a_page(document: Document[Any], following: int | None) -> None:
    assert PAGES.start == 4
    assert PAGES.after(7, document) == following
    assert PAGES.place(7) == "page 7"


def test_the_first_page_needs_no_number() -> None:
    assert paging(1, None) == {"page": None, "limit": None}
    assert paging(2, "50") == {"page": "2", "limit": "50"}


def test_a_collection_without_end_is_an_unexpected_answer() -> None:
    error = refusal("things.list")("page 2 repeats page 1")
    assert str(error) == "things.list: page 2 repeats page 1."
    assert (error.operation, error.status) == ("things.list", 200)
