"""Mapped classes that the tests of the encoder share: all that attributes and relationships can hold."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import Decoder, ToMany, ToOne, attribute, make_converter
from depotfinity_async.jsonapi.encode import Encoder

from .classes import BLOG, Colour, Comment, Person, Video


@jsonapi.value
class Spot:
    x: float = attribute("X")
    label: str | None = None


class Mood:
    """A value of a user's own, read and written by hooks."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mood) and self.name == other.name

    __hash__ = None  # type: ignore[assignment]  # it can change, so it has no hash


@jsonapi.resource("drafts")
class Draft:
    id: str
    title: str
    at: datetime | None = attribute("writtenAt", default=None)
    price: Decimal | None = None
    key: UUID | None = None
    colour: Colour = Colour.RED
    spots: list[Spot] = attribute("the-spots", factory=list[Spot])
    where: Spot | None = None
    words: dict[str, int] = attribute(factory=dict[str, int])
    loose: Any = None
    author: ToOne[Person]
    readers: ToMany[Person]
    about: ToOne[Video | Comment] = attribute("about-what")


@jsonapi.resource("moods")
class Moods:
    """A resource whose values only a user's hooks can read and write."""

    id: str
    mood: Mood
    others: dict[str, Mood] = attribute(factory=dict[str, Mood])


@jsonapi.resource("numbers")
class Number:
    id: int
    title: str


CONVERTER = make_converter()
CONVERTER.register_structure_hook(Mood, lambda value, _: Mood(value["is"]))
CONVERTER.register_unstructure_hook(Mood, lambda mood: {"is": mood.name})

CLASSES = [*BLOG, Draft, Number]
DECODER = Decoder(CLASSES)
ENCODER = Encoder(CLASSES)

ATTRIBUTES: dict[str, Any] = {
    "title": "A",
    "writtenAt": "2022-11-22T19:54:10.5+02:00",
    "price": "1.10",
    "key": "12345678-1234-5678-1234-567812345678",
    "colour": "mauve",
    "the-spots": [{"X": 1, "label": "a", "unknown": 1}, {"X": 2}],
    "where": {"X": 0.5},
    "words": {"one": 1},
    "loose": [{"a": [1, 1.5, True, None]}],
    "undeclared": [1],
}


def draft(attributes: dict[str, Any] | None = None, **relationships: Any) -> Draft:
    """A decoded draft; relationships as the document has them."""
    found: Draft = DECODER.decode(json.dumps({"data": node(attributes, **relationships)})).data
    return found


def node(attributes: dict[str, Any] | None = None, **relationships: Any) -> dict[str, Any]:
    return {
        "type": "drafts",
        "id": "1",
        "attributes": ATTRIBUTES if attributes is None else attributes,
        "relationships": {name.replace("_", "-"): {"data": data} for name, data in relationships.items()},
    }


def ref(type_: str, id_: str, **more: Any) -> dict[str, Any]:
    return {"type": type_, "id": id_, **more}
