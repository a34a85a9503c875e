"""Identity across documents: what is merged, what stays, what is told of it, and what is forgotten."""

from __future__ import annotations

import copy
import gc
import itertools
import json
import pickle
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import DecodeError, Decoder, NotIncludedError, SchemaError, State, flat_array
from depotfinity_async.jsonapi.document import Change
from depotfinity_async.jsonapi.encode import Encoder
from depotfinity_async.jsonapi.identity import IdentityMap
from depotfinity_async.jsonapi.merge import same

from .classes import FLAT, Place, Plug, Station, Visit


@jsonapi.resource("people")
class Person:
    id: str
    name: str = "?"
    tags: list[str] = jsonapi.attribute("tag-list", factory=list[str])
    friend: jsonapi.ToOne[Person]
    cars: jsonapi.ToMany[Car]


@jsonapi.resource("cars", frozen=True)
class Car:
    id: int
    seats: int | None = None
    owner: jsonapi.ToOne[Person]


CLASSES = [Person, Car]
DECODER = Decoder(CLASSES)
FLAT_DECODER = Decoder(FLAT)


def linkage(*keys: str) -> list[dict[str, str]]:
    return [dict(zip(("type", "id"), key.split("/"), strict=True)) for key in keys]


def node(key: str, attributes: Mapping[str, Any] | None = None, **relationships: Any) -> dict[str, Any]:
    """A resource object; a relationship is given as the keys of its targets, or as a whole."""
    found: dict[str, Any] = linkage(key)[0]
    if attributes is not None:
        found["attributes"] = dict(attributes)
    given: dict[str, Any] = {}
    for name, value in relationships.items():
        if isinstance(value, list):
            given[name] = {"data": linkage(*value)}
        else:
            given[name] = value if isinstance(value, dict) else {"data": linkage(value)[0] if value else None}
    return found | {"relationships": given} if given else found


def decode(identity: IdentityMap, *nodes: Any, decoder: Decoder = DECODER, **members: Any) -> Any:
    return decoder.decode(json.dumps({"data": list(nodes)} | members), identity=identity)


def fields(document: jsonapi.Document[Any]) -> list[Mapping[str, Any]]:
    return [change.fields for change in document.changes]


def visits(identity: IdentityMap, *rows: Any) -> jsonapi.Document[list[Visit]]:
    return FLAT_DECODER.decode(json.dumps(rows), flat_array(Visit), identity=identity)


@pytest.fixture(params=["weak", "strong"])
def identity(request: pytest.FixtureRequest) -> IdentityMap:
    return IdentityMap(request.param)


