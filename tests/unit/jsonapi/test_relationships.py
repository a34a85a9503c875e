"""References as values: equality, hashing, representation."""

from __future__ import annotations

import pytest

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import Identifier, State, ToMany, ToOne


def test_to_one_is_equal_by_what_it_names() -> None:
    one: ToOne[object] = ToOne.to("people", "1")
    same: ToOne[object] = ToOne("author", State.PRESENT, Identifier("people", "1", {"role": "x"}))
    assert one == same
    assert hash(one) == hash(same)
    assert one != ToOne[object].to("people", "2")
    assert one != "people/1"
    assert ToOne[object]("a", State.EMPTY) != ToOne[object]("a", State.NOT_LOADED)
    assert repr(one) == "<ToOne people/1>"
    assert repr(ToOne[object]("a", State.EMPTY)) == "<ToOne empty>"


def test_to_many_is_equal_by_what_it_names() -> None:
    some: ToMany[object] = ToMany("a", State.PRESENT, [Identifier("people", "1")])
    assert some == ToMany[object]("b", State.PRESENT, [Identifier("people", "1")])
    assert hash(some) == hash(ToMany[object]("b", State.PRESENT, [Identifier("people", "1")]))
    assert some != ToMany[object]("a", State.EMPTY)
    assert some != [1]
    assert ToMany[object]("a", State.EMPTY) != ToMany[object]("a", State.NOT_LOADED)
    assert repr(some) == "<ToMany of 1>"
    assert repr(ToMany[object]("a", State.NOT_LOADED)) == "<ToMany not loaded>"


def test_slices_give_the_objects() -> None:
    many: ToMany[str] = ToMany("a", State.PRESENT, [Identifier("x", str(n)) for n in range(3)])
    for number in range(3):
        many.link(number, f"object {number}")
    assert many[1:] == ["object 1", "object 2"]
    assert many[-1] == "object 2"
    assert list(many) == ["object 0", "object 1", "object 2"]


def test_a_reference_made_by_hand_says_so() -> None:
    for one in (ToOne[object].to("people", "1"), jsonapi.to(Identifier("people", "1", {"n": 1}))):
        with pytest.raises(
            jsonapi.NotIncludedError, match="the reference to people/1 was made by hand"
        ) as caught:
            one.get()
        assert "''" not in str(caught.value)
    with pytest.raises(jsonapi.NotIncludedError, match="people/1 was made by hand"):
        jsonapi.to_many(Identifier("people", "1"))[0]
    with pytest.raises(LookupError, match=r"^the relationship is null"):
        jsonapi.to(None).get()
    with pytest.raises(LookupError, match=r"^the relationship is not loaded"):
        ToOne[object]("", State.NOT_LOADED).get()


def test_both_ways_to_make_a_reference_make_the_same() -> None:
    one, other = (
        ToOne[object].to("people", "1", meta={"n": 1}),
        jsonapi.to(Identifier("people", "1", {"n": 1})),
    )
    assert one == other
    assert one.identifier is not None
    assert other.identifier is not None
    assert one.identifier.meta == other.identifier.meta == {"n": 1}


def test_names_of_a_null_relationship() -> None:
    null: ToOne[object] = ToOne("author", State.EMPTY)
    with pytest.raises(LookupError, match="'author' is null"):
        _ = null.type


def test_items_come_up_to_the_first_that_is_not_there() -> None:
    many: ToMany[str] = ToMany("x", State.PRESENT, [Identifier("people", id_) for id_ in "123"])
    many.link(0, "Ann")
    many.link(2, "Cid")
    items = iter(many)
    assert next(items) == "Ann"
    with pytest.raises(jsonapi.NotIncludedError, match="people/2"):
        next(items)
    many.link(1, "Bob")
    assert list(many) == ["Ann", "Bob", "Cid"]
