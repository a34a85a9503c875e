"""JSON:API documents: identity, cycles, the states of relationships, and the rules that are checked."""

from __future__ import annotations

import json
import pickle
import random
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import DecodeError, Decoder, Encoder, IdentityMap, Lid, State

from .classes import BLOG, FLAT, Article, Comment, Person, Station, Video

DECODER = Decoder(BLOG)


def decode(body: Any) -> jsonapi.Document[Any]:
    return DECODER.decode(json.dumps(body))


def faults(body: Any, decoder: Decoder = DECODER, shape: jsonapi.Shape[Any] | None = None) -> list[str]:
    with pytest.raises(DecodeError) as caught:
        decoder.decode(json.dumps(body), shape) if shape else decoder.decode(json.dumps(body))
    return [str(fault) for fault in caught.value.faults]


def to(type_: str, id_: str, **more: Any) -> dict[str, Any]:
    return {"data": {"type": type_, "id": id_, **more}}


def person(id_: str, name: str = "Dan", **relationships: Any) -> dict[str, Any]:
    return {
        "type": "people",
        "id": id_,
        "attributes": {"firstName": name},
        "relationships": {name.replace("_", "-"): value for name, value in relationships.items()},
    }


def blog() -> dict[str, Any]:
    return {
        "included": [
            person("9", best_friend=to("people", "2")),
            person("2", "Ann", best_friend=to("people", "9")),
            {
                "type": "comments",
                "id": "5",
                "attributes": {"body": "First!"},
                "relationships": {"author": to("people", "2")},
            },
        ],
        "data": [
            {
                "type": "articles",
                "id": "1",
                "attributes": {"title": "JSON:API paints my bikeshed!", "type": "odd", "words": 3},
                "relationships": {
                    "author": to("people", "9", meta={"role": "first"})
                    | {"links": {"related": "/a/1/author"}},
                    "comments": {"data": [{"type": "comments", "id": "5"}, {"type": "comments", "id": "12"}]},
                    "lead": to("videos", "3"),
                },
            }
        ],
        "links": {"self": "/articles", "next": {"href": "/articles?page=2", "meta": {"n": 2}}, "prev": None},
        "meta": {"total": 1},
        "jsonapi": {"version": "1.1"},
    }


def test_one_type_and_id_is_one_object() -> None:
    document = decode(blog())
    article: Article = document.data[0]
    author = article.author.get()
    assert (author.first_name, author.best_friend.get().first_name) == ("Dan", "Ann")
    assert author.best_friend.get() is article.comments[0].author.get()
    assert author.best_friend.get().best_friend.get() is author
    assert document.included[0] is author


def test_repr_of_a_cycle_ends() -> None:
    assert repr(decode(blog()).included[0]) == (
        "Person(id='9', first_name='Dan', nick=None, best_friend=<ToOne people/2>)"
    )


def test_members_of_the_document() -> None:
    document = decode(blog())
    assert document.meta == {"total": 1}
    assert document.jsonapi == {"version": "1.1"}
    following, before, self_ = (document.links[name] for name in ("next", "prev", "self"))
    assert following is not None
    assert (following.href, following.meta, before) == ("/articles?page=2", {"n": 2}, None)
    assert self_ == jsonapi.Link(href="/articles")


def test_meta_of_an_identifier_belongs_to_the_reference() -> None:
    author = decode(blog()).data[0].author
    assert author.identifier.meta == {"role": "first"}
    assert author.links["related"].href == "/a/1/author"


def test_links_and_meta_are_kept_in_every_state_of_a_relationship() -> None:
    beside: dict[str, Any] = {"links": {"related": "/r"}, "meta": {"n": 1}}
    held: list[dict[str, Any]] = [{}, {"data": None}, {"data": {"type": "people", "id": "9"}}]
    held_by_many: list[dict[str, Any]] = [{}, {"data": []}, {"data": [{"type": "comments", "id": "5"}]}]
    for author, comments in zip(held, held_by_many, strict=True):
        body = blog()
        body["data"][0]["relationships"] = {"author": beside | author, "comments": beside | comments}
        article = decode(body).data[0]
        assert article.author.state is article.comments.state
        for relation in (article.author, article.comments):
            assert (relation.links, relation.meta) == ({"related": jsonapi.Link(href="/r")}, {"n": 1})


