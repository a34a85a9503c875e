"""Strict values: nothing is coerced, and what cannot be read says so."""

from __future__ import annotations

import copy
import enum
import json
import pickle
from collections.abc import Collection, Iterable, Mapping, MutableMapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal, cast
from uuid import UUID

import cattrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.jsonapi import Decoder, OpenEnum, flat_array, make_converter
from depotfinity_async.jsonapi.values import Mismatch

from .classes import FLAT, Colour, Place, Visit


class Level(enum.IntEnum):
    LOW = 1


class Plain(str, enum.Enum):  # noqa: UP042  # the older style is met in the field, and cattrs treats it otherwise
    A = "a"


ID = UUID("12345678-1234-5678-1234-567812345678")


@pytest.mark.parametrize(
    ("wanted", "value", "expected"),
    [
        (str, "x", "x"),
        (int, 10**30, 10**30),
        (float, 1, 1.0),
        (float, 1.5, 1.5),
        (bool, True, True),
        (datetime, "2022-11-22T19:54:10+02:00", datetime(2022, 11, 22, 17, 54, 10, tzinfo=UTC)),
        (Decimal, "1.10", Decimal("1.10")),
        (Decimal, 7, Decimal(7)),
        (Decimal, 1.1, Decimal("1.1")),
        (Decimal, "-1.5e-3", Decimal("-0.0015")),
        (UUID, str(ID), ID),
        (Colour, "red", Colour.RED),
        (Level, 1, Level.LOW),
        (Plain, "a", Plain.A),
        (int | None, None, None),
        (list[int], [1, 2], [1, 2]),
        (dict[str, int], {"a": 1}, {"a": 1}),
        (list[Any], [1, "x"], [1, "x"]),
        (Sequence[int], [1, 2], [1, 2]),
        (Mapping[str, int], {"a": 1}, {"a": 1}),
        (set[str], ["a", "a"], {"a"}),
        (frozenset[int], [1], frozenset({1})),
        (tuple[str, ...], ["a", "b"], ("a", "b")),
        (tuple[str, int], ["a", 1], ("a", 1)),
        (dict[Plain, int], {"a": 1}, {Plain.A: 1}),
        (dict[int, str], {"1": "a", "-20": "b", "0": "c"}, {1: "a", -20: "b", 0: "c"}),
        (dict[UUID, int], {str(ID): 1}, {ID: 1}),
        (Collection[int], [1], [1]),
        (MutableMapping[str, int], {"a": 1}, {"a": 1}),
        (object, {"a": [1.5]}, {"a": [1.5]}),
        (Literal["a", 1], 1, 1),
        (date, "2022-11-22", date(2022, 11, 22)),
        (str | int, 3, 3),
        (str | float | None, 3, 3.0),
        (str | float | None, None, None),
    ],
)
def test_accepted(wanted: Any, value: Any, expected: Any) -> None:
    found = make_converter().structure(value, wanted)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("wanted", "value", "sentence"),
    [
        (str, None, "expected a string, got null"),
        (str, 1, "expected a string, got an integer"),
        (int, 1.9, "expected an integer, got a number"),
        (int, True, "expected an integer, got a boolean"),
        (int, "1", "expected an integer, got a string"),
        (float, "1", "expected a number, got a string"),
        (float, True, "expected a number, got a boolean"),
        (float, 10**400, "out of the range of a float"),
        (bool, "false", "expected a boolean, got a string"),
        (bool, 0, "expected a boolean, got an integer"),
        (datetime, 5, "expected a time"),
        (datetime, "2022-11-22", "not a time in RFC 3339 form"),
        (datetime, "2016-12-31T23:59:60Z", "not a time in RFC 3339 form"),
        (datetime, "0000-01-01T00:00:00Z", "not a time in RFC 3339 form"),
        (datetime, "2022-11-22T19:54:10", "carries no zone"),
        (Decimal, True, "expected a decimal"),
        (Decimal, "abc", "not a decimal number"),
        (Decimal, "NaN", "not a decimal number"),
        (Decimal, "1_0", "not a decimal number"),
        (Decimal, " 1", "not a decimal number"),
        (Decimal, "\u0663", "not a decimal number"),
        (Decimal, "1e99999999999999999999", "out of the range of a decimal"),
        (Decimal, float("nan"), "not a finite decimal"),
        (UUID, "1", "not a UUID"),
        (UUID, 1, "expected a string"),
        (Colour, 1, "expected a string, got an integer"),
        (Level, True, "expected a value of Level, got a boolean"),
        (Level, 2, "not a value of Level"),
        (Plain, "b", "not a value of Plain"),
        (list[str], "abc", "expected an array, got a string"),
        (Sequence[str], "abc", "expected an array, got a string"),
        (dict[str, int], [], "expected an object, got an array"),
        (Mapping[str, int], [], "expected an object, got an array"),
        (set[str], "abc", "expected an array, got a string"),
        (set[list[int]], [[1]], "which a set cannot"),
        (frozenset[str], {"a": 1}, "expected an array, got an object"),
        (tuple[str, ...], "abc", "expected an array, got a string"),
        (tuple[str, int], ["a"], "expected an array of 2"),
        (dict[int, str], {"01": "a"}, "the name is no integer"),
        (dict[int, str], {"-0": "a"}, "the name is no integer"),
        (dict[int, str], {"1.0": "a"}, "the name is no integer"),
        (dict[int, str], {"\u0663": "a"}, "the name is no integer"),
        (dict[int, str], {"9" * 5000: "a"}, "the name is no integer"),
        (Iterable[str], "abc", "expected an array, got a string"),
        (Literal[1], True, "not one of 1"),
        (Literal["a", "b"], "c", "not one of 'a', 'b'"),
        (Level, 1.0, "expected a value of Level, got a number"),
        (bytes, 300_000_000, "expected a type that JSON has"),
        (date, "2022-11-22T00:00:00Z", "not a date in RFC 3339 form"),
        (date, 3, "expected a date"),
        (str | int, 1.5, "expected a string or an integer, got a number"),
        (str | int | None, True, "got a boolean"),
    ],
)
def test_refused(wanted: Any, value: Any, sentence: str) -> None:
    with pytest.raises(Mismatch, match=sentence):
        make_converter().structure(value, wanted)