class TestMerging:
    def test_one_type_and_id_is_one_object_in_all_documents(self, identity: IdentityMap) -> None:
        first = decode(identity, node("people/1", {"name": "Ann"}, friend="people/2"))
        second = decode(identity, node("people/2", friend="people/1"), included=[node("people/1")])
        (ann,), (bob,) = first.data, second.data
        assert second.included == (ann,)
        assert bob.friend.get() is ann
        assert identity.get(Person, "1") is identity.get("people", "1") is ann
        assert len(identity) == 2
        assert set(identity) == {ann, bob}
        assert repr(identity) == "<IdentityMap of 2>"

    def test_what_a_document_says_overwrites_and_what_it_leaves_out_stays(
        self, identity: IdentityMap
    ) -> None:
        ann = decode(identity, node("people/1", {"name": "Ann", "tag-list": ["a"]})).data[0]
        tags = ann.tags
        document = decode(identity, node("people/1", {"name": "Anna"}))
        assert document.data == [ann]
        assert (ann.name, ann.tags) == ("Anna", ["a"])
        assert ann.tags is tags
        assert fields(document) == [{"name": ("Ann", "Anna")}]
        assert document.changes[0].resource is ann
        assert not document.changes[0].is_new

    def test_a_default_that_the_document_says_overwrites(self, identity: IdentityMap) -> None:
        ann = decode(identity, node("people/1", {"name": "Ann", "tag-list": ["a"]})).data[0]
        document = decode(identity, node("people/1", {"name": "?", "tag-list": []}))
        assert (ann.name, ann.tags) == ("?", [])
        assert fields(document) == [{"name": ("Ann", "?"), "tags": (["a"], [])}]

    def test_a_document_that_says_the_same_changes_nothing(self, identity: IdentityMap) -> None:
        body = node("people/1", {"name": "Ann"}, friend="people/2", cars=["cars/1"])
        first = decode(identity, body)
        assert first.changes[0].is_new
        assert fields(first) == [{}]
        assert decode(identity, body).changes == ()
        assert decode(identity, node("people/1")).changes == ()

    def test_what_was_changed_in_place_is_overwritten_and_told(self, identity: IdentityMap) -> None:
        ann = decode(identity, node("people/1", {"tag-list": ["a"]})).data[0]
        ann.tags.append("mine")
        document = decode(identity, node("people/1", {"tag-list": ["a"]}))
        assert fields(document) == [{"tags": (["a", "mine"], ["a"])}]
        ann.name = "mine"
        assert decode(identity, node("people/1")).changes == ()
        assert ann.name == "mine"

    def test_frozen_objects_are_merged_into_too(self, identity: IdentityMap) -> None:
        car = decode(identity, node("cars/1", {"seats": 4})).data[0]
        decode(identity, node("cars/1", {"seats": 5}))
        assert car.seats == 5
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            car.seats = 6

    def test_a_bad_document_changes_nothing(self, identity: IdentityMap) -> None:
        ann = decode(identity, node("people/1", {"name": "Ann"})).data[0]
        with pytest.raises(DecodeError):
            decode(identity, node("people/1", {"name": "Eve"}), node("people/2", {"name": 3}))
        assert (ann.name, len(identity)) == ("Ann", 1)

    def test_one_resource_null_and_errors(self, identity: IdentityMap) -> None:
        ann = DECODER.decode(json.dumps({"data": node("people/1")}), identity=identity).data
        assert DECODER.decode(json.dumps({"data": node("people/1")}), identity=identity).data is ann
        assert DECODER.decode('{"data":null}', identity=identity).data is None
        document = DECODER.decode('{"errors":[{"title":"No"}]}', identity=identity)
        assert (document.data, document.changes, len(document.errors)) == (None, (), 1)

    def test_an_object_of_another_class_takes_the_place(self, identity: IdentityMap) -> None:
        ann = decode(identity, node("people/1")).data[0]
        other = decode(identity, node("people/1"), decoder=Decoder()).data[0]
        assert other is not ann
        assert identity.get("people", "1") is other
        assert identity.get(Person, "1") is None

    def test_without_a_map_documents_have_objects_of_their_own(self) -> None:
        raw = json.dumps({"data": node("people/1")})
        one, other = DECODER.decode(raw), DECODER.decode(raw)
        assert one.data is not other.data
        assert one.changes == ()


