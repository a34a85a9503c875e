"""Pages by link: where the next one is, and which link is never followed."""

from __future__ import annotations

import json
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import Decoder, Document, PagingError
from depotfinity_async.jsonapi.paging_links import NextLinks
from depotfinity_async.jsonapi.paging_policies import (
    CountedPages,
)

from .services import BASE, DECODER, Service, document, ids, linked, linked_from


class TestNextLinks:
    policy = NextLinks(BASE + "?page=1")

    @pytest.mark.parametrize(
        ("href", "expected"),
        [
            ("https://api.example/v1/rows?page=2", "https://api.example/v1/rows?page=2"),
            ({"href": "/v2/rows", "meta": {}}, "https://api.example/v2/rows"),
            ("/v2/rows?a=b", "https://api.example/v2/rows?a=b"),
            ("?page=2", "https://api.example/v1/rows?page=2"),
            ("more?page=2", "https://api.example/v1/more?page=2"),
            ("../x", "https://api.example/x"),
            ("//api.example/x", "https://api.example/x"),
            ("https://API.example:443/x", "https://API.example:443/x"),
            ("HTTPS://api.example/x", "https://api.example/x"),
            ("?page=2#rows", "https://api.example/v1/rows?page=2"),
            ("?page%5Bafter%5D=%C3%A9&q=é", "https://api.example/v1/rows?page%5Bafter%5D=%C3%A9&q=é"),
            (None, None),
        ],
    )
    def test_lead_to_the_same_origin(self, href: Any, expected: str | None) -> None:
        assert self.policy.after(self.policy.start, linked(href)) == expected

    def test_are_relative_to_the_page_that_they_stand_on(self) -> None:
        assert self.policy.after("https://api.example/v2/a/b", linked("c")) == "https://api.example/v2/a/c"

    def test_may_be_absent(self) -> None:
        assert self.policy.after(self.policy.start, document(links={"prev": "/x"})) is None

    @pytest.mark.parametrize(
        "href",
        [
            "https://evil.example/v1/rows",
            "https://api.example.evil.example/",
            "https://api.example./",
            "https://evil.example\\@api.example/",
            "https:\\\\evil.example/",
            "/\\evil.example/",
            "\\\\evil.example/",
            "http://api.example/v1/rows",
            "https://api.example:8443/",
            "https://api.example:99999/",
            "https://api.example:x/",
            "//evil.example/",
            "\t//evil.example/",
            "/\t/evil.example/",
            "ht\ntps://evil.example/",
            " https://evil.example/",
            "https://user@api.example/",
            "https://user:secret@api.example/",
            "https://api.example@evil.example/",
            "//api.example@evil.example/",
            "file:///etc/passwd",
            "file://api.example/etc/passwd",
            "javascript:alert(1)",
            "data:application/json,{}",
            "ftp://api.example/",
            "https://[api.example]/",
            "https://[::1",
            "https://api.example\uff052f.evil.example/",
            "https://ap\u0131.example/",
            "https://api.example\u2024evil.example/",
            "https://\uff41pi.example/",
            "https://api.ex\u0430mple/",
            "/rows\x00",
            "/rows\x7f",
        ],
    )
    def test_elsewhere_are_refused(self, href: str) -> None:
        with pytest.raises(PagingError) as caught:
            self.policy.after(self.policy.start, linked(href))
        assert "secret" not in str(caught.value)
        assert str(caught.value).isprintable()

    def test_a_look_alike_letter_that_lower_case_hides(self) -> None:
        policy = NextLinks("https://kiosk.example/")
        with pytest.raises(PagingError, match="look-alike"):
            policy.after(policy.start, linked("https://\u212aiosk.example/"))

    def test_to_another_port_or_scheme_than_the_starts(self) -> None:
        policy = NextLinks("http://127.0.0.1:8080/rows")
        assert policy.after(policy.start, linked("?n=2")) == "http://127.0.0.1:8080/rows?n=2"
        for href in ("http://127.0.0.1/rows", "https://127.0.0.1:8080/rows", "http://127.0.0.1:8081/"):
            with pytest.raises(PagingError, match=r"away from 'http://127.0.0.1:8080'"):
                policy.after(policy.start, linked(href))

    @pytest.mark.parametrize("href", [3, {}, {"href": None}, [], True])
    def test_that_are_no_links_do_not_end_the_collection(self, href: Any) -> None:
        with pytest.raises(PagingError, match=r"links\.next is no link"):
            self.policy.after(self.policy.start, linked(href))

    @pytest.mark.parametrize(
        "start", ["/v1/rows", "rows", "", "ftp://h/", "https://", "https://h:x/", "https://u:secret@h/"]
    )
    def test_need_an_absolute_start(self, start: str) -> None:
        with pytest.raises(PagingError) as caught:
            NextLinks(start)
        assert "secret" not in str(caught.value)

    async def test_are_followed_to_the_end(self) -> None:
        def page(url: str) -> Document[Any]:
            number = int(parse_qs(urlsplit(url).query).get("page", ["1"])[0])
            return linked(f"?page={number + 1}" if number < 4 else None, [number * 10, number * 10 + 1])

        service = Service(page)
        paginator = service.paginator(NextLinks(BASE))
        assert await ids(paginator) == ["10", "11", "20", "21", "30", "31", "40", "41"]
        assert service.asked == [BASE, *(f"{BASE}?page={number}" for number in (2, 3, 4))]

    async def test_a_refused_link_is_not_fetched_and_costs_no_rows(self) -> None:
        service = Service(lambda url: linked("https://evil.example/", [1]))
        pages = service.paginator(self.policy).pages()
        page = await anext(pages)
        assert page[0].id == "1"
        sentence = r"after the page at '.*/v1/rows': links\.next leads to"
        with pytest.raises(PagingError, match=sentence):
            _ = page.next_position
        with pytest.raises(PagingError, match=sentence):
            await anext(pages)
        assert pages.position == self.policy.start
        assert service.asked == [self.policy.start]
        assert (await service.paginator(self.policy))[0].id == "1"

    async def test_a_cycle_of_links_is_detected(self) -> None:
        following = {"": "?b", "b": "?c", "c": "?b#again"}
        service = Service(lambda url: linked(following[urlsplit(url).query], [url]))
        pages = service.paginator(NextLinks(BASE)).pages()
        found = [(await anext(pages))[0].id for _ in range(3)]
        with pytest.raises(PagingError, match="leads back to"):
            await anext(pages)
        assert found == [BASE, BASE + "?b", BASE + "?c"]
        assert len(service.asked) == 3

    async def test_a_page_that_names_itself_is_a_cycle(self) -> None:
        for href in (self.policy.start, "", "#top"):
            service = Service(partial(linked_from, href))
            with pytest.raises(PagingError, match="leads back to"):
                await ids(service.paginator(self.policy))
            assert len(service.asked) == 1

    def test_messages_do_not_show_the_query(self) -> None:
        assert self.policy.place(BASE + "?key=secret") == f"the page at '{BASE}'"

    async def test_a_failure_keeps_the_place(self) -> None:
        def page(url: str) -> Document[Any]:
            if "page=2" in url and len(service.asked) < 4:
                raise ConnectionError("lost")
            return linked("?page=2&cursor=c" if "page=1" in url else None, [url])

        service = Service(page)
        rows = aiter(service.paginator(self.policy))
        await anext(rows)
        second = BASE + "?page=2&cursor=c"
        for _ in range(2):
            with pytest.raises(ConnectionError) as caught:
                await anext(rows)
            assert caught.value.__notes__ == [
                f"While fetching the page at '{BASE}'; begin again there (`position` of the iterator)."
            ]
            assert rows.position == second
        resumed = service.paginator(NextLinks(json.loads(json.dumps(rows.position))))
        assert await ids(resumed) == [second]
        assert [row.id async for row in rows] == [second]
        assert rows.position is None


