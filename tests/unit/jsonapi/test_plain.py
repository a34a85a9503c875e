"""Values to JSON: the way back of every value that can be read, and what cannot be written."""

from __future__ import annotations

import enum
from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import Decoder, State, ToOne, make_converter
from depotfinity_async.jsonapi.plain import canonical, plain
from depotfinity_async.jsonapi.references import Lid
from depotfinity_async.jsonapi.registry import compile_classes
from depotfinity_async.jsonapi.values import Mismatch

from .classes import FLAT, Colour, Visit

EAST = timezone(timedelta(hours=2))


@jsonapi.value
class Tree:
    below: list[Tree]


class Pair(enum.Enum):
    ONE = (1, "a")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (10**30, 10**30),
        (1.5, 1.5),
        ("x", "x"),
        (Lid("x"), "x"),
        (Colour.RED, "red"),
        (Colour("mauve"), "mauve"),
        (Pair.ONE, [1, "a"]),
        (datetime(2022, 11, 22, 19, 54, 10, 143000, EAST), "2022-11-22T17:54:10.143000Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
        (Decimal("1.10"), "1.10"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (date(2022, 11, 22), "2022-11-22"),
        ({UUID(int=1): 1}, {"00000000-0000-0000-0000-000000000001": 1}),
        ((1, [2]), [1, [2]]),
        ({"b", "a"}, ["a", "b"]),
        (OrderedDict({Colour.RED: Decimal(1)}), {"red": "1"}),
    ],
)
def test_written(value: Any, expected: Any) -> None:
    found = plain(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("value", "sentence", "path"),
    [
        ([1, float("nan")], "not a finite number", (1,)),
        ({"a": [Decimal("NaN")]}, "not a finite decimal", ("a", 0)),
        (datetime(2022, 1, 1), "carries no zone", ()),  # noqa: DTZ001  # the fault under test
        (datetime.min.replace(tzinfo=EAST), "outside the years", ()),
        (b"x", "no rule to write a value of bytes", ()),
        ({1: 2}, "name of a member has to be text, not int", ()),
    ],
)
def test_refused(value: Any, sentence: str, path: tuple[str | int, ...]) -> None:
    with pytest.raises(Mismatch, match=sentence) as caught:
        plain(value)
    assert caught.value.path == path


def test_canonical_tells_kinds_of_numbers_apart_and_not_the_order_of_members() -> None:
    assert len({canonical(value) for value in (1, 1.0, True, "1", [1])}) == 5
    assert canonical({"a": 1, "b": 2}) == canonical({"b": 2, "a": 1})


def test_a_flat_object_is_written_as_it_is_read() -> None:
    """A mapped class inside an attribute: what is read again is the same object."""

    @jsonapi.value
    class Log:
        visits: list[Visit]

    body = {"VisitID": 1, "StationID": "S", "PlugNo": 3, "BeforeID": None, "At": "2022-11-22T00:00:00Z"}
    registry = compile_classes([*FLAT, Log], None)
    read: Any = registry.schemas[Log].attributes[0]
    (visit,) = read.hook([body], read.type)
    hook = registry.converter.get_unstructure_hook(Log)
    written = plain(hook(Log(visits=[visit])))["visits"][0]
    assert written == body | {"PlugNo": "3", "Rounds": 1, "Shade": "red", "Tags": [], "Places": []}
    visit.station = ToOne("station", State.PRESENT, jsonapi.Identifier("stations", "T/1"))
    visit.plug = ToOne("plug", State.PRESENT, jsonapi.Identifier("plugs", "T/1/4"))
    visit.before = ToOne("before", State.NOT_LOADED)
    again = plain(hook(Log(visits=[visit])))["visits"][0]
    assert (again["StationID"], again["PlugNo"], "BeforeID" in again) == ("T/1", "4", False)
    visit.before = ToOne("before", State.EMPTY)
    assert plain(hook(Log(visits=[visit])))["visits"][0]["BeforeID"] is None


def test_a_record_may_hold_records_of_its_own_class() -> None:
    registry = compile_classes([Tree], None)
    tree = registry.converter.structure({"below": [{"below": []}]}, Tree)
    assert isinstance(tree.below[0], Tree)
    assert registry.converter.unstructure(tree) == {"below": [{"below": []}]}
    with pytest.raises(Mismatch) as caught:
        registry.converter.structure({"below": [{"below": [3]}]}, Tree)
    assert caught.value.path == ("below", 0, "below", 0)


def test_a_users_converter_is_not_changed() -> None:
    converter = make_converter()
    assert compile_classes([Tree], converter).converter.unstructure(Tree(below=[])) == {"below": []}
    assert converter.unstructure(Tree(below=[])) != {"below": []}


def test_faults_inside_a_flat_object_carry_the_way() -> None:
    @jsonapi.value
    class Inner:
        odd: Any = jsonapi.attribute("Odd")

    @jsonapi.value
    class Outer:
        inners: list[Inner]

    hook = compile_classes([Inner, Outer], None).converter.get_unstructure_hook(Outer)
    with pytest.raises(Mismatch) as caught:
        hook(Outer(inners=[Inner(odd=b"")]))
    assert caught.value.path == ("inners", "Odd")


def test_classes_that_do_not_fit_together() -> None:
    @jsonapi.resource("people")
    class Other:
        id: str

    @jsonapi.resource("people")
    class Another:
        id: str

    for build in (Decoder, lambda classes: compile_classes(classes, None)):
        with pytest.raises(jsonapi.SchemaError, match="Other and Another both stand for the type 'people'"):
            build([Other, Another])
