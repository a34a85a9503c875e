"""Requests: POST, relationship endpoints, and what the rules for requests forbid (R1 to R9)."""

from __future__ import annotations

import json
import pickle
import traceback
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import Decoder, Identifier, Resource, SchemaError, State, ToMany, ToOne
from depotfinity_async.jsonapi.encode import Encoder
from depotfinity_async.jsonapi.errors import EncodeError
from depotfinity_async.jsonapi.references import new, to, to_many
from depotfinity_async.jsonapi.strict import check

from .classes import FLAT, Colour, Person, Video, Visit
from .drafts import (
    CONVERTER,
    DECODER,
    ENCODER,
    Draft,
    Mood,
    Moods,
    Number,
    Spot,
    draft,
    ref,
)


def made(id_: str, **fields: Any) -> Draft:
    nothing: dict[str, Any] = {
        "title": "A",
        "author": ToOne("", State.NOT_LOADED),
        "readers": ToMany("", State.NOT_LOADED),
        "about": ToOne("", State.NOT_LOADED),
    }
    return Draft(id=id_, **(nothing | fields))


def person(id_: str, friend: ToOne[Person] | None = None) -> Person:
    return Person(id=id_, first_name="Ann", best_friend=friend or ToOne("", State.NOT_LOADED))


def create(instance: object) -> Any:
    tree = json.loads(ENCODER.create(instance))
    assert check(tree, request="create") == []
    return tree["data"]


def refused(instance: object) -> str:
    with pytest.raises(EncodeError) as caught:
        ENCODER.create(instance)
    return str(caught.value)


class TestIds:
    def test_a_clients_own_id_is_sent_r1(self) -> None:
        assert create(made("7")) == {
            "type": "drafts",
            "id": "7",
            "attributes": {"title": "A", "colour": "red", "the-spots": [], "words": {}},
        }

    def test_a_new_resource_goes_without_r1(self) -> None:
        assert create(made(new())).keys() == {"type", "attributes"}

    def test_a_local_id_is_sent_as_lid(self) -> None:
        found = create(made(new("a")))
        assert found["lid"] == "a"
        assert "id" not in found

    def test_an_integer_id_is_text(self) -> None:
        assert create(Number(id=42, title="x"))["id"] == "42"
        assert "id" not in create(Number(id=new(), title="x"))

    def test_an_integer_id_keeps_the_digits_of_its_document(self) -> None:
        number = DECODER.decode(b'{"data":{"type":"numbers","id":"0042","attributes":{"title":""}}}').data
        assert create(number)["id"] == "0042"
        number.title = "x"
        assert json.loads(ENCODER.update(number) or b"")["data"]["id"] == "0042"
        number.id = 43
        assert create(number)["id"] == "43"

    @pytest.mark.parametrize(
        "instance",
        [made(5), Number(id="5", title=""), Number(id=True, title=""), made(None)],  # type: ignore[arg-type]  # the fault under test
    )
    def test_what_is_no_id_is_refused_d8(self, instance: object) -> None:
        assert "not an id [D8]" in refused(instance)


def test_every_kind_of_value() -> None:
    instance = made(
        "1",
        at=datetime(2022, 11, 22, 17, 54, 10, tzinfo=UTC),
        price=Decimal("1.10"),
        key=UUID(int=1),
        colour=Colour("mauve"),
        spots=[Spot(x=1.0, label="a"), Spot(x=2.0)],
        where=Spot(x=0.5),
        words={"one": 1},
        loose=[{"a": Colour.RED}, Spot(x=1.0)],
    )
    assert create(instance)["attributes"] == {
        "title": "A",
        "writtenAt": "2022-11-22T17:54:10Z",
        "price": "1.10",
        "key": "00000000-0000-0000-0000-000000000001",
        "colour": "mauve",
        "the-spots": [{"X": 1.0, "label": "a"}, {"X": 2.0}],
        "where": {"X": 0.5},
        "words": {"one": 1},
        "loose": [{"a": "red"}, {"X": 1.0}],
    }


def test_a_users_hooks_come_first() -> None:
    moods = Moods(id="1", mood=Mood("glad"), others={"b": Mood("sad")})
    raw = Encoder([Moods], converter=CONVERTER).create(moods)
    assert json.loads(raw)["data"]["attributes"] == {"mood": {"is": "glad"}, "others": {"b": {"is": "sad"}}}
    again: Moods = Decoder([Moods], converter=CONVERTER).decode(raw).data
    assert (again.mood, again.others) == (moods.mood, moods.others)
    converter = jsonapi.make_converter()
    converter.register_structure_hook(Mood, lambda value, _: Mood(value))
    encoder = Encoder([Moods], converter=converter)
    with pytest.raises(EncodeError, match=r"Moods\.mood: no rule to write a value of Mood; register an"):
        encoder.create(moods)