class TestRelationships:
    def test_unloaded_ones_do_not_erase(self, identity: IdentityMap) -> None:
        ann = decode(identity, node("people/1", friend="people/2", cars=["cars/7"])).data[0]
        bare = {"links": {"related": "/x"}}
        assert decode(identity, node("people/1", friend=bare)).changes == ()
        assert (ann.friend.id, [each.id for each in ann.cars.identifiers]) == ("2", ["7"])

    def test_loaded_ones_overwrite_and_are_told(self, identity: IdentityMap) -> None:
        ann = decode(identity, node("people/1", friend="people/2", cars=["cars/7"])).data[0]
        document = decode(identity, node("people/1", friend=None, cars=[]))
        assert ann.friend.state is ann.cars.state is State.EMPTY
        (told,) = fields(document)
        assert [before.state for before, _ in told.values()] == [State.PRESENT] * 2
        assert [now for _, now in told.values()] == [ann.friend, ann.cars]
        assert list(told) == ["friend", "cars"]

    def test_what_stands_beside_an_unloaded_one_is_taken(self, identity: IdentityMap) -> None:
        ann = decode(identity, node("people/1", friend={"links": {"related": "/x"}})).data[0]
        decode(identity, node("people/1"))
        assert ann.friend.links["related"].href == "/x"
        assert decode(identity, node("people/1", friend={"meta": {"n": 1}})).changes == ()
        assert (ann.friend.state, ann.friend.meta) == (State.NOT_LOADED, {"n": 1})

    def test_what_stands_beside_a_loaded_one_is_taken_too(self, identity: IdentityMap) -> None:
        ann = decode(identity, node("people/1", friend="people/2", cars=["cars/7"])).data[0]
        beside = {"meta": {"n": 1}}
        friend, cars = {"data": linkage("people/2")[0]}, {"data": linkage("cars/7")}
        assert decode(identity, node("people/1", friend=friend | beside, cars=cars | beside)).changes == ()
        assert ann.friend.meta == ann.cars.meta == {"n": 1}

    def test_find_a_target_that_comes_later(self, identity: IdentityMap) -> None:
        ann = decode(identity, node("people/1", friend="people/2", cars=["cars/1", "cars/2"])).data[0]
        friend, cars = ann.friend, ann.cars
        assert not friend.is_included
        with pytest.raises(NotIncludedError, match="people/2"):
            friend.get()
        with pytest.raises(NotIncludedError, match="cars/1"):
            list(cars)
        later = decode(identity, node("people/2"), included=[node("cars/1"), node("cars/2")])
        assert friend.is_included
        assert friend.get() is later.data[0]
        assert tuple(cars) == later.included

    def test_find_a_target_of_an_earlier_document(self, identity: IdentityMap) -> None:
        held = decode(identity, node("people/2"), node("cars/1"))
        ann = decode(identity, node("people/1", friend="people/2", cars=["cars/1"])).data[0]
        assert [ann.friend.get(), ann.cars[0]] == held.data

    def test_of_merged_targets_lead_to_the_object_of_the_map(self, identity: IdentityMap) -> None:
        bob, car = decode(identity, node("people/2"), node("cars/1")).data
        owned = node("cars/1", owner="people/2")
        document = decode(
            identity,
            node("people/1", friend="people/2", cars=["cars/1"]),
            included=[owned, node("people/2", cars=["cars/1"])],
        )
        ann = document.data[0]
        assert ann.friend.get() is bob
        assert ann.cars[0] is bob.cars[0] is car
        assert car.owner.get() is bob

    def test_an_id_that_the_class_reads_as_a_number_keeps_its_target(self, identity: IdentityMap) -> None:
        car = decode(identity, node("cars/7")).data[0]
        document = decode(identity, node("people/1", cars=["cars/007"]), included=[node("cars/007")])
        assert document.data[0].cars[0] is car

    def test_of_a_copy_no_longer_wait(self, identity: IdentityMap) -> None:
        ann = decode(identity, node("people/1", friend="people/2", cars=["cars/1"])).data[0]
        copies = [copy.deepcopy(ann), pickle.loads(pickle.dumps(ann))]
        later = decode(identity, node("people/2"), node("cars/1"))
        for copied in copies:
            assert not copied.friend.is_included
            assert (copied.friend, copied.cars) == (ann.friend, ann.cars)
            with pytest.raises(NotIncludedError):
                copied.cars[0]
        assert ann.friend.get() is later.data[0]


