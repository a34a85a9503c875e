"""PATCH documents: what changed and nothing else (R4), told by the document that an object came from."""

from __future__ import annotations

import copy
import json
import pickle
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import Decoder, Identifier, State, ToMany, ToOne
from depotfinity_async.jsonapi.encode import Encoder
from depotfinity_async.jsonapi.errors import EncodeError
from depotfinity_async.jsonapi.references import new, to, to_many
from depotfinity_async.jsonapi.strict import check

from .classes import FLAT, Colour, Person, Visit
from .drafts import ATTRIBUTES, CONVERTER, DECODER, ENCODER, Draft, Mood, Moods, Spot, draft, ref


def changed(instance: object, encoder: Encoder = ENCODER) -> Any:
    raw = encoder.update(instance)
    if raw is None:
        return None
    tree = json.loads(raw)
    assert check(tree, request="update") == []
    data = tree["data"]
    assert (data.pop("type"), data.pop("id")) == ("drafts", "1")
    return data


def attributes(instance: object) -> Any:
    found = changed(instance)
    assert found.keys() == {"attributes"}
    return found["attributes"]


def test_nothing_changed_nothing_sent_r4() -> None:
    assert changed(draft()) is None
    assert changed(draft({"title": "A"})) is None
    related = draft(author=None, readers=[ref("people", "1", meta={"n": 1})], about_what=ref("videos", "1"))
    assert changed(related) is None


def test_looking_is_no_change() -> None:
    article = draft(author=ref("people", "1"))
    repr(article)
    jsonapi.extra(article)["undeclared"].append(2)
    assert changed(article) is None
    assert changed(article) is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda d: setattr(d, "title", "B"), {"title": "B"}),
        (lambda d: setattr(d, "at", None), {"writtenAt": None}),
        (lambda d: setattr(d, "at", datetime(2022, 1, 1, tzinfo=UTC)), {"writtenAt": "2022-01-01T00:00:00Z"}),
        (lambda d: setattr(d, "price", Decimal("1.1")), {"price": "1.1"}),
        (lambda d: setattr(d, "colour", Colour.GREEN), {"colour": "green"}),
        (lambda d: d.words.update(two=2), {"words": {"one": 1, "two": 2}}),
        (lambda d: d.loose[0]["a"].append(3), {"loose": [{"a": [1, 1.5, True, None, 3]}]}),
        (lambda d: d.loose[0]["a"].__setitem__(0, True), {"loose": [{"a": [True, 1.5, True, None]}]}),
        (lambda d: d.loose[0]["a"].__setitem__(0, 1.0), {"loose": [{"a": [1.0, 1.5, True, None]}]}),
        (lambda d: setattr(d.where, "x", 7.0), {"where": {"X": 7.0}}),
        (lambda d: d.spots.pop(), {"the-spots": [{"X": 1.0, "label": "a"}]}),
        (
            lambda d: setattr(d.spots[1], "label", "b"),
            {"the-spots": [{"X": 1.0, "label": "a"}, {"X": 2.0, "label": "b"}]},
        ),
    ],
)  # fmt: skip
def test_one_attribute_changed_in_place_too(change: Callable[[Draft], None], expected: Any) -> None:
    article = draft()
    change(article)
    found = attributes(article)
    assert json.dumps(found, sort_keys=True) == json.dumps(expected, sort_keys=True)


def test_absent_is_not_null() -> None:
    article = draft({"title": "A"})
    article.at = None
    article.colour = Colour.RED
    assert changed(article) is None, "what was absent and holds the default did not change"
    article.where = Spot(x=1.0)
    assert attributes(article) == {"where": {"X": 1.0}}
    article = draft({"title": "A", "price": None})
    assert changed(article) is None
    article = draft({"title": "A", "price": "1"})
    article.price = None
    assert attributes(article) == {"price": None}


def test_values_that_are_written_otherwise_than_they_came_did_not_change() -> None:
    where = {"X": 1, "undeclared": 1}
    article = draft({"title": "A", "writtenAt": "2022-11-22T19:54:10+02:00", "price": 7, "where": where})
    assert changed(article) is None


