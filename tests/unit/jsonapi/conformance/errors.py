"""Cases of error objects: D27."""

from __future__ import annotations

from typing import Any

from .case import Case, right, wrong


def error(**members: Any) -> dict[str, Any]:
    """A document with one error."""
    return {"errors": [members]}


CASES: list[Case] = [
    right(
        "D27",
        "everything",
        error(
            id="e1",
            status="422",
            code="E7",
            title="Wrong",
            detail="Too loud.",
            links={"about": "/e/1", "type": {"href": "/e"}},
            source={"pointer": "/data/attributes/volume", "parameter": "sort", "header": "Accept", "line": 3},
            meta={"at": 5},
        ),
    ),
    right("D27", "two", {"errors": [{"status": "404"}, {"meta": {}}]}),
    right("D27", "pointer that leads nowhere", error(source={"pointer": "data/attributes/x"})),
    right("D27", "other members", error(title="Wrong", trace=["a"])),
    wrong("object", {"errors": {"status": "404"}}, "D27 /errors"),
    wrong("null", {"errors": None}, "D27 /errors"),
    wrong("holds text", {"errors": ["Lost"]}, "D27 /errors/0"),
    wrong("empty error", {"errors": [{"title": "x"}, {}]}, "D27 /errors/1"),
    wrong("only an at-member", error(**{"@type": "Error"}), "D27 /errors/0"),
    wrong(
        "only a member of an extension",
        error(**{"ver:n": 1}),
        "D27 /errors/0",
        extensions={"ver": "https://x.example/ver"},
    ),
    wrong("source is null", error(title="Wrong", source=None), "D27 /errors/0/source"),
    right("D27", "none", {"errors": []}),
    right("D27", "at-members inside", error(code="E7", source={"@a": 1}, links={"@b": 2}, meta={"@c": 3})),
    wrong("only members of its own", error(message="Lost"), "D27 /errors/0"),
    wrong("status is a number", error(status=404), "D27 /errors/0/status"),
    wrong("code is a number", error(code=7), "D27 /errors/0/code"),
    wrong("id is a number", error(id=7), "D27 /errors/0/id"),
    wrong("title is null", error(title=None), "D27 /errors/0/title"),
    wrong("detail is an object", error(detail={}), "D27 /errors/0/detail"),
    wrong("source is text", error(source="/data"), "D27 /errors/0/source"),
    wrong("pointer is an array", error(source={"pointer": ["data"]}), "D27 /errors/0/source/pointer"),
    wrong(
        "parameter and header",
        error(source={"parameter": 1, "header": None}),
        "D27 /errors/0/source/parameter",
        "D27 /errors/0/source/header",
    ),
    wrong("meta is null", error(meta=None), "D19 /errors/0/meta"),
]
