"""What a flat body and its classes do not have in common."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import Decoder, ToOne, attribute, foreign_key, resource_id


@jsonapi.value
class Part:
    name: str
    weight: float | None = None


@jsonapi.resource("people")
class Person:
    id: str


@jsonapi.resource("things")
class Thing:
    id: int = resource_id("ThingID")
    owner: ToOne[Person] = foreign_key("OwnerID")
    title: str = attribute("Title", default="")
    first: Part | None = attribute("First", default=None)
    parts: tuple[Part, ...] = attribute("Parts", default=())
    free: dict[str, Any] | None = attribute("Free", default=None)


DECODER = Decoder([Thing, Part, Person])
WHOLE: dict[str, Any] = {
    "ThingID": 1,
    "OwnerID": "9",
    "Title": "x",
    "First": {"name": "a", "weight": 1},
    "Parts": [{"name": "b", "weight": 2}],
    "Free": {"any": 1},
}


def drift(*rows: Any) -> jsonapi.Drift:
    return DECODER.drift(msgspec.json.encode(rows), jsonapi.flat_array(Thing))


def test_there_is_none_when_all_declared_members_were_seen_in_some_row() -> None:
    found = drift({"ThingID": 1, "OwnerID": None}, {key: WHOLE[key] for key in WHOLE if key != "OwnerID"})
    assert not found
    assert found == jsonapi.Drift((), ())


def test_members_that_nobody_declared_at_every_depth() -> None:
    row = {
        **WHOLE,
        "New": 1,
        "First": {"name": "a", "weight": 1, "colour": "red"},
        "Parts": [{"name": "b", "weight": 2}, {"name": "c", "size": {"x": 1}}],
    }
    found = drift(row, {**row, "Newer": None})
    assert found
    assert found.undeclared == ("First.colour", "New", "Newer", "Parts[].size")
    assert found.absent == ()


def test_members_that_no_row_had() -> None:
    found = drift({"ThingID": 1, "First": {"name": "a"}, "Parts": []}, {"Title": None})
    assert found.absent == ("First.weight", "Free", "OwnerID")
    assert found.undeclared == ()


def test_of_no_rows_nothing_is_absent() -> None:
    assert not drift()


def test_values_are_not_looked_at() -> None:
    found = drift({**WHOLE, "ThingID": "no number", "Parts": [3, {"name": 5, "weight": "?"}], "First": "x"})
    assert found == jsonapi.Drift((), ())


def test_other_shapes() -> None:
    whole = msgspec.json.encode(WHOLE)
    assert not DECODER.drift(whole, jsonapi.flat_object(Thing))
    assert not DECODER.drift(b'{"items": [%b], "page": 1}' % whole, jsonapi.flat_items(Thing))


@pytest.mark.parametrize(
    ("raw", "shape", "told"),
    [
        (b"{}", jsonapi.flat_array(Thing), "expected an array of members, got an object"),
        (b"[]", jsonapi.flat_object(Thing), "expected an object of members, got an array"),
        (b'{"items": {}}', jsonapi.flat_items(Thing), "/items: expected an array of members, got an object"),
        (b"[]", jsonapi.flat_items(Thing), "/items: expected an array of members, got null"),
        (b"<html>", jsonapi.flat_array(Thing), "JSON"),
    ],
)
def test_a_body_without_rows_is_refused(raw: bytes, shape: jsonapi.Shape[Any], told: str) -> None:
    with pytest.raises(jsonapi.DecodeError, match=told):
        DECODER.drift(raw, shape)


def test_a_class_of_another_decoder_is_refused() -> None:
    with pytest.raises(jsonapi.SchemaError, match="Thing is not among the classes"):
        Decoder([Part]).drift(b"[]", jsonapi.flat_array(Thing))


@given(st.lists(st.dictionaries(st.sampled_from([*WHOLE, "New"]), st.none() | st.integers(), max_size=9)))
def test_each_name_is_in_at_most_one_list(rows: list[dict[str, Any]]) -> None:
    found = drift(*rows)
    seen = {name for row in rows for name in row}
    assert set(found.undeclared) == seen - WHOLE.keys()
    assert set(found.absent) == (WHOLE.keys() - seen if rows else set())
