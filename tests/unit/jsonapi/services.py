"""Services made by hand, of documents in pages: what the tests of paging fetch from."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from depotfinity_async.jsonapi import Decoder, Document, Paginator, Resource
from depotfinity_async.jsonapi.paging_policies import (
    PagingPolicy,
)

BASE = "https://api.example/v1/rows"
DECODER = Decoder()


def document(rows: Sequence[Any] = (), **members: Any) -> Document[Any]:
    """A document as the decoder makes it, with a resource for each row."""
    data = [{"type": "rows", "id": str(row)} for row in rows]
    return DECODER.decode(json.dumps({"data": data} | members))


def linked_from(href: Any, url: str) -> Document[Any]:
    return linked(href, [url])


def linked(href: Any, rows: Sequence[Any] = ()) -> Document[Any]:
    return document(rows, links={"next": href})


class Service:
    """Serves one page for each position, and keeps a log of what was asked for."""

    def __init__(self, page: Callable[[Any], Document[Any]]) -> None:
        self.page = page
        self.asked: list[Any] = []

    async def fetch(self, position: Any) -> Document[Any]:
        self.asked.append(position)
        return self.page(position)

    def paginator(self, policy: PagingPolicy[Any], **options: Any) -> Paginator[Resource]:
        return Paginator(self.fetch, policy, **options)


async def ids(paginator: Paginator[Resource]) -> list[str]:
    return [row.id async for row in paginator]