class TestGenericResources:
    def test_are_merged_by_name(self, identity: IdentityMap) -> None:
        decoder = Decoder()
        body = node("robots/r", {"a": 1, "b": [1]}, owner="people/1", maker={"meta": {}})
        robot = decode(identity, body | {"meta": {"n": 1}}, decoder=decoder).data[0]
        later = node("robots/r", {"a": True, "c": None}, owner={"links": {}}, maker=None, parts=["robots/r"])
        document = decode(identity, later | {"links": {"self": "/r"}}, decoder=decoder)
        assert document.data == [robot]
        assert robot.attributes == {"a": True, "b": [1], "c": None}
        assert robot.relationships["owner"].id == "1"
        assert robot.relationships["parts"][0] is robot
        assert robot.meta == {"n": 1}
        assert robot.links["self"].href == "/r"
        (told,) = fields(document)
        assert list(told) == ["a", "c", "maker", "parts"]
        assert told["a"] == (1, True)
        assert told["c"] == (attrs.NOTHING, None)
        assert told["parts"][0] is attrs.NOTHING

    def test_deep_values_are_compared_without_recursion(self, identity: IdentityMap) -> None:
        deep = "[" * 900 + "{}" + "]" * 900  # about as deep as the parser takes
        raw = f'{{"data":{{"type":"x","id":"1","attributes":{{"a":{deep}}}}}}}'
        decoder = Decoder(max_depth=1_000)
        held = decoder.decode(raw, identity=identity).data
        assert decoder.decode(raw, identity=identity).changes == ()
        (change,) = decoder.decode(raw.replace("{}]", '{"b":1}]'), identity=identity).changes
        assert (change.resource, list(change.fields)) == (held, ["a"])

    def test_values_that_cannot_be_compared_count_as_changed(self) -> None:
        class Odd:
            def __eq__(self, other: object) -> bool:
                raise TypeError

            def __hash__(self) -> int:
                return 0

        one = Odd()
        assert same(one, one)
        assert not same(one, Odd())
        assert not same([1], [1, 2])
        assert not same({"a": 1}, {"b": 1})
        assert not same({"a": [1]}, {"a": [1.0]})


