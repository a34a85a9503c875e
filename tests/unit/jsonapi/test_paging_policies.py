"""Pages by number, offset and cursor: where the next one is, and where a collection ends."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import Decoder, Document, PageNumbers, Paginator, PagingError, Resource
from depotfinity_async.jsonapi.paging_links import NextLinks
from depotfinity_async.jsonapi.paging_policies import (
    CountedPages,
    CountedRows,
    Cursors,
    Offsets,
    PagingPolicy,
)

from .services import BASE, DECODER, Service, document, ids, linked


class TestCursors:
    @pytest.mark.parametrize("member", ["cursor", "pagination.cursors.next"])
    @pytest.mark.parametrize("end", [None, "", "absent"])
    async def test_are_followed_until_null_or_absent(self, member: str, end: str | None) -> None:
        cursors: Mapping[str, Any] = {"": "b==", "b==": 3, "3": end}

        def page(cursor: str) -> Document[Any]:
            meta: Any = {} if cursors[cursor] == "absent" else cursors[cursor]
            for name in reversed(member.split(".")):
                meta = {name: meta} if meta != {} else {}
            return document([cursor or "a"], meta=meta)

        service = Service(page)
        assert await ids(service.paginator(Cursors(member))) == ["a", "b==", "3"]
        assert service.asked == ["", "b==", "3"]
        assert await ids(service.paginator(Cursors(member, start="b=="))) == ["b==", "3"]

    @pytest.mark.parametrize("cursor", [1.5, True, [], {}])
    def test_of_another_kind_are_refused(self, cursor: Any) -> None:
        with pytest.raises(PagingError, match=r"meta\.page\.next is to be a cursor"):
            Cursors("page.next").after("", document(meta={"page": {"next": cursor}}))

    def test_are_looked_for_in_objects_only(self) -> None:
        assert Cursors("page.next").after("", document(meta={"page": "next"})) is None

    async def test_a_cursor_that_comes_back_is_detected(self) -> None:
        service = Service(lambda cursor: document([cursor], meta={"cursor": "b" if cursor == "a" else "a"}))
        with pytest.raises(PagingError, match="the page of cursor 'b' leads back to the page of cursor 'a'"):
            await ids(service.paginator(Cursors("cursor")))
        assert service.asked == ["", "a", "b"]

    def test_long_ones_are_cut_in_messages(self) -> None:
        policy = Cursors("cursor")
        assert policy.place("") == "the first page"
        assert len(policy.place("x" * 10_000)) < 200


class TestCountedPages:
    @pytest.mark.parametrize(
        ("policy", "count", "asked"),
        [
            (CountedPages(count="page.total"), 3, [1, 2, 3]),
            (CountedPages(count="page.total"), 1, [1]),
            (CountedPages(count="page.total"), 0, [1]),
            (CountedPages(count="page.total", first=0), 3, [0, 1, 2]),
            (CountedPages(count="page.total", start=2), 3, [2, 3]),
            (CountedPages(count="page.total", first=0, start=2), 3, [2]),
        ],
    )
    async def test_are_fetched_up_to_the_count(
        self, policy: CountedPages, count: int, asked: list[int]
    ) -> None:
        service = Service(lambda number: document([number], meta={"page": {"total": count}}))
        assert await ids(service.paginator(policy)) == [str(number) for number in asked]
        assert service.asked == asked

    @pytest.mark.parametrize("meta", [{}, {"pages": "3"}, {"pages": 3.0}, {"pages": True}, {"pages": None}])
    def test_need_a_count(self, meta: Any) -> None:
        with pytest.raises(PagingError, match=r"meta\.pages is to be the number of pages"):
            CountedPages(count="pages").after(1, document(meta=meta))

    def test_place(self) -> None:
        assert CountedPages(count="pages").place(7) == "page 7"


def sliced(rows: int, size: int, first: int, **meta: Any) -> Callable[[int], Document[Any]]:
    """The pages of a service that counts its rows and its pages."""

    def page(number: int) -> Document[Any]:
        begin = (number - first) * size
        return document(range(begin, min(begin + size, rows)), meta={"page": {"total": rows}, **meta})

    return page


class TestCountedRows:
    @given(rows=st.integers(0, 40), size=st.integers(1, 12), first=st.integers(0, 1), told=st.booleans())
    async def test_every_row_comes_once(self, rows: int, size: int, first: int, told: bool) -> None:
        service = Service(sliced(rows, size, first, per=size))
        policy = CountedRows(total="page.total", size="per" if told else None, first=first)
        assert await ids(service.paginator(policy)) == [str(row) for row in range(rows)]
        pages = max(1, -(-rows // size))
        # A short page cannot be told from a full one by its length.
        confirmed = not told and rows > size and rows % size > 0
        assert service.asked == list(range(first, first + pages + confirmed))

    async def test_a_page_with_hidden_rows_ends_nothing(self) -> None:
        pages: Mapping[int, Sequence[int]] = {1: [1, 2, 3], 2: [4], 3: [7, 8, 9], 4: [10]}
        service = Service(lambda number: document(pages.get(number, []), meta={"total": 10}))
        assert len(await ids(service.paginator(CountedRows(total="total")))) == 8
        service = Service(lambda number: document(pages.get(number, []), meta={"total": 10, "per": 3}))
        assert len(await ids(service.paginator(CountedRows(total="total", size="per")))) == 8
        assert service.asked == [1, 2, 3, 4]

    def test_begins_where_it_is_told(self) -> None:
        assert CountedRows(total="t").start == 1
        assert CountedRows(total="t", first=0).start == 0
        policy = CountedRows(total="page.total", first=0, start=2)
        assert policy.after(policy.start, sliced(31, 10, 0)(2)) == 3
        assert policy.place(2) == "page 2"

    @pytest.mark.parametrize("meta", [{}, {"total": None}, {"total": "7"}, {"total": True}, {"total": 7.0}])
    def test_without_a_count_are_refused(self, meta: Any) -> None:
        with pytest.raises(PagingError, match=r"meta\.total is to be the number of rows: it is"):
            CountedRows(total="total").after(1, document([1], meta=meta))

    def test_without_a_size_where_it_is_due_are_refused(self) -> None:
        with pytest.raises(PagingError, match=r"meta\.per is to be the number of rows of a page: it is null"):
            CountedRows(total="total", size="per").after(1, document([1], meta={"total": 7}))


class TestOffsets:
    @given(rows=st.integers(0, 40), size=st.integers(1, 12), counted=st.booleans())
    async def test_every_row_comes_once(self, rows: int, size: int, counted: bool) -> None:
        def page(offset: int) -> Document[Any]:
            return document(range(offset, min(offset + size, rows)), meta={"total": rows})

        service = Service(page)
        policy = Offsets(total="total" if counted else None)
        assert await ids(service.paginator(policy)) == [str(row) for row in range(rows)]
        expected = list(range(0, rows, size)) or [0]
        assert service.asked == (expected if counted or not rows else [*expected, rows])

    async def test_a_failure_keeps_the_offset(self) -> None:
        failing = [True]

        def page(offset: int) -> Document[Any]:
            if offset == 2 and failing:
                failing.clear()
                raise ConnectionError("lost")
            return document(range(offset, offset + 2), meta={"total": 4})

        pages = Service(page).paginator(Offsets(total="total")).pages()
        await anext(pages)
        with pytest.raises(ConnectionError) as caught:
            await anext(pages)
        assert "While fetching the page at offset 2;" in caught.value.__notes__[0]
        assert pages.position == 2
        assert [row.id async for page in pages for row in page] == ["2", "3"]

    async def test_no_rows_where_more_are_due_are_refused(self) -> None:
        service = Service(lambda offset: document([] if offset else [1, 2], meta={"total": 9}))
        rows = aiter(service.paginator(Offsets(total="total")))
        assert [(await anext(rows)).id, (await anext(rows)).id] == ["1", "2"]
        with pytest.raises(PagingError, match=r"offset 2: meta\.total says that there are 9 rows, .* none"):
            await anext(rows)

    def test_without_a_count_are_refused(self) -> None:
        with pytest.raises(PagingError, match=r"meta\.total is to be the number of rows: it is null"):
            Offsets(total="total").after(0, document([1]))


class TestEmptyPages:
    async def test_with_a_next_one_are_gone_past(self) -> None:
        rows: Mapping[str, Sequence[int]] = {"": [1], "1": [], "2": [], "3": [2], "4": []}

        def page(cursor: str) -> Document[Any]:
            following = str(int(cursor or "0") + 1)
            return document(rows[cursor], meta={"cursor": following if following in rows else None})

        service = Service(page)
        assert await ids(service.paginator(Cursors("cursor"))) == ["1", "2"]
        sizes = [len(page) async for page in service.paginator(Cursors("cursor")).pages()]
        assert sizes == [1, 0, 0, 1]

    async def test_without_end_are_stopped(self) -> None:
        service = Service(lambda number: document(meta={"pages": 10**6}))
        with pytest.raises(PagingError, match="6 pages in a row were empty, the last of them page 6"):
            await ids(service.paginator(CountedPages(count="pages"), max_empty=5))
        assert len(service.asked) == 6
        service = Service(lambda number: document(meta={"pages": 10**6}))
        with pytest.raises(PagingError):
            await ids(service.paginator(CountedPages(count="pages")))
        assert len(service.asked) == 21

    async def test_are_counted_in_a_row_only(self) -> None:
        service = Service(lambda number: document([] if number % 3 else [number], meta={"pages": 30}))
        assert len(await ids(service.paginator(CountedPages(count="pages"), max_empty=2))) == 10

    async def test_do_not_hide_a_repeated_page(self) -> None:
        service = Service(lambda number: document([] if number == 2 else [7], meta={"pages": 30}))
        with pytest.raises(PagingError, match="page 3 repeats page 1"):
            await ids(service.paginator(CountedPages(count="pages")))


class TestPaginator:
    async def test_errors_are_made_by_the_caller(self) -> None:
        class Mine(Exception):
            pass

        cases: list[tuple[PagingPolicy[Any], Callable[[Any], Document[Any]]]] = [
            (NextLinks(BASE), lambda url: linked("//evil.example/", [1])),
            (NextLinks(BASE), lambda url: linked(BASE, [1])),
            (PageNumbers(limit=1), lambda number: document([1])),
            (CountedPages(count="pages"), lambda number: document(meta={"pages": 10**6})),
            (Cursors("cursor"), lambda cursor: DECODER.decode('{"data": null}')),
        ]
        for policy, page in cases:
            with pytest.raises(Mine):
                await ids(Service(page).paginator(policy, refuse=Mine))

    @pytest.mark.parametrize("body", ['{"data": null}', '{"data": {"type": "x", "id": "1"}}', '{"meta": {}}'])
    async def test_a_page_without_an_array_is_refused(self, body: str) -> None:
        service = Service(lambda cursor: DECODER.decode(body))
        with pytest.raises(PagingError, match=r"the first page holds .* in place of an array"):
            await service.paginator(Cursors("cursor"))

    async def test_the_page_after_the_first_can_be_fetched_by_hand(self) -> None:
        service = Service(lambda cursor: document([cursor or "a"], meta={"cursor": None if cursor else "b"}))
        first = await service.paginator(Cursors("cursor"))
        second = await service.paginator(Cursors("cursor", start=first.next_position))
        assert (first.position, first.next_position) == ("", "b")
        assert (second.position, second.next_position, second[0].id) == ("b", None, "b")

    async def test_the_position_of_items_misses_none(self) -> None:
        service = Service(lambda number: document([number, number + 100], meta={"pages": 2}))
        rows = aiter(service.paginator(CountedPages(count="pages")))
        positions = [rows.position, *[rows.position async for _ in rows]]
        assert positions == [1, 1, 2, 2, None]

    async def test_resources_are_told_apart_by_type_and_id(self) -> None:
        @jsonapi.resource("rows")
        class Row:
            id: int

        @jsonapi.value
        class Point:
            x: int

        decoder = Decoder([Row, Point])
        bodies: list[tuple[Any, list[str], int]] = [
            (jsonapi.flat_array(Row), ['[{"id": 1}, {"id": 2}]', '[{"id": 2}, {"id": 3}]', "[]"], 3),
            (jsonapi.flat_array(Point), ['[{"x": 1}, {"x": 2}]', '[{"x": 2}, {"x": 3}]', "[]"], 4),
        ]
        for shape, raw, expected in bodies:

            async def fetch(number: int, raw: list[str] = raw, shape: Any = shape) -> Document[list[Any]]:
                return decoder.decode(raw[number - 1], shape)

            assert len([row async for row in Paginator(fetch, PageNumbers(limit=2))]) == expected
        generic = [json.dumps({"data": [{"type": kind, "id": "1"}]}) for kind in "abb"]

        async def fetch_generic(number: int) -> Document[list[Any]]:
            return Decoder().decode(generic[number - 1])

        with pytest.raises(PagingError, match="page 3 repeats page 2"):
            [row async for row in Paginator(fetch_generic, PageNumbers(limit=1))]


# -- any service -------------------------------------------------------------------------------------------


@given(
    graph=st.dictionaries(st.integers(0, 6), st.none() | st.integers(0, 6), min_size=1),
    sizes=st.lists(st.integers(0, 2), min_size=7, max_size=7),
    max_empty=st.integers(0, 3),
)
async def test_any_graph_of_pages_is_left_and_no_page_is_fetched_twice(
    graph: dict[int, int | None], sizes: list[int], max_empty: int
) -> None:
    def page(cursor: str) -> Document[Any]:
        number = int(cursor)
        rows = [f"{number}/{row}" for row in range(sizes[number])]
        return document(rows, meta={"cursor": graph.get(number)})

    service = Service(page)
    expected: list[str] = []
    number: int | None = next(iter(graph))
    path: list[int] = []
    while number is not None and number not in path:
        path.append(number)
        expected += [f"{number}/{row}" for row in range(sizes[number])]
        number = graph.get(number)
    found: list[str] = []
    ended = True
    policy = Cursors("cursor", start=str(path[0]))
    try:
        async for page_ in service.paginator(policy, max_empty=max_empty).pages():
            found += [row.id for row in page_]
    except PagingError:
        ended = False
    assert found == expected[: len(found)]
    assert len(service.asked) == len(set(service.asked)) <= len(path)
    assert not ended or (found == expected and number is None)


def fetches_fit_their_policy(numbers: Callable[[int], Awaitable[Document[list[Resource]]]]) -> None:
    """Read by type checkers: a function that takes numbers does not fit a policy of text."""
    Paginator(numbers, PageNumbers())
    Paginator(numbers, Cursors("cursor"))  # type: ignore[arg-type]  # the point of it
