"""What type checkers must see of functions that take mapped objects. Read by mypy and pyright, never run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_type

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import Document, Identifier, Link, ToMany, ToOne


@jsonapi.value(frozen=True)
class Place:
    x: float
    y: float = 0.0


@jsonapi.value
class Note:
    text: str


@jsonapi.resource("people")
class Person:
    id: str
    home: Place


def copies(person: Person, place: Place, note: Note) -> None:
    assert_type(jsonapi.evolve(person, home=Place(x=1.0)), Person)
    assert_type(jsonapi.evolve(place, x=2.0), Place)
    assert_type(jsonapi.asdict(person), dict[str, Any])
    jsonapi.detach(person)
    note.text = "x"
    place.x = 2.0  # type: ignore[misc]  # frozen
    Place(1.0)  # type: ignore[call-arg]  # keyword-only
    Note()  # type: ignore[call-arg]  # text is required


def reach(person: Person, document: Document[Any]) -> None:
    assert_type(jsonapi.links(person), Mapping[str, Link | None])
    assert_type(jsonapi.meta(person), Mapping[str, Any])
    assert_type(jsonapi.lid(person), str | None)
    assert_type(jsonapi.relationships(person), dict[str, ToOne[Any] | ToMany[Any]])
    assert_type(document.find(Person, "1"), Person | None)
    assert_type(document.find("people", "1"), Any)
    assert_type(document.find(Identifier("people", "1")), Any)