class TestFlatBodies:
    row: Mapping[str, Any] = {"VisitID": 7, "At": "2022-11-22T19:54:10Z"}

    def test_are_merged_and_told(self, identity: IdentityMap) -> None:
        (visit,) = visits(identity, {**self.row, "Energy": 5, "Rounds": 2, "StationID": "S"}).data
        document = visits(identity, {**self.row, "Rounds": 1, "StationID": "T"})
        assert document.data == [visit]
        assert (visit.energy, visit.rounds, visit.station.id) == (5.0, 1, "T")
        (told,) = fields(document)
        assert list(told) == ["rounds", "station"]
        assert [each.id for each in told["station"]] == ["S", "T"]
        assert visits(identity, {**self.row, "Rounds": 1, "StationID": "T"}).changes == ()

    def test_an_integer_and_a_number_are_not_the_same(self, identity: IdentityMap) -> None:
        (visit,) = visits(identity, {**self.row, "Mixed": 1}).data
        document = visits(identity, {**self.row, "Mixed": 1.0})
        assert (type(visit.mixed), list(fields(document)[0])) == (float, ["mixed"])

    def test_a_default_that_is_made_for_each_object_is_told_apart(self, identity: IdentityMap) -> None:
        @jsonapi.resource("stamps")
        class Stamp:
            id: str
            numbers: list[int] = jsonapi.attribute(factory=lambda: [next(counter)])

        counter = itertools.count()
        decoder = Decoder([Stamp])
        stamp = decode(identity, node("stamps/1"), decoder=decoder).data[0]
        assert decode(identity, node("stamps/1"), decoder=decoder).changes == ()
        decode(identity, node("stamps/1", {"numbers": [-3]}), decoder=decoder)
        assert stamp.numbers == [-3]

    def test_whole_rows_are_not_read_twice(self, identity: IdentityMap) -> None:
        (visit,) = visits(identity, {**self.row, "Energy": 1, "Rounds": 2}).data
        visits(identity, {**self.row, "Energy": 2, "Rounds": 3})
        origin: Any = visit
        assert origin._origin._tree is None

    def test_a_row_that_stands_twice_is_one_object(self, identity: IdentityMap) -> None:
        document = visits(identity, self.row, {**self.row, "Rounds": 3})
        assert document.data[0] is document.data[1]
        assert [(change.is_new, change.fields) for change in document.changes] == [
            (True, {}),
            (False, {"rounds": (1, 3)}),
        ]

    def test_foreign_keys_find_objects_of_the_map(self, identity: IdentityMap) -> None:
        (visit,) = visits(identity, {**self.row, "StationID": "S", "PlugNo": 2, "BeforeID": 6}).data
        assert not visit.station.is_included
        shape = flat_array(Station)
        stations = FLAT_DECODER.decode('[{"StationID": "S"}]', shape, identity=identity)
        before, after = visits(identity, {**self.row, "VisitID": 6, "BeforeID": 7}, self.row).data
        assert after is visit
        assert visit.station.get() is stations.data[0]
        assert visit.before.get() is before
        assert before.before.get() is visit
        plugs = {"data": [{"type": "plugs", "id": "S/2"}]}
        plug = FLAT_DECODER.decode(json.dumps(plugs), identity=identity).data[0]
        assert isinstance(plug, Plug)
        assert visit.plug.get() is plug

    def test_a_key_within_a_parent_changes_with_its_parent(self, identity: IdentityMap) -> None:
        (visit,) = visits(identity, {**self.row, "StationID": "S", "PlugNo": 2}).data
        document = visits(identity, {**self.row, "StationID": "T", "PlugNo": 2})
        assert visit.plug.id == "T/2"
        assert list(fields(document)[0]) == ["station", "plug"]

    def test_a_key_within_a_parent_stays_when_only_the_parent_is_told(self, identity: IdentityMap) -> None:
        (visit,) = visits(identity, {**self.row, "StationID": "S", "PlugNo": 2}).data
        visits(identity, {**self.row, "StationID": "T"})
        assert (visit.station.id, visit.plug.id) == ("T", "S/2")

    def test_null_and_absent_stay_apart(self, identity: IdentityMap) -> None:
        (visit,) = visits(identity, {**self.row, "StationID": "S"}).data
        assert visits(identity, self.row).changes == ()
        assert visit.station.id == "S"
        document = visits(identity, {**self.row, "StationID": None})
        assert visit.station.state is State.EMPTY
        assert list(fields(document)[0]) == ["station"]

    def test_keys_that_nobody_looked_at_stay_keys(self, identity: IdentityMap) -> None:
        body = {**self.row, "StationID": "S", "PlugNo": 2}
        (visit,) = visits(identity, body).data
        assert visits(identity, body).changes == ()
        slots: Any = visit
        assert (slots._station, slots._plug) == ("S", 2)
        assert visit.station.id == "S"
        assert visits(identity, body).changes == ()

    def test_a_json_api_document_of_the_same_resource(self, identity: IdentityMap) -> None:
        (visit,) = visits(identity, {**self.row, "StationID": "S", "Rounds": 4}).data
        resource = node("visits/7", {"At": self.row["At"], "Energy": 2}, before="visits/1")
        document = FLAT_DECODER.decode(json.dumps({"data": resource}), identity=identity)
        assert document.data is visit
        assert (visit.rounds, visit.energy, visit.station.id, visit.before.id) == (4, 2.0, "S", "1")
        assert list(fields(document)[0]) == ["energy", "before"]

    def test_what_a_json_api_document_says_beside_a_foreign_key_is_taken(self, identity: IdentityMap) -> None:
        (visit,) = visits(identity, {**self.row, "StationID": "S"}).data
        for number in (1, 2):
            station = {"data": linkage("stations/S")[0], "meta": {"n": number}}
            body = {"data": node("visits/7", {"At": self.row["At"]}, station=station)}
            assert FLAT_DECODER.decode(json.dumps(body), identity=identity).changes == ()
            assert visit.station.meta == {"n": number}

    def test_records_without_identity_are_left_alone(self, identity: IdentityMap) -> None:
        decoder = Decoder([Place])
        document = decoder.decode('[{"x": 1}, {"x": 1}]', flat_array(Place), identity=identity)
        assert document.data[0] is not document.data[1]
        assert (len(identity), document.changes) == (0, ())


