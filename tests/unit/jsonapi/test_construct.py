"""Class bodies that cannot be mapped are refused when the class is built, with what to do instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

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
    flat_array,
    foreign_key,
    resource_id,
)

from .classes import Place


@jsonapi.resource("ones")
class One:
    id: str


class TestDecorators:
    def test_resource_needs_its_type_in_parentheses(self) -> None:
        decorator: Any = jsonapi.resource
        with pytest.raises(SchemaError, match=r"such as @resource\('articles'\); got Bare"):

            @decorator
            class Bare:
                id: str

        wrongs: list[Any] = [One, 3, ["a"]]
        for wrong in wrongs:
            with pytest.raises(SchemaError, match="needs the JSON:API type it stands for"):
                jsonapi.resource(wrong)

    def test_value_works_with_and_without_parentheses(self) -> None:
        @jsonapi.value()
        class Called:
            x: int

        @jsonapi.value(frozen=True)
        class Frozen:
            x: int

        assert Called(x=1) == Called(x=1)
        assert {Frozen(x=1)} == {Frozen(x=1)}
        made: Any = Frozen(x=1)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            made.x = 2
        for cls in (Called, Frozen):
            assert Decoder([cls]).decode(b'[{"x":1}]', flat_array(cls)).data == [cls(x=1)]

    def test_take_classes_only(self) -> None:
        with pytest.raises(SchemaError, match="is made of a class, not of 3"):
            jsonapi.resource("x")(cast(Any, 3))

    def test_stand_alone(self) -> None:
        with pytest.raises(SchemaError, match="One is declared already"):
            jsonapi.resource("others")(One)

        @attrs.define
        class Defined:
            id: str

        @dataclass
        class Data:
            id: str

        for cls in (Defined, Data):
            with pytest.raises(SchemaError, match="leave out the other decorator"):
                jsonapi.resource("x")(cls)


class TestFields:
    @pytest.mark.parametrize("name", ["_origin", "_position", "_linkage"])
    def test_must_not_have_the_names_of_hidden_slots(self, name: str) -> None:
        body = {"__annotations__": {"id": str, name: str}, "__module__": __name__}
        with pytest.raises(SchemaError, match=f"Taken.{name}: the name '{name}' is taken"):
            jsonapi.resource("taken")(type("Taken", (), dict(body)))
        body["__annotations__"] = {"id": str, name[1:]: ToOne[One]}
        body[name[1:]] = foreign_key("Key")
        with pytest.raises(SchemaError, match=f"Taken.{name[1:]}: the name '{name}' is taken"):
            jsonapi.resource("taken")(type("Taken", (), dict(body)))

    def test_must_not_take_the_slot_of_a_foreign_key(self) -> None:
        with pytest.raises(SchemaError, match=r"Twins\.one: the name '_one' is taken"):

            @jsonapi.resource("twins")
            class Twins:
                id: str
                _one: int
                one: ToOne[One] = foreign_key("One")

    @pytest.mark.parametrize("make", [attribute, resource_id, foreign_key])
    def test_have_names_that_are_text(self, make: Any) -> None:
        wrongs: list[Any] = [3, str, [], b"x"]
        for wrong in wrongs:
            with pytest.raises(SchemaError, match="the name of a member is text, not "):
                make(wrong)

    def test_have_factories_that_can_be_called(self) -> None:
        with pytest.raises(SchemaError, match=r"a factory is called for each object: \[\] cannot be called"):
            attribute(factory=cast(Any, []))

    @pytest.mark.parametrize("default", [[], {}, set[str](), bytearray(), Place(x=1.0)])
    def test_have_defaults_that_cannot_change(self, default: Any) -> None:
        body = {"__annotations__": {"tags": Any}, "__module__": __name__}
        for given in (default, attribute(default=default)):
            with pytest.raises(SchemaError, match=r"Shared\.tags: all objects would share one default"):
                jsonapi.value(type("Shared", (), {**body, "tags": given}))


@pytest.mark.parametrize("hook", ["__attrs_pre_init__", "__attrs_post_init__", "__post_init__", "__init__"])
def test_hooks_that_decoding_would_not_call(hook: str) -> None:
    body = {"__annotations__": {"x": int}, "__module__": __name__, hook: lambda self: None}
    with pytest.raises(SchemaError, match=f"Hooked.{hook} would not be called"):
        jsonapi.value(type("Hooked", (), body))


def test_hooks_of_a_mixin_too() -> None:
    class Mixin:
        def __attrs_post_init__(self) -> None:
            """Called by attrs."""

    with pytest.raises(SchemaError, match=r"Mixed\.__attrs_post_init__ would not be called"):

        @jsonapi.value
        class Mixed(Mixin):
            x: int


class TestRelationships:
    def test_say_what_they_point_to(self) -> None:
        for bare in (ToOne, ToMany):

            @jsonapi.resource("vague")
            class Vague:
                id: str
                one: bare  # type: ignore[valid-type]  # the fault under test

            Vague.__annotations__["one"] = bare
            with pytest.raises(
                SchemaError, match=rf"Vague\.one: say what it points to, {bare.__name__}\[Art"
            ):
                Decoder([Vague])

    def test_have_a_relationship_as_their_default(self) -> None:
        @jsonapi.resource("lonely")
        class Lonely:
            id: str
            one: ToOne[One] = attribute(default=None)

        with pytest.raises(
            SchemaError, match=r"Lonely\.one: the default of a relationship is a relationship"
        ):
            Decoder([Lonely, One])

        @jsonapi.resource("eased")
        class Eased:
            id: str
            one: ToOne[One] = attribute(factory=lambda: jsonapi.to(None))

        assert Eased(id="1").one.state is State.EMPTY
        made = Decoder([Eased, One]).decode(b'{"data":{"type":"eased","id":"1"}}').data
        assert made.one.state is State.NOT_LOADED


def test_a_decoder_takes_classes_in_a_list() -> None:
    with pytest.raises(SchemaError, match=r"give the classes in a list: \[One\]"):
        Decoder(cast(Any, One))
    with pytest.raises(SchemaError, match=r"One.* is not a mapped class: give the class itself"):
        Decoder([One, cast(Any, One(id="1"))])


@jsonapi.resource("made")
class Made:
    id: str
    one: ToOne[Made]
    many: "jsonapi.ToMany[Made]"  # noqa: UP037  # quotes may stand in the text of an annotation
    other: ToOne[Made] = jsonapi.relationship("the-other")
    given: ToOne[Made] = attribute(factory=lambda: jsonapi.to(None))


class TestObjectsMadeByHand:
    def test_may_leave_out_relationships_which_are_then_not_loaded(self) -> None:
        made = Made(id="1")  # type: ignore[call-arg]  # type checkers ask for those without relationship()
        states = [held.state for held in (made.one, made.many, made.other)]
        assert states == [State.NOT_LOADED] * 3
        assert made.given.is_null
        assert [made.other.relationship_name, made.many.relationship_name] == ["the-other", "many"]
        assert jsonapi.Encoder([Made]).create(made) == (
            b'{"data":{"type":"made","id":"1","relationships":{"given":{"data":null}}}}'
        )

    def test_inherit_this(self) -> None:
        @jsonapi.resource("later")
        class Later(Made):
            title: str

        made: Any = Later(id="1", title="x")  # type: ignore[call-arg]  # as above
        assert made.many.state is State.NOT_LOADED

    def test_a_relationship_says_its_kind_in_the_annotation(self) -> None:
        with pytest.raises(SchemaError, match=r"Wrong\.one: annotate it as ToOne\[\.\.\.\] or ToMany"):

            @jsonapi.resource("wrong")
            class Wrong:
                id: str
                one: str = jsonapi.relationship()

    def test_its_name_is_text(self) -> None:
        with pytest.raises(SchemaError, match="the name of a member is text"):
            jsonapi.relationship(cast(Any, 5))

    def test_documents_read_it_under_its_name(self) -> None:
        related = b'"relationships":{"the-other":{"data":{"type":"made","id":"1"}}}'
        made = Decoder([Made]).decode(b'{"data":{"type":"made","id":"1",%s}}' % related).data
        assert made.other.get() is made