class TestRelationships:
    def test_to_one(self) -> None:
        article = draft(author=ref("people", "1"))
        article.author = to(Identifier("people", "2"))
        assert changed(article) == {"relationships": {"author": {"data": ref("people", "2")}}}
        article.author = to(None)
        assert changed(article) == {"relationships": {"author": {"data": None}}}
        article.author = to(Identifier("people", "1"))
        assert changed(article) is None

    def test_to_many_is_sent_whole_r5(self) -> None:
        article = draft(readers=[ref("people", "1"), ref("people", "2")])
        article.readers = to_many(*article.readers.identifiers, Identifier("people", "3"))
        expected = [ref("people", "1"), ref("people", "2"), ref("people", "3")]
        assert changed(article) == {"relationships": {"readers": {"data": expected}}}
        article.readers = to_many()
        assert changed(article) == {"relationships": {"readers": {"data": []}}}

    def test_order_and_meta_count(self) -> None:
        article = draft(readers=[ref("people", "1"), ref("people", "2")])
        article.readers = to_many(*reversed(article.readers.identifiers))
        assert changed(article) is not None
        article = draft(author=ref("people", "1", meta={"role": "first"}))
        assert article.author.identifier is not None
        article.author = to(attrs.evolve(article.author.identifier, meta={"role": "last"}))
        expected = ref("people", "1", meta={"role": "last"})
        assert changed(article) == {"relationships": {"author": {"data": expected}}}

    def test_members_that_no_identifier_has_are_not_compared(self) -> None:
        assert changed(draft(author=ref("people", "1", meta={}, note="x"))) is None

    def test_one_that_was_not_loaded(self) -> None:
        article = draft()
        assert changed(article) is None
        article.readers = to_many()
        article.author = to(None)
        assert changed(article) == {"relationships": {"author": {"data": None}, "readers": {"data": []}}}

    def test_one_that_is_no_longer_loaded_is_not_sent_r3(self) -> None:
        article = draft(author=ref("people", "1"), readers=[])
        article.author = ToOne("", State.NOT_LOADED)
        article.readers = ToMany("", State.NOT_LOADED)
        assert changed(article) is None

    def test_undeclared_relationships_are_left_alone(self) -> None:
        raw = ref("people", "1", attributes={"firstName": "A"}, relationships={"x": {"data": [3]}})
        person = DECODER.decode(json.dumps({"data": raw})).data
        assert ENCODER.update(person) is None


def test_a_frozen_object_changes_by_evolve() -> None:
    @jsonapi.resource("drafts", frozen=True)
    class Fixed:
        id: str
        title: str
        author: ToOne[Person]

    classes = [Fixed, Person]
    body = {"data": {"type": "drafts", "id": "1", "attributes": {"title": "A"}}}
    fixed: Fixed = Decoder(classes).decode(json.dumps(body)).data
    encoder = Encoder(classes)
    evolve: Any = attrs.evolve  # mypy does not take a mapped class for one of attrs
    assert changed(evolve(fixed), encoder) is None
    assert changed(evolve(fixed, title="B"), encoder) == {"attributes": {"title": "B"}}


def test_an_included_object_knows_its_place() -> None:
    people = [
        {"type": "people", "id": id_, "attributes": {"firstName": id_}, "relationships": {}} for id_ in "12"
    ]
    document = DECODER.decode(json.dumps({"included": people, "data": []}))
    document.included[1].nick = "x"
    assert ENCODER.update(document.included[0]) is None
    assert json.loads(ENCODER.update(document.included[1]) or b"")["data"] == {
        "type": "people",
        "id": "2",
        "attributes": {"nick": "x"},
    }


