"""Queries: parameters as they go out (C8 to C10), and a builder that never changes."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.jsonapi.query import Query
from depotfinity_async.jsonapi.query_names import QueryError, Verbatim

from .classes import Article, Comment, Person


def pairs(query: Query) -> list[tuple[str, str]]:
    """The query's pairs, which have to be those that a server reads from its encoded form."""
    assert parse_qsl(query.encode(), keep_blank_values=True, strict_parsing=bool(query.pairs())) == list(
        query.pairs()
    )
    return list(query.pairs())


def test_everything_together() -> None:
    query = (
        Query(Article)
        .include("author", "comments.author")
        .fields(Person, "first_name", "best_friend")
        .sort("-title", "author.first_name")
        .filter(author="9")
        .page(number=2, size=10)
        .param("myParam", "x")
    )
    assert pairs(query) == [
        ("include", "author,comments.author"),
        ("fields[people]", "firstName,best-friend"),
        ("sort", "-title,author.firstName"),
        ("filter[author]", "9"),
        ("page[number]", "2"),
        ("page[size]", "10"),
        ("myParam", "x"),
    ]


class TestEncoding:
    def test_c10_brackets_are_encoded_and_commas_separate(self) -> None:
        query = Query(Article).fields(Article, "title", "author").filter(title="a, b&c=d+ä#?")
        assert query.encode() == (
            "fields%5Barticles%5D=title,author&filter%5Btitle%5D=a%2C%20b%26c%3Dd%2B%C3%A4%23%3F"
        )
        assert pairs(query)[1] == ("filter[title]", "a, b&c=d+ä#?")
        assert str(query) == query.encode()

    def test_nothing_asked_is_empty(self) -> None:
        assert (Query().encode(), Query(Article).pairs()) == ("", ())

    def test_half_characters_are_refused(self) -> None:
        refused = pytest.raises(QueryError, match="half a character")
        with refused:
            Query().filter(x="\ud800")
        with refused:
            Query().include("\udfff")
        with refused:
            Query().fields("\ud800", "a")

    @given(
        st.dictionaries(st.from_regex(r"[a-z]{1,4}[A-Z0-9ä]", fullmatch=True), st.text()),
        st.lists(st.text(min_size=1).filter(lambda text: "," not in text)),
        st.lists(st.from_regex(r"[a-z]{1,3}(\.[a-z]{1,3}){0,2}", fullmatch=True)),
    )
    def test_a_server_reads_the_pairs(self, own: dict[str, str], items: list[str], paths: list[str]) -> None:
        query = Query().include(*paths).filter({"tags": items, "deep": own}).page(**own)
        for name, text in own.items():
            query = query.param(name, text)
        assert len(pairs(query)) == 2 + 3 * len(own)
        assert dict(query.pairs())["filter[tags]"].split(",") == (items or [""])


class TestInclude:
    def test_c8_names_go_out_as_in_the_document(self) -> None:
        assert pairs(Query(Person).include("best_friend.best_friend")) == [
            ("include", "best-friend.best-friend")
        ]

    def test_c8_without_paths_asks_for_none(self) -> None:
        assert pairs(Query(Article).include()) == [("include", "")]

    def test_calls_add_up_and_a_path_counts_once(self) -> None:
        query = Query(Article).include("author").include("comments", "author").include()
        assert pairs(query) == [("include", "author,comments")]

    @pytest.mark.parametrize("path", ["", ".", "author.", ".author", "author..best_friend"])
    def test_c8_empty_steps_are_refused(self, path: str) -> None:
        for query in (Query(Article), Query()):
            with pytest.raises(QueryError, match="has an empty step"):
                query.include(path)

    def test_c8_a_comma_cannot_stand_in_a_path(self) -> None:
        with pytest.raises(QueryError, match=r"a comma-separated list cannot hold 'a,b' \[C8\]"):
            Query().include("a,b")


