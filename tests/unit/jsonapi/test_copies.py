"""Mapped objects in other forms: plain dicts, changed copies, and objects without their document."""

from __future__ import annotations

import copy
import gc
import json
import weakref
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import Decoder, Encoder, IdentityMap, Resource, State, flat_array, to, to_many

from .classes import BLOG, FLAT, Article, Person, Place, Visit

DECODER = Decoder(BLOG)


@attrs.frozen
class Size:
    width: int


@jsonapi.resource("boxes", frozen=True)
class Box:
    id: int = jsonapi.resource_id("BoxID")
    size: Any = None
    pair: tuple[int, Place] | None = None
    by_name: dict[str, Place] = jsonapi.attribute("byName", factory=dict[str, Place])
    raw: Any = None


def article(**relationships: Any) -> Article:
    node = {
        "type": "articles",
        "id": "1",
        "attributes": {"title": "x", "words": 3},
        "relationships": relationships,
    }
    included = [{"type": "people", "id": "9", "attributes": {"firstName": "Dan"}}]
    made: Article = DECODER.decode(json.dumps({"data": node, "included": included})).data
    return made


DAN = {"type": "people", "id": "9"}


class TestAsdict:
    def test_gives_fields_by_their_names_in_python(self) -> None:
        made = article(
            author={"data": DAN | {"meta": {"n": 1}}}, comments={"data": [{"type": "comments", "id": "5"}]}
        )
        assert jsonapi.asdict(made) == {
            "id": "1",
            "title": "x",
            "author": {"type": "people", "id": "9"},
            "comments": [{"type": "comments", "id": "5"}],
        }
        assert jsonapi.asdict(article(author={"data": None}, comments={"data": []}, lead={"links": {}})) == {
            "id": "1",
            "title": "x",
            "author": None,
            "comments": [],
        }
        assert jsonapi.asdict(made.author.get()) == {"id": "9", "first_name": "Dan", "nick": None}

    def test_keeps_values_and_makes_dicts_of_nested_objects(self) -> None:
        row = {"VisitID": 7, "At": "2022-11-22T19:54:10Z", "StationID": "S", "Places": [{"x": 1}]}
        visit: Visit = Decoder(FLAT).decode(json.dumps([row]), flat_array(Visit)).data[0]
        found = jsonapi.asdict(visit)
        assert found["at"] == datetime(2022, 11, 22, 19, 54, 10, tzinfo=UTC)
        assert (found["id"], found["station"]) == (7, {"type": "stations", "id": "S"})
        assert "plug" not in found
        assert found["places"] == [{"x": 1.0, "label": None}]
        place = Place(x=2.0)
        box = Box(id=1, size=Size(3), pair=(1, place), by_name={"a": place})
        flat = {"x": 2.0, "label": None}
        assert jsonapi.asdict(box) == {
            "id": 1,
            "size": {"width": 3},
            "pair": (1, flat),
            "by_name": {"a": flat},
            "raw": None,
        }

    def test_of_a_new_resource_gives_its_lid(self) -> None:
        dan = Person(id=jsonapi.new("d"), first_name="Dan", best_friend=to(None))
        made = Article(id="1", title="x", author=to(dan), comments=to_many(), lead=to(None))
        assert jsonapi.asdict(made)["author"] == {"type": "people", "lid": "d"}

    def test_of_a_resource_without_class(self) -> None:
        resource = Resource(
            type="robots",
            id="r",
            attributes={"arms": [1], "type": "odd"},
            relationships={"owner": to(jsonapi.Identifier("people", "9")), "parts": to_many()},
        )
        found = jsonapi.asdict(resource)
        assert found == {"type": "robots", "id": "r", "arms": [1], "owner": DAN, "parts": []}
        assert list(found)[:2] == ["type", "id"]

    def test_takes_what_is_nested_as_deeply_as_the_decoder_takes_it(self) -> None:
        raw = b'{"data":{"type":"boxes","id":"1","attributes":{"raw":' + b"[" * 900 + b"]" * 900 + b"}}}"
        box = Decoder([Box], max_depth=1_000).decode(raw).data
        assert jsonapi.asdict(box)["raw"] == box.raw

    def test_takes_nothing_else(self) -> None:
        with pytest.raises(TypeError, match="a Size is no object of a mapped class"):
            jsonapi.asdict(Size(1))