def test_a_to_many_links_each_place_to_its_own_target() -> None:
    body = blog()
    second = {"type": "comments", "id": "6", "attributes": {"body": "Second!"}}
    body["included"].append(second)
    named = [{"type": "comments", "id": id_} for id_ in ("5", "6", "5")]
    body["data"][0]["relationships"]["comments"] = {"data": named}
    comments = decode(body).data[0].comments
    assert [comment.body for comment in comments] == ["First!", "Second!", "First!"]
    assert [found.id for found in comments.identifiers] == ["5", "6", "5"]


def test_absent_attributes_are_made_for_each_object() -> None:
    @jsonapi.resource("tagged")
    class Tagged:
        id: str
        tags: list[str] = jsonapi.attribute(factory=list[str])
        size: int = 3

    body = {"data": [{"type": "tagged", "id": "1"}, {"type": "tagged", "id": "2", "attributes": {}}]}
    one, other = Decoder([Tagged]).decode(json.dumps(body)).data
    assert (one.tags, one.size) == (other.tags, other.size) == ([], 3)
    assert one.tags is not other.tags


def test_undeclared_attributes_are_reachable() -> None:
    assert jsonapi.extra(decode(blog()).data[0]) == {"type": "odd", "words": 3}


class TestStates:
    def relation(self, **relationships: Any) -> Article:
        attributes = {"title": "x"}
        node = {"type": "articles", "id": "1", "attributes": attributes, "relationships": relationships}
        article: Article = decode({"data": node}).data
        return article

    def test_not_loaded(self) -> None:
        article = self.relation(author={}, comments={"links": {"related": "/c"}})
        assert article.author.state is article.comments.state is article.lead.state is State.NOT_LOADED
        with pytest.raises(jsonapi.NotLoadedError, match="'author' is not loaded"):
            article.author.get()
        with pytest.raises(jsonapi.NotLoadedError):
            _ = article.author.identifier
        with pytest.raises(jsonapi.NotLoadedError):
            len(article.comments)

    def test_null_and_empty(self) -> None:
        article = self.relation(author={"data": None}, comments={"data": []})
        assert article.author.state is article.comments.state is State.EMPTY
        assert article.author.identifier is None
        assert list(article.comments) == []
        with pytest.raises(jsonapi.NullRelationshipError, match="'author' is null"):
            _ = article.author.id

    def test_present_but_not_in_the_document(self) -> None:
        article = self.relation(
            author=to("people", "9"), comments={"data": [{"type": "comments", "id": "5"}]}
        )
        assert (article.author.state, article.author.id, article.author.is_included) == (
            State.PRESENT,
            "9",
            False,
        )
        assert [found.id for found in article.comments.identifiers] == ["5"]
        with pytest.raises(jsonapi.NotIncludedError, match=r"'author' names people/9.*include=author"):
            article.author.get()
        with pytest.raises(jsonapi.NotIncludedError, match="comments/5"):
            article.comments[0]
        with pytest.raises(IndexError):
            article.comments[1]


def test_a_union_is_dispatched_by_type() -> None:
    body = blog()
    body["included"].append({"type": "videos", "id": "3", "attributes": {"seconds": 40}})
    lead = decode(body).data[0].lead.get()
    assert isinstance(lead, Video)
    assert lead.seconds == 40


def test_a_known_type_that_the_class_does_not_allow_is_a_fault() -> None:
    body = blog()
    body["data"][0]["relationships"]["author"] = to("videos", "3")
    assert faults(body) == [
        "/data/0/relationships/author/data: points to videos/3; the class declares people"
    ]


def test_unknown_types_survive() -> None:
    body = blog()
    body["included"].append(
        {
            "type": "robots",
            "id": "r",
            "attributes": {"a": 1},
            "relationships": {"owner": to("people", "2")},
            "links": {"self": "/r"},
            "meta": {"made": 2026},
        }
    )
    body["data"][0]["relationships"]["lead"] = to("robots", "r")
    robot = decode(body).data[0].lead.get()
    assert isinstance(robot, jsonapi.Resource)
    assert (robot.type, robot.attributes) == ("robots", {"a": 1})
    assert (robot.links, robot.meta) == ({"self": jsonapi.Link(href="/r")}, {"made": 2026})
    owner = robot.relationships["owner"]
    assert isinstance(owner, jsonapi.ToOne)
    assert owner.get().first_name == "Ann"


