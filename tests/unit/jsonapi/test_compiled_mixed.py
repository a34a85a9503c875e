"""Documents of which structs can stand for most resources: read as the explaining way does, or not at all."""

from __future__ import annotations

import json
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import Decoder, Document, Identifier, Resource, State, build, flat_array
from depotfinity_async.jsonapi.relationships import Lid

from .ways import DECODER, LOG, Log, anything, explained, links, log, mostly, objects, one, outcome, seen

ROBOT: dict[str, Any] = {"type": "robots", "id": "1", "attributes": {"arms": 2}}


def mixed(body: Any, shape: jsonapi.Shape[Any] | None = None) -> Document[Any] | None:
    return DECODER._mixed_document(json.dumps(body).encode(), shape)


def taken(body: Any, shape: jsonapi.Shape[Any] | None = None) -> Document[Any]:
    document = mixed(body, shape)
    assert document is not None
    assert seen(document) == seen(explained(body, shape))
    return document


def read_as_tree(body: Any) -> list[Any]:
    """The paths of the resources that are read the explaining way while a document is decoded."""
    paths: list[Any] = []

    def spy(members: Any, path: Any, faults: Any, rule: Any) -> Any:
        if rule == "D8":  # a resource object, not an identifier
            paths.append(path)
        return text_id(members, path, faults, rule)

    text_id = build.text_id
    with mock.patch.object(build, "text_id", spy):
        DECODER.decode(json.dumps(body))
    return paths


def test_an_unknown_type_costs_only_its_own_resource_the_explaining_way() -> None:
    body = one([log("1"), log("2")], included=[log("3"), ROBOT, log("4")])
    document = taken(body)
    assert isinstance(document.included[1], Resource)
    assert document.included[1].attributes == {"arms": 2}
    assert read_as_tree(body) == [("included", 1)]


def test_a_reference_to_an_unknown_type_costs_nothing_the_explaining_way() -> None:
    body = one([log("1", about=one({"type": "robots", "id": "1"})), log("2")], included=[ROBOT])
    document = taken(body)
    assert document.data[0].about.get() is document.included[0]
    assert read_as_tree(body) == [("included", 0)]


def test_a_noted_oddity_costs_only_its_own_resource() -> None:
    body = one([log("1"), log("2") | {"id": 2}, log("3", about=[])])
    document = taken(body)
    assert [(note.pointer, note.rule) for note in document.notes] == [
        ("/data/1/id", "D8"),
        ("/data/2/relationships/about", "D12"),
    ]
    assert read_as_tree(body) == [("data", 1), ("data", 2)]


def test_one_type_and_id_is_one_object_whatever_way_it_was_read() -> None:
    odd = log("1") | {"id": 1}
    for nodes in ([log("1"), odd, ROBOT], [odd, log("1"), ROBOT]):
        document = taken(one(nodes, included=[ROBOT]))
        assert document.data[0] is document.data[1]
        assert document.data[2] is document.included[0]
        assert [note.rule for note in document.notes].count("D10") == 2


def test_a_local_id_beside_an_id_is_found() -> None:
    target = {"type": "logs", "lid": "x"}
    document = taken(one([log("1") | {"lid": "x"}, log("2", **{"next-log": one(target)}), ROBOT]))
    assert document.data[1].next.get() is document.data[0]
    assert document.data[1].next.identifier == Identifier("logs", Lid("x"))


def test_a_type_that_the_class_does_not_declare_is_a_fault_still() -> None:
    wrong = {"type": "articles", "id": "1"}
    for body in (one([log(about=one(wrong)), ROBOT]), one([log("7", **{"next-log": one(wrong)}), ROBOT])):
        assert mixed(body) is None
        assert outcome(lambda body=body: DECODER.decode(json.dumps(body))) == outcome(
            lambda body=body: explained(body)
        )


def test_documents_without_data_or_with_errors() -> None:
    assert taken({"meta": {"n": 1}}).meta == {"n": 1}
    assert taken({"errors": [{"title": "no"}], "data": [LOG]}).errors[0].title == "no"
    assert taken(one(None, included=None)).included == ()
    assert taken(one(ROBOT)).data.id == "1"


def test_linkage_as_primary_data_is_judged_as_a_whole() -> None:
    body = one([{"type": "stations", "id": "1"}, {"type": "logs", "id": "1"}])
    document = DECODER.decode(json.dumps(body))
    assert document.data == [Identifier("stations", "1"), Identifier("logs", "1")]
    assert seen(document) == seen(explained(body))


