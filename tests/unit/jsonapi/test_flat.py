"""Flat bodies: resources without a JSON:API document around them, and where they are wrong."""

from __future__ import annotations

import contextlib
import copy
import itertools
import json
import pickle
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import DecodeError, Decoder, State, flat_array, flat_items, flat_object

from .classes import BLOG, FLAT, Article, Colour, Place, Plug, Station, Visit

DECODER = Decoder(FLAT)
SHAPE = flat_array(Visit)
VISIT = {"VisitID": 7, "StationID": "S/1", "PlugNo": 2, "At": "2022-11-22T19:54:10.143Z"}


def visits(*rows: Any) -> list[Visit]:
    return DECODER.decode(json.dumps(rows), flat_array(Visit)).data


def explained(body: Any, shape: jsonapi.Shape[Any]) -> Any:
    """The same body by the explaining way alone."""
    raw = json.dumps(body).encode()
    return DECODER._explained(json.loads(raw), raw, shape).data


def faults(body: Any, shape: jsonapi.Shape[Any]) -> list[str]:
    raw = body if isinstance(body, (bytes, str)) else json.dumps(body)
    with pytest.raises(DecodeError) as caught:
        DECODER.decode(raw, shape)
    return [str(fault) for fault in caught.value.faults]


def test_bare_array() -> None:
    (visit,) = visits(VISIT | {"Energy": 1500, "Colour": "green", "Open": False, "Places": [{"x": 1}]})
    assert visit.id == 7
    assert visit.at == datetime(2022, 11, 22, 19, 54, 10, 143000, tzinfo=UTC)
    assert (visit.energy, visit.colour, visit.open, visit.rounds) == (1500.0, Colour.GREEN, False, 1)
    assert visit.shade is Colour.RED
    assert visit.places == [Place(x=1.0, label=None)]


def test_items_keep_the_rest_as_meta() -> None:
    document = DECODER.decode(json.dumps({"total": 1, "items": [VISIT]}), flat_items(Visit))
    assert document.data[0].id == 7
    assert document.meta == {"total": 1}
    rows = DECODER.decode(json.dumps({"rows": [VISIT], "n": 1}), flat_items(Visit, "rows"))
    assert (rows.data[0].id, rows.meta) == (7, {"n": 1})


def test_items_may_stand_beside_a_member_called_meta() -> None:
    document = DECODER.decode(json.dumps({"meta": {"n": 1}, "items": [VISIT]}), flat_items(Visit))
    assert document.data[0].id == 7
    assert document.meta == {"meta": {"n": 1}}


def test_single_object() -> None:
    assert DECODER.decode(json.dumps(VISIT), flat_object(Visit)).data.station.id == "S/1"


def test_an_object_with_a_field_called_data_is_no_document() -> None:
    document = DECODER.decode(json.dumps(VISIT | {"data": 1}), flat_object(Visit))
    assert document.data.id == 7
    assert jsonapi.extra(document.data) == {"data": 1}


def test_an_object_with_a_field_called_links_is_no_document() -> None:
    @jsonapi.value
    class Counted:
        links: int = 0

    decoder = Decoder([Counted])
    assert decoder.decode(b'{"links":3}', flat_object(Counted)).data == Counted(links=3)
    assert decoder.decode(b"{}", flat_object(Counted)).data == Counted()


def test_same_shape_reads_a_json_api_document() -> None:
    body = {
        "data": [
            {
                "type": "visits",
                "id": "7",
                "attributes": {"At": "2022-11-22T19:54:10Z", "New": 1},
                "relationships": {"station": {"data": {"type": "stations", "id": "S1"}}},
            }
        ],
        "included": [{"type": "stations", "id": "S1"}],
    }
    document = DECODER.decode(json.dumps(body), flat_array(Visit))
    visit = document.data[0]
    assert visit.id == 7
    assert visit.station.get() is document.included[0]
    assert visit.plug.state is State.NOT_LOADED
    assert jsonapi.extra(visit) == {"New": 1}


def test_a_json_api_document_may_have_members_of_an_extension() -> None:
    body = {"data": {"type": "stations", "id": "1"}, "@context": 1, "ext:version": 2}
    assert DECODER.decode(json.dumps(body), flat_object(Station)).data.id == "1"