def test_a_decoder_without_classes_decodes_everything() -> None:
    document = Decoder().decode(json.dumps(blog()))
    comments = document.data[0].relationships["comments"]
    assert comments[0].attributes == {"body": "First!"}


def test_a_resource_that_stands_twice_is_the_first_one_and_noted() -> None:
    body = blog()
    body["included"].append(person("9", "Other"))
    document = decode(body)
    assert document.data[0].author.get().first_name == "Dan"
    assert [str(note) for note in document.notes] == [
        "/included/3: people/9 stands in the document already: the first one counts [D10]"
    ]


def test_errors_are_returned_and_raised_on_demand() -> None:
    given_ = {"status": "422", "title": "No", "detail": "bad", "source": {"pointer": "/data"}, "code": 7}
    document = decode({"errors": [given_, {}]})
    assert document.data is None
    assert str(document.errors[0]) == "422 No: bad (at /data)"
    assert document.errors[0].code == "7"
    assert [str(note) for note in document.notes] == [
        "/errors/0/code: expected a string, got an integer: read as its digits [D27]",
        "/errors/1: has none of the members of an error [D27]",
    ]
    with pytest.raises(jsonapi.DocumentErrors, match="422 No: bad") as caught:
        document.raise_for_errors()
    assert caught.value.errors == document.errors


def test_an_error_says_what_it_can() -> None:
    document = decode({"errors": [{"code": "E7", "source": {"parameter": "page"}, "meta": 3}, {}]})
    assert [str(error) for error in document.errors] == ["E7 (at page)", "unspecified error"]
    assert [note.pointer for note in document.notes] == ["/errors/0/meta", "/errors/1"]
    error = jsonapi.DocumentErrors(document.errors)
    assert pickle.loads(pickle.dumps(error)).errors == error.errors


def test_all_members_of_an_error_and_of_a_link_are_kept() -> None:
    about = {"href": "/e", "rel": "help", "title": "Help", "type": "text/html", "meta": {"n": 1}}
    body = {"errors": [{"id": "e1", "links": {"about": about}, "meta": {"trace": "t"}}]}
    (error,) = decode(body).errors
    assert (error.id, error.meta) == ("e1", {"trace": "t"})
    assert error.links == {
        "about": jsonapi.Link(href="/e", rel="help", title="Help", type="text/html", meta={"n": 1})
    }


def test_a_document_with_errors_has_no_data() -> None:
    body = blog() | {"errors": [{"title": "No"}]}
    document = decode(body)
    assert (document.data, str(document.errors[0])) == (None, "No")
    for shape in (jsonapi.flat_array(Article), jsonapi.flat_object(Article)):
        assert str(DECODER.decode(b'{"errors":[{"title":"No"}]}', shape).errors[0]) == "No"
    decode(blog()).raise_for_errors()


def test_what_is_no_link_is_noted() -> None:
    document = decode(
        {"data": [], "links": {"self": 3, "next": {"href": None}, "last": {"href": "/x", "title": "X"}}}
    )
    assert document.links == {"last": jsonapi.Link(href="/x", title="X")}
    assert [(note.pointer, note.rule) for note in document.notes] == [
        ("/links/self", "D20"),
        ("/links/next", "D20"),
    ]


def test_what_can_be_read_without_guessing_is_read_and_noted() -> None:
    body: Any = {
        "data": {
            "type": "articles",
            "id": 7,
            "attributes": {"title": "x"},
            "relationships": {"author": None, "comments": [], "lead": {"data": {"type": "videos", "id": 3}}},
        },
        "included": None,
        "meta": None,
        "links": [],
        "jsonapi": "1.1",
    }
    document = decode(body)
    article: Article = document.data
    assert (article.id, article.lead.id) == ("7", "3")
    assert article.author.state is article.comments.state is State.NOT_LOADED
    assert (document.included, document.meta, document.links, document.jsonapi) == ((), {}, {}, {})
    assert {(note.pointer, note.rule) for note in document.notes} == {
        ("/data/id", "D8"),
        ("/data/relationships/author", "D12"),
        ("/data/relationships/comments", "D12"),
        ("/data/relationships/lead/data/id", "D16"),
        ("/included", "D17"),
        ("/meta", "D19"),
        ("/links", "D20"),
        ("/jsonapi", "D22"),
    }
    empty = {"type": "videos", "id": "1", "attributes": {"seconds": 1}, "relationships": []}
    assert [note.rule for note in decode({"data": empty}).notes] == ["D12"]
    assert [
        note.rule for note in Decoder().decode('{"data":{"type":"x","id":"1","attributes":[]}}').notes
    ] == ["D11"]