def test_with_a_shape() -> None:
    assert taken(one([LOG], included=[ROBOT]), flat_array(Log)).data[0].id == 7
    assert mixed(one([LOG, ROBOT]), flat_array(Log)) is None
    assert mixed(one([LOG], included=[ROBOT], other=1), flat_array(Log)) is None
    assert mixed([LOG], flat_array(Log)) is None


def test_a_decoder_without_classes_needs_no_structs() -> None:
    decoder = Decoder()
    assert decoder._mixed_document(json.dumps(one(ROBOT)).encode(), None) is None
    assert decoder.decode(json.dumps(one(ROBOT))).data.attributes == {"arms": 2}


def test_a_hook_that_raises_is_explained() -> None:
    body = one([LOG | {"attributes": {"at": "2022-11-22T19:54:10"}}, ROBOT])
    assert mixed(body) is None
    with pytest.raises(jsonapi.DecodeError, match="/data/0/attributes/at: the time carries no zone"):
        DECODER.decode(json.dumps(body))


def test_states_of_relationships_stay_apart() -> None:
    document = taken(one([log("1", about=one(None), others=one([])), ROBOT]))
    made = document.data[0]
    assert (made.about.state, made.others.state, made.next.state) == (
        State.EMPTY,
        State.EMPTY,
        State.NOT_LOADED,
    )


# -- the ways agree ----------------------------------------------------------------------------------------

ids = st.sampled_from(["1", "2", "3"])
names = (
    st.fixed_dictionaries({"id": ids})
    | st.fixed_dictionaries({"id": ids}, optional={"lid": ids | st.integers(0, 1)})
    | st.fixed_dictionaries({"id": st.integers(1, 3)})
    | st.fixed_dictionaries({"lid": ids})
)


def of_type(*types: str) -> st.SearchStrategy[dict[str, Any]]:
    named = st.sampled_from(types).flatmap(lambda type_: names.map(lambda name: {"type": type_} | name))
    return st.tuples(named, st.just({}) | st.fixed_dictionaries({"meta": objects})).map(
        lambda parts: parts[0] | parts[1]
    )


identifiers = of_type("logs", "people", "robots", "logs", "people", "robots", "articles")
related = st.fixed_dictionaries(
    {},
    optional={
        name: mostly(st.fixed_dictionaries({}, optional={"data": data, "links": links, "meta": objects}))
        for name, data in {
            "next-log": of_type("logs", "robots") | st.none(),
            "about": identifiers | st.none(),
            "others": st.lists(identifiers, max_size=3),
            "best-friend": of_type("people", "robots") | st.none(),
            "new": identifiers | st.lists(identifiers, max_size=2),
        }.items()
    },
)
attributes = {
    "logs": {"at": "2022-11-22T19:54:10Z", "the-raw": {"a": [1]}},
    "people": {"firstName": "Ann"},
    "robots": {"arms": 2, "@at": 1},
    "articles": {"title": "x"},
    "stations": {},
}


def as_resource(name: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    given = mostly(st.just(attributes[name["type"]]))
    return st.fixed_dictionaries(
        {},
        optional={
            "attributes": given,
            "relationships": related,
            "links": links,
            "meta": objects,
            "new": anything,
        },
    ).map(lambda members: {"attributes": attributes[name["type"]]} | members | name)


resources = of_type("logs", "people", "robots", "articles", "stations").flatmap(as_resource)
linkage = of_type("logs", "stations", "robots")
documents = st.fixed_dictionaries(
    {},
    optional={
        "data": mostly(
            st.lists(resources, max_size=4) | resources | st.lists(linkage, max_size=3) | linkage | st.none()
        ),
        "included": mostly(st.lists(resources, max_size=4) | st.none()),
        "meta": objects,
        "links": links,
        "errors": mostly(st.none() | st.just([{"title": "no"}])),
        "@at": anything,
    },
)


@given(documents)
def test_the_mixed_and_the_explaining_way_agree(body: Any) -> None:
    wanted = outcome(lambda: explained(body))
    assert outcome(lambda: DECODER.decode(json.dumps(body))) == wanted
    document = mixed(body)
    if document is not None:
        assert seen(document) == wanted
    for shape in (flat_array(Log), jsonapi.flat_object(Log)):
        document = mixed(body, shape)
        if document is not None:
            assert seen(document) == outcome(lambda shape=shape: explained(body, shape))


@given(documents)
def test_what_has_no_fault_is_taken(body: Any) -> None:
    try:
        explained(body)
    except jsonapi.DecodeError:
        return
    assert mixed(body) is not None
