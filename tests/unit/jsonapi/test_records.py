"""Attrs classes and dataclasses inside an attribute: members, defaults, and every fault in its place."""

from __future__ import annotations

import dataclasses
from typing import Any, Generic, TypeVar

import attrs
import pytest

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import DecodeError, Decoder, make_converter
from depotfinity_async.jsonapi.values import Mismatch

T = TypeVar("T")


@attrs.define
class Address:
    street: str
    zip: int = 0
    tags: list[str] = attrs.field(factory=list[str])
    inner: str = attrs.field(default="h", alias="other")
    made: int = attrs.field(default=7, init=False)
    parent: Address | None = None


@dataclasses.dataclass
class Point:
    x: int
    y: int = 0
    names: list[str] = dataclasses.field(default_factory=list[str])


@attrs.frozen
class Box(Generic[T]):
    held: T
    many: list[T]
    plain: int = 0


@attrs.frozen
class Checked:
    value: int = attrs.field(validator=attrs.validators.lt(5))


@jsonapi.value
class Price:
    amount: int
    currency: str = jsonapi.attribute("CURRENCY")


@jsonapi.resource("shops")
class Shop:
    id: str
    address: Address | None = None
    point: Point | None = None
    prices: list[Price] = jsonapi.attribute(factory=list[Price])
    boxes: dict[str, Box[int]] = jsonapi.attribute(factory=dict[str, Box[int]])


def test_records_are_read() -> None:
    read = make_converter().structure
    assert read({"street": "a", "inner": "x", "other": 1, "made": 1}, Address) == Address("a", other="x")
    assert read({"street": "a", "parent": {"street": "b"}}, Address).parent == Address("b")
    assert read({"x": 1}, Point) == Point(1)
    assert read({"held": "a", "many": ["b"]}, Box[str]) == Box("a", ["b"])
    assert read({"held": {"x": 1}, "many": []}, Box[Point]) == Box(Point(1), [])


@pytest.mark.parametrize(
    ("wanted", "value", "faults"),
    [
        (Address, [], {(): "expected an object, got an array"}),
        (
            Address,
            {"zip": "x", "tags": ["a", 1, None], "parent": {"street": 2}},
            {
                ("street",): "is missing, and the class declares no default",
                ("zip",): "expected an integer, got a string",
                ("tags", 1): "expected a string, got an integer",
                ("tags", 2): "expected a string, got null",
                ("parent", "street"): "expected a string, got an integer",
            },
        ),
        (Point, {"x": None}, {("x",): "expected an integer, got null"}),
        (
            Box[int],
            {"held": "a", "many": [1, "b"]},
            {
                ("held",): "expected an integer, got a string",
                ("many", 1): "expected an integer, got a string",
            },
        ),
        (list[Checked], [{"value": 1}, {"value": 9}], {(1,): "cannot be read as Checked (ValueError)"}),
    ],
)
def test_every_fault_has_its_place(wanted: Any, value: Any, faults: dict[Any, str]) -> None:
    with pytest.raises(Mismatch) as caught:
        make_converter().structure(value, wanted)
    assert {found.path: found.message for found in caught.value.single()} == faults


def test_faults_of_attributes_have_pointers_into_the_value() -> None:
    raw = b"""{"data":{"type":"shops","id":"1","attributes":{
        "address":{"zip":1.5},"point":{"y":[]},"prices":[{"amount":1,"CURRENCY":null},{"amount":"x"},7],
        "boxes":{"a":{"held":1,"many":{}}}}}}"""
    with pytest.raises(DecodeError) as caught:
        Decoder([Shop]).decode(raw)
    assert [fault.pointer.removeprefix("/data/attributes") for fault in caught.value.faults] == [
        "/address/street",
        "/address/zip",
        "/point/x",
        "/point/y",
        "/prices/0/CURRENCY",
        "/prices/1/amount",
        "/prices/1/CURRENCY",
        "/prices/2",
        "/boxes/a/many",
    ]
    assert str(caught.value.faults[0]).endswith("is missing, and the class declares no default")


def test_a_users_hook_for_a_record_comes_first() -> None:
    converter = make_converter()
    converter.register_structure_hook(Point, lambda value, _: Point(value))
    assert converter.structure([5], list[Point]) == [Point(5)]


def test_an_annotation_that_names_nothing_is_told_when_the_decoder_is_built() -> None:
    @attrs.define
    class Lost:
        value: int

    Lost.__annotations__["value"] = "Nothing"

    @jsonapi.resource("lost")
    class Holder:
        id: str
        lost: Any

    Holder.__annotations__["lost"] = Lost
    with pytest.raises(jsonapi.SchemaError, match=r"Holder\.lost: no rule for values of type"):
        Decoder([Holder])