def test_at_members_are_ignored() -> None:
    body = blog()
    body["data"][0]["relationships"]["@note"] = 3
    body["links"]["@context"] = 3
    body["@x"] = 1
    assert decode(body).notes == ()
    assert Decoder().decode(json.dumps(body)).notes == ()


TO_ONE = (
    "/data/relationships/author/data: expected one identifier or null: the class declares it to-one [D15]"
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ([], "(document): expected an object, got an array [D1]"),
        ({}, "(document): needs at least one of data, errors, meta to be a JSON:API document [D2]"),
        ({"data": 3}, "/data: expected an object, got an integer [D6]"),
        ({"data": [3]}, "/data/0: expected an object, got an integer [D6]"),
        ({"data": {"id": "1"}}, "/data/type: a resource object needs a string 'type': it is missing [D7]"),
        (
            {"data": {"type": 3, "id": "1"}},
            "/data/type: a resource object needs a string 'type': got an integer [D7]",
        ),
        ({"data": {"type": "x"}}, "/data/id: a resource object needs a string 'id': it is missing [D8]"),
        (
            {"data": {"type": "x", "id": "1", "attributes": 3}},
            "/data/attributes: expected an object, got an integer [D11]",
        ),
        (
            {"data": {"type": "x", "id": "1", "relationships": 1}},
            "/data/relationships: expected an object, got an integer [D12]",
        ),
        (
            {"data": {"type": "x", "id": "1", "relationships": {"a": 3}}},
            "/data/relationships/a: expected an object, got an integer [D12]",
        ),
        (
            {"data": {"type": "x", "id": "1", "relationships": {"a": {"data": {"type": "y"}}}}},
            "/data/relationships/a/data/id: a resource identifier needs a string 'id': it is missing [D16]",
        ),
        ({"data": [], "included": {}}, "/included: expected an array, got an object [D17]"),
        ({"errors": {}}, "/errors: expected an array, got an object [D27]"),
        (
            {"data": {"type": "articles", "id": "1", "attributes": {"title": None}}},
            "/data/attributes/title: expected a string, got null",
        ),
        (
            {"data": {"type": "articles", "id": "1", "attributes": {}}},
            "/data/attributes/title: is missing, and the class declares no default",
        ),
        (
            {
                "data": {
                    "type": "comments",
                    "id": "1",
                    "attributes": {"body": ""},
                    "relationships": {"author": {"data": [{"type": "people", "id": "1"}]}},
                }
            },
            TO_ONE,
        ),
    ],
)
def test_faults_name_place_and_rule(body: Any, expected: str) -> None:
    assert faults(body) == [expected]


def test_a_to_many_that_holds_one_identifier_is_a_fault() -> None:
    body = blog()
    body["data"][0]["relationships"]["comments"] = to("comments", "5")
    assert "/data/0/relationships/comments/data: expected an array, got an object" in faults(body)[0]


def test_an_integer_id_takes_digits_only() -> None:
    @jsonapi.resource("numbers")
    class Number:
        id: int

    decoder = Decoder([Number])
    assert decoder.decode(b'{"data":{"type":"numbers","id":"0042"}}').data.id == 42
    for id_ in ("x", "", "-1", "٣", "1" * 5000):
        assert faults({"data": {"type": "numbers", "id": id_}}, decoder) == [
            "/data/id: expected digits, since the class declares the id as an integer"
        ]


names = st.sampled_from(["1", "2", "3", "4"])


@given(
    people=st.dictionaries(names, st.none() | names, min_size=1),
    seed=st.integers(),
)
def test_random_graphs_keep_identity_whatever_the_order(people: dict[str, str | None], seed: int) -> None:
    nodes = [
        person(id_, id_, best_friend={"data": friend and {"type": "people", "id": friend}})
        for id_, friend in people.items()
    ]
    random.Random(seed).shuffle(nodes)
    document = decode({"data": nodes[0], "included": nodes[1:]})
    found: dict[str, Person] = {someone.id: someone for someone in (document.data, *document.included)}
    assert found.keys() == people.keys()
    for id_, friend in people.items():
        relation = found[id_].best_friend
        if friend is None:
            assert relation.state is State.EMPTY
        elif friend in people:
            assert relation.get() is found[friend]
        else:
            assert not relation.is_included
            assert relation.id == friend


