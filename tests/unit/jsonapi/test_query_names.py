"""Names in a query are checked against the classes, and a wrong one is answered with the nearest."""

from __future__ import annotations

from typing import Any

import pytest

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import SchemaError, ToMany, ToOne, attribute
from depotfinity_async.jsonapi.query import Query
from depotfinity_async.jsonapi.query_names import QueryError, Verbatim

from .classes import BLOG, Article, Person, Place, Station, Visit


@jsonapi.resource("photos")
class Photo:
    id: str
    maker: ToOne[Person] = attribute("photographer")
    place: ToOne[Person] = attribute("where")
    owner: ToOne[Any]


@jsonapi.resource("songs")
class Song:
    id: str
    maker: ToOne[Person] = attribute("composer")
    place: str
    album: ToOne[Photo]
    owner: ToOne[Person]


@jsonapi.resource("shelves")
class Shelf:
    id: str
    items: ToMany[Photo | Song]
    top: ToOne[Any]
    either: ToOne[Photo | Any]
    dotted: ToOne[Person] = attribute("a.b")
    minus: int = attribute("-minus", default=0)


@jsonapi.resource("lefts")
class Left:
    id: str
    next: ToOne[Left | Right]


@jsonapi.resource("rights")
class Right:
    id: str
    next: ToOne[Left | Right]


def include(cls: type[Any], path: str) -> str:
    return dict(Query(cls).include(path).pairs())["include"]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("autor", r"include 'autor': Article has no relationship 'autor'; did you mean 'author'\?"),
        ("comments.autor", r"Comment has no relationship 'autor'; did you mean 'author'\?"),
        ("author.best-friend", r"Person has no relationship 'best-friend'; did you mean 'best_friend'\?"),
        ("title", "Article has no relationship 'title'; known: author, comments, lead"),
        ("title.author", "Article has no relationship 'title'"),
        ("author.first_name", "Person has no relationship 'first_name'; known: best_friend"),
        ("lead.xyz", "Video or Comment has no relationship 'xyz'; known: author"),
        ("id", "Article has no relationship 'id'"),
        ("Author", r"did you mean 'author'\?"),
        ("author ", r"did you mean 'author'\?"),
    ],
)
def test_c8_a_path_that_does_not_exist(path: str, sentence: str) -> None:
    with pytest.raises(QueryError, match=sentence):
        Query(Article).include(path)


def test_a_name_of_the_document_is_answered_with_the_field() -> None:
    with pytest.raises(QueryError, match=r"Photo has no relationship 'photographer'; did you mean 'maker'\?"):
        Query(Photo).include("photographer")


def test_a_class_without_relationships_has_none_to_name() -> None:
    with pytest.raises(QueryError, match="Station has no relationship 'plug'; known: none"):
        Query(Station).include("plug")


def test_c8_polymorphic_paths_go_through_any_class_that_has_them() -> None:
    assert include(Article, "lead.author.best_friend") == "lead.author.best-friend"
    assert include(Shelf, "items.album.maker") == "items.album.photographer"


def test_c8_polymorphic_classes_that_name_it_differently() -> None:
    with pytest.raises(QueryError, match="'maker' stands for composer and photographer; say which with Verb"):
        Query(Shelf).include("items.maker")
    assert include(Shelf, Verbatim("items.composer")) == "items.composer"
    # In one of the classes it is an attribute, which cannot be included: no second meaning.
    assert include(Shelf, "items.place") == "items.where"
    with pytest.raises(QueryError, match="'place' stands for place and where"):
        Query(Shelf).sort("items.place")


def test_a_long_path_through_classes_that_point_to_each_other() -> None:
    path = ".".join(["next"] * 100)
    assert include(Left, path) == path
    with pytest.raises(QueryError, match="Left or Right has no relationship 'last'"):
        Query(Left).include(f"{path}.last")


@pytest.mark.parametrize("field", ["top", "either"])
def test_c8_behind_any_class_a_path_goes_on_as_it_is(field: str) -> None:
    assert include(Shelf, f"{field}.x-y.z") == f"{field}.x-y.z"
    assert include(Shelf, "items.owner.x-y") == "items.owner.x-y"
    with pytest.raises(QueryError, match="has no relationship 'tops'"):
        Query(Shelf).include("tops.x")