def test_relationships_in_all_states_r3() -> None:
    ann = person("9")
    found = create(made("1", author=to(None), readers=to_many(ann, Identifier("people", "2", {"n": 1}))))
    assert found["relationships"] == {
        "author": {"data": None},
        "readers": {"data": [ref("people", "9"), ref("people", "2", meta={"n": 1})]},
    }
    assert create(made("1", readers=to_many()))["relationships"] == {"readers": {"data": []}}


def test_undeclared_members_are_not_sent() -> None:
    assert "undeclared" not in create(draft())["attributes"]


def test_a_resource_without_a_class() -> None:
    robot = Resource(
        type="robots",
        id="r",
        attributes={"a": [1, None]},
        relationships={"owner": to(person("9")), "parts": ToMany("", State.NOT_LOADED)},
    )
    assert create(robot) == {
        "type": "robots",
        "id": "r",
        "attributes": {"a": [1, None]},
        "relationships": {"owner": {"data": ref("people", "9")}},
    }


def test_foreign_keys_of_a_flat_body_become_relationships() -> None:
    body = {"VisitID": 1, "StationID": "S", "PlugNo": 3, "BeforeID": None, "At": "2022-11-22T00:00:00Z"}
    visit: Visit = Decoder(FLAT).decode(json.dumps(body), jsonapi.flat_object(Visit)).data
    tree = json.loads(Encoder(FLAT).create(visit))["data"]
    assert (tree["id"], tree["attributes"]["At"]) == ("1", "2022-11-22T00:00:00Z")
    assert tree["relationships"] == {
        "station": {"data": ref("stations", "S")},
        "plug": {"data": ref("plugs", "S/3")},
        "before": {"data": None},
    }


def test_foreign_keys_that_nobody_set_are_not_loaded() -> None:
    made_by_hand: Any = Visit
    visit = made_by_hand(id=1, at=datetime(2022, 1, 1, tzinfo=UTC), station=to(Identifier("stations", "S")))
    tree = json.loads(Encoder(FLAT).create(visit))["data"]
    assert tree["relationships"] == {"station": {"data": ref("stations", "S")}}


class TestRefusals:
    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"loose": float("inf")}, "/data/attributes/loose: Draft.loose: not a finite number"),
            ({"loose": {"a": [b""]}}, "/data/attributes/loose/a/0: Draft.loose: no rule to write a value of"),
            ({"at": datetime(2022, 1, 1)}, "/data/attributes/writtenAt: Draft.at: the time carries no zone"),  # noqa: DTZ001  # the fault under test
            ({"spots": None}, "/data/attributes/the-spots: Draft.spots: cannot be written (TypeError)"),
            ({"title": "\ud800"}, "/data/attributes/title: Draft.title: cannot be written (Unicode"),
            ({"loose": 10**5000}, "/data/attributes/loose: Draft.loose: cannot be written (ValueError)"),
            ({"author": 3}, "Draft.author holds a int, not a relationship: make one with to(…) [D15]"),
            ({"readers": to(None)}, "Draft.readers holds a ToOne, not a relationship: make one with to_many"),
            (
                {"author": ToOne.to("videos", "3")},
                "/data/relationships/author/data: Draft.author points to videos/3; the class declares people",
            ),
            ({"about": ToOne.to("people", "3")}, "Draft.about points to people/3; the class declares"),
            (
                {"author": to(person(new()))},
                "Draft.author: the resource has neither id nor lid: name it with new('…') [D16]",
            ),
            ({"author": to(person(new("p")))}, "author/data: points to the new resource people/p, which"),
            ({"readers": to_many(person("1"), person(new("p")))}, "[R2]"),
            (
                {"author": to(Identifier("people", "1", {"a": b""}))},
                "/data/relationships/author/data/meta/a: Draft.author: no rule",
            ),
            ({"id": "\ud800"}, "(document): an id or a name is no Unicode text"),
        ],
    )  # fmt: skip
    def test_names_the_field(self, fields: dict[str, Any], sentence: str) -> None:
        assert sentence in refused(made(fields.pop("id", "1"), **fields))

    def test_nesting(self) -> None:
        deep: list[Any] = []
        for _ in range(100_000):
            deep = [deep]
        assert "Draft.loose: nested too deeply" in refused(made("1", loose=deep))

    @pytest.mark.parametrize("name", ["", "-x", "x_", "a+b", "@x", "a:b", "a.b"])
    def test_names_that_the_standard_does_not_allow_r9(self, name: str) -> None:
        for instance in (
            Resource(type="t", id="1", attributes={name: 1}),
            Resource(type="t", id="1", relationships={name: to(None)}),
        ):
            assert refused(instance).endswith(f"{name!r} is no legal member name [R9]")
        if name:
            assert "is no legal name of a type [R9]" in refused(Resource(type=name, id="1"))

    @pytest.mark.parametrize("name", ["", "-x", "a:b"])
    def test_types_of_what_is_meant_too_r9(self, name: str) -> None:
        relationships: list[Any] = [ToOne.to(name, "1"), to_many(Identifier("t", "1"), Identifier(name, "1"))]
        for relationship in relationships:
            error = refused(Resource(type="t", id="1", relationships={"a": relationship}))
            assert error.endswith(f"{name!r} is no legal name of a type [R9]")
            assert "/data/relationships/a/data" in error

    def test_names_that_are_taken_r9(self) -> None:
        for name in ("type", "id"):
            assert "is taken" in refused(Resource(type="t", id="1", attributes={name: 1}))
        both = Resource(type="t", id="1", attributes={"a": 1}, relationships={"a": to(None)})
        assert "'a' is both an attribute and a relationship [R9]" in refused(both)

    def test_a_declared_name_too_r9(self) -> None:
        @jsonapi.resource("odd")
        class Odd:
            id: str
            kind: str = jsonapi.attribute("type")

        with pytest.raises(EncodeError, match=r"/data/attributes/type: 'type' is taken.*\[R9\]"):
            Encoder([Odd]).create(Odd(id="1", kind="x"))

    def test_a_class_that_the_encoder_was_not_given(self) -> None:
        for instance in (3, Spot(x=1.0), Visit):
            with pytest.raises(SchemaError, match="not among the resource classes of this encoder"):
                ENCODER.create(instance)

    def test_a_reference_to_itself_by_lid_is_fine_r2(self) -> None:
        ann = person(new("p"))
        ann.best_friend = to(ann)
        found = create(ann)
        assert found["relationships"]["best-friend"]["data"] == {"type": "people", "lid": "p"}

    def test_what_a_hook_raises_is_not_shown(self) -> None:
        converter = jsonapi.make_converter()

        def fail(mood: Mood) -> str:
            raise RuntimeError(f"secret {mood.name}")

        converter.register_structure_hook(Mood, lambda value, _: Mood(value))
        converter.register_unstructure_hook(Mood, fail)

        moods = Moods(id="1", mood=Mood("canary"))
        with pytest.raises(EncodeError, match=r"Moods\.mood: cannot be written \(RuntimeError\)") as caught:
            Encoder([Moods], converter=converter).create(moods)
        assert "canary" not in "".join(traceback.format_exception(caught.value))

    def test_the_error_survives_a_pickle(self) -> None:
        with pytest.raises(EncodeError) as caught:
            ENCODER.create(made("1", loose=b""))
        again = pickle.loads(pickle.dumps(caught.value))
        assert again.fault == caught.value.fault
        assert caught.value.fault.pointer == "/data/attributes/loose"