class TestFields:
    def test_c8_by_class_or_type(self) -> None:
        expected = [("fields[people]", "firstName,best-friend")]
        assert pairs(Query(Article).fields(Person, "first_name", "best_friend")) == expected
        assert pairs(Query(Article).fields("people", "first_name").fields(Person, "best_friend")) == expected

    def test_c8_without_names_asks_for_none(self) -> None:
        assert pairs(Query(Article).fields(Person).fields("comments")) == [
            ("fields[people]", ""),
            ("fields[comments]", ""),
        ]

    def test_c8_without_classes_names_go_out_as_they_are(self) -> None:
        assert pairs(Query().fields("people", "first-name")) == [("fields[people]", "first-name")]

    @pytest.mark.parametrize("type_", ["", "a[b", "a]b"])
    def test_c8_a_type_that_cannot_stand_in_brackets(self, type_: str) -> None:
        with pytest.raises(QueryError, match="cannot stand in brackets"):
            Query().fields(type_, "x")


class TestSort:
    def test_c9_without_keys_asks_for_nothing(self) -> None:
        keys: list[str] = []
        assert pairs(Query(Article).sort(*keys)) == []
        assert pairs(Query(Article).sort("title").sort()) == [("sort", "title")]

    def test_c9_minus_is_descending(self) -> None:
        assert pairs(Query(Article).sort("-title").sort("author.first_name", "id", "-author")) == [
            ("sort", "-title,author.firstName,id,-author")
        ]

    def test_c9_a_key_of_the_service_goes_out_as_it_is(self) -> None:
        assert pairs(Query(Article).sort(Verbatim("-score"), Verbatim("x.y"))) == [("sort", "-score,x.y")]

    @pytest.mark.parametrize("key", ["", "-", "--title", "+title"])
    def test_c9_what_is_no_key(self, key: str) -> None:
        with pytest.raises(QueryError, match="sort"):
            Query(Article).sort(key)
        if key != "+title":
            with pytest.raises(QueryError, match="sort"):
                Query().sort(key)


class TestFamilies:
    def test_c9_filter_and_page(self) -> None:
        query = Query(Article).filter({"author": {"name": "x"}}, published=True).page({"after": "c"}, size=5)
        assert pairs(query) == [
            ("filter[author][name]", "x"),
            ("filter[published]", "true"),
            ("page[after]", "c"),
            ("page[size]", "5"),
        ]

    def test_c9_the_base_name_alone(self) -> None:
        assert pairs(Query().filter("equals(name,'x')")) == [("filter", "equals(name,'x')")]

    def test_a_parameter_given_again_takes_the_new_value_in_its_place(self) -> None:
        first = Query().page(number=1, size=5).filter(a=1)
        assert pairs(first.page(number=2)) == [("page[number]", "2"), ("page[size]", "5"), ("filter[a]", "1")]

    def test_names_that_python_uses_itself(self) -> None:
        assert pairs(Query().filter(self="a", name="b")) == [("filter[self]", "a"), ("filter[name]", "b")]


class TestImmutability:
    def test_every_method_gives_a_new_query(self) -> None:
        query = Query(Article).include("author")
        before = query.encode()
        others = [
            query.include("comments"),
            query.fields(Person),
            query.sort("title"),
            query.filter(a="b"),
            query.page(size=1),
            query.param("aB", 1),
        ]
        assert query.encode() == before
        assert len({other.encode() for other in [query, *others]}) == 7

    def test_equal_by_value(self) -> None:
        assert Query(Article).include("author") == Query(Article).include("author")
        assert hash(Query(Article).page(size=1)) == hash(Query(Article).page(size=1))
        assert Query(Article) != Query(Comment)

    def test_does_not_keep_the_callers_containers(self) -> None:
        tags: list[Any] = ["a"]
        query = Query().filter(tags=tags)
        tags.append("b")
        assert pairs(query) == [("filter[tags]", "a")]
