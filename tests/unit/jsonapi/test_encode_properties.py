"""The encoder and the decoder are each other's way back, on random graphs and random changes."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.jsonapi import Identifier, Resource, State, ToMany, ToOne
from depotfinity_async.jsonapi.references import to, to_many
from depotfinity_async.jsonapi.strict import check

from .classes import Colour
from .drafts import DECODER, ENCODER, Draft, Spot

IDS = st.sampled_from(["1", "2", "3"])
META = st.dictionaries(st.sampled_from(["role", "n"]), st.integers(0, 2), max_size=1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
SPOTS = st.builds(Spot, x=st.floats(-9, 9), label=st.none() | st.text(max_size=2))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "title": st.text(max_size=3),
    "at": st.none() | st.datetimes(timezones=st.just(UTC)),
    "price": st.none() | st.decimals(allow_nan=False, allow_infinity=False),
    "key": st.none() | st.uuids(),
    "colour": st.sampled_from([*Colour, Colour("mauve")]),
    "spots": st.lists(SPOTS, max_size=2),
    "where": st.none() | SPOTS,
    "words": st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
    "loose": JSON,
}


def mentions(*types: str) -> st.SearchStrategy[Identifier]:
    return st.builds(Identifier, st.sampled_from(types), IDS, META)


ONE = mentions("people").map(to) | st.just(to(None)) | st.just(ToOne[Any]("", State.NOT_LOADED))
ABOUT = mentions("videos", "comments", "robots").map(to) | st.just(to(None))
MANY = st.lists(mentions("people"), max_size=3).map(lambda found: to_many(*found))
RELATIONS = {"author": ONE, "readers": MANY | st.just(ToMany[Any]("", State.NOT_LOADED)), "about": ABOUT}
FIELDS = VALUES | RELATIONS
NAMES = {"at": "writtenAt", "spots": "the-spots", "about": "about-what"}


def drafts(id_: str) -> st.SearchStrategy[Draft]:
    return st.builds(Draft, id=st.just(id_), **FIELDS)


def decode(resource: Any, *included: Any) -> Any:
    return DECODER.decode(json.dumps({"data": resource, "included": included}))


def seen(instance: Draft) -> dict[str, Any]:
    """Everything that an object holds, in a form that compares by value and by kind."""
    found: dict[str, Any] = {"id": instance.id} | {name: getattr(instance, name) for name in VALUES}
    found["loose"] = json.dumps(found["loose"], sort_keys=True)
    for name in RELATIONS:
        held: ToOne[Any] | ToMany[Any] = getattr(instance, name)
        if held.state is State.NOT_LOADED:
            found[name] = held.state, []
            continue
        identifiers = held.identifiers if isinstance(held, ToMany) else (held.identifier,)
        found[name] = held.state, [(each, each and each.meta) for each in identifiers]
    return found


def apply(resource: dict[str, Any], patch: dict[str, Any] | None) -> dict[str, Any]:
    """What a server makes of a PATCH: each member that it holds replaces the one that was there."""
    changed = patch or {}
    return resource | {
        part: resource.get(part, {}) | changed.get(part, {}) for part in ("attributes", "relationships")
    }


@given(given_=drafts("1"))
def test_decode_takes_back_what_create_wrote(given_: Draft) -> None:
    tree = json.loads(ENCODER.create(given_))
    assert check(tree, request="create") == []
    decoded = DECODER.decode(ENCODER.create(given_)).data
    assert seen(decoded) == seen(given_)
    assert json.loads(ENCODER.create(decoded)) == tree
    assert ENCODER.update(decoded) is None


@given(st.lists(st.tuples(IDS, IDS | st.none()), min_size=1, unique_by=lambda pair: pair[0]), st.data())
def test_graphs_with_cycles_and_missing_targets(
    people: list[tuple[str, str | None]], data: st.DataObject
) -> None:
    """decode → encode → decode is the identity, for mapped classes and for resources without a class."""
    kind = data.draw(st.sampled_from(["people", "robots"]))
    nodes = [
        {
            "type": kind,
            "id": id_,
            "attributes": {"firstName": id_, "nick": "n"},
            "relationships": {"best-friend": {"data": friend and {"type": kind, "id": friend}}},
        }
        for id_, friend in people
    ]
    document = decode(nodes[0], *nodes[1:])
    for before, instance in zip(nodes, (document.data, *document.included), strict=True):
        assert json.loads(ENCODER.create(instance))["data"] == before
        if not isinstance(instance, Resource):
            assert ENCODER.update(instance) is None


@given(before=drafts("1"), after=drafts("1"), fields=st.sets(st.sampled_from(sorted(FIELDS))))
def test_a_patch_makes_the_original_what_the_object_is(before: Draft, after: Draft, fields: set[str]) -> None:
    resource = json.loads(ENCODER.create(before))["data"]
    instance = decode(resource).data
    for name in fields:
        setattr(instance, name, getattr(after, name))
    raw = ENCODER.update(instance)
    patch = json.loads(raw)["data"] if raw else None
    if patch is not None:
        assert check({"data": patch}, request="update") == []
        sent = patch.get("attributes", {}).keys() | patch.get("relationships", {}).keys()
        assert sent <= {NAMES.get(name, name) for name in fields}, "a PATCH holds what changed, nothing else"
    patched = seen(decode(apply(resource, patch)).data)
    for name, value in seen(instance).items():
        if name in RELATIONS and value[0] is State.NOT_LOADED:
            continue  # nothing to send: the server keeps what it has
        assert patched[name] == value
    ENCODER.saved(instance)
    assert ENCODER.update(instance) is None


def test_the_reference_server_replaces_members() -> None:
    draft = {"attributes": {"a": 1, "b": [1, 2]}, "relationships": {}}
    assert apply(draft, {"attributes": {"b": []}})["attributes"] == {"a": 1, "b": []}
