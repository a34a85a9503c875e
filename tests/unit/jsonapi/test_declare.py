"""Classes that are declared wrongly are reported when they are built, not at the first document."""

from __future__ import annotations

from typing import Any, ClassVar, cast

import attrs
import pytest

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import (
    Decoder,
    SchemaError,
    State,
    ToMany,
    ToOne,
    attribute,
    foreign_key,
    resource_id,
)


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

    @jsonapi.resource("crossed")
    class Crossed:
        id: str
        title: str = attribute("one")
        one: ToOne[One]

    with pytest.raises(SchemaError, match="title and one both stand for the member 'one'"):
        Decoder([Crossed, One])


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

    @jsonapi.resource("either")
    class Either:
        id: str
        one: ToOne[One | Many] = foreign_key("One")

    @jsonapi.resource("nested")
    class Nested:
        id: str
        size: int = 0
        one: ToOne[One] = foreign_key("One")
        child: ToOne[One] = foreign_key("Child", parent="one")
        grandchild: ToOne[One] = foreign_key("Grandchild", parent="child")

    @jsonapi.resource("sized")
    class Sized:
        id: str
        size: int = 0
        one: ToOne[One] = foreign_key("One", parent="size")

    with pytest.raises(SchemaError, match=r"Either\.one: a foreign key points to exactly one class"):
        Decoder([Either, Many, One])
    with pytest.raises(SchemaError, match=r"Nested\.grandchild: parent='child' is no foreign key"):
        Decoder([Nested, One])
    with pytest.raises(SchemaError, match=r"Sized\.one: parent='size' is no foreign key"):
        Decoder([Sized, One])
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


def test_objects_are_made_by_hand_with_the_names_of_the_fields() -> None:
    @jsonapi.value
    class Hidden:
        _x: int
        tags: list[str] = attribute(factory=list[str])

    one, other = Hidden(_x=1), Hidden(_x=1)
    assert (one, one._x, one.tags) == (other, 1, [])
    assert one.tags is not other.tags
    assert Decoder([Hidden]).decode(b'[{"_x":1}]', jsonapi.flat_array(Hidden)).data == [one]


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


class TestDefaults:
    def test_must_not_be_shared_by_all_objects(self) -> None:
        with pytest.raises(SchemaError, match=r"Shared\.tags: .* use attribute\(factory=list\)"):

            @jsonapi.value
            class Shared:
                tags: list[str] = []  # noqa: RUF012  # the fault under test

    def test_must_be_declared_with_this_packages_functions(self) -> None:
        with pytest.raises(SchemaError, match=r"Foreign\.tags: declare it with attribute"):

            @jsonapi.value
            class Foreign:
                tags: list[str] = attrs.field(factory=list)

    def test_are_a_value_or_a_factory(self) -> None:
        with pytest.raises(SchemaError, match="a default or a factory, not both"):
            attribute(default=1, factory=int)


class TestInheritance:
    def test_of_fields_that_nobody_declared(self) -> None:
        class Mixin:
            created: str

        with pytest.raises(SchemaError, match="Mixed inherits the fields of Mixin: decorate that class too"):

            @jsonapi.resource("mixed")
            class Mixed(Mixin):
                id: str

    def test_a_field_can_be_given_a_default(self) -> None:
        @jsonapi.resource("base")
        class Base:
            id: str
            title: str

        @jsonapi.resource("eased")
        class Eased(Base):
            title: str = "untitled"

        assert Eased(id="1").title == "untitled"
        assert Decoder([Eased]).decode(b'{"data":{"type":"eased","id":"1"}}').data.title == "untitled"

    def test_a_relationship_to_a_class_takes_its_subclasses(self) -> None:
        @jsonapi.resource("animals")
        class Animal:
            id: str

        @jsonapi.resource("dogs")
        class Dog(Animal):
            pass

        @jsonapi.resource("owners")
        class Owner:
            id: str
            pet: ToOne[Animal]

        body = b"""{"data":{"type":"owners","id":"1",
            "relationships":{"pet":{"data":{"type":"dogs","id":"2"}}}},
            "included":[{"type":"dogs","id":"2"}]}"""
        assert isinstance(Decoder([Owner, Animal, Dog]).decode(body).data.pet.get(), Dog)


