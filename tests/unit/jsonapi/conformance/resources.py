"""Cases of resource objects and names: D7–D9, D11, D13, D23–D26."""

from __future__ import annotations

from .case import Case, rel, res, right, song, wrong

CASES: list[Case] = [
    right("D7", "name with dashes and space", {"data": res("song--live take_2")}),
    right("D7", "beyond ascii", {"data": res("chansons-d-été", attributes={})}),
    wrong("missing", {"data": {"id": "1"}}, "D7 /data/type"),
    wrong("number", {"data": {"type": 7, "id": "1"}}, "D7 /data/type"),
    wrong("empty", {"data": res("")}, "D7 /data/type"),
    wrong("slash", {"data": res("songs/live")}, "D7 /data/type"),
    wrong("colon", {"data": res("ver:songs")}, "D7 /data/type"),
    wrong("in included", {"data": [], "included": [{"id": "1"}]}, "D7 /included/0/type"),
    right("D8", "any text", {"data": [res("songs", ""), res("songs", "a/b ~"), res("songs", "٣")]}),
    wrong("missing", {"data": {"type": "songs"}}, "D8 /data/id"),
    wrong("number", {"data": {"type": "songs", "id": 1}}, "D8 /data/id"),
    wrong("null", {"data": [{"type": "songs", "id": None}]}, "D8 /data/0/id"),
    wrong("neither type nor id", {"data": {}}, "D8 /data/id", "D7 /data/type"),
    wrong(
        "lid in its place",
        {"data": {"type": "songs", "lid": "1"}},
        "D8 /data/id",
        "D9 /data/lid",
    ),
    right("D9", "new resource", {"data": {"type": "songs", "lid": "a"}}, request="create"),
    right(
        "D9",
        "in every place that means it",
        {
            "data": {
                "type": "songs",
                "lid": "a",
                "relationships": {"next": {"data": {"type": "songs", "lid": "a"}}},
            }
        },
        request="create",
    ),
    right(
        "D9",
        "id and lid of the same text are two",
        {
            "data": {
                "type": "songs",
                "lid": "1",
                "relationships": {"next": {"data": [res(), {"type": "songs", "lid": "1"}]}},
            },
            "included": [res(attributes={})],
        },
        request="create",
    ),
    wrong("in a response", {"data": res(lid="a")}, "D9 /data/lid"),
    wrong("in an update", {"data": res(lid="a")}, "D9 /data/lid", request="update"),
    wrong("in linkage of a response", rel(data=res(lid="a")), "D9 /data/relationships/band/data/lid"),
    wrong("number", {"data": {"type": "songs", "lid": 1}}, "D9 /data/lid", request="create"),
    right("D11", "empty", song(attributes={})),
    right(
        "D11",
        "any values",
        song(attributes={"a": None, "b": [{}], "c": {"type": 1, "$x": {"links": {}}}, "d": 1.5, "e": ""}),
    ),
    right("D11", "what looks like a resource", song(attributes={"cover": {"type": "images", "id": 3}})),
    wrong("null", song(attributes=None), "D11 /data/attributes"),
    wrong("array", song(attributes=[]), "D11 /data/attributes"),
    wrong("text", {"data": [res(attributes="x")]}, "D11 /data/0/attributes"),
    right("D13", "all different", song(attributes={"title": ""}, relationships={"band": {"data": None}})),
    right("D13", "names that mean something elsewhere", song(attributes={"links": 1, "meta": 2, "lid": 3})),
    right(
        "D13",
        "case sensitive",
        song(attributes={"Type": 1, "ID": 2, "band": 3}, relationships={"Band": {"meta": {}}}),
    ),
    wrong("attribute type", song(attributes={"type": "x"}), "D13 /data/attributes/type"),
    wrong("attribute id", song(attributes={"id": 1}), "D13 /data/attributes/id"),
    wrong("relationship type", song(relationships={"type": {"data": None}}), "D13 /data/relationships/type"),
    wrong("relationship id", song(relationships={"id": {"data": []}}), "D13 /data/relationships/id"),
    wrong(
        "attribute and relationship",
        song(attributes={"band": 1}, relationships={"band": {"data": None}}),
        "D13 /data/relationships/band",
    ),
    right("D23", "all kinds", song(attributes={"a": 1, "9": 1, "a-b_c d": 1, "Ü": 1, "名前": 1})),
    right(
        "D23", "free inside values", song(attributes={"a": {"": 1, "_x": 1, "a.b": 1}}, meta={"m": {"+": 1}})
    ),
    wrong("empty", song(attributes={"": 1}), "D23 /data/attributes/"),
    wrong("begins with dash", song(attributes={"-a": 1}), "D23 /data/attributes/-a"),
    wrong("ends with underscore", song(attributes={"a_": 1}), "D23 /data/attributes/a_"),
    wrong(
        "space around",
        song(attributes={" a": 1, "b ": 1}),
        "D23 /data/attributes/ a",
        "D23 /data/attributes/b ",
    ),
    wrong("dot", song(attributes={"a.b": 1}), "D23 /data/attributes/a.b"),
    wrong("line feed at the end", song(attributes={"a\n": 1}), "D23 /data/attributes/a\n"),
    wrong("slash and tilde", song(attributes={"a/b~c": 1}), "D23 /data/attributes/a~1b~0c"),
    wrong("relationship", song(relationships={"a+b": {"data": None}}), "D23 /data/relationships/a+b"),
    wrong("meta", {"meta": {"$x": 1}}, "D23 /meta/$x"),
    wrong("namespace beyond ascii", song(attributes={"é:a": 1}), "D23 /data/attributes/é:a"),
    wrong("namespace with a dash", song(attributes={"a-b:c": 1}), "D23 /data/attributes/a-b:c"),
    wrong("two colons", song(attributes={"a:b:c": 1}), "D23 /data/attributes/a:b:c"),
    wrong("namespace without a name", song(attributes={"a:": 1}), "D23 /data/attributes/a:"),
    wrong("colon without a namespace", song(attributes={":a": 1}), "D23 /data/attributes/:a"),
    right("D24", "top level", {"data": None, "@context": 7}),
    right(
        "D24",
        "everywhere",
        song(
            **{"@type": 1},
            attributes={"@a": 1, "@": 2},
            relationships={"@r": None, "band": {"data": res(**{"@n": 1}), "@m": 1}},
            links={"@l": 5},
            meta={"@": 1},
        ),
    ),
    right(
        "D25",
        "extension that is not applied",
        song(**{"ver:n": 1}, attributes={"ver:a": 1}, links={"ver:l": 5}),
    ),
    right(
        "D25",
        "applied extension",
        song(relationships={"a": {"ver:r": 1}, "ver:b": 3, "c": {"links": {"ver:l": 5}}}),
        extensions={"ver": "https://x.example/ver"},
    ),
    right("D26", "other members", {"data": res(href="/1", rel=1), "status": "ok", "errors_count": 0}),
    right("D26", "names that no implementation may use", {"data": res(_id=1), "a.b": {}}),
    right("D26", "beside linkage", rel(data=res(attributes=7), count=3)),
]