def test_an_object_of_a_flat_body() -> None:
    bodies = [
        {"VisitID": 7, "StationID": "S", "PlugNo": 3, "BeforeID": 6, "At": "2022-11-22T00:00:00Z"},
        {"VisitID": 8, "StationID": None, "PlugNo": 3, "At": "2022-11-22T00:00:00Z"},
    ]
    decoder, encoder = Decoder(FLAT), Encoder(FLAT)
    for shape, raw in (
        (jsonapi.flat_array(Visit), bodies),
        (jsonapi.flat_items(Visit, "attributes"), {"attributes": bodies}),
    ):
        first, second = decoder.decode(json.dumps(raw), shape).data
        assert (encoder.update(first), encoder.update(second)) == (None, None)
        first.rounds = 2
        first.station = to(None)
        second.before = to(Identifier("visits", "7"))
        assert json.loads(encoder.update(first) or b"")["data"] == {
            "type": "visits",
            "id": "7",
            "attributes": {"Rounds": 2},
            "relationships": {"station": {"data": None}},
        }
        found = json.loads(encoder.update(second) or b"")["data"]["relationships"]
        assert found == {"before": {"data": ref("visits", "7")}}
    one = decoder.decode(json.dumps(bodies[0]), jsonapi.flat_object(Visit)).data
    assert encoder.update(one) is None


class TestRefused:
    def test_another_id_r4(self) -> None:
        for id_ in ("2", new("a")):
            article = draft()
            article.id = id_
            with pytest.raises(EncodeError, match=r"/data/id: Draft: the id was changed.*\[R4\]"):
                ENCODER.update(article)

    @pytest.mark.parametrize("away", [copy.copy, lambda given: pickle.loads(pickle.dumps(given))])
    def test_what_has_no_document_r4(self, away: Callable[[Draft], Draft]) -> None:
        with pytest.raises(EncodeError, match=r"this Draft has no document .*saved\(\).*\[R4\]"):
            ENCODER.update(away(draft()))

    def test_a_lid_r2(self) -> None:
        article = draft()
        article.author = to(Person(id=new("p"), first_name="", best_friend=to(None)))
        with pytest.raises(EncodeError, match=r"people/p, which this document does not create \[R2\]"):
            ENCODER.update(article)

    def test_hooks_that_cannot_read_what_was_decoded(self) -> None:
        moods = Decoder([Moods], converter=CONVERTER).decode(
            b'{"data":{"type":"moods","id":"1","attributes":{"mood":{"is":"glad"}}}}'
        )
        other = jsonapi.make_converter()
        other.register_structure_hook(Mood, lambda value, _: Mood(value["was"]))
        other.register_unstructure_hook(Mood, lambda mood: mood.name)
        with pytest.raises(EncodeError, match=r"Moods\.mood, as it was decoded: cannot .* \(KeyError\)"):
            Encoder([Moods], converter=other).update(moods.data)


def test_a_hook_may_change_what_it_is_given() -> None:
    converter = jsonapi.make_converter()
    converter.register_structure_hook(Mood, lambda value, _: Mood(value.pop("is")))
    converter.register_unstructure_hook(Mood, lambda mood: {"is": mood.name})
    raw = b'{"data":{"type":"moods","id":"1","attributes":{"mood":{"is":"glad"}}}}'
    moods = Decoder([Moods], converter=converter).decode(raw).data
    encoder = Encoder([Moods], converter=converter)
    assert encoder.update(moods) is None
    assert encoder.update(moods) is None


class TestSaved:
    def test_the_next_update_starts_from_here(self) -> None:
        article = draft(author=ref("people", "1"))
        article.title = "B"
        article.price = None
        article.author = to(None)
        ENCODER.saved(article)
        assert changed(article) is None
        article.words["two"] = 2
        assert attributes(article) == {"words": {"one": 1, "two": 2}}
        assert jsonapi.extra(article) == {"undeclared": ATTRIBUTES["undeclared"]}

    def test_an_object_made_by_hand(self) -> None:
        person = Person(id="1", first_name="A", best_friend=to(None))
        ENCODER.saved(person)
        assert ENCODER.update(person) is None
        person.nick = "x"
        assert json.loads(ENCODER.update(person) or b"")["data"]["attributes"] == {"nick": "x"}

    def test_needs_an_id(self) -> None:
        person = Person(id=new("p"), first_name="A", best_friend=to(None))
        with pytest.raises(EncodeError, match="Person: what the server has saved has an id"):
            ENCODER.saved(person)


