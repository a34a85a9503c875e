"""Strict mode as a whole: any tree, random right documents, and time that grows with the document only."""

from __future__ import annotations

import json
import sys
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.jsonapi import DecodeError, Decoder
from depotfinity_async.jsonapi.strict import check

ATOMIC = {"atomic": "https://jsonapi.org/ext/atomic", "ver": "https://x.example/ver"}
MEMBERS = [
    "data",
    "included",
    "errors",
    "meta",
    "links",
    "jsonapi",
    "type",
    "id",
    "lid",
    "attributes",
    "relationships",
    "self",
    "related",
    "next",
    "href",
    "rel",
    "describedby",
    "hreflang",
    "version",
    "ext",
    "profile",
    "status",
    "source",
    "pointer",
    "op",
    "ref",
    "relationship",
    "ver:x",
    "@x",
    "a.b",
    "atomic:operations",
    "atomic:results",
]
TEXTS = st.sampled_from(["songs", "1", "add", "update", "remove", "/a", "", "<"])

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS | st.text(max_size=3)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(MEMBERS) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=30,
)
identifiers = st.fixed_dictionaries(
    {"type": TEXTS | scalars, "id": TEXTS | scalars}, optional={"meta": trees, "lid": TEXTS}
)
relationships = st.dictionaries(
    st.sampled_from(["band", "next", "id"]),
    st.fixed_dictionaries({}, optional={"data": identifiers | st.lists(identifiers) | trees, "links": trees})
    | trees,
    max_size=3,
)
resources = st.fixed_dictionaries(
    {"type": TEXTS},
    optional={
        "id": TEXTS,
        "lid": TEXTS,
        "attributes": trees,
        "relationships": relationships,
        "links": trees,
        "meta": trees,
    },
)
operations = st.fixed_dictionaries(
    {"op": TEXTS}, optional={"ref": identifiers | trees, "href": scalars, "data": resources | trees}
)
documents = st.fixed_dictionaries(
    {},
    optional={
        "data": resources | st.lists(resources) | trees,
        "included": st.lists(resources) | trees,
        "errors": st.lists(trees) | trees,
        "links": trees,
        "meta": trees,
        "jsonapi": trees,
        "atomic:operations": st.lists(operations) | trees,
        "atomic:results": trees,
    },
)


def resolves(tree: Any, path: tuple[str | int, ...]) -> bool:
    """Whether a place exists, or its last member could exist where it is said to be missing."""
    for step in path[:-1]:
        tree = tree[step]
    return not path or isinstance(tree, dict) or (isinstance(tree, list) and int(path[-1]) < len(tree))


@given(
    tree=documents | trees,
    request=st.sampled_from([None, "create", "update"]),
    extensions=st.sampled_from([{}, ATOMIC]),
    sparse=st.booleans(),
)
def test_any_tree_is_judged(tree: Any, request: Any, extensions: dict[str, str], sparse: bool) -> None:
    before = json.dumps(tree)
    for fault in check(tree, request=request, extensions=extensions, sparse=sparse):
        assert resolves(tree, fault.path)
        assert fault.rule is not None
    assert json.dumps(tree) == before


@given(documents)
def test_what_strict_mode_accepts_default_mode_maps(tree: Any) -> None:
    if not check(tree):
        Decoder().decode(json.dumps(tree))


def test_deep_trees_are_judged_without_recursion() -> None:
    deep: Any = []
    for _ in range(sys.getrecursionlimit() * 5):
        deep = {"href": "/", "describedby": deep}
    body: Any = {
        "data": {"type": "songs", "id": "1", "links": {"self": deep}, "attributes": deep},
        "meta": deep,
    }
    (fault,) = check(body)
    assert fault.rule == "D20"


ids = st.sampled_from("12345")
graphs = st.dictionaries(
    st.tuples(st.sampled_from(["songs", "bands"]), ids),
    st.lists(st.tuples(st.sampled_from(["songs", "bands"]), ids), max_size=4),
    min_size=1,
)


def resource_of(name: tuple[str, str], targets: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "type": name[0],
        "id": name[1],
        "attributes": {"title": f"{name}"},
        "relationships": {"next": {"data": [{"type": type_, "id": id_} for type_, id_ in targets]}},
    }


def reached(
    graph: dict[tuple[str, str], list[tuple[str, str]]], start: tuple[str, str]
) -> set[tuple[str, str]]:
    """What a chain leads to, by repeating one step until nothing is new."""
    found = {start}
    while more := {target for name in found for target in graph.get(name, [])} - found:
        found |= more
    return found & graph.keys()


@given(graphs, st.data())
def test_random_graphs_are_right_when_linked_in_full(
    graph: dict[tuple[str, str], list[tuple[str, str]]], data: st.DataObject
) -> None:
    start = data.draw(st.sampled_from(sorted(graph)))
    linked = reached(graph, start)
    order = data.draw(st.permutations(sorted(graph.keys() - {start})))
    primary = resource_of(start, graph[start])
    right = {
        "data": primary,
        "included": [resource_of(name, graph[name]) for name in order if name in linked],
    }
    assert check(right) == []
    everything = {"data": primary, "included": [resource_of(name, graph[name]) for name in order]}
    assert {fault.path for fault in check(everything)} == {
        ("included", number) for number, name in enumerate(order) if name not in linked
    }
    assert check(everything, sparse=True) == []


def test_a_long_chain_is_followed() -> None:
    chain = [resource_of(("songs", str(n)), [("songs", str(n + 1))]) for n in range(20_000)]
    assert check({"data": chain[0], "included": chain[:0:-1]}) == []
    (fault,) = check({"data": chain[0], "included": [*chain[2:], chain[1] | {"id": "0x"}]})[-1:]
    assert fault.rule == "D18"


def test_faults_of_default_mode_are_faults_of_strict_mode() -> None:
    body: Any = {"data": {"type": "songs", "id": 1, "attributes": 3}, "included": {}, "meta": []}
    try:
        Decoder().decode(json.dumps(body))
    except DecodeError as error:
        default = {(fault.rule, fault.pointer) for fault in error.faults}
    else:
        default = set()
    assert default
    assert default <= {(fault.rule, fault.pointer) for fault in check(body)}


def test_half_a_character_is_no_member_name_d23() -> None:
    (fault,) = check(json.loads('{"meta": {"a\\ud800b": 1}}'))
    assert (fault.rule, fault.path) == ("D23", ("meta", "a\ud800b"))
