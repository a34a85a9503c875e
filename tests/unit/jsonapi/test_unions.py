"""Unions: a type is chosen by the kind of the JSON value, then by what says most; nothing is coerced."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import DecodeError, Decoder, SchemaError, make_converter
from depotfinity_async.jsonapi.values import Mismatch

from .classes import Colour, Place


class Level(enum.IntEnum):
    LOW = 1


@attrs.frozen
class Circle:
    radius: int


@attrs.frozen
class Ring:
    radius: int
    inner: int = 0


@attrs.frozen
class Named:
    name: str


NOON = datetime(2022, 11, 22, 12, tzinfo=UTC)
ID = UUID(int=5)


@pytest.mark.parametrize(
    ("wanted", "value", "expected"),
    [
        (datetime | str, "2022-11-22T12:00:00Z", NOON),
        (str | datetime, "2022-11-22T12:00:00Z", NOON),
        (datetime | str | None, "at noon", "at noon"),
        (str | date | datetime, "2022-11-22", date(2022, 11, 22)),
        (str | UUID, str(ID), ID),
        (str | Decimal, "1.5", Decimal("1.5")),
        (str | Literal["a"] | Colour, "a", "a"),
        (str | Colour, "red", Colour.RED),
        (UUID | Colour, str(ID), ID),
        (list[str] | str, "ab", "ab"),
        (list[str] | str, ["ab"], ["ab"]),
        (int | list[int] | None, 3, 3),
        (int | list[int] | None, [3], [3]),
        (int | list[int] | None, None, None),
        (list[int] | list[str], ["a"], ["a"]),
        (list[int] | tuple[int, int], [1, 2], (1, 2)),
        (Level | int, 1, Level.LOW),
        (Level | int, 2, 2),
        (float | int, 1, 1),
        (float | bool, True, True),
        (float | Decimal, 1.5, Decimal("1.5")),
        (Named | str, "x", "x"),
        (Named | str, {"name": "x"}, Named("x")),
        (Circle | Ring, {"radius": 1}, Circle(1)),
        (Circle | Ring, {"radius": 1, "inner": 2}, Ring(1, 2)),
        (Named | Circle, {"radius": 1, "name": "x", "inner": 1}, Named("x")),
        (Mapping[str, Any] | Named, {"name": "x"}, Named("x")),
        (dict[str, int] | Named, {"a": 1}, {"a": 1}),
        (object | None, [1], [1]),
        (Any | str, "2022", "2022"),
    ],
)
def test_the_type_that_says_most_is_taken(wanted: Any, value: Any, expected: Any) -> None:
    found = make_converter().structure(value, wanted)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("wanted", "value", "faults"),
    [
        (datetime | str, 5, [((), "expected a string, got an integer")]),
        (datetime | int, "noon", [((), "not a time in RFC 3339 form, such as 2022-11-22T19:54:10.143Z")]),
        (datetime | UUID, "noon", [((), "fits none of UUID, datetime")]),
        (int | bool, 1.0, [((), "expected an integer or a boolean, got a number")]),
        (
            list[int] | str,
            [1, "a", None],
            [((1,), "expected an integer, got a string"), ((2,), "expected an integer, got null")],
        ),
        (Named | str, {}, [(("name",), "is missing, and the class declares no default")]),
        (Named | Ring, {"radius": "x", "inner": 1}, [(("radius",), "expected an integer, got a string")]),
        (int | list[int], None, [((), "expected an integer or an array, got null")]),
        (Named | None, [], [((), "expected an object, got an array")]),
        (Literal["a", 1] | None, "b", [((), "not one of 'a', 1")]),
    ],
)
def test_what_fits_none_says_why(wanted: Any, value: Any, faults: list[Any]) -> None:
    with pytest.raises(Mismatch) as caught:
        make_converter().structure(value, wanted)
    assert [(found.path, found.message) for found in caught.value.single()] == faults


@given(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text())
def test_a_scalar_of_a_union_of_all_is_kept_as_it_is(value: Any) -> None:
    wanted: Any = str | int | float | bool | None
    found = make_converter().structure(value, wanted)
    assert found == value
    assert type(found) is type(value)


class Money:
    """A type of the user's own."""

    def __init__(self, text: str) -> None:
        self.text = text


def test_a_users_hook_of_a_whole_union_comes_first_in_copies_too() -> None:
    converter = make_converter()
    converter.register_structure_hook(datetime | str, lambda value, _: f"<{value}>")
    wanted: Any = str | datetime
    assert converter.copy().structure("2022-11-22T12:00:00Z", wanted) == "<2022-11-22T12:00:00Z>"


def test_a_users_type_is_asked_and_may_fail() -> None:
    def read(value: Any, _: Any) -> Money:
        return Money({"EUR": "euro"}[value])

    converter = make_converter()
    converter.register_structure_hook(Money, read)
    wanted: Any = str | Money
    assert converter.structure("EUR", wanted).text == "euro"
    assert converter.structure("x", wanted) == "x"
    wanted = UUID | Money
    with pytest.raises(Mismatch, match="fits none of Money, UUID"):
        converter.structure("x", wanted)


@jsonapi.resource("things")
class Thing:
    id: str
    when: datetime | str | None = None
    tags: list[str] | str = ""
    shape: Place | str | None = None
    many: int | list[int] | None = None
    free: object = None


@pytest.mark.parametrize("relationships", ["{}", "null"], ids=["fast", "explaining"])
def test_attributes_may_be_unions(relationships: str) -> None:
    raw = (
        '{"data":{"type":"things","id":"1","attributes":{"when":"2022-11-22T12:00:00Z","tags":["a"],'
        f'"shape":{{"x":1}},"many":[1],"free":{{"a":1.5}}}},"relationships":{relationships}}}}}'
    )
    thing = Decoder([Thing]).decode(raw).data
    assert (thing.when, thing.tags, thing.shape, thing.many) == (NOON, ["a"], Place(x=1.0), [1])
    assert thing.free == {"a": 1.5}
    assert jsonapi.Encoder([Thing]).update(thing) is None
    with pytest.raises(DecodeError, match="/data/attributes/shape/x: expected a number, got a string"):
        Decoder([Thing]).decode(raw.replace('"x":1', '"x":"1"'))


def test_a_union_with_a_type_that_nothing_can_read_is_told_when_the_decoder_is_built() -> None:
    @jsonapi.resource("odd")
    class Odd:
        id: str
        value: str | Money

    with pytest.raises(SchemaError, match=r"Odd\.value: no rule for values of type"):
        Decoder([Odd])