class TestLinkage:
    url = BASE + "/1?include=parts"

    async def test_of_a_relationship_is_paged_by_its_own_links(self) -> None:
        links = {"self": "/v1/rows/1/relationships/parts", "next": "relationships/parts?page=2"}
        parts = {"data": [{"type": "parts", "id": "1"}], "links": links}
        body = {"data": {"type": "rows", "id": "1", "relationships": {"parts": parts}}}
        row = DECODER.decode(json.dumps(body)).data
        policy = NextLinks.following(row.relationships["parts"].links, self.url)
        assert policy is not None
        second = "https://api.example/v1/rows/relationships/parts?page=2"
        bodies = {
            second: {"data": [{"type": "parts", "id": "2"}], "links": {"next": {"href": "?page=3"}}},
            second[:-1] + "3": {"data": [{"type": "parts", "id": "3"}], "links": {"next": None}},
        }
        service = Service(lambda url: DECODER.decode(json.dumps(bodies[url])))
        assert await ids(service.paginator(policy)) == ["2", "3"]
        assert service.asked == list(bodies)

    async def test_of_mapped_classes_is_told_apart_by_type_and_id(self) -> None:
        @jsonapi.resource("parts")
        class Part:
            id: str
            title: str

        decoder = Decoder([Part])
        raw = json.dumps({"data": [{"type": "parts", "id": "1"}], "meta": {"pages": 2}})
        service = Service(lambda number: decoder.decode(raw))
        with pytest.raises(PagingError, match="page 2 repeats page 1"):
            await ids(service.paginator(CountedPages(count="pages")))

    def test_that_is_complete_has_no_more_pages(self) -> None:
        assert NextLinks.following({}, self.url) is None
        assert NextLinks.following({"next": None}, self.url) is None

    @pytest.mark.parametrize(
        "href", ["https://evil.example/", "//evil.example/x", "http://api.example/", "\t/x"]
    )
    def test_elsewhere_is_not_followed(self, href: str) -> None:
        links = document(links={"next": href}).links
        with pytest.raises(PagingError):
            NextLinks.following(links, self.url)


@given(href=st.text() | st.text(alphabet="htps:/@\\.%?#[]xevil0\t 443api.example", max_size=40))
def test_no_link_leads_away_or_raises_anything_else(href: str) -> None:
    policy = NextLinks(BASE)
    try:
        url = policy.after(BASE, linked(href))
    except PagingError:
        return
    assert url is not None
    parts = urlsplit(url)
    assert (parts.scheme, parts.hostname, parts.port or 443) == ("https", "api.example", 443)
    assert "@" not in parts.netloc