def test_a_document_of_another_type_is_refused() -> None:
    body = {"data": [{"type": "stations", "id": "1"}, {"type": "unheard", "id": "1"}]}
    assert faults(body, flat_array(Visit)) == [
        "/data/0: expected a Visit, got a resource of type 'Station'",
        "/data/1: expected a Visit, got a resource of type 'unheard'",
    ]
    assert faults({"data": body["data"][0]}, flat_object(Visit)) == [
        "/data: expected a Visit, got a resource of type 'Station'"
    ]
    assert faults({"data": None}, flat_array(Visit)) == ["/data: expected an array of resources [D6]"]
    assert faults({"data": []}, flat_object(Visit)) == ["/data: expected one resource [D6]"]


def not_included(visit: Visit) -> jsonapi.NotIncludedError:
    with pytest.raises(jsonapi.NotIncludedError) as caught:
        visit.station.get()
    return caught.value


class TestForeignKeys:
    def test_become_references_on_first_look_and_stay(self) -> None:
        (visit,) = visits(VISIT)
        assert (visit.station.type, visit.station.id) == ("stations", "S/1")
        assert visit.station is visit.station

    def test_a_child_key_is_unique_within_its_parent(self) -> None:
        assert visits(VISIT)[0].plug.identifier == jsonapi.Identifier("plugs", "S/1/2")

    def test_null_and_absent_stay_apart(self) -> None:
        (null,) = visits(VISIT | {"StationID": None})
        assert null.station.state is State.EMPTY
        assert null.station.identifier is None
        assert null.plug.state is State.EMPTY
        (absent,) = visits({name: VISIT[name] for name in ("VisitID", "At")})
        assert absent.station.state is absent.plug.state is State.NOT_LOADED

    def test_point_to_the_object_of_the_same_document(self) -> None:
        first, second = visits(VISIT, VISIT | {"VisitID": 8, "BeforeID": 7})
        assert second.before.get() is first

    def test_point_to_the_first_of_two_objects_with_one_id(self) -> None:
        first, _, third = visits(VISIT, VISIT | {"Rounds": 2}, VISIT | {"VisitID": 8, "BeforeID": 7})
        assert third.before.get() is first

    def test_are_text_or_integer(self) -> None:
        assert faults([VISIT | {"StationID": True}], flat_array(Visit)) == [
            "/0/StationID: expected an id (text or integer), got a boolean"
        ]

    def test_say_what_is_missing(self) -> None:
        with pytest.raises(
            jsonapi.NotIncludedError, match=r"'station' names stations/S/1.*identity map"
        ) as caught:
            visits(VISIT)[0].station.get()
        assert "include" not in str(caught.value)
        assert "include" not in str(not_included(pickle.loads(pickle.dumps(visits(VISIT)[0]))))

    def test_can_be_given_by_hand(self) -> None:
        reference = jsonapi.ToOne[Station].to("stations", "S9")
        (visit,) = visits(VISIT)
        visit.station = reference
        assert visit.station.id == "S9"


@pytest.mark.parametrize("way", ["fast", "explained"])
def test_absent_attributes_are_made_for_each_object(way: str) -> None:
    body = [VISIT, VISIT | {"VisitID": 8}]
    one, other = explained(body, flat_array(Visit)) if way == "explained" else visits(*body)
    assert one.tags == other.tags == []
    assert one.tags is not other.tags


@pytest.mark.parametrize("way", ["fast", "explained"])
def test_relationships_without_a_key_are_not_loaded(way: str) -> None:
    body = [{"id": "1", "title": "x"}]
    raw, shape = json.dumps(body), flat_array(Article)
    decoder = Decoder(BLOG)
    document = decoder.decode(raw, shape)
    if way == "explained":
        document = decoder._explained(body, raw.encode(), shape)
    (article,) = document.data
    assert (article.id, article.title) == ("1", "x")
    assert article.author.state is article.comments.state is State.NOT_LOADED


class TestUndeclaredMembers:
    def test_are_ignored_and_reachable(self) -> None:
        first, second = visits(VISIT | {"Late": True}, VISIT | {"Why": [1]})
        assert jsonapi.extra(first) == {"Late": True}
        assert jsonapi.extra(second) == {"Why": [1]}

    @pytest.mark.parametrize("way", ["fast", "explained"])
    def test_are_found_in_every_shape(self, way: str) -> None:
        body = {"items": [VISIT, VISIT | {"Late": 1}]}
        found = (
            explained(body, flat_items(Visit))
            if way == "explained"
            else DECODER.decode(json.dumps(body), flat_items(Visit)).data
        )
        assert [jsonapi.extra(visit) for visit in found] == [{}, {"Late": 1}]

    def test_are_none_for_an_object_made_by_hand(self) -> None:
        assert jsonapi.extra(Station(id="1")) == {}
        assert jsonapi.extra(Place(x=1.0)) == {}


