"""References of objects that are made by hand, and ids of resources that have none yet."""

from __future__ import annotations

import copy
import pickle

import pytest

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import Identifier, Resource, SchemaError, State, ToOne
from depotfinity_async.jsonapi.references import Lid, identifier_of, new, to, to_many

from .classes import Person
from .drafts import Number, Spot


def someone(id_: str) -> Person:
    return Person(id=id_, first_name="Ann", best_friend=ToOne("", State.NOT_LOADED))


class TestLid:
    def test_is_never_equal_to_an_id(self) -> None:
        assert Lid("1") == Lid("1")
        assert Lid("1") != "1"
        assert "1" != Lid("1")  # noqa: SIM300  # the order is what is tested
        assert Lid("1") != Lid("2")
        assert {"1": "id", Lid("1"): "lid"} == {Lid("1"): "lid", "1": "id"}
        assert "1" not in list[str]([Lid("1")])

    def test_without_a_name_equals_only_itself(self) -> None:
        first, second = new(), new()
        assert first == first  # the comparison is what is tested
        assert first != second
        assert not first

    def test_is_text_and_survives_copies(self) -> None:
        assert repr(Lid("a")) == "Lid('a')"
        assert pickle.loads(pickle.dumps(Lid("a"))) == copy.deepcopy(Lid("a")) == Lid("a")


def test_a_reference_knows_its_object() -> None:
    ann = someone("9")
    reference = to(ann)
    assert (reference.state, reference.type, reference.id) == (State.PRESENT, "people", "9")
    assert reference.get() is ann
    assert to(None).state is State.EMPTY


def test_a_reference_by_identifier_keeps_its_meta() -> None:
    reference = to(Identifier("people", "9", {"role": "first"}))
    assert not reference.is_included
    assert reference.identifier is not None
    assert reference.identifier.meta == {"role": "first"}


def test_many() -> None:
    ann = someone("9")
    many = to_many(ann, Identifier("people", "2"))
    assert [str(identifier) for identifier in many.identifiers] == ["people/9", "people/2"]
    assert many[0] is ann
    with pytest.raises(jsonapi.NotIncludedError):
        many[1]
    assert to_many().state is State.EMPTY


def test_identifiers() -> None:
    assert identifier_of(Number(id=42, title="")) == Identifier("numbers", "42")
    assert identifier_of(Resource(type="robots", id="r")) == Identifier("robots", "r")
    assert isinstance(identifier_of(someone(new("p"))).id, Lid)
    assert isinstance(identifier_of(Number(id=new("n"), title="")).id, Lid)


@pytest.mark.parametrize("target", [3, Spot(x=1.0), "people"])
def test_what_is_no_resource_is_refused(target: object) -> None:
    with pytest.raises(SchemaError, match="is no resource"):
        to(target)
