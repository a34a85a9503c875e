"""Faults come in the order of the document, with pointers that lead to their places."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.jsonapi import Fault
from depotfinity_async.jsonapi.strict import check, in_order, read


def pointers(raw: str) -> list[str]:
    reading = read(raw)
    return [fault.pointer for fault in in_order(reading.tree, (*reading.faults, *check(reading.tree)))]


def test_members_come_as_they_stand() -> None:
    body = """{
        "links": 7,
        "included": [{"attributes": {"a~b": 1, "c/d": 2}, "id": 4, "type": "x"}],
        "jsonapi": {"ext": ["urn:a", "b"], "version": 1},
        "data": {"relationships": {"r": {"data": [{"type": "b", "id": 1}]}, "q": 1},
                 "meta": null, "attributes": {"-x": 1}, "id": 1, "type": "a"},
        "meta": 3
    }"""
    assert pointers(body) == [
        "/links",
        "/included/0/attributes/a~0b",
        "/included/0/attributes/c~1d",
        "/included/0/id",
        "/jsonapi/ext/1",
        "/jsonapi/version",
        "/data/relationships/r/data/0/id",
        "/data/relationships/q",
        "/data/meta",
        "/data/attributes/-x",
        "/data/id",
        "/meta",
    ]


def test_the_check_alone_keeps_the_order() -> None:
    tree: Any = {"meta": 1, "data": {"meta": 2, "attributes": 3, "type": "a", "id": 4}, "jsonapi": 5}
    assert [fault.pointer for fault in check(tree)] == [
        "/meta",
        "/data/meta",
        "/data/attributes",
        "/data/id",
        "/jsonapi",
    ]


def test_items_come_by_number() -> None:
    body = {"data": [{"type": "a", "id": number} for number in range(12)]}
    assert pointers(json.dumps(body)) == [f"/data/{number}/id" for number in range(12)]


def test_what_is_missing_comes_before_what_is_there() -> None:
    body = '{"data": {"attributes": {"type": 1}, "relationships": {"r": {}}}, "errors": 1}'
    assert pointers(body) == [
        "",
        "/data/type",
        "/data/id",
        "/data/attributes/type",
        "/data/relationships/r",
        "/errors",
    ]


def test_what_a_later_member_replaced_has_a_place() -> None:
    assert pointers('{"meta": {"a": [{"b": 1, "b": 2}], "a": 5}, "data": 1}') == [
        "/meta/a",
        "/meta/a/0/b",
        "/data",
    ]


trees: st.SearchStrategy[Any] = st.recursive(
    st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=2), inner), max_leaves=20
)


def paths_of(tree: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """All places of a tree, as one reads it."""
    found = [path]
    if isinstance(tree, dict):
        found += [place for name in tree for place in paths_of(tree[name], (*path, name))]
    if isinstance(tree, list):
        found += [place for index, item in enumerate(tree) for place in paths_of(item, (*path, index))]
    return found


@given(trees, st.data())
def test_any_order_becomes_that_of_the_document(tree: Any, data: st.DataObject) -> None:
    paths = paths_of(tree)
    shuffled = data.draw(st.permutations([Fault(path, "") for path in paths]))
    assert [fault.path for fault in in_order(tree, shuffled)] == paths
