"""Pages by number: where a collection ends, what happens when it grows, fails or repeats itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.jsonapi import (
    Document,
    DocumentErrors,
    ErrorObject,
    PageNumbers,
    Paginator,
    PagingError,
)

Fetch = Callable[[int, int], list[int]]


class Server:
    """Rows in pages, with a silent cap on the limit, and a log of the pages asked for."""

    def __init__(self, rows: int, *, limit: int | None = None, cap: int = 10**9, default: int = 100) -> None:
        self.rows = list(range(rows))
        self.size = min(limit or default, cap)
        self.asked: list[int] = []
        self.limit = limit
        self.failing: set[int] = set()

    async def fetch(self, number: int) -> Document[list[int]]:
        self.asked.append(number)
        if number in self.failing:
            self.failing.remove(number)
            raise ConnectionError("lost")
        return Document(data=self.rows[(number - 1) * self.size : number * self.size])

    def paginator(self, start: int = 1) -> Paginator[int]:
        return Paginator(self.fetch, PageNumbers(start=start, limit=self.limit), key=lambda row: row)


async def collect(paginator: Paginator[int]) -> list[int]:
    return [row async for row in paginator]


@given(
    rows=st.integers(0, 450),
    limit=st.none() | st.integers(1, 400),
    cap=st.integers(100, 400),
)
async def test_every_row_comes_once_and_in_order(rows: int, limit: int | None, cap: int) -> None:
    server = Server(rows, limit=limit, cap=cap)
    assert await collect(server.paginator()) == server.rows


@pytest.mark.parametrize(
    ("rows", "limit", "cap", "asked"),
    [
        (0, None, 1000, [1]),
        (99, None, 1000, [1]),
        (100, None, 1000, [1, 2]),
        (150, None, 1000, [1, 2]),
        (30, 50, 1000, [1]),
        (50, 50, 1000, [1, 2]),
        (120, 500, 1000, [1, 2]),  # shorter than asked, not shorter than the default: confirmed
        (99, 500, 1000, [1]),
        (250, 500, 200, [1, 2]),  # clamped silently to 200
    ],
)
async def test_pages_asked_for(rows: int, limit: int | None, cap: int, asked: list[int]) -> None:
    server = Server(rows, limit=limit, cap=cap)
    assert len(await collect(server.paginator())) == rows
    assert server.asked == asked


async def test_awaiting_gives_the_first_page() -> None:
    server = Server(150)
    page = await server.paginator()
    assert (len(page), page[0], page[-1], page[:2], page.position, page.next_position) == (
        100,
        0,
        99,
        [0, 1],
        1,
        2,
    )
    assert list(page) == server.rows[:100]
    assert server.asked == [1]


async def test_an_empty_collection_has_one_empty_page() -> None:
    server = Server(0)
    assert list(await server.paginator()) == []
    assert [len(page) async for page in server.paginator().pages()] == [0]


async def test_a_full_last_page_is_followed_by_no_empty_one() -> None:
    server = Server(200)
    assert [len(page) async for page in server.paginator().pages()] == [100, 100]
    assert server.asked == [1, 2, 3]


async def test_each_loop_begins_at_the_first_page() -> None:
    paginator = Server(150).paginator()
    assert await collect(paginator) == await collect(paginator) == list(range(150))


async def test_a_page_with_errors_raises_them() -> None:
    async def fetch(number: int) -> Document[list[int]]:
        return Document(data=[], errors=(ErrorObject(title="No"),))

    with pytest.raises(DocumentErrors, match="No"):
        await Paginator(fetch, PageNumbers(), key=lambda row: row)


async def test_pages_and_a_later_start() -> None:
    server = Server(250)
    assert [(page.position, len(page)) async for page in server.paginator(2).pages()] == [(2, 100), (3, 50)]


async def test_leaving_a_loop_fetches_nothing_more() -> None:
    server = Server(500)
    async for row in server.paginator():
        if row == 3:
            break
    assert server.asked == [1]


async def test_rows_that_moved_to_the_next_page_are_left_out() -> None:
    server = Server(150)

    async def fetch(number: int) -> Document[list[int]]:
        found = await server.fetch(number)
        server.rows.insert(0, -number)  # a new row at the top pushes the others down
        return found

    paginator = Paginator(fetch, PageNumbers(), key=lambda row: row)
    assert await collect(paginator) == list(range(150))


async def test_a_row_that_moves_on_with_every_page_comes_once() -> None:
    rows = list(range(8))

    async def fetch(number: int) -> Document[list[int]]:
        found = rows[(number - 1) * 3 : number * 3]
        rows[:0] = [-2 * number, -2 * number + 1] if number < 3 else []
        return Document(data=found)

    paginator = Paginator(fetch, PageNumbers(limit=3), key=lambda row: row)
    assert await collect(paginator) == list(range(8))


async def test_a_service_that_repeats_its_page_is_refused() -> None:
    server = Server(100)

    async def fetch(number: int) -> Document[list[int]]:
        return await server.fetch(1)

    with pytest.raises(PagingError, match="page 2 repeats page 1"):
        await collect(Paginator(fetch, PageNumbers(), key=lambda row: row))
    pages = Paginator(fetch, PageNumbers(), key=lambda row: row).pages()
    await anext(pages)
    with pytest.raises(PagingError):
        await anext(pages)
    assert pages.position == 2


async def test_a_failure_keeps_the_place() -> None:
    server = Server(350)
    server.failing = {3}
    pages = server.paginator().pages()
    found: list[int] = [*await anext(pages), *await anext(pages)]
    with pytest.raises(ConnectionError) as caught:
        await anext(pages)
    assert caught.value.__notes__ == [
        "While fetching page 3; begin again there (`position` of the iterator)."
    ]
    assert pages.position == 3
    async for page in pages:
        found += page
    assert found == server.rows
    assert server.asked == [1, 2, 3, 3, 4]


async def test_iterating_items_can_go_on_after_a_failure() -> None:
    server = Server(250)
    server.failing = {2}
    items = aiter(server.paginator())
    found = [await anext(items) for _ in range(100)]
    with pytest.raises(ConnectionError):
        await anext(items)
    found += [row async for row in items]
    assert found == server.rows
