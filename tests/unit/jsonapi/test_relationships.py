"""References as values: equality, hashing, representation."""

from __future__ import annotations

from typing import Any

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
    assert repr(ToOne[object]("a", State.EMPTY)) == "<ToOne null>"


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


class TestToOneAsAnAnswer:
    present: ToOne[object] = ToOne.to("people", "1")
    null: ToOne[object] = ToOne("author", State.EMPTY)
    unknown: ToOne[object] = ToOne("author", State.NOT_LOADED)

    def test_it_is_true_when_it_names_a_target_and_null_when_not(self) -> None:
        assert self.present
        assert not self.null
        assert (self.present.is_null, self.null.is_null, self.unknown.is_null) == (False, True, False)

    def test_it_is_neither_when_it_is_not_loaded(self) -> None:
        with pytest.raises(jsonapi.NotLoadedError, match="'author' is not loaded"):
            bool(self.unknown)
        with pytest.raises(jsonapi.NotLoadedError, match="'author' is not loaded"):
            _ = self.unknown.identifiers

    def test_its_identifiers_are_at_most_one(self) -> None:
        assert self.present.identifiers == (Identifier("people", "1"),)
        assert self.null.identifiers == ()

    def test_a_loop_over_it_says_why_not(self) -> None:
        anything: Any = self.unknown
        with pytest.raises(jsonapi.NotLoadedError, match="'author' is not loaded"):
            list(anything)
        anything = self.null
        with pytest.raises(TypeError, match=r"'author' is to-one: get\(\) gives its target"):
            list(anything)


class TestWhatIsIncluded:
    def test_only_the_targets_that_are_there(self) -> None:
        many: ToMany[str] = ToMany("x", State.PRESENT, [Identifier("people", id_) for id_ in "123"])
        many.link(0, "Ann")
        many.link(2, "Cid")
        assert (many.is_included, many.included) == (False, ["Ann", "Cid"])
        many.link(1, "Bob")
        assert (many.is_included, many.included) == (True, list(many))

    def test_of_an_empty_one_and_of_one_that_is_not_loaded(self) -> None:
        empty: ToMany[object] = ToMany("x", State.EMPTY)
        assert empty.is_included
        assert (empty.included, empty.is_null) == ([], False)
        unknown: ToMany[object] = ToMany("x", State.NOT_LOADED)
        assert not unknown.is_included
        with pytest.raises(jsonapi.NotLoadedError):
            _ = unknown.included

    def test_targets_that_an_identity_map_has_by_now(self) -> None:
        @jsonapi.resource("people")
        class Person:
            id: str
            friends: ToMany[Person] = jsonapi.relationship()

        decoder, seen = jsonapi.Decoder([Person]), jsonapi.IdentityMap("strong")
        ann = decoder.decode(
            b'{"data":{"type":"people","id":"1","relationships":{"friends":{"data":[{"type":"people","id":"2"}]}}}}',
            identity=seen,
        ).data
        assert not ann.friends.is_included
        bob = decoder.decode(b'{"data":{"type":"people","id":"2"}}', identity=seen).data
        assert ann.friends.included == [bob]
        assert ann.friends.is_included