class TestWhatItWas:
    """What an object was when it was decoded: for its undeclared members, and for a PATCH."""

    encoder = Encoder(CLASSES)

    def test_undeclared_members_are_those_of_the_last_document(self, identity: IdentityMap) -> None:
        ann = decode(identity, node("people/1", {"name": "Ann", "x": 1})).data[0]
        decode(identity, node("people/1", {"name": "Ann", "y": 2}))
        assert jsonapi.extra(ann) == {"y": 2}

    def test_a_part_adds_to_them(self, identity: IdentityMap) -> None:
        ann = decode(identity, node("people/1", {"name": "Ann", "x": 1, "z": 1})).data[0]
        decode(identity, node("people/1", {"y": 2, "z": 2}))
        assert jsonapi.extra(ann) == {"x": 1, "y": 2, "z": 2}
        decode(identity, node("people/1", {"x": 3}))
        assert jsonapi.extra(ann) == {"x": 3, "y": 2, "z": 2}

    def test_of_flat_bodies(self, identity: IdentityMap) -> None:
        row = TestFlatBodies.row
        (visit,) = visits(identity, {**row, "Rounds": 4, "x": 1, "StationID": "S", "BeforeID": 3}).data
        visits(identity, {**row, "y": 1})
        assert jsonapi.extra(visit) == {"x": 1, "y": 1}
        assert (visit.station.id, visit.before.id) == ("S", "3")

    def test_keys_find_the_map_after_a_part_too(self, identity: IdentityMap) -> None:
        row = TestFlatBodies.row
        (visit,) = visits(identity, {**row, "Rounds": 4, "StationID": "S"}).data
        visits(identity, {**row, "StationID": "S"})
        station = FLAT_DECODER.decode('[{"StationID": "S"}]', flat_array(Station), identity=identity).data[0]
        assert visit.station.get() is station

    def test_undeclared_relationships_may_be_anything(self, identity: IdentityMap) -> None:
        values: list[Any] = [3, None, {"data": None}, [], "x"]
        for odd in values:
            held = decode(identity, node("people/1", {"name": "Ann"})).data
            document = {"data": node("people/1", {"x": str(odd)}) | {"relationships": {"odd": odd}}}
            ann = DECODER.decode(json.dumps(document), identity=identity).data
            assert held == [ann]
            assert (ann.name, jsonapi.extra(ann)) == ("Ann", {"x": str(odd)})
            assert self.encoder.update(ann) is None
            assert decode(identity, node("people/1", {"x": 0}, odd={"links": {}})).changes == ()
            assert jsonapi.extra(ann) == {"x": 0}
            DECODER.decode(json.dumps(document), identity=identity)
            assert jsonapi.extra(ann) == {"x": str(odd)}
            identity.clear()

    def test_a_part_is_no_change_to_send(self, identity: IdentityMap) -> None:
        whole = node("people/1", {"name": "Ann", "tag-list": ["a"]}, friend="people/2", cars=["cars/1"])
        ann = decode(identity, whole).data[0]
        for part in (
            node("people/1"),
            node("people/1", {"name": "Anna"}),
            node("people/1", {"tag-list": []}, friend=None, cars={"links": {}}),
        ):
            decode(identity, part)
            assert self.encoder.update(ann) is None
        ann.name = "Eve"
        decode(identity, node("people/1", {"tag-list": ["b"]}))
        assert json.loads(self.encoder.update(ann) or b"")["data"]["attributes"] == {"name": "Eve"}