class TestRelationshipEndpoints:
    def send(self, instance: object, name: str, targets: Any = None) -> Any:
        return json.loads(ENCODER.relationship(instance, name, targets))

    def test_to_one_r6(self) -> None:
        article = draft(about_what=ref("videos", "3"), author=None)
        assert self.send(article, "about") == {"data": ref("videos", "3")}
        assert self.send(article, "author") == {"data": None}

    def test_to_many_is_replaced_r7(self) -> None:
        assert self.send(draft(readers=[ref("people", "1")]), "readers") == {"data": [ref("people", "1")]}
        assert self.send(draft(readers=[]), "readers") == {"data": []}

    def test_given_targets_to_add_or_remove_r7(self) -> None:
        article = draft(readers=[ref("people", "1")])
        assert self.send(article, "readers", [person("2")]) == {"data": [ref("people", "2")]}
        assert self.send(article, "readers", []) == {"data": []}

    def test_the_difference_to_the_document(self) -> None:
        article = draft(readers=[ref("people", "1"), ref("people", "2")])
        article.readers = to_many(Identifier("people", "2"), person("3"))
        added, removed = ENCODER.difference(article, "readers")
        assert (added, removed) == ((Identifier("people", "3"),), (Identifier("people", "1"),))

    def test_the_difference_needs_a_document(self) -> None:
        for article in (draft(author=None), made("1", readers=to_many())):
            article.readers = to_many()
            with pytest.raises(EncodeError, match=r"Draft\.readers is not a to-many relationship that"):
                ENCODER.difference(article, "readers")

    @pytest.mark.parametrize(
        ("name", "targets", "sentence"),
        [
            ("about", None, r"Draft\.about is not loaded: there is nothing to send \[R3\]"),
            ("about-what", None, "Draft has no relationship 'about-what'"),
            ("title", None, "Draft has no relationship 'title'"),
            ("author", [person("1")], r"Draft\.author is to-one: it can only be replaced \[R6\]"),
            ("readers", [Identifier("videos", "1")], "the class declares people"),
            ("readers", [person(new("p"))], r"/data: points to the new resource people/p.*\[R2\]"),
        ],
    )
    def test_refused(self, name: str, targets: Any, sentence: str) -> None:
        with pytest.raises(EncodeError, match=sentence):
            ENCODER.relationship(draft(author=ref("people", "1")), name, targets)


def test_a_union_takes_each_of_its_types() -> None:
    article = draft()
    article.about = to(Video(id="3", seconds=1))
    assert create(article)["relationships"] == {"about-what": {"data": ref("videos", "3")}}
    article.about = to(Identifier("robots", "r"))
    assert create(article)["relationships"] == {"about-what": {"data": ref("robots", "r")}}, "a type to come"