def test_every_fault_in_containers_carries_the_way() -> None:
    def fail(value: Any, _: Any) -> Colour:
        raise KeyError(value)

    converter = make_converter()
    converter.register_structure_hook(Colour, fail)
    with pytest.raises(Mismatch) as caught:
        converter.structure({"a": [[1, "x", "y"], "z"], "b": [], "c": 1}, dict[str, list[list[int]]])
    assert [found.path for found in caught.value.single()] == [("a", 0, 1), ("a", 0, 2), ("a", 1), ("c",)]
    with pytest.raises(Mismatch) as caught:
        converter.structure(["secret", 2.5, None], tuple[Colour, int, str])
    assert [(found.path, found.message) for found in caught.value.single()] == [
        ((0,), "cannot be read as Colour (KeyError)"),
        ((1,), "expected an integer, got a number"),
        ((2,), "expected a string, got null"),
    ]


@pytest.mark.parametrize(
    "wanted", [dict[float, str], dict[bool, str], dict[Level, str], dict[tuple[str], str]]
)
def test_names_that_are_no_text_are_told_when_the_decoder_is_built(wanted: Any) -> None:
    with pytest.raises(cattrs.errors.StructureHandlerNotFoundError, match="names of members are text"):
        make_converter().get_structure_hook(wanted)


@given(st.dictionaries(st.integers(), st.text()))
def test_integer_names_are_written_and_read(members: dict[int, str]) -> None:
    converter = make_converter()
    written = converter.unstructure(members, unstructure_as=dict[int, str])
    assert all(isinstance(name, str) for name in written)
    assert converter.structure(json.loads(json.dumps(written)), dict[int, str]) == members


class TestOpenEnum:
    def test_keeps_an_unknown_value_as_text(self) -> None:
        blue = Colour("blue")
        assert isinstance(blue, Colour)
        assert blue == "blue"
        assert (blue.value, blue.is_known, Colour.RED.is_known) == ("blue", False, True)
        assert f"{blue} {blue!r}" == "blue Colour('blue')"

    def test_knows_a_member_that_is_called_as_its_value(self) -> None:
        class Phase(OpenEnum):
            L1 = "L1"

        assert Phase("L1").is_known
        assert not Phase("L2").is_known

    def test_does_not_remember_it(self) -> None:
        Colour("blue")
        assert [colour.value for colour in Colour] == ["red", "green"]
        assert Colour("blue") == Colour("blue")
        assert len({Colour("blue"), Colour("blue")}) == 1

    def test_takes_only_text(self) -> None:
        with pytest.raises(ValueError, match="3 is not a valid Colour"):
            Colour(cast(Any, 3))

    def test_survives_copy_and_pickle(self) -> None:
        blue = Colour("blue")
        for copied in (copy.deepcopy(blue), pickle.loads(pickle.dumps(blue))):
            assert (type(copied), copied) == (Colour, "blue")


def test_a_users_converter_reads_records_inside_collections() -> None:
    body = b'[{"VisitID":1,"At":"2022-11-22T19:54:10Z","Places":[{"x":1}]}]'
    decoder = Decoder(FLAT, converter=make_converter())
    assert decoder.decode(body, flat_array(Visit)).data[0].places == [Place(x=1.0)]
