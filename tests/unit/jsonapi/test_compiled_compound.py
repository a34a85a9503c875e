"""JSON:API documents by way of generated structs: the same results as the explaining way, or none."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import DecodeError, Decoder, Document, ToOne, attribute, flat_array

from .classes import Article, Person, Place
from .ways import DECODER, LOG, Log, documents, explained, log, one, outcome, seen


def fast(
    body: Any, shape: jsonapi.Shape[Any] | None = None, decoder: Decoder = DECODER
) -> Document[Any] | None:
    return decoder._fast_document(json.dumps(body).encode(), shape)


def taken(body: Any, shape: jsonapi.Shape[Any] | None = None, decoder: Decoder = DECODER) -> Document[Any]:
    document = fast(body, shape, decoder)
    assert document is not None
    return document


ARTICLE = {
    "data": {
        "type": "articles",
        "id": "1",
        "attributes": {"title": "x"},
        "relationships": {"author": {"data": {"type": "people", "id": "9"}}},
    }
}


# -- what it takes -----------------------------------------------------------------------------------------


def test_values_are_those_of_the_class() -> None:
    attributes = {"energy": 3, "colour": "pink", "places": [{"x": 1}], "the-raw": {"a": [1]}, "new": 0}
    made = taken(one(LOG | {"attributes": LOG["attributes"] | attributes})).data
    assert (made.id, made.at, made.energy) == (7, datetime(2022, 11, 22, 19, 54, 10, tzinfo=UTC), 3.0)
    assert (made.colour.is_known, made.places, made.raw) == (False, [Place(x=1.0)], {"a": [1]})
    assert jsonapi.extra(made) == {"new": 0}


def test_one_type_and_id_is_one_object_in_cycles_too() -> None:
    first = log("1", **{"next-log": one({"type": "logs", "id": "2"})})
    second = log("2", **{"next-log": one({"type": "logs", "id": "1"})})
    document = taken(one([first], included=[second]))
    (made,) = document.data
    assert made.next.get() is document.included[0]
    assert made.next.get().next.get() is made


def test_relationships_keep_links_meta_and_the_meta_of_identifiers() -> None:
    links = {
        "self": "/s",
        "related": {"href": "/r", "title": "R", "rel": 3, "meta": {"n": 1}},
        "prev": None,
        "@at": "x",
    }
    about = {"type": "people", "id": "9", "meta": {"role": "x"}}
    made = taken(one(log(about=one(about, links=links, meta={"m": 1}), others={"links": {}}))).data
    assert made.about.links == {
        "self": jsonapi.Link(href="/s"),
        "related": jsonapi.Link(href="/r", title="R", meta={"n": 1}),
        "prev": None,
    }
    assert (made.about.meta, made.about.identifier.meta) == ({"m": 1}, {"role": "x"})
    assert (made.others.links, made.others.meta, made.next.links) == ({}, {}, {})


def test_a_resource_that_stands_twice_is_the_first_one_and_noted() -> None:
    twice = one([log("1", about=one(None)), LOG | {"id": "1"}], included=[log("1")])
    document = taken(twice)
    assert document.data[0] is document.data[1] is document.included[0]
    assert document.data[0].about.state is jsonapi.State.EMPTY
    assert document.notes == explained(twice).notes
    assert [(note.pointer, note.rule) for note in document.notes] == [
        ("/data/1", "D10"),
        ("/included/0", "D10"),
    ]


def test_documents_without_resources_are_taken() -> None:
    assert (taken({"data": None}).data, taken({"data": []}).data) == (None, [])


def test_a_shape_takes_a_document_of_its_class() -> None:
    assert taken(one([LOG]), flat_array(Log)).data[0].id == 7
    assert taken(one(LOG), jsonapi.flat_object(Log)).data.id == 7
    for body in (one(LOG), one(None), one([{"type": "stations", "id": "1"}]), one([LOG], other=1)):
        assert fast(body, flat_array(Log)) is None
    assert fast(one(None), jsonapi.flat_object(Log)) is None


def test_a_decoder_of_one_class_insists_on_the_type() -> None:
    decoder = Decoder([Person])
    node = {"id": "1", "attributes": {"firstName": "Ann"}}
    assert taken(one(node | {"type": "people"}), decoder=decoder).data.first_name == "Ann"
    for body in (one(node), one(node | {"type": ""}), one(node | {"type": "robots"})):
        assert fast(body, decoder=decoder) is None


def test_a_class_without_required_attributes_needs_none() -> None:
    station = taken(one({"type": "stations", "id": "1"})).data
    assert jsonapi.extra(station) == {}


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a\nb"])
def test_members_that_no_struct_can_have_are_read_the_explaining_way(name: str) -> None:
    @jsonapi.resource("odd")
    class Odd:
        id: str
        size: int = attribute(name)

    decoder = Decoder([Odd])
    body = one({"type": "odd", "id": "1", "attributes": {name: 3}})
    assert fast(body, decoder=decoder) is None
    assert decoder.decode(json.dumps(body)).data.size == 3

    @jsonapi.resource("odder")
    class Odder:
        id: str
        friend: ToOne[Odder] = attribute(name)

    assert fast(one(None), decoder=Decoder([Odder])) is None


@pytest.mark.parametrize(
    "body",
    [
        one(LOG | {"type": "robots"}),
        one([LOG], included=[{"type": "robots", "id": "1"}]),
        one(log(about=one({"type": "robots", "id": "1"}))),
        one(log(about={"links": {"self": 3}})),
        one([], errors=[{}]),
        {"meta": {}},
    ],
)
def test_what_it_leaves_to_the_explaining_way(body: Any) -> None:
    assert fast(body) is None
    DECODER.decode(json.dumps(body))


def test_objects_can_be_copied_and_pickled() -> None:
    body = one(
        log(
            about=one({"type": "people", "id": "9"}, links={"self": "/s"}),
            others=one([{"type": "logs", "id": "7"}]),
        )
    )
    made = taken(body).data
    for copied in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert (copied.about, copied.about.links, copied.next.state) == (
            made.about,
            made.about.links,
            made.next.state,
        )
        assert copied.others.identifiers == made.others.identifiers
        assert copied.others[0].id == 7
    assert {made.about, copy.copy(made.about)} == {made.about}
    assert {made.others, copy.copy(made.others)} == {made.others}


class TestFirstLook:
    """Relationships are made when somebody looks at them, which must not be seen from outside."""

    def test_makes_one_relationship_that_stays(self) -> None:
        made = taken(one(log(about=one({"type": "people", "id": "9"})))).data
        assert made.about is made.about
        assert made.others is made.others

    def test_leaves_what_was_set_before_alone(self) -> None:
        document = DECODER._fast_document(json.dumps(ARTICLE).encode(), None)
        assert document is not None
        article: Article = document.data
        article.author = reference = ToOne[Person].to("people", "3")
        assert article.comments.state is jsonapi.State.NOT_LOADED
        assert article.author is reference

    def test_of_what_no_class_has_fails_as_ever(self) -> None:
        made = taken(one(LOG)).data
        with pytest.raises(AttributeError, match="'Log' object has no attribute 'nothing'") as caught:
            _ = made.nothing
        assert (caught.value.name, caught.value.obj) == ("nothing", made)
        assert not hasattr(Person(id="1", first_name="Ann", best_friend=ToOne.to("people", "2")), "nothing")

    def test_is_taken_by_evolve(self) -> None:
        made = taken(one(log(about=one({"type": "people", "id": "9"})))).data
        later = attrs.evolve(made, energy=2.0)
        assert (later.energy, later.about.id, later.next.state) == (2.0, "9", jsonapi.State.NOT_LOADED)

    def test_of_a_foreign_key_finds_the_relationship_of_a_document(self) -> None:
        attributes = {"At": "2022-11-22T19:54:10Z"}
        station = one({"type": "stations", "id": "S1"})
        body = one(
            {"type": "visits", "id": "7", "attributes": attributes, "relationships": {"station": station}},
            included=[{"type": "stations", "id": "S1"}],
        )
        document = taken(body)
        assert document.data.station.get() is document.included[0]
        assert document.data.plug.state is jsonapi.State.NOT_LOADED

    def test_comes_before_the_classes_own_getattr(self) -> None:
        class Mixin:
            def __getattr__(self, name: str) -> str:
                return f"mixin's {name}"

        @jsonapi.resource("bases")
        class Base(Mixin):
            id: str
            friend: ToOne[Any]

        @jsonapi.resource("owners")
        class Owner(Base):
            def __getattr__(self, name: str) -> str:
                return f"own {name}"

        decoder = Decoder([Base, Owner])
        for type_, answer in (("bases", "mixin's x"), ("owners", "own x")):
            friend = one({"type": "owners", "id": "2"})
            body = one({"type": type_, "id": "1", "relationships": {"friend": friend}})
            made = taken(body, decoder=decoder).data
            assert (made.friend.id, made.x) == ("2", answer)


def test_relationships_have_their_names() -> None:
    made = taken(one(log(about={}))).data
    assert (made.next.relationship_name, made.about.relationship_name, made.others.relationship_name) == (
        "next-log",
        "about",
        "others",
    )
    with pytest.raises(jsonapi.NotLoadedError, match="'others' is not loaded"):
        len(made.others)


def test_a_hook_that_raises_is_explained() -> None:
    def hook(value: Any, _: Any) -> float:
        raise ZeroDivisionError

    converter = jsonapi.make_converter()
    converter.register_structure_hook(float, hook)
    decoder = Decoder([Log, Person], converter=converter)
    body = one(LOG | {"attributes": LOG["attributes"] | {"energy": 1}})
    assert fast(body, decoder=decoder) is None
    with pytest.raises(DecodeError, match="/data/attributes/energy: cannot be read"):
        decoder.decode(json.dumps(body))


# -- the two ways agree ------------------------------------------------------------------------------------


@given(documents)
def test_the_fast_and_the_explaining_way_agree(body: Any) -> None:
    wanted = outcome(lambda: explained(body))
    assert outcome(lambda: DECODER.decode(json.dumps(body))) == wanted
    document = fast(body)
    if document is not None:
        assert seen(document) == wanted


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.none() | st.integers(1, 5), st.lists(st.integers(1, 5), max_size=3))
    )
)
def test_right_documents_are_taken_and_agree(nodes: list[tuple[int, int | None, list[int]]]) -> None:
    def named(number: int) -> dict[str, Any]:
        return {"type": "logs", "id": str(number)}

    made = [
        log(str(number), about=one(named(to) if to else None), others=one([named(each) for each in many]))
        for number, to, many in nodes
    ]
    body = one(made[:2], included=made[2:])
    assert seen(taken(body)) == seen(explained(body))


@given(documents)
def test_shapes_agree(body: Any) -> None:
    for shape in (flat_array(Log), jsonapi.flat_object(Log)):
        document = fast(body, shape)
        if document is not None:
            assert seen(document) == outcome(lambda shape=shape: explained(body, shape))