class TestFaults:
    def test_are_all_reported_with_their_places(self) -> None:
        bad = {
            "VisitID": 1.9,
            "At": "yesterday",
            "StationID": [],
            "Open": "false",
            "Energy": None,
            "Shade": None,
            "Tags": "abc",
        }
        assert faults([VISIT, bad], flat_array(Visit)) == [
            "/1/VisitID: expected an integer, got a number",
            "/1/At: not a time in RFC 3339 form, such as 2022-11-22T19:54:10.143Z",
            "/1/Shade: expected a string, got null",
            "/1/Open: expected a boolean, got a string",
            "/1/Tags: expected an array, got a string",
            "/1/StationID: expected an id (text or integer), got an array",
        ]

    def test_of_a_null_that_the_class_does_not_allow(self) -> None:
        for name in ("VisitID", "At", "Rounds", "Shade", "Tags"):
            (fault,) = faults([VISIT | {name: None}], SHAPE)
            assert fault.startswith(f"/0/{name}: expected a")
            assert fault.endswith(", got null")

    def test_of_nested_values_lead_to_the_value(self) -> None:
        bad = VISIT | {"Places": [{"x": 1}, {"x": "1"}], "Tags": ["a", 2]}
        assert faults([bad], flat_array(Visit)) == [
            "/0/Tags/1: expected a string, got an integer",
            "/0/Places/1/x: expected a number, got a string",
        ]

    def test_of_items_name_the_member(self) -> None:
        assert faults({"items": [{}]}, flat_items(Visit))[0].startswith("/items/0/VisitID: is missing")
        assert faults({"rows": []}, flat_items(Visit)) == [
            "/items: is missing: the body was expected to hold its resources here"
        ]
        assert faults({"items": 3}, flat_items(Visit)) == ["/items: expected an array, got an integer"]

    def test_of_the_whole_body(self) -> None:
        assert faults({"message": "x"}, flat_array(Visit)) == ["(document): expected an array, got an object"]
        assert faults([], flat_items(Visit)) == ["(document): expected an object, got an array"]
        assert faults([3], flat_array(Visit)) == ["/0: expected an object, got an integer"]
        assert faults([], flat_object(Visit)) == ["(document): expected an object, got an array"]

    @pytest.mark.parametrize("time", ["2022-11-22T19:54:10", "0001-01-01T00:00:00+10:00"])
    def test_a_time_without_zone_or_out_of_range(self, time: str) -> None:
        (fault,) = faults([VISIT | {"At": time}], flat_array(Visit))
        assert fault.startswith("/0/At: the time ")

    def test_error_can_be_pickled(self) -> None:
        with pytest.raises(DecodeError) as caught:
            DECODER.decode(b"[1]", flat_array(Visit))
        assert pickle.loads(pickle.dumps(caught.value)).faults == caught.value.faults


COUNTER = itertools.count(1)


@jsonapi.resource("tickets")
class Ticket:
    id: str
    number: str = jsonapi.attribute(factory=lambda: f"T{next(COUNTER)}")


@pytest.mark.parametrize(
    "body",
    ['[{"id":"1"},{"id":"2"}]', '{"data":[{"type":"tickets","id":"1"},{"type":"tickets","id":"2"}]}'],
)
def test_a_factory_is_called_for_each_object(body: str) -> None:
    first, second = Decoder([Ticket]).decode(body, flat_array(Ticket)).data
    assert first.number != second.number


def test_times_are_utc_whatever_their_offset() -> None:
    (visit,) = visits(VISIT | {"At": "2022-11-22T21:54:10+02:00"})
    assert visit.at == datetime(2022, 11, 22, 19, 54, 10, tzinfo=UTC)
    assert visit.at.tzinfo is UTC


def test_a_shape_of_a_class_the_decoder_does_not_know() -> None:
    with pytest.raises(jsonapi.SchemaError, match="Visit is not among the classes"):
        Decoder([Plug]).decode(b"[]", flat_array(Visit))