class TestRetention:
    def test_weak_forgets_what_nobody_holds(self) -> None:
        identity = IdentityMap("weak")
        ann, bob = decode(identity, node("people/1"), node("people/2"), node("people/3")).data[:2]
        gc.collect()
        assert set(identity) == {ann, bob}
        assert identity.get(Person, "3") is None
        del ann
        gc.collect()
        assert list(identity) == [bob]

    def test_weak_keeps_what_is_referred_to(self) -> None:
        identity = IdentityMap("weak")
        ann = decode(identity, node("people/1", friend="people/2"), included=[node("people/2")]).data[0]
        decode(identity, node("people/1", friend="people/2"))
        gc.collect()
        assert ann.friend.get().id == "2"

    def test_weak_keeps_what_was_found(self) -> None:
        identity = IdentityMap("weak")
        ann = decode(identity, node("people/1", friend="people/2", cars=["cars/1"])).data[0]
        later = decode(identity, node("people/2"), node("cars/1"))
        found = [id(ann.friend.get()), id(ann.cars[0])]
        del later
        gc.collect()
        assert [id(ann.friend.get()), id(ann.cars[0])] == found

    def test_weak_flat_bodies_do_not_hold_their_siblings(self) -> None:
        identity = IdentityMap("weak")
        row = TestFlatBodies.row
        visit = visits(identity, row, {**row, "VisitID": 8}).data[0]
        gc.collect()
        assert list(identity) == [visit]

    def test_strong_keeps_until_told(self) -> None:
        identity = IdentityMap("strong")
        decode(identity, *(node(f"people/{number}") for number in range(5)))
        gc.collect()
        assert len(identity) == 5
        identity.discard(Person, "0")
        identity.discard("people", 1)
        identity.discard("people", "no such")
        assert sorted(each.id for each in identity) == ["2", "3", "4"]
        identity.clear()
        assert len(identity) == 0

    def test_is_one_of_two(self) -> None:
        with pytest.raises(ValueError, match="retention is 'weak' or 'strong', not 'some'"):
            IdentityMap("some")  # type: ignore[arg-type]  # what a user without a type checker may write

    def test_only_resources_can_be_asked_for(self, identity: IdentityMap) -> None:
        for cls in (Place, int):
            with pytest.raises(SchemaError, match="is not a resource class"):
                identity.get(cls, "1")


# -- any sequence of documents -----------------------------------------------------------------------------

keys = st.sampled_from(["people/1", "people/2", "people/3"])
car_keys = st.sampled_from(["cars/1", "cars/2"])
person_nodes = st.builds(
    lambda key, attributes, relationships: (key, attributes, relationships),
    keys,
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.sampled_from(["?", "Ann", "Bob"]),
            "tag-list": st.lists(st.sampled_from("ab"), max_size=2),
        },
    ),
    st.fixed_dictionaries(
        {}, optional={"friend": st.none() | keys, "cars": st.lists(car_keys, max_size=2, unique=True)}
    ),
)
car_nodes = st.builds(
    lambda key, attributes, relationships: (key, attributes, relationships),
    car_keys,
    st.fixed_dictionaries({}, optional={"seats": st.none() | st.integers(1, 3)}),
    st.fixed_dictionaries({}, optional={"owner": st.none() | keys}),
)
documents = st.lists(person_nodes | car_nodes, max_size=4, unique_by=lambda each: each[0])
ABSENT: Mapping[str, Any] = {"name": "?", "tag-list": [], "seats": None}
FIELDS = {"people": ("name", "tag-list", "friend", "cars"), "cars": ("seats", "owner")}


def state_of(instance: Any, name: str) -> Any:
    """A field in the form in which the tests write it; ``...`` for a relationship that is not loaded."""
    held = getattr(instance, {"tag-list": "tags"}.get(name, name))
    if not isinstance(held, (jsonapi.ToOne, jsonapi.ToMany)):
        return held
    if held.state is State.NOT_LOADED:
        return ...
    if isinstance(held, jsonapi.ToMany):
        return [str(each) for each in held.identifiers]
    return held.identifier and str(held.identifier)


@given(
    sequence=st.lists(st.tuples(documents, st.integers(0, 4)), max_size=5),
    retention=st.sampled_from(["weak", "strong"]),
)
def test_any_documents_leave_what_was_told_last(sequence: list[tuple[Any, int]], retention: Any) -> None:
    identity, objects, told, held = IdentityMap(retention), dict[str, Any](), dict[str, Any](), list[Any]()
    encoder = Encoder(CLASSES)
    for nodes, primary in sequence:
        before = {key: dict(fields) for key, fields in told.items()}
        raw = [node(key, attributes, **relationships) for key, attributes, relationships in nodes]
        document = decode(identity, *raw[:primary], included=raw[primary:])
        held.append(document)
        for (key, attributes, relationships), found in zip(
            nodes, (*document.data, *document.included), strict=True
        ):
            assert objects.setdefault(key, found) is found
            given_ = {
                name: [*value] if isinstance(value, list) else value for name, value in relationships.items()
            }
            kind = key.split("/")[0]
            known = told.setdefault(key, {name: ABSENT.get(name, ...) for name in FIELDS[kind]})
            known.update(attributes, **given_)
        changed = {key: fields for key, fields in told.items() if before.get(key) != fields}
        assert {change.resource for change in document.changes} == {objects[key] for key in changed}
        for change in document.changes:
            check_change(change, before, told)
        for key, fields_ in told.items():
            assert {name: state_of(objects[key], name) for name in fields_} == fields_
            assert identity.get(*key.split("/")) is objects[key]
            assert encoder.update(objects[key]) is None
            for name in fields_:
                check_targets(getattr(objects[key], name, None), objects)