def test_undeclared_members_of_a_resource_without_attributes() -> None:
    @jsonapi.resource("bare")
    class Bare:
        id: str

    bare = Decoder([Bare]).decode(b'{"data":{"type":"bare","id":"1"}}').data
    assert jsonapi.extra(bare) == {}
    assert Encoder([Bare]).update(bare) is None


class TestFactories:
    """What a factory made of an absent attribute is no change (R4), whatever it makes the next time."""

    @pytest.mark.parametrize("beside", [{}, {"jsonapi": "the explaining way"}], ids=["fast", "explained"])
    def test_that_make_another_value_each_time(self, beside: dict[str, Any]) -> None:
        @jsonapi.resource("marks")
        class Mark:
            id: str
            key: str = jsonapi.attribute(factory=lambda: str(uuid.uuid4()))
            at: datetime = jsonapi.attribute(factory=lambda: datetime.now(UTC))
            tags: list[str] = jsonapi.attribute(factory=list[str])
            text: str = ""

        encoder = Encoder([Mark])

        def mark(attributes: dict[str, Any]) -> Mark:
            node = {"type": "marks", "id": "1", "attributes": attributes}
            made: Mark = Decoder([Mark]).decode(json.dumps({"data": node} | beside)).data
            return made

        made = mark({})
        assert encoder.update(made) is None
        made.tags.append("a")
        made.text = "b"
        sent = json.loads(encoder.update(made) or b"")["data"]
        assert sent["attributes"] == {"tags": ["a"], "text": "b"}
        told = mark({"key": "k", "at": "2022-11-22T19:54:10Z"})
        assert encoder.update(told) is None
        told.key = "new"
        assert json.loads(encoder.update(told) or b"")["data"]["attributes"] == {"key": "new"}


def test_a_resource_without_class_is_not_compared_r4() -> None:
    resource = Decoder().decode(b'{"data":{"type":"drafts","id":"1"}}').data
    with pytest.raises(
        EncodeError, match=r"declare a class for its type, or create\(\) a Resource"
    ) as caught:
        Encoder().update(resource)
    assert caught.value.fault.rule == "R4"
    with pytest.raises(EncodeError, match="not compared"):
        Encoder().operations().update(resource)
    part = jsonapi.Resource(type="drafts", id="1", attributes={"title": "B"})
    assert check(json.loads(Encoder().create(part)), request="update") == []


def test_saving_keeps_what_no_class_declares() -> None:
    node = {
        "type": "people",
        "id": "9",
        "attributes": {"firstName": "Dan", "far": 1},
        "relationships": {"boss": {"data": ref("people", "8")}, "best-friend": {"data": ref("people", "8")}},
        "links": {"self": "/p/9"},
        "meta": {"n": 1},
    }
    boss = {"type": "people", "id": "8", "attributes": {"firstName": "Eve"}}
    decoder, encoder = Decoder([Person]), Encoder([Person])
    dan: Person = decoder.decode(json.dumps({"data": node, "included": [boss]})).data
    dan.first_name = "Daniel"
    dan.best_friend = to(None)
    encoder.saved(dan)
    assert encoder.update(dan) is None
    assert (jsonapi.meta(dan), jsonapi.extra(dan)) == ({"n": 1}, {"far": 1})
    assert jsonapi.links(dan) == {"self": jsonapi.Link(href="/p/9")}
    held = jsonapi.relationships(dan)["boss"]
    assert isinstance(held, ToOne)
    assert held.get().first_name == "Eve"
    dan.best_friend = to(held.get())
    sent = json.loads(encoder.update(dan) or b"")["data"]
    assert sent["relationships"] == {"best-friend": {"data": ref("people", "8")}}