def test_a_bare_annotation_means_any_class() -> None:
    bare: type[Any] = jsonapi.resource("bares")(
        type("Bare", (), {"__annotations__": {"id": str, "any": ToOne}})
    )
    assert include(bare, "any.x-y") == "any.x-y"


def test_names_that_the_syntax_cannot_express() -> None:
    with pytest.raises(QueryError, match=r"the name 'a\.b' holds a dot"):
        Query(Shelf).include("dotted")
    with pytest.raises(QueryError, match="begins with the sign for descending"):
        Query(Shelf).sort("minus")


def test_foreign_keys_are_relationships_under_their_own_names() -> None:
    assert include(Visit, "before.station") == "before.station"
    assert dict(Query(Visit).fields(Visit, "at", "station").pairs()) == {"fields[visits]": "At,station"}


@pytest.mark.parametrize(
    ("of", "name", "sentence"),
    [
        (Person, "firstName", r"Person has no attribute or relationship 'firstName'; .* 'first_name'\?"),
        ("people", "frist_name", r"did you mean 'first_name'\?"),
        (Person, "id", "has no attribute or relationship 'id'; known: best_friend, first_name, nick"),
        ("peoples", "nick", r"no class stands for the type 'peoples'; did you mean 'people'\?"),
        ("zzz", "nick", "known: articles, comments, people, videos"),
    ],
)
def test_c8_fields_that_do_not_exist(of: type[Any] | str, name: str, sentence: str) -> None:
    with pytest.raises(QueryError, match=sentence):
        Query(Article).fields(of, name)


def test_c8_fields_of_what_no_class_declares() -> None:
    query = (
        Query(Article).fields(Person, "nick", Verbatim("ageInYears")).fields(Verbatim("tags"), "some-name")
    )
    assert query.pairs() == (("fields[people]", "nick,ageInYears"), ("fields[tags]", "some-name"))


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("-titel", r"sort 'titel': Article has no attribute or relationship or id 'titel'; .* 'title'\?"),
        ("author.nik", r"Person has no attribute .* did you mean 'nick'\?"),
        ("title.length", "Article has no relationship 'title'"),
    ],
)
def test_c9_sort_keys_that_do_not_exist(key: str, sentence: str) -> None:
    with pytest.raises(QueryError, match=sentence):
        Query(Article).sort(key)


def test_without_a_class_paths_are_not_looked_up() -> None:
    query = Query(classes=BLOG).include("some-thing.else").sort("-any")
    assert query.pairs() == (("include", "some-thing.else"), ("sort", "-any"))
    with pytest.raises(QueryError, match="no class stands for the type 'persons'"):
        query.fields("persons", "x")
    assert query.fields("people", "first_name").pairs()[2] == ("fields[people]", "firstName")


class TestClasses:
    @pytest.mark.parametrize("cls", [int, Place])
    def test_no_resource_class(self, cls: type[Any]) -> None:
        with pytest.raises(SchemaError, match=f"{cls.__name__} is not a resource class"):
            Query(cls)
        with pytest.raises(SchemaError, match=f"{cls.__name__} is not a resource class"):
            Query(Article).fields(cls)

    def test_classes_that_annotations_name_out_of_reach(self) -> None:
        @jsonapi.resource("nodes")
        class Node:
            id: str
            parent: ToOne[Node]
            leaf: ToOne[Leaf]

        @jsonapi.resource("leaves")
        class Leaf:
            id: str
            node: ToOne[Node]

        with pytest.raises(SchemaError, match=r"Node: the annotation 'Leaf' names no class that the query"):
            Query(Node)
        query = Query(Node, classes=[Node, Leaf]).include("parent.leaf.node").fields("leaves", "node")
        assert query.pairs() == (("include", "parent.leaf.node"), ("fields[leaves]", "node"))

    def test_values_among_the_classes_are_passed_over(self) -> None:
        assert Query(Article, classes=[Place, Visit]).fields("visits", "at").pairs() == (
            ("fields[visits]", "At"),
        )
