"""What the ways to read a JSON:API document have to agree on, and random documents to compare them with."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import DecodeError, Decoder, Document, ToMany, ToOne, attribute
from depotfinity_async.jsonapi.compound import read_document
from depotfinity_async.jsonapi.origin import Origin

from .classes import BLOG, FLAT, Colour, Person, Place


@jsonapi.resource("logs", frozen=True)
class Log:
    """Values and relationships of every kind."""

    id: int
    at: datetime
    energy: float | None = None
    colour: Colour = Colour.RED
    places: list[Place] = attribute(factory=list[Place])
    raw: Any = attribute("the-raw", default=None)
    next: ToOne[Log] = attribute("next-log")
    about: ToOne[Log | Person]
    others: ToMany[Any]


DECODER = Decoder([*BLOG, *FLAT, Log])


def explained(
    body: Any, shape: jsonapi.Shape[Any] | None = None, decoder: Decoder = DECODER
) -> Document[Any]:
    raw = json.dumps(body).encode()
    return read_document(json.loads(raw), decoder._types, Origin(decoder._schemas, raw), shape)


def one(node: Any, **members: Any) -> dict[str, Any]:
    return {"data": node} | members


LOG: dict[str, Any] = {"type": "logs", "id": "7", "attributes": {"at": "2022-11-22T21:54:10+02:00"}}


def log(id_: str = "7", **relationships: Any) -> dict[str, Any]:
    return LOG | {"id": id_, "relationships": relationships}


def seen(document: Document[Any]) -> Any:
    """Everything that a document tells, in a form that can be compared."""
    primary = document.data if isinstance(document.data, list) else [document.data]
    objects = [*primary, *document.included]
    places = {id(item): number for number, item in reversed([*enumerate(objects)])}

    def relation(held: Any) -> Any:
        identifiers = () if held.state is jsonapi.State.NOT_LOADED else held._told.identifiers
        metas = [found.meta for found in identifiers]
        targets = held._targets if isinstance(held, ToMany) else [held._target]
        numbers = [places.get(id(target)) for target in targets]
        return (
            type(held),
            held.relationship_name,
            held.state,
            identifiers,
            metas,
            held.links,
            held.meta,
            numbers,
        )

    def whole(item: Any) -> Any:
        if item is None:
            return None
        names = [name for name in item.__slots__ if isinstance(getattr(item, name, None), (ToOne, ToMany))]
        return (
            places[id(item)],
            repr(item),
            [relation(getattr(item, name)) for name in names],
            jsonapi.extra(item) if not isinstance(item, jsonapi.Resource) else None,
            getattr(item, "_position", None),
            told(item) if isinstance(item, jsonapi.Resource) else None,
        )

    def told(item: jsonapi.Resource) -> Any:
        relations = {name: relation(held) for name, held in item.relationships.items()}
        return item.lid, item.attributes, relations, item.links, item.meta

    return (
        type(document.data),
        [whole(item) for item in objects],
        document.meta,
        document.links,
        document.jsonapi,
        document.errors,
        document.notes,
    )


def outcome(decode: Any) -> Any:
    try:
        return seen(decode())
    except DecodeError as error:
        return error.faults


scalars = st.none() | st.booleans() | st.integers(-9, 9) | st.just(1.5) | st.text(max_size=3)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


def mostly(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values that are right, and now and then anything."""
    return st.integers(0, 24).flatmap(lambda chance: values if chance else anything)


objects = mostly(st.dictionaries(st.sampled_from(["a", "self", "@at"]), anything, max_size=2))
texts = mostly(st.sampled_from(["1", "2", "3"]))
link = (
    st.none()
    | st.sampled_from(["/a", "b"])
    | st.fixed_dictionaries(
        {"href": mostly(st.just("/x"))}, optional={"title": scalars, "rel": scalars, "meta": objects}
    )
)
links = mostly(st.dictionaries(st.sampled_from(["self", "next", "@at", "my-own"]), mostly(link), max_size=2))
identifiers = mostly(
    st.fixed_dictionaries(
        {"type": mostly(st.sampled_from(["logs", "people"])), "id": texts}, optional={"meta": objects}
    )
)
relationships = {
    "next-log": identifiers | st.none(),
    "about": identifiers | st.none(),
    "others": st.lists(identifiers, max_size=3),
    "best-friend": identifiers | st.none(),
    "new": anything,
    "@at": anything,
}
related = st.fixed_dictionaries(
    {},
    optional={
        name: mostly(
            st.fixed_dictionaries({}, optional={"data": mostly(data), "links": links, "meta": objects})
        )
        for name, data in relationships.items()
    },
)
log_attributes = st.fixed_dictionaries(
    {"at": mostly(st.sampled_from(["2022-11-22T19:54:10Z", "2022-11-22T19:54:10.1+02:00"]))},
    optional={
        "energy": mostly(st.none() | st.integers(0, 5) | st.just(2.5)),
        "colour": mostly(st.sampled_from(["red", "pink"])),
        "places": mostly(st.lists(st.just({"x": 1}), max_size=2)),
        "the-raw": anything,
        "new": anything,
    },
)
person_attributes = st.fixed_dictionaries(
    {"firstName": mostly(st.just("Ann"))}, optional={"nick": mostly(st.none())}
)
resources = mostly(
    st.fixed_dictionaries(
        {"type": st.just("logs"), "id": texts, "attributes": mostly(log_attributes)},
        optional={"relationships": mostly(related), "links": anything, "new": anything},
    )
    | st.fixed_dictionaries(
        {"type": mostly(st.just("people")), "id": texts, "attributes": mostly(person_attributes)},
        optional={"relationships": mostly(related), "meta": anything},
    )
)
documents = st.fixed_dictionaries(
    {"data": mostly(resources | st.none() | st.lists(resources, max_size=3))},
    optional={
        "included": mostly(st.lists(resources, max_size=3)),
        "meta": objects,
        "links": links,
        "jsonapi": objects,
        "errors": st.none(),
        "@at": anything,
    },
)