class TestCopies:
    def test_keep_references_and_undeclared_members(self) -> None:
        (visit,) = visits(VISIT | {"Late": True})
        for copied in (copy.copy(visit), copy.deepcopy(visit), pickle.loads(pickle.dumps(visit))):
            assert copied.id == 7
            assert copied.plug.id == "S/1/2"
            assert jsonapi.extra(copied) == {"Late": True}
            assert repr(copied) == repr(visit)
            jsonapi.extra(copied).clear()
            assert jsonapi.extra(copied) == {"Late": True}

    def test_evolve(self) -> None:
        visit: Any = visits(VISIT | {"Late": True})[0]
        later = attrs.evolve(visit, rounds=5)
        assert (later.rounds, later.station.id, jsonapi.extra(later)) == (5, "S/1", {"Late": True})


def test_hooks_of_the_users_converter_are_used() -> None:
    converter = jsonapi.make_converter()
    converter.register_structure_hook(int, lambda value, _: int(value, 16))
    decoder = Decoder(FLAT, converter=converter)
    assert decoder.decode(json.dumps([VISIT | {"VisitID": "ff"}]), SHAPE).data[0].id == 255
    # Values that JSON has no doubt about go through the hooks too.
    converter.register_structure_hook(int, lambda value, _: value * 2)
    converter.register_structure_hook(Colour, lambda value, _: Colour(value[::-1]))
    converter.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value) + timedelta(1))
    (visit,) = Decoder(FLAT, converter=converter).decode(json.dumps([VISIT | {"Shade": "der"}]), SHAPE).data
    assert (visit.id, visit.rounds, visit.shade, visit.at.day) == (14, 1, Colour.RED, 23)
    with pytest.raises(DecodeError, match="/0/VisitID: cannot be read as int"):
        decoder.decode(json.dumps([VISIT | {"VisitID": {}}]), flat_array(Visit))


# -- the two ways agree ------------------------------------------------------------------------------------

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
times = st.datetimes(
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-11))])
).map(datetime.isoformat) | st.sampled_from(
    ["2022-11-22", "2022-11-22T24:00:00Z", "2016-12-31T23:59:60Z", ""]
)
right = {
    "VisitID": st.integers(),
    "StationID": st.text(max_size=5) | st.integers() | st.none(),
    "PlugNo": st.integers() | st.none(),
    "BeforeID": st.integers(0, 3),
    "At": times,
    "Until": times | st.none(),
    "Energy": st.floats(allow_nan=False, allow_infinity=False) | st.integers(),
    "Rounds": st.integers(),
    "Colour": st.sampled_from(["red", "green", "blue", ""]) | st.none(),
    "Shade": st.sampled_from(["red", "violet"]),
    "Open": st.booleans(),
    "Tags": st.lists(st.text(max_size=3), max_size=2),
    "Places": st.lists(st.fixed_dictionaries({"x": st.integers()}), max_size=2),
    "Mixed": scalars,
}
rows = st.fixed_dictionaries(
    {"VisitID": right["VisitID"], "At": right["At"]},
    optional={name: values | anything for name, values in right.items() if name not in ("VisitID", "At")}
    | {"Other": anything},
)


def outcome(decode: Any) -> Any:
    try:
        return repr(decode())
    except DecodeError as error:
        return error.faults


def writable(value: Any) -> bool:
    """Whether a value has a JSON text: no NaN, no infinity."""
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


@given(st.lists(rows, max_size=4).filter(writable))
def test_the_fast_and_the_explaining_way_agree(body: list[dict[str, Any]]) -> None:
    raw = json.dumps(body).encode()
    tree_way = outcome(lambda: explained(body, flat_array(Visit)))
    assert outcome(lambda: DECODER.decode(raw, flat_array(Visit)).data) == tree_way
    fast = DECODER._fast(raw, flat_array(Visit))
    if fast is not None:
        assert repr(fast.data) == tree_way
        assert all(visit.until is None or visit.until.tzinfo is UTC for visit in fast.data)


@given(st.binary(max_size=60) | st.text(max_size=60) | anything.filter(writable).map(json.dumps))
def test_no_bytes_raise_anything_but_the_modules_errors(raw: bytes | str) -> None:
    for shape in (flat_array(Visit), flat_items(Visit), flat_object(Visit), None):
        with contextlib.suppress(jsonapi.JsonApiError):
            DECODER.decode(raw, shape) if shape else DECODER.decode(raw)
