"""What a document has for an object beside its fields: links, meta, lid and undeclared relationships."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import DecodeError, Decoder, Encoder, IdentityMap, Link, State, flat_array, to

from .classes import BLOG, FLAT, Article, Person, Visit

DECODER = Decoder(BLOG)

NODE: dict[str, Any] = {
    "type": "articles",
    "id": "1",
    "lid": "draft",
    "attributes": {"title": "x", "words": 3},
    "links": {"self": "/a/1", "html": {"href": "/1.html", "title": "One"}, "edit": None, "bad": 7, "@at": 1},
    "meta": {"views": 5},
    "relationships": {
        "author": {"data": {"type": "people", "id": "9"}},
        "editor": {"data": {"type": "people", "id": "9", "meta": {"since": 2020}}, "links": {"self": "/e"}},
        "readers": {"data": [{"type": "people", "id": "9"}, {"type": "people", "id": "10"}]},
        "rights": {"meta": {"n": 1}},
        "owner": {"data": None},
        "@note": 3,
        "broken": {"data": 3},
    },
}
BARE = {"type": "articles", "id": "1"}
DAN = {"type": "people", "id": "9", "attributes": {"firstName": "Dan"}}

FAST: dict[str, Any] = {}
EXPLAINED: dict[str, Any] = {"jsonapi": "a text forces the explaining way"}


def decode(node: Any, beside: dict[str, Any], decoder: Decoder = DECODER, **options: Any) -> Any:
    body = {"data": node, "included": [DAN]} | beside
    raw = json.dumps(body).encode()
    taken = decoder._fast_document(raw, None) is not None
    assert taken is (beside is FAST and decoder is DECODER)
    return decoder.decode(raw, **options).data


def same(instance: Any) -> Any:
    return instance


def unpickled(instance: Any) -> Any:
    return pickle.loads(pickle.dumps(instance))


def detached(instance: Any) -> Any:
    jsonapi.detach(instance)
    return instance


def evolved(instance: Any) -> Any:
    return jsonapi.evolve(instance, title="y")


def saved(instance: Any) -> Any:
    Encoder(BLOG).saved(instance)
    return instance


@pytest.mark.parametrize("beside", [FAST, EXPLAINED], ids=["fast", "explained"])
@pytest.mark.parametrize(
    "way",
    [same, copy.copy, copy.deepcopy, unpickled, lambda x: copy.copy(unpickled(x)), detached, evolved, saved],
)
class TestOfAMappedObject:
    """Whatever way the document was read, and whatever became of the object since."""

    def test_links_and_meta(self, beside: dict[str, Any], way: Callable[[Any], Any]) -> None:
        article: Article = way(decode(NODE, beside))
        assert jsonapi.links(article) == {
            "self": Link(href="/a/1"),
            "html": Link(href="/1.html", title="One"),
            "edit": None,
        }
        assert jsonapi.meta(article) == {"views": 5}
        assert jsonapi.extra(article) == {"words": 3}

    def test_extensions(self, beside: dict[str, Any], way: Callable[[Any], Any]) -> None:
        article: Article = way(decode({**NODE, "version:id": {"n": 3}, "@a:b": 1}, beside))
        assert jsonapi.extensions(article) == {"version:id": {"n": 3}}

    def test_lid(self, beside: dict[str, Any], way: Callable[[Any], Any]) -> None:
        article: Article = way(decode(NODE, beside))
        assert (article.id, jsonapi.lid(article)) == ("1", "draft")
        assert jsonapi.lid(way(decode({**NODE, "lid": 3}, beside))) is None

    def test_relationships(self, beside: dict[str, Any], way: Callable[[Any], Any]) -> None:
        article: Article = way(decode(NODE, beside))
        found = jsonapi.relationships(article)
        assert set(found) == {"author", "comments", "lead", "editor", "readers", "rights", "owner"}
        assert found["author"] is article.author
        editor, readers = found["editor"], found["readers"]
        assert isinstance(editor, jsonapi.ToOne)
        assert isinstance(readers, jsonapi.ToMany)
        assert editor.get() is readers[0] is article.author.get()
        assert editor.get().first_name == "Dan"
        assert (editor.identifier, editor.links) == (
            jsonapi.Identifier("people", "9"),
            {"self": Link(href="/e")},
        )
        assert editor.identifier is not None
        assert editor.identifier.meta == {"since": 2020}
        assert [each.id for each in readers.identifiers] == ["9", "10"]
        with pytest.raises(jsonapi.NotIncludedError, match="include=readers"):
            readers[1]
        assert (found["rights"].state, found["rights"].meta) == (State.NOT_LOADED, {"n": 1})
        assert found["owner"].state is State.EMPTY


@pytest.mark.parametrize("beside", [FAST, EXPLAINED], ids=["fast", "explained"])
@pytest.mark.parametrize("links", [None, [], 3, {}, "absent"])
def test_members_that_are_none_are_empty(beside: dict[str, Any], links: Any) -> None:
    node = {"type": "people", "id": "9", "attributes": {"firstName": "Dan"}}
    if links != "absent":
        node |= {"links": links, "meta": links}
    person = decode(node, beside)
    assert (jsonapi.links(person), jsonapi.meta(person), jsonapi.lid(person)) == ({}, {}, None)
    assert list(jsonapi.relationships(person)) == ["best-friend"]


@pytest.mark.parametrize("empty", ["null", "[]"])
def test_an_empty_member_that_is_no_object_has_nothing(empty: str) -> None:
    @jsonapi.resource("notes")
    class Note:
        id: str
        text: str = ""
        about: jsonapi.ToOne[Any]

    raw = f'{{"data":{{"type":"notes","id":7,"attributes":{empty},"relationships":{empty}}}}}'
    identity = IdentityMap()
    note: Note = Decoder([Note]).decode(raw, identity=identity).data
    assert (jsonapi.extra(note), list(jsonapi.relationships(note))) == ({}, ["about"])
    assert Encoder([Note]).update(note) is None
    note.text = "new"
    assert json.loads(Encoder([Note]).update(note) or b"")["data"]["attributes"] == {"text": "new"}
    assert Decoder([Note]).decode(raw, identity=identity).data is note
    relation = raw.replace(f'"relationships":{empty}', f'"relationships":{{"about":{empty}}}')
    assert Encoder([Note]).update(Decoder([Note]).decode(relation).data) is None


def test_objects_made_by_hand_have_what_they_were_given() -> None:
    dan = Person(id="9", first_name="Dan", best_friend=to(None))
    assert (jsonapi.links(dan), jsonapi.meta(dan), jsonapi.lid(dan), jsonapi.extra(dan)) == ({}, {}, None, {})
    assert jsonapi.relationships(dan) == {"best-friend": dan.best_friend}
    new = Person(id=jsonapi.new("d"), first_name="Dan", best_friend=to(dan))
    assert jsonapi.lid(new) == "d"
    assert jsonapi.lid(Person(id=jsonapi.new(), first_name="Dan", best_friend=to(dan))) is None


def test_flat_bodies_have_foreign_keys_only() -> None:
    row = {"VisitID": 1, "At": "2022-11-22T19:54:10Z", "StationID": "S", "links": {"self": "/"}, "meta": {}}
    visit: Visit = Decoder(FLAT).decode(json.dumps([row]), flat_array(Visit)).data[0]
    assert (jsonapi.links(visit), jsonapi.meta(visit), jsonapi.lid(visit)) == ({}, {}, None)
    assert jsonapi.relationships(visit) == {
        "station": visit.station,
        "plug": visit.plug,
        "before": visit.before,
    }
    assert jsonapi.lid(object()) is None
    assert jsonapi.relationships(object()) == {}


def test_a_generic_resource_has_its_own() -> None:
    node = {name: member for name, member in NODE.items() if name != "relationships"}
    relation = {"author": NODE["relationships"]["author"]}
    resource = decode(node | {"relationships": relation}, FAST, Decoder())
    assert jsonapi.links(resource) is resource.links
    assert jsonapi.meta(resource) == {"views": 5}
    assert (jsonapi.lid(resource), resource.lid) == ("draft", "draft")
    assert jsonapi.relationships(resource) == resource.relationships


class TestAfterMerging:
    """Links and meta are those of the newest document that has any."""

    full: dict[str, Any] = NODE | {
        "relationships": {"author": {"data": None}, "comments": {"data": []}, "lead": {"data": None}}
    }

    @pytest.mark.parametrize("beside", [FAST, EXPLAINED], ids=["fast", "explained"])
    @pytest.mark.parametrize("later", [full, {**full, "attributes": {"title": "x"}, "relationships": {}}])
    def test_older_ones_stay(self, beside: dict[str, Any], later: dict[str, Any]) -> None:
        identity = IdentityMap("strong")
        article = decode(self.full, beside, identity=identity)
        bare = {name: later[name] for name in ("type", "id", "attributes", "relationships")}
        for _ in range(2):
            assert decode(bare, beside, identity=identity) is article
            assert jsonapi.links(article)["self"] == Link(href="/a/1")
            assert (jsonapi.meta(article), jsonapi.lid(article)) == ({"views": 5}, "draft")
        decode({**bare, "meta": {"views": 6}}, beside, identity=identity)
        assert jsonapi.links(article)["self"] == Link(href="/a/1")
        assert jsonapi.meta(article) == {"views": 6}
        decode({**bare, "links": {"self": "/new"}, "meta": {}}, beside, identity=identity)
        assert (jsonapi.links(article), jsonapi.meta(article)) == ({"self": Link(href="/new")}, {})

    def test_a_document_that_tells_all_takes_the_place_of_the_older_one(self) -> None:
        identity = IdentityMap("strong")
        article = decode(self.full, FAST, identity=identity)
        assert jsonapi.extra(article) == {"words": 3}
        decode({**self.full, "attributes": {"title": "x"}}, FAST, identity=identity)
        assert jsonapi.extra(article) == {}

    def test_names_may_be_written_with_escapes(self) -> None:
        identity = IdentityMap()
        node = {"type": "people", "id": "9", "attributes": {"firstName": "Dan", "nick": None}}
        friend = {"relationships": {"best-friend": {"data": None}}}
        raw = json.dumps({"data": node | friend | {"links": {"self": "/"}}}).replace(
            '"links"', '"l\\u0069nks"'
        )
        dan = DECODER.decode(raw, identity=identity).data
        DECODER.decode(json.dumps({"data": node | friend}), identity=identity)
        assert jsonapi.links(dan) == {"self": Link(href="/")}

    def test_undeclared_relationships_find_the_objects_of_the_map(self) -> None:
        identity = IdentityMap("strong")
        dan = decode(DAN, EXPLAINED, identity=identity)
        article = decode(NODE, FAST, identity=identity)
        readers = jsonapi.relationships(article)["readers"]
        assert isinstance(readers, jsonapi.ToMany)
        assert readers[0] is dan
        with pytest.raises(jsonapi.NotIncludedError):
            readers[1]
        eve = decode(DAN | {"id": "10"}, FAST, identity=identity)
        assert readers[1] is eve
        part = {"type": "articles", "id": "1", "attributes": {"title": "new"}}
        assert decode(part, FAST, identity=identity) is article
        assert jsonapi.relationships(article)["readers"] == readers


class TestNumbersThatNoFloatHolds:
    """The fast way reads past what no class declares; it fails when somebody asks for it, and as ever."""

    raw = b'{"data":{"type":"people","id":"9","attributes":{"firstName":"Dan","far":1e999}}}'

    @pytest.mark.parametrize(
        "ask",
        [
            jsonapi.extra,
            jsonapi.links,
            jsonapi.meta,
            jsonapi.lid,
            jsonapi.relationships,
            jsonapi.detach,
            copy.copy,
            pickle.dumps,
            Encoder(BLOG).update,
            Encoder(BLOG).saved,
        ],
    )
    def test_are_a_decode_error(self, ask: Callable[[Any], Any]) -> None:
        dan = DECODER.decode(self.raw).data
        with pytest.raises(DecodeError, match="not JSON"):
            ask(dan)
        assert (dan.first_name, jsonapi.asdict(dan)["nick"]) == ("Dan", None)

    def test_leave_the_identity_map_as_it_was(self) -> None:
        identity = IdentityMap("strong")
        node = {"type": "people", "id": "9", "attributes": {"firstName": "Ann", "nick": "A"}}
        (ann,) = DECODER.decode(json.dumps({"data": [node]}), identity=identity).data
        eve = self.raw.replace(b'{"data":', b'{"data":[').replace(b"}}}", b"}}")
        eve += b',{"type":"people","id":"8","attributes":{"firstName":"Eve"}}]}'
        with pytest.raises(DecodeError):
            DECODER.decode(eve, identity=identity)
        assert (ann.first_name, ann.nick, list(identity)) == ("Ann", "A", [ann])
        assert jsonapi.extra(ann) == {}


scalars = st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["/a", "people", "9", "10"])
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["href", "data", "type", "id", "lid", "links", "meta"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
members = st.dictionaries(st.sampled_from(["self", "editor", "@at", "a:b"]), anything, max_size=3) | anything
nodes = st.fixed_dictionaries(
    {"type": st.just("articles"), "id": st.just("1"), "attributes": st.just({"title": "x"})},
    optional=dict.fromkeys(("links", "meta", "lid", "relationships"), members),
)


@given(nodes)
def test_both_ways_of_decoding_reach_the_same(node: dict[str, Any]) -> None:
    """Whatever the undeclared members hold: it is found, or left out, and nothing else is raised."""

    def reached(beside: dict[str, Any]) -> Any:
        try:
            article = DECODER.decode(json.dumps({"data": node, "included": [DAN]} | beside)).data
        except DecodeError as error:
            return error.faults
        found = jsonapi.relationships(article)
        assert jsonapi.relationships(unpickled(article)) == found
        kept = [(name, held, held.links, held.meta) for name, held in found.items()]
        return jsonapi.links(article), jsonapi.meta(article), jsonapi.lid(article), kept

    assert reached(FAST) == reached(EXPLAINED)


def test_extensions_of_a_resource_of_an_object_made_by_hand_and_of_a_flat_body() -> None:
    resource = decode({**BARE, "version:id": "3"}, FAST, Decoder())
    assert jsonapi.extensions(resource) == resource.extensions == {"version:id": "3"}
    assert jsonapi.extensions(Person(id="1", first_name="Ann", best_friend=to(None))) == {}
    (visit,) = (
        Decoder(FLAT)
        .decode(b'[{"VisitID": 1, "At": "2022-11-22T21:54:10Z", "version:id": "3"}]', flat_array(Visit))
        .data
    )
    assert jsonapi.extensions(visit) == {}


def test_a_map_keeps_extensions_of_a_resource_until_a_document_has_others() -> None:
    seen, decoder = IdentityMap("strong"), Decoder()
    resource = decode({**BARE, "version:id": "3"}, FAST, decoder, identity=seen)
    decode(BARE, FAST, decoder, identity=seen)
    assert resource.extensions == {"version:id": "3"}
    decode({**BARE, "version:id": "4"}, FAST, decoder, identity=seen)
    assert resource.extensions == {"version:id": "4"}


def test_undeclared_attributes_are_extra_whatever_the_id_and_the_keys_are_called() -> None:
    article = decode({**NODE, "attributes": {"title": "x", "id": 7}}, FAST)
    assert jsonapi.extra(article) == {"id": 7}


def test_members_are_those_of_the_document() -> None:
    found = DECODER.decode(json.dumps({"data": NODE})).data
    assert jsonapi.members(found) == {"title": "x", "words": 3}
    assert jsonapi.members(jsonapi.evolve(found, title="y")) == {"title": "x", "words": 3}
    generic = Decoder().decode(json.dumps({"data": DAN})).data
    assert jsonapi.members(generic) == {"firstName": "Dan"}


def test_members_of_a_flat_body_are_all_it_has() -> None:
    row = {"VisitID": 1, "At": "2026-03-01T00:00:00Z", "Places": [{"x": 2.5, "floor": 3}], "More": 1}
    (visit,) = Decoder(FLAT).decode(json.dumps([row]), flat_array(Visit)).data
    assert jsonapi.members(visit) == row


def test_an_object_made_by_hand_has_no_members_of_a_document() -> None:
    made: Any = Person
    assert jsonapi.members(made(id="1", first_name="Ann")) == {}
