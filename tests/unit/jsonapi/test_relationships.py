"""References as values: equality, hashing, representation."""

from __future__ import annotations

import pytest

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


def test_names_of_a_null_relationship() -> None:
    null: ToOne[object] = ToOne("author", State.EMPTY)
    with pytest.raises(LookupError, match="'author' is null"):
        _ = null.type
