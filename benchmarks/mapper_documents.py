"""The documents that the mapper is measured with, made from a seed, and the classes that they are mapped to.

Nothing is measured here. The texts mean nothing; their number and length are what matters.
"""

import json
import random
from datetime import datetime
from typing import Any

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import ToMany, ToOne, attribute

__all__ = ["COMPOUND", "Article", "Person", "Section", "Tag", "compound", "flat"]

_WORDS = ("charger", "depot", "night", "shift", "battery", "queue", "meter", "energy")
_END_RESULTS = ("Local", "Remote", "EVDisconnected", "Reboot")


@jsonapi.resource("people")
class Person:
    """An included resource that points to its own kind, so that there are cycles."""

    id: str
    first_name: str = attribute("firstName")
    last_name: str = attribute("lastName")
    age: int
    best_friend: ToOne["Person"] = attribute("bestFriend")


@jsonapi.resource("sections")
class Section:
    """An included resource with one relationship."""

    id: str
    name: str
    editor: ToOne[Person]


@jsonapi.resource("tags")
class Tag:
    """An included resource without relationships."""

    id: str
    name: str


@jsonapi.resource("articles")
class Article:
    """The primary data: five attributes, two to-one relationships and one to-many."""

    id: str
    title: str
    body: str
    created_at: datetime = attribute("createdAt")
    rating: float
    is_published: bool = attribute("published")
    author: ToOne[Person]
    section: ToOne[Section]
    tags: ToMany[Tag]


COMPOUND: tuple[type[Any], ...] = (Article, Person, Section, Tag)
"""All classes of a compound document."""


def compound(primary: int, seed: int = 3, *, strangers: int = 0) -> bytes:
    """A JSON:API document with so many articles, and 12 included people, sections and tags for each 100.

    With 5,000 articles that is about 2.2 MB. So many `strangers` are included too: of a type that no class
    stands for.
    """
    chance = random.Random(seed)
    people, sections, tags = (max(1, primary * percent // 100) for percent in (8, 1, 3))

    def to(type_: str, count: int) -> dict[str, Any]:
        return {"type": type_, "id": str(chance.randint(1, count))}

    def node(type_: str, number: int, attributes: dict[str, Any], **related: Any) -> dict[str, Any]:
        made: dict[str, Any] = {"type": type_, "id": str(number), "attributes": attributes}
        if related:
            made["relationships"] = {name: {"data": data} for name, data in related.items()}
        return made

    data = [
        node(
            "articles",
            number,
            {
                "title": _text(chance, 4),
                "body": _text(chance, 13),
                "createdAt": _time(chance),
                "rating": chance.randint(0, 100) / 10,
                "published": chance.random() < 0.8,
            },
            author=to("people", people),
            section=to("sections", sections),
            tags=[to("tags", tags) for _ in range(2)],
        )
        for number in range(1, primary + 1)
    ]
    included = [
        *(
            node(
                "people",
                number,
                {"firstName": _text(chance, 1), "lastName": _text(chance, 1), "age": chance.randint(18, 65)},
                bestFriend=to("people", people),
            )
            for number in range(1, people + 1)
        ),
        *(
            node("sections", number, {"name": _text(chance, 2)}, editor=to("people", people))
            for number in range(1, sections + 1)
        ),
        *(node("tags", number, {"name": _text(chance, 1)}) for number in range(1, tags + 1)),
        *(node("strangers", number, {"name": _text(chance, 1)}) for number in range(1, strangers + 1)),
    ]
    return _bytes(
        {"jsonapi": {"version": "1.1"}, "data": data, "included": included, "meta": {"total": primary}}
    )


def flat(rows: int, seed: int = 3) -> bytes:
    """The vendor's flat array of so many transactions."""
    chance = random.Random(seed)
    return _bytes(
        [
            {
                "TransactionID": number,
                "ChargerID": f"CP-{chance.randint(1, 150)}",
                "ConnectorID": chance.randint(1, 2),
                "StartAt": _time(chance),
                "EndAt": _time(chance),
                "InitialSoC": chance.randint(5, 60),
                "EndSoC": chance.randint(61, 100) / 1.5,
                "EnergyDelivered": chance.randint(1_000, 90_000),
                "EndResult": chance.choice(_END_RESULTS),
                "VehicleID": f"BUS-{chance.randint(1, 150)}",
                "DriverID": f"D-{chance.randint(1, 300)}",
                "InsertedAt": _time(chance),
            }
            for number in range(1, rows + 1)
        ]
    )


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(words))


def _time(chance: random.Random) -> str:
    day, hour, minute = chance.randint(10, 28), chance.randint(10, 23), chance.randint(10, 59)
    return f"2026-{chance.randint(10, 12)}-{day}T{hour}:{minute}:00.{chance.randint(100, 999)}Z"


def _bytes(tree: Any) -> bytes:
    return json.dumps(tree, separators=(",", ":")).encode()