def test_a_relationship_may_be_null_already() -> None:
    @jsonapi.resource("optional")
    class Optional:
        id: str
        one: ToOne[One] | None

    @jsonapi.resource("inner")
    class Inner:
        id: str
        one: ToOne[One | None]

    for cls in (Optional, Inner):
        with pytest.raises(SchemaError, match=r"one: write ToOne\[...\] or ToMany\[...\] alone"):
            Decoder([cls, One])


def test_a_name_is_looked_up_in_its_own_module_first() -> None:
    other: dict[str, Any] = {"__name__": "other", "jsonapi": jsonapi}
    exec("@jsonapi.resource('others')\nclass One:\n    id: str", other)

    @jsonapi.resource("users")
    class User:
        id: str
        one: ToOne[One]

    body = b'{"data":{"type":"users","id":"1","relationships":{"one":{"data":{"type":"ones","id":"2"}}}}}'
    assert Decoder([User, One, other["One"]]).decode(body).data.one.type == "ones"


@jsonapi.value
class Node:
    name: str
    children: list[Node] = attribute(factory=list[Any])


@jsonapi.resource("trees")
class Tree:
    id: str
    root: Node


def test_a_record_may_hold_records_of_its_own_class() -> None:
    decoder = Decoder([Tree, Node])
    body = b'[{"id":"1","root":{"name":"a","children":[{"name":"b","children":[{"name":"c","new":1}]}]}}]'
    root = decoder.decode(body, jsonapi.flat_array(Tree)).data[0].root
    assert root.children[0].children[0].name == "c"
    assert attrs.evolve(cast(Any, root), name="z").children == root.children
    with pytest.raises(jsonapi.DecodeError, match="/0/root/children/0/name: expected a string"):
        decoder.decode(b'[{"id":"1","root":{"name":"a","children":[{"name":1}]}}]', jsonapi.flat_array(Tree))


def test_a_member_may_be_both_attribute_and_foreign_key() -> None:
    @jsonapi.resource("sessions")
    class Session:
        id: str
        one_id: str | None = attribute("OneID", default=None)
        one: ToOne[One] = foreign_key("OneID")
        quoted: int = attribute('a"b', default=0)

    decoder = Decoder([Session, One])
    first, second = decoder.decode(
        b'[{"id":"1","OneID":"7","a\\"b":3},{"id":"2"}]', jsonapi.flat_array(Session)
    ).data
    assert (first.one_id, first.one.id, first.quoted) == ("7", "7", 3)
    assert (second.one_id, second.one.state) == (None, State.NOT_LOADED)


def test_an_attribute_may_be_called_id() -> None:
    @jsonapi.resource("two")
    class Two:
        id: str
        other: int = attribute("id")

    decoder = Decoder([Two])
    two = decoder.decode(b'{"data":{"type":"two","id":"a","attributes":{"id":7}}}').data
    assert (two.id, two.other, jsonapi.extra(two)) == ("a", 7, {})
    encoder = jsonapi.Encoder([Two])
    assert encoder.update(two) is None
    two.other = 8
    with pytest.raises(jsonapi.EncodeError, match="'id' is taken"):
        encoder.update(two)


def test_foreign_keys_by_hand() -> None:
    @jsonapi.resource("hand")
    class Hand:
        id: str
        one: ToOne[One] = foreign_key("One", default=State.NOT_LOADED)

    assert Hand(id="1").one.state is State.NOT_LOADED
    assert Hand(id="1", one=ToOne.to("ones", "2")).one.id == "2"
    wrong = Hand(id="1", one=cast(Any, "2"))
    with pytest.raises(TypeError, match=r"one must be a reference: give ToOne.to\('type', 'id'\)"):
        _ = wrong.one


def test_a_class_keeps_a_representation_of_its_own() -> None:
    @jsonapi.value
    class Own:
        a: int

        def __repr__(self) -> str:
            return "own"

    assert repr(Own(a=1)) == "own"