class TestEvolve:
    def test_makes_a_changed_copy_that_can_be_sent(self) -> None:
        made = article(author={"data": DAN})
        later = jsonapi.evolve(made, title="y", comments=to_many())
        assert (made.title, later.title, later.author) == ("x", "y", made.author)
        assert jsonapi.extra(later) == {"words": 3}
        sent = json.loads(Encoder(BLOG).update(later) or b"")["data"]
        assert (sent["attributes"], sent["relationships"]) == ({"title": "y"}, {"comments": {"data": []}})

    def test_of_a_frozen_object(self) -> None:
        assert jsonapi.evolve(Box(id=1), size=3).size == 3

    def test_refuses_what_is_no_field(self) -> None:
        with pytest.raises(TypeError, match="unheard"):
            jsonapi.evolve(Box(id=1), unheard=3)


class TestDetach:
    def test_lets_the_document_go(self) -> None:
        body = {"data": {"type": "boxes", "id": "1", "attributes": {"size": 1, "new": 2}}}
        raw = json.dumps(body | {"meta": {"filler": "x" * 1000}})
        decoder = Decoder([Box])
        boxes = [decoder.decode(raw).data for _ in range(2)]
        for box in boxes:
            jsonapi.extra(box)
        jsonapi.detach(boxes[0])
        sizes = [sum(len(held) for held in reachable(box) if isinstance(held, (str, bytes))) for box in boxes]
        assert sizes[0] < 1000 < sizes[1]
        assert jsonapi.extra(boxes[0]) == {"new": 2}

    def test_keeps_targets_and_lets_go_of_other_objects(self) -> None:
        nodes = [
            DAN | {"attributes": {"firstName": "Dan"}},
            {"type": "people", "id": "8", "attributes": {"firstName": "Eve"}},
        ]
        node = {
            "type": "articles",
            "id": "1",
            "attributes": {"title": "x"},
            "relationships": {"author": {"data": DAN}},
        }
        document = DECODER.decode(json.dumps({"data": node, "included": nodes}))
        made, eve = document.data, weakref.ref(document.included[1])
        for instance in (made, document.included[0]):
            jsonapi.detach(instance)
        del document, instance
        gc.collect()
        assert eve() is None
        assert made.author.get().first_name == "Dan"
        made.title = "y"
        assert json.loads(Encoder(BLOG).update(made) or b"")["data"]["attributes"] == {"title": "y"}

    def test_of_flat_bodies_and_of_objects_made_by_hand(self) -> None:
        rows = [
            {"VisitID": number, "At": "2022-11-22T19:54:10Z", "BeforeID": 1, "New": 1} for number in (1, 2)
        ]
        first, second = Decoder(FLAT).decode(json.dumps(rows), flat_array(Visit)).data
        jsonapi.detach(second)
        assert second.before.get() is first
        assert jsonapi.extra(second) == {"New": 1}
        assert Encoder(FLAT).update(second) is None
        assert second.station.state is State.NOT_LOADED
        for held in (Box(id=1), copy.copy(second), object()):
            jsonapi.detach(held)

    def test_of_an_object_of_a_map(self) -> None:
        identity = IdentityMap("strong")
        rows = [{"VisitID": 2, "At": "2022-11-22T19:54:10Z", "BeforeID": 1, "New": 1}]
        (visit,) = Decoder(FLAT).decode(json.dumps(rows), flat_array(Visit), identity=identity).data
        jsonapi.detach(visit)
        rows[0] |= {"VisitID": 1, "Rounds": 5}
        (before,) = Decoder(FLAT).decode(json.dumps(rows), flat_array(Visit), identity=identity).data
        assert visit.before.get() is before
        rows[0] |= {"VisitID": 2}
        assert Decoder(FLAT).decode(json.dumps(rows), flat_array(Visit), identity=identity).data == [visit]
        assert visit.rounds == 5


def reachable(instance: object) -> list[object]:
    """What an object keeps alive, without classes and what hangs on them."""
    found: dict[int, object] = {}
    waiting: list[object] = [instance]
    while waiting:
        held = waiting.pop()
        if (
            id(held) in found
            or isinstance(held, type)
            or type(held).__name__ in ("Schema", "function", "module")
        ):
            continue
        found[id(held)] = held
        waiting += gc.get_referents(held)
    return list(found.values())