def test_decode_is_a_shorthand() -> None:
    assert isinstance(jsonapi.decode(json.dumps(blog()), BLOG).included[2], Comment)


class TestLocalIds:
    """Resources that have a lid in the place of an id (D9): requests that are read again, and their echo."""

    new: ClassVar[dict[str, Any]] = {
        "type": "articles",
        "lid": "1",
        "attributes": {"title": "new"},
        "relationships": {"author": {"data": {"type": "people", "lid": "d"}}},
    }

    def test_name_a_resource(self) -> None:
        article: Article = decode({"data": self.new}).data
        assert article.id == Lid("1") != "1"
        assert jsonapi.lid(article) == "1"
        assert article.author.identifier == jsonapi.Identifier("people", Lid("d"))
        with pytest.raises(jsonapi.NotIncludedError, match="names the new resource people/d"):
            article.author.get()
        assert json.loads(Encoder(BLOG).create(decode({"data": person("9")}).data))["data"]["id"] == "9"

    def test_link_apart_from_ids(self) -> None:
        comments = [{"type": "comments", "lid": "1"}, {"type": "comments", "id": "1"}]
        node = self.new | {"relationships": {"comments": {"data": comments}}}
        included = [
            comments[0] | {"attributes": {"body": "new"}},
            comments[1] | {"attributes": {"body": "old"}},
        ]
        for order in (included, included[::-1]):
            document = decode({"data": node, "included": order})
            assert [comment.body for comment in document.data.comments] == ["new", "old"]
            assert document.notes == ()
            assert document.find("comments", Lid("1")) is document.data.comments[0]
            assert document.find("comments", "1") is document.data.comments[1]

    def test_link_to_a_resource_that_has_an_id_too(self) -> None:
        author = person("9") | {"lid": "d"}
        for body in ({"data": self.new, "included": [author]}, {"data": [author, self.new]}):
            document = decode(body)
            article = document.data[-1] if isinstance(document.data, list) else document.data
            assert article.author.get().id == "9"
            assert jsonapi.lid(article.author.get()) == "d"

    def test_that_stand_twice_are_noted(self) -> None:
        document = decode({"data": [self.new, self.new]})
        assert document.data[0] is document.data[1]
        assert [note.rule for note in document.notes] == ["D10"]

    def test_may_stand_for_an_integer_and_in_a_generic_resource(self) -> None:
        @jsonapi.resource("numbers")
        class Number:
            id: int

        body = b'{"data":{"type":"numbers","lid":"x"}}'
        assert Decoder([Number]).decode(body).data.id == Lid("x")
        resource = Decoder().decode(body).data
        assert (resource.id, resource.lid, jsonapi.lid(resource)) == (Lid("x"), "x", "x")

    def test_go_into_no_identity_map(self) -> None:
        identity = IdentityMap("strong")
        old = {"type": "articles", "id": "1", "attributes": {"title": "old"}}
        first = DECODER.decode(json.dumps({"data": [self.new, old]}), identity=identity)
        again = DECODER.decode(json.dumps({"data": [self.new, old]}), identity=identity)
        assert [article.title for article in again.data] == ["new", "old"]
        assert first.data[0] is not again.data[0]
        assert first.data[1] is again.data[1] is identity.get("articles", "1")
        assert (len(identity), again.changes) == (1, ())

    def test_find_the_objects_of_the_identity_map(self) -> None:
        identity = IdentityMap("strong")
        dan = DECODER.decode(json.dumps({"data": person("9")}), identity=identity).data
        node = self.new | {"relationships": {"author": to("people", "9")}}
        assert DECODER.decode(json.dumps({"data": node}), identity=identity).data.author.get() is dan

    def test_go_back_as_they_came(self) -> None:
        node = self.new | {"relationships": {"author": {"data": None}}}
        raw = Encoder(BLOG).create(decode({"data": node}).data)
        assert json.loads(raw) == {"data": node}
        assert Encoder(BLOG).update(decode({"data": node}).data) is None

    @pytest.mark.parametrize(
        ("node", "expected"),
        [
            (
                {"type": "x", "lid": 3},
                "/data/lid: a resource object needs a string 'lid': got an integer [D9]",
            ),
            (
                {"type": "x", "id": None, "lid": "a"},
                "/data/id: a resource object needs a string 'id': got null [D8]",
            ),
            (
                {"type": "x", "id": "1", "relationships": {"a": {"data": {"type": "y", "lid": None}}}},
                "/data/relationships/a/data/lid: a resource identifier needs a string 'lid': got null [D9]",
            ),
        ],
    )
    def test_are_text(self, node: Any, expected: str) -> None:
        assert faults({"data": node}) == [expected]

    def test_come_back_in_results_of_operations(self) -> None:
        results = json.dumps({"atomic:results": [{"data": self.new}]})
        (result,) = jsonapi.decode_results(results, DECODER.decode).data
        assert result.data.id == Lid("1")


