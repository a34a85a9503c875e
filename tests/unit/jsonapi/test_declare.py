"""Classes that are declared wrongly are reported when they are built, not at the first document."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import Decoder, SchemaError, ToMany, ToOne, attribute, foreign_key, resource_id


@jsonapi.resource("ones")
class One:
    id: str


class Strange:
    """A class that no hook can read."""

    def __init__(self, value: int) -> None:
        self.value = value


def test_a_resource_needs_a_type() -> None:
    with pytest.raises(SchemaError, match="needs the JSON:API type"):
        jsonapi.resource("")


def test_a_resource_needs_one_id() -> None:
    with pytest.raises(SchemaError, match="Nameless needs exactly one id"):

        @jsonapi.resource("nameless")
        class Nameless:
            title: str

    with pytest.raises(SchemaError, match="Twice needs exactly one id"):

        @jsonapi.resource("twice")
        class Twice:
            id: str
            other: str = resource_id("other")


def test_a_declaration_needs_an_annotation() -> None:
    with pytest.raises(SchemaError, match=r"Bare\.title has no annotation"):

        @jsonapi.value
        class Bare:
            title = attribute("t")  # pyright: ignore[reportGeneralTypeIssues]  # the fault under test


def test_an_id_is_text_or_integer() -> None:
    @jsonapi.resource("odd")
    class Odd:
        id: float

    with pytest.raises(SchemaError, match=r"Odd\.id is an id: annotate it as str or int"):
        Decoder([Odd])


def test_two_fields_for_one_member() -> None:
    @jsonapi.value
    class Doubled:
        a: str
        b: str = attribute("a")

    with pytest.raises(SchemaError, match="a and b both stand for the member 'a'"):
        Decoder([Doubled])


def test_two_classes_for_one_type() -> None:
    @jsonapi.resource("ones")
    class Other:
        id: str

    with pytest.raises(SchemaError, match="One and Other both stand for the type 'ones'"):
        Decoder([One, Other])


def test_a_class_that_is_not_mapped() -> None:
    with pytest.raises(SchemaError, match="int is not a mapped class"):
        Decoder([int])


def test_a_relationship_to_a_class_the_decoder_was_not_given() -> None:
    @jsonapi.resource("linked")
    class Linked:
        id: str
        one: ToOne[One]

    with pytest.raises(SchemaError, match=r"Linked\.one points to One"):
        Decoder([Linked])
    Decoder([Linked, One])


def test_an_annotation_that_names_nothing() -> None:
    @jsonapi.resource("lost")
    class Lost:
        id: str
        one: ToOne[Nowhere]  # type: ignore[name-defined]  # noqa: F821  # the fault under test

    with pytest.raises(SchemaError, match="Lost: the annotation 'Nowhere' names no class"):
        Decoder([Lost])


def test_foreign_keys_are_to_one_and_of_one_class() -> None:
    @jsonapi.resource("many")
    class Many:
        id: str
        ones: ToMany[One] = foreign_key("Ones")

    @jsonapi.resource("plain")
    class Plain:
        id: str
        one: str = foreign_key("One")

    @jsonapi.resource("orphan")
    class Orphan:
        id: str
        one: ToOne[One] = foreign_key("One", parent="nothing")

    with pytest.raises(SchemaError, match=r"Many\.ones: a foreign key points to exactly one class"):
        Decoder([Many, One])
    with pytest.raises(SchemaError, match=r"Plain\.one is a foreign key: annotate it as ToOne"):
        Decoder([Plain, One])
    with pytest.raises(SchemaError, match=r"Orphan\.one: parent='nothing' is no foreign key"):
        Decoder([Orphan, One])


def test_a_type_no_hook_can_read() -> None:
    @jsonapi.value
    class Holder:
        strange: Strange

    with pytest.raises(SchemaError, match=r"Holder\.strange: no rule for values of type"):
        Decoder([Holder])
    converter = jsonapi.make_converter()
    converter.register_structure_hook(Strange, lambda value, _: Strange(value))
    decoder = Decoder([Holder], converter=converter)
    assert isinstance(decoder.decode(b'[{"strange":1}]', jsonapi.flat_array(Holder)).data[0].strange, Strange)


def test_a_class_keeps_its_methods_and_class_variables() -> None:
    @jsonapi.resource("kept")
    class Kept:
        limit: ClassVar[int] = 3
        id: str
        size: int = 0

        def double(self) -> int:
            return self.size * 2

    kept = Decoder([Kept]).decode(b'{"data":{"type":"kept","id":"1","attributes":{"size":4}}}').data
    assert (kept.double(), Kept.limit) == (8, 3)
    assert not hasattr(kept, "__dict__")


def test_fields_are_inherited() -> None:
    @jsonapi.value
    class Base:
        a: int

    @jsonapi.value
    class Derived(Base):
        b: str = attribute("B", default="x")

    decoder = Decoder([Derived])
    for body, expected in ((b'[{"a":1,"B":"y"}]', "y"), (b'[{"a":1}]', "x")):
        found = decoder.decode(body, jsonapi.flat_array(Derived)).data[0]
        assert (found.a, found.b) == (1, expected)
    assert Derived(a=1, b="x") == Derived(a=1) != Derived(a=2)


def test_frozen_classes_decode_and_stay_frozen() -> None:
    @jsonapi.resource("ice", frozen=True)
    class Ice:
        id: str
        one: ToOne[One] = foreign_key("One")
        size: int = 0

    decoder = Decoder([Ice, One])
    ice = decoder.decode(b'[{"id":"1","One":"7","size":3}]', jsonapi.flat_array(Ice)).data[0]
    assert (ice.id, ice.size, ice.one.id, ice.one is ice.one) == ("1", 3, "7", True)
    with pytest.raises(AttributeError):
        ice.size = 4  # type: ignore[misc]  # the refusal under test


def test_resources_are_equal_to_themselves_only() -> None:
    assert One(id="1") != One(id="1")
    first: Any = One(id="1")
    assert first == first
    assert len({first, first}) == 1
