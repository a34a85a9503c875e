"""Cases of relationships, linkage and identifiers: D12, D14–D16."""

from __future__ import annotations

from .case import Case, rel, res, right, song, wrong

BAND = "/data/relationships/band"

CASES: list[Case] = [
    right("D12", "none", song(relationships={})),
    right("D12", "objects", song(relationships={"band": {"data": None}, "next": {"data": []}})),
    wrong("array", song(relationships=[]), "D12 /data/relationships"),
    wrong("null", song(relationships=None), "D12 /data/relationships"),
    wrong("holds null", song(relationships={"band": None}), f"D12 {BAND}"),
    wrong("holds an array", song(relationships={"band": [res("bands", "1")]}), f"D12 {BAND}"),
    wrong("holds a link", song(relationships={"band": "/bands/1"}), f"D12 {BAND}"),
    right("D14", "links alone", rel(links={"related": "/b"})),
    right("D14", "self alone", rel(links={"self": "/b", "prev": None})),
    right("D14", "data alone", rel(data=None)),
    right("D14", "meta alone", rel(meta={})),
    right(
        "D14",
        "member of an applied extension",
        rel(**{"ver:x": 1}),
        extensions={"ver": "https://x.example/ver"},
    ),
    wrong("empty", rel(), f"D14 {BAND}"),
    wrong("only members of its own", rel(href="/b"), f"D14 {BAND}"),
    wrong("extension that is not applied", rel(**{"ver:x": 1}), f"D14 {BAND}"),
    wrong("links without self and related", rel(data=[], links={"next": "/b?p=2"}), f"D14 {BAND}/links"),
    right("D14", "related is null", rel(links={"related": None})),
    wrong("links with an at-member alone", rel(data=[], links={"@self": "/b"}), f"D14 {BAND}/links"),
    right(
        "D14",
        "link of an applied extension",
        rel(links={"ver:live": "/b"}),
        extensions={"ver": "https://x.example/ver"},
    ),
    wrong("link of an extension that is not applied", rel(links={"ver:live": "/b"}), f"D14 {BAND}/links"),
    wrong("links of a relationship are null", rel(links=None), f"D20 {BAND}/links"),
    wrong("at-member alone", rel(**{"@id": "/b"}), f"D14 {BAND}"),
    wrong("empty links", rel(data=None, links={}), f"D14 {BAND}/links"),
    right("D15", "null", rel(data=None)),
    right("D15", "empty", rel(data=[])),
    right("D15", "one", rel(data=res("bands", "1"))),
    right("D15", "many", rel(data=[res("bands", "1"), res("duos", "1")])),
    right("D15", "the same twice", rel(data=[res("bands", "1"), res("bands", "1", meta={"role": "guest"})])),
    wrong("text", rel(data="1"), f"D15 {BAND}/data"),
    wrong("number", rel(data=1), f"D15 {BAND}/data"),
    wrong("boolean", rel(data=False), f"D15 {BAND}/data"),
    right("D16", "with meta", rel(data=res("bands", "1", meta={"since": 1999}))),
    right(
        "D16", "members that mean nothing", rel(data=res("bands", "1", attributes=[], **{"@x": 1, "y": {}}))
    ),
    wrong("large id", rel(data={"type": "bands", "id": 10**30}), f"D16 {BAND}/data/id"),
    wrong("no type", rel(data={"id": "1"}), f"D16 {BAND}/data/type"),
    wrong("no id", rel(data={"type": "bands"}), f"D16 {BAND}/data/id"),
    wrong("empty", rel(data={}), f"D16 {BAND}/data/type", f"D16 {BAND}/data/id"),
    wrong("id is a number", rel(data=[{"type": "bands", "id": 1}]), f"D16 {BAND}/data/0/id"),
    wrong("type is null", rel(data={"type": None, "id": "1"}), f"D16 {BAND}/data/type"),
    wrong("type is no name", rel(data=res("the bands!", "1")), f"D16 {BAND}/data/type"),
    wrong("null among many", rel(data=[None]), f"D16 {BAND}/data/0"),
    wrong("text among many", rel(data=["1", res("bands", "2")]), f"D16 {BAND}/data/0"),
    wrong(
        "what an unreadable identifier may mean is not judged",
        rel(data={"type": "bands", "id": 1}) | {"included": [res("bands", "1")]},
        f"D16 {BAND}/data/id",
    ),
]