class TestIdentifiersAsPrimaryData:
    """What the URL of a relationship answers (D6): linkage, with no resource to map."""

    dan: ClassVar[dict[str, Any]] = {"type": "people", "id": "9", "meta": {"role": "x"}, "@at": 1, "ext:n": 2}

    def test_are_identifiers(self) -> None:
        document = decode({"data": self.dan, "links": {"self": "/r"}})
        assert document.data == jsonapi.Identifier("people", "9")
        assert document.data.meta == {"role": "x"}
        many = decode({"data": [self.dan, {"type": "people", "id": 7}, self.dan]})
        assert [str(each) for each in many.data] == ["people/9", "people/7", "people/9"]
        assert [note.rule for note in many.notes] == ["D16"], "linkage may repeat; the integer id is noted"
        assert decode({"data": {"type": "people", "lid": "d"}}).data.id == Lid("d")

    def test_are_found_in_included(self) -> None:
        document = decode({"data": self.dan, "included": [person("9")]})
        assert isinstance(document.data, jsonapi.Identifier)
        assert document.find(document.data).first_name == "Dan"
        identity = IdentityMap("strong")
        raw = json.dumps({"data": [self.dan], "included": [person("9")]})
        kept = DECODER.decode(raw, identity=identity)
        assert kept.data == [jsonapi.Identifier("people", "9")]
        assert kept.find(kept.data[0]) is identity.get("people", "9")

    def test_one_class_that_needs_attributes_makes_all_of_them_identifiers(self) -> None:
        body = {"data": [{"type": "stations", "id": "1"}, {"type": "robots", "id": "2"}]}
        decoder = Decoder([*BLOG, *FLAT])
        mapped = decoder.decode(json.dumps(body)).data
        assert isinstance(mapped[0], Station)
        assert isinstance(mapped[1], jsonapi.Resource)
        body["data"].append(self.dan)
        found = decoder.decode(json.dumps(body)).data
        assert [str(each) for each in found] == ["stations/1", "robots/2", "people/9"]
        assert all(isinstance(each, jsonapi.Identifier) for each in found)

    @pytest.mark.parametrize(
        "more", [{"attributes": {}}, {"relationships": {}}, {"links": {}}, {"firstName": "flat"}]
    )
    def test_what_has_more_is_a_resource(self, more: dict[str, Any]) -> None:
        expected = "attributes/firstName: is missing, and the class declares no default"
        assert faults({"data": self.dan | more}) == [f"/data/{expected}"]
        found = faults({"data": [self.dan, self.dan | {"id": "2"} | more]})
        assert found == [f"/data/0/{expected}", f"/data/1/{expected}"]

    def test_are_a_fault_where_a_class_is_demanded(self) -> None:
        sentence = (
            "holds resource identifiers, but a Person needs attributes: ask for the resources, or decode"
        )
        for shape, data, count in (
            (jsonapi.flat_object(Person), self.dan, 1),
            (jsonapi.flat_array(Person), [self.dan], 1),
            (jsonapi.flat_array(Person), self.dan, 2),
        ):
            found = faults({"data": data}, shape=shape)
            assert found[0].startswith(f"/data: {sentence}")
            assert found[0].endswith("[D6]")
            assert len(found) == count

    def test_are_checked(self) -> None:
        assert faults({"data": [self.dan, {"type": "people"}]}) == [
            "/data/1/id: a resource identifier needs a string 'id': it is missing [D16]"
        ]


def test_an_include_is_named_for_what_is_missing() -> None:
    article = decode(blog()).data[0]
    with pytest.raises(jsonapi.NotIncludedError, match=r"ask for it with include=comments \(behind the path"):
        article.comments[1]