UNSAID: dict[str, Any] = {}
"""Relationships that an object made by hand leaves out; type checkers cannot know that of an annotation."""


@pytest.mark.parametrize("retention", ["weak", "strong"])
def test_an_object_made_by_hand_is_adopted_unless_the_map_has_one(retention: Any) -> None:
    identity = IdentityMap(retention)
    (ann,) = decode(identity, node("people/1", {"name": "Ann"}, cars=["cars/7"], friend="people/2")).data
    bob, car = Person(id="2", name="Bob", **UNSAID), Car(id=7, **UNSAID)
    assert identity.adopt(bob) is bob
    assert identity.adopt(car) is car
    assert identity.adopt(Person(id="2", name="Other", **UNSAID)) is bob
    assert identity.adopt(Person(id="1", name="Other", **UNSAID)) is ann
    assert (ann.name, bob.name) == ("Ann", "Bob")
    assert ann.friend.get() is bob
    assert ann.cars[0] is car is identity.get(Car, 7)
    assert {each.id for each in identity} == {"1", "2", 7}


def test_an_adopted_object_is_brought_up_to_date() -> None:
    identity = IdentityMap()
    bob = identity.adopt(Person(id="2", name="Bob", tags=["old"], **UNSAID))
    document = decode(identity, node("people/2", {"name": "Bo"}))
    assert document.data[0] is bob
    assert (bob.name, bob.tags) == ("Bo", ["old"])
    assert jsonapi.extra(bob) == {}


def test_an_adopted_object_is_brought_up_to_date_by_a_flat_body() -> None:
    identity = IdentityMap()
    visit = identity.adopt(Visit(id=1, at=datetime(2026, 3, 1, tzinfo=UTC), energy=5.0, **UNSAID))
    (found,) = visits(identity, {"VisitID": 1, "At": "2026-03-02T00:00:00Z", "StationID": "S"}).data
    assert found is visit
    assert (visit.at.day, visit.energy, visit.station.id) == (2, 5.0, "S")


def test_what_has_no_identity_is_not_adopted() -> None:
    with pytest.raises(SchemaError, match="a dict is no resource"):
        IdentityMap().adopt({})


def test_an_adopted_resource_without_a_class() -> None:
    identity = IdentityMap()
    dog = jsonapi.Resource(type="dogs", id="1")
    assert identity.adopt(dog) is dog is identity.get("dogs", "1")


def check_change(change: Change, before: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    resource = change.resource
    key = f"{'cars' if isinstance(resource, Car) else 'people'}/{resource.id}"
    assert change.is_new is (key not in before)
    if not change.is_new:
        names = {name for name in told[key] if told[key][name] != before[key][name]}
        assert set(change.fields) == {{"tag-list": "tags"}.get(name, name) for name in names}


def check_targets(held: Any, objects: Mapping[str, Any]) -> None:
    """Every reference whose target any document has had leads to that one object."""
    if isinstance(held, jsonapi.ToOne) and held.state is State.PRESENT:
        assert held.is_included is (str(held.identifier) in objects)
        assert not held.is_included or held.get() is objects[str(held.identifier)]
    elif isinstance(held, jsonapi.ToMany) and held.state is State.PRESENT:
        for number, each in enumerate(held.identifiers):
            if str(each) in objects:
                assert held[number] is objects[str(each)]
            else:
                with pytest.raises(NotIncludedError):
                    held[number]
