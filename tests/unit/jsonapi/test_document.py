"""Finding resources in a document by class or type and id, or by an identifier."""

from __future__ import annotations

import json
from typing import Any

import pytest

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import Decoder, Identifier, IdentityMap, Lid, SchemaError, flat_array

from .classes import BLOG, FLAT, Article, Person, Place, Station, Visit


@jsonapi.resource("cars")
class Car:
    id: int


DECODER = Decoder([*BLOG, Car])

BODY: dict[str, Any] = {
    "data": [
        {
            "type": "articles",
            "id": "1",
            "attributes": {"title": "x"},
            "relationships": {"author": {"data": {"type": "people", "id": "9"}}},
        },
        {"type": "articles", "id": "1", "attributes": {"title": "again"}},
    ],
    "included": [
        {"type": "people", "id": "9", "attributes": {"firstName": "Dan"}},
        {"type": "people", "id": "007", "attributes": {"firstName": "Jim"}},
        {"type": "cars", "id": "0042"},
    ],
}


@pytest.fixture(params=[{}, {"jsonapi": "the explaining way"}], ids=["fast", "explained"])
def document(request: pytest.FixtureRequest) -> jsonapi.Document[Any]:
    return DECODER.decode(json.dumps(BODY | request.param))


def test_find_by_class_type_and_identifier(document: jsonapi.Document[Any]) -> None:
    article: Article = document.data[0]
    assert document.find(Article, "1") is document.find("articles", 1) is article
    assert article.author.identifier is not None
    assert document.find(article.author.identifier) is document.find(Person, "9") is document.included[0]


def test_find_takes_an_id_as_class_or_document_write_it(document: jsonapi.Document[Any]) -> None:
    car = document.included[2]
    for id_ in ("0042", "42", 42):
        assert document.find(Car, id_) is car
        assert document.find("cars", id_) is car
    assert document.find(Person, "007") is document.included[1]
    assert document.find(Person, "7") is document.find(Person, 7) is None


def test_find_gives_none_for_what_is_not_there(document: jsonapi.Document[Any]) -> None:
    for id_ in ("2", "", "٣", "1" * 5000, None):
        assert document.find("articles", id_) is None
    assert document.find("robots", "1") is document.find(Person, "1") is None
    assert document.find(Identifier("articles", Lid("1"))) is None
    assert DECODER.decode('{"data":null}').find("articles", "1") is None


def test_find_gives_a_class_its_own_objects_only() -> None:
    document = Decoder().decode(json.dumps(BODY))
    assert document.find("articles", "1") is document.data[0]
    assert document.find(Article, "1") is None
    with pytest.raises(SchemaError, match="Place is not a resource class"):
        document.find(Place, "1")


def test_find_in_flat_bodies_and_with_an_identity_map() -> None:
    identity = IdentityMap("strong")
    rows = [{"VisitID": 7, "At": "2022-11-22T19:54:10Z"}]
    first = Decoder(FLAT).decode(json.dumps(rows), flat_array(Visit), identity=identity)
    again = Decoder(FLAT).decode(json.dumps(rows), flat_array(Visit), identity=identity)
    assert again.find(Visit, 7) is again.find(Visit, "7") is first.data[0]
    assert again.find(Station, "S") is None
    twice = Decoder(FLAT).decode(json.dumps(rows * 2), flat_array(Visit))
    assert twice.find(Visit, 7) is twice.data[0] is not twice.data[1]
    assert Decoder([Place]).decode(b'[{"x":1}]', flat_array(Place)).find("places", "1") is None
