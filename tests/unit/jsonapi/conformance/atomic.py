"""Cases of the atomic operations extension: R8, D31."""

from __future__ import annotations

from typing import Any

from .case import Case, res, right, wrong

APPLIED = {"extensions": {"atomic": "https://jsonapi.org/ext/atomic"}}
REF = {"type": "songs", "id": "1"}
LINKAGE = REF | {"relationship": "band"}
AT = "/atomic:operations/0"
NEW = {"op": "add", "data": {"type": "songs", "lid": "a"}}


def does(*operations: Any) -> dict[str, Any]:
    """A document with these operations."""
    return {"atomic:operations": list(operations)}


def did(*results: Any) -> dict[str, Any]:
    """A document with these results."""
    return {"atomic:results": list(results)}


CASES: list[Case] = [
    right("R8", "add", does({"op": "add", "href": "/songs", "data": {"type": "songs"}}), **APPLIED),
    right("R8", "update", does({"op": "update", "data": res(attributes={"title": "Due"})}), **APPLIED),
    right("R8", "update by ref", does({"op": "update", "ref": REF, "data": res()}), **APPLIED),
    right(
        "R8", "remove", does({"op": "remove", "ref": REF}, {"op": "remove", "href": "/songs/2"}), **APPLIED
    ),
    right("R8", "to-one", does({"op": "update", "ref": LINKAGE, "data": None}), **APPLIED),
    right("R8", "to-many", does({"op": "add", "ref": LINKAGE, "data": [res("bands", "1")]}), **APPLIED),
    right("R8", "linkage by href", does({"op": "update", "href": "/songs/1/x", "data": [REF]}), **APPLIED),
    right(
        "R8",
        "same target twice",
        does({"op": "update", "data": REF}, {"op": "update", "data": REF}),
        **APPLIED,
    ),
    right(
        "R8",
        "lid of an earlier operation",
        does(
            NEW,
            {"op": "update", "ref": {"type": "songs", "lid": "a", "relationship": "next"}, "data": None},
            {"op": "update", "data": {"type": "songs", "lid": "a", "attributes": {}}},
        ),
        **APPLIED,
    ),
    wrong("no object", does("add"), f"R8 {AT}", **APPLIED),
    wrong("no op", does({"data": res()}), f"R8 {AT}/op", **APPLIED),
    wrong("unknown op", does({"op": "replace", "data": res()}), f"R8 {AT}/op", **APPLIED),
    wrong("op is an array", does({"op": [], "ref": REF, "data": REF}), f"R8 {AT}/op", **APPLIED),
    wrong("ref and href", does({"op": "remove", "ref": REF, "href": "/songs/1"}), f"R8 {AT}", **APPLIED),
    wrong("removes nothing", does({"op": "remove"}), f"R8 {AT}", **APPLIED),
    wrong("adds nothing", does({"op": "add"}), f"R8 {AT}/data", **APPLIED),
    wrong("adds null", does({"op": "add", "data": None}), f"R8 {AT}/data", **APPLIED),
    wrong("linkage without data", does({"op": "remove", "ref": LINKAGE}), f"R8 {AT}/data", **APPLIED),
    wrong(
        "adds one to a to-many relationship",
        does({"op": "add", "ref": LINKAGE, "data": res("bands", "1")}),
        f"R8 {AT}/data",
        **APPLIED,
    ),
    wrong(
        "removes null from a relationship",
        does({"op": "remove", "ref": LINKAGE, "data": None}),
        f"R8 {AT}/data",
        **APPLIED,
    ),
    right("R8", "empties a to-many", does({"op": "update", "ref": LINKAGE, "data": []}), **APPLIED),
    right(
        "R8",
        "another namespace",
        {"ops:operations": [{"op": "remove", "ref": REF}]},
        extensions={"ops": "https://jsonapi.org/ext/atomic"},
    ),
    wrong("ref is null", does({"op": "remove", "ref": None}), f"R8 {AT}/ref", **APPLIED),
    wrong("href is a number", does({"op": "remove", "href": 1}), f"R8 {AT}/href", **APPLIED),
    wrong("ref is text", does({"op": "remove", "ref": "songs/1"}), f"R8 {AT}/ref", **APPLIED),
    wrong("ref without id", does({"op": "remove", "ref": {"type": "songs"}}), f"R8 {AT}/ref/id", **APPLIED),
    wrong(
        "ref with id and lid",
        does({"op": "remove", "ref": REF | {"lid": "a"}}, NEW),
        f"R8 {AT}/ref",
        **APPLIED,
    ),
    wrong(
        "relationship is a number",
        does({"op": "update", "ref": REF | {"relationship": 1}, "data": None}),
        f"R8 {AT}/ref/relationship",
        **APPLIED,
    ),
    wrong(
        "update without id", does({"op": "update", "data": {"type": "songs"}}), f"D8 {AT}/data/id", **APPLIED
    ),
    wrong(
        "lid that nothing adds",
        does({"op": "update", "data": {"type": "songs", "lid": "a"}}),
        f"R2 {AT}/data/lid",
        **APPLIED,
    ),
    wrong(
        "ref by a lid that nothing adds",
        does({"op": "remove", "ref": {"type": "songs", "lid": "a"}}),
        f"R2 {AT}/ref/lid",
        **APPLIED,
    ),
    wrong("one lid for two", does(NEW, NEW), "D10 /atomic:operations/1/data", **APPLIED),
    wrong(
        "relationship without data",
        does({"op": "update", "data": res(relationships={"band": {"meta": {}}})}),
        f"R3 {AT}/data/relationships/band",
        **APPLIED,
    ),
    wrong("meta of an operation", does(NEW | {"meta": []}), f"D19 {AT}/meta", **APPLIED),
    wrong("ref is a number", does({"op": "remove", "ref": 1}), f"R8 {AT}/ref", **APPLIED),
    wrong("href is no reference", does({"op": "remove", "href": "a b"}), f"R8 {AT}/href", **APPLIED),
    wrong(
        "linkage is text", does({"op": "update", "ref": LINKAGE, "data": "1"}), f"D15 {AT}/data", **APPLIED
    ),
    wrong(
        "linkage by href holds null",
        does({"op": "add", "href": "/songs/1/next", "data": [None]}),
        f"D16 {AT}/data/0",
        **APPLIED,
    ),
    right(
        "R8",
        "removed linkage has members of its own",
        does({"op": "remove", "href": "/songs/1/band", "data": REF | {"attributes": 7}}),
        **APPLIED,
    ),
    right("D31", "operations", does(NEW) | {"meta": {}, "links": {}, "jsonapi": {}}, **APPLIED),
    right("D31", "results", did({}, {"data": res(attributes={}), "meta": {}}, {"data": None}), **APPLIED),
    right(
        "D31", "one resource in two results", did({"data": res(links={})}, {"data": res(links={})}), **APPLIED
    ),
    right("D31", "linkage as a result", did({"data": [res("bands", "1"), res("bands", "2")]}), **APPLIED),
    right("D31", "errors", {"errors": [{"status": "422"}]}, **APPLIED),
    right("D31", "not applied and so ignored", {"data": None, "atomic:operations": 7}),
    wrong("operations and results", does(NEW) | did({}), "D31 /atomic:results", **APPLIED),
    wrong("beside data", does(NEW) | {"data": None}, "D31 /data", **APPLIED),
    wrong("beside included", did({}) | {"included": []}, "D31 /included", **APPLIED),
    wrong("beside errors", did({}) | {"errors": []}, "D31 /errors", **APPLIED),
    wrong("no operation", does(), "D31 /atomic:operations", **APPLIED),
    wrong("operations are an object", {"atomic:operations": NEW}, "D31 /atomic:operations", **APPLIED),
    wrong("results are null", {"atomic:results": None}, "D31 /atomic:results", **APPLIED),
    wrong("a result is null", did(None), "D31 /atomic:results/0", **APPLIED),
    wrong("result data is text", did({"data": "x"}), "D31 /atomic:results/0/data", **APPLIED),
    wrong("result data holds text", did({"data": ["x"]}), "D31 /atomic:results/0/data/0", **APPLIED),
    wrong("meta of a result", did({"meta": None}), "D19 /atomic:results/0/meta", **APPLIED),
    right("D9", "ignored beside the id of a result", did({"data": res(lid="a")}), **APPLIED),
    wrong(
        "errors beside results have faults of their own",
        did({}) | {"errors": [{"status": 409}]},
        "D31 /errors",
        "D27 /errors/0/status",
        **APPLIED,
    ),
    wrong("result is null", did(None, {}), "D31 /atomic:results/0", **APPLIED),
    wrong("not applied", does(NEW), "D2"),
]
