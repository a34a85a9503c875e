"""Cases of what a client sends: R1–R4."""

from __future__ import annotations

from typing import Any

from .case import Case, rel, res, right, song, wrong


def new(**members: Any) -> dict[str, Any]:
    """A document with one resource that has a type and no id."""
    return {"data": {"type": "songs", **members}}


OTHER = {"type": "songs", "lid": "b"}

CASES: list[Case] = [
    right("R1", "without id", new(attributes={"title": "Una"}), request="create"),
    right("R1", "with an id of the client", song(attributes={}), request="create"),
    right("R1", "with a lid", new(lid="a"), request="create"),
    wrong("array", {"data": [{"type": "songs"}]}, "R1 /data", request="create"),
    wrong("null", {"data": None}, "R1 /data", request="create"),
    wrong("text", {"data": "x"}, "R1 /data", "D6 /data", request="create"),
    wrong("no data", {"meta": {}}, "R1 /data", request="create"),
    wrong("no type", {"data": {"attributes": {}}}, "D7 /data/type", request="create"),
    wrong("id is a number", {"data": {"type": "songs", "id": 1}}, "D8 /data/id", request="create"),
    right(
        "R2",
        "resource that the document brings",
        new(lid="a", relationships={"next": {"data": OTHER}}) | {"included": [OTHER]},
        request="create",
    ),
    wrong(
        "unknown lid",
        new(lid="a", relationships={"next": {"data": [OTHER]}}),
        "R2 /data/relationships/next/data/0/lid",
        request="create",
    ),
    wrong(
        "lid of another type",
        new(lid="a", relationships={"next": {"data": {"type": "bands", "lid": "a"}}}),
        "R2 /data/relationships/next/data/lid",
        request="create",
    ),
    wrong(
        "id of the same text",
        song(relationships={"next": {"data": {"type": "songs", "lid": "1"}}}),
        "R2 /data/relationships/next/data/lid",
        request="create",
    ),
    wrong(
        "a request makes resources only",
        {"data": res(), "included": [res()]},
        "D10 /included/0",
        request="create",
    ),
    right("R3", "with data", rel(data=None, links={"self": "/r"}), request="update"),
    right("R3", "response", rel(links={"self": "/r"})),
    wrong("create", rel(links={"self": "/r"}), "R3 /data/relationships/band", request="create"),
    wrong("update", rel(meta={}), "R3 /data/relationships/band", request="update"),
    wrong(
        "nothing at all",
        rel(),
        "R3 /data/relationships/band",
        "D14 /data/relationships/band",
        request="update",
    ),
    right("R4", "type and id", {"data": res()}, request="update"),
    right("R4", "what changed", song(attributes={"title": None}), request="update"),
    wrong("no id", new(attributes={}), "R4 /data/id", request="update"),
    wrong("lid for id", new(lid="a"), "R4 /data/id", "D9 /data/lid", request="update"),
    wrong("array", {"data": [res()]}, "R4 /data", request="update"),
    wrong("null", {"data": None}, "R4 /data", request="update"),
    wrong("errors", {"errors": []}, "R4 /data", request="update"),
]
