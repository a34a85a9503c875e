"""Cases of links: D20, D21, D28, D29."""

from __future__ import annotations

from typing import Any

from .case import Case, rel, res, right, song, wrong


def linked(**links: Any) -> dict[str, Any]:
    """A document with top-level links."""
    return {"data": [], "links": links}


def described(**link: Any) -> dict[str, Any]:
    """A document with one link object, which has an href."""
    return linked(self={"href": "/songs", **link})


CASES: list[Case] = [
    right("D20", "absolute", linked(self="https://x.example:8080/songs?sort=-at#top")),
    right(
        "D20", "relative", linked(self="songs/1", next="?page%5Bnumber%5D=2", last="", first="//x.example")
    ),
    right("D20", "brackets in the query", linked(next="/songs?page[number]=2&filter[a.b]=c")),
    right("D20", "other schemes", linked(self="urn:isbn:0451450523", related="mailto:a@x.example")),
    right("D20", "null", song(links={"self": None, "cover": None})),
    right("D20", "names of its own", song(links={"html": "/1", "stream it": {"href": "/2"}})),
    right("D20", "IPv6 and a port", linked(self="http://[::1]:8080/songs?a=b[c]")),
    wrong("port is no number", linked(self="http://x.example:port/"), "D20 /links/self"),
    wrong("backslash", linked(self="https://x.example\\songs"), "D20 /links/self"),
    wrong("colon in the first segment", linked(self="1:songs"), "D20 /links/self"),
    wrong("number", linked(self=1), "D20 /links/self"),
    wrong("array", linked(self=["/songs"]), "D20 /links/self"),
    wrong("boolean", song(links={"html": False}), "D20 /data/links/html"),
    wrong("space", linked(self="/all songs"), "D20 /links/self"),
    wrong("beyond ascii", linked(self="/chansons-d-été"), "D20 /links/self"),
    wrong("bad escape", linked(self="/100%"), "D20 /links/self"),
    wrong("template", linked(self="/songs/{id}"), "D20 /links/self"),
    wrong("line feed", linked(self="/songs\n"), "D20 /links/self"),
    wrong("links are an array", {"data": [], "links": []}, "D20 /links"),
    wrong("links are null", song(links=None), "D20 /data/links"),
    wrong("of a relationship", rel(links="x"), "D20 /data/relationships/band/links"),
    wrong("of an error", {"errors": [{"links": {"about": 5}}]}, "D20 /errors/0/links/about"),
    right(
        "D21",
        "everything",
        described(rel="describedby", title="T", type="text/html", hreflang=["de", "en"], meta={"n": 1}),
    ),
    right("D21", "one language", described(hreflang="en-GB")),
    right("D21", "described by links", described(describedby={"href": "/d", "describedby": {"href": "/e"}})),
    right("D21", "no language and no description", described(hreflang=[], describedby=None)),
    right("D21", "other members", described(method="POST", templated=1)),
    wrong("no href", linked(self={"meta": {}}), "D21 /links/self/href"),
    wrong("href is null", linked(self={"href": None}), "D21 /links/self/href"),
    wrong("href is no reference", linked(self={"href": "<x>"}), "D21 /links/self/href"),
    wrong("rel is an array", described(rel=["next"]), "D21 /links/self/rel"),
    wrong("title is null", described(title=None), "D21 /links/self/title"),
    wrong("type is a number", described(type=1), "D21 /links/self/type"),
    wrong("hreflang is a number", described(hreflang=1), "D21 /links/self/hreflang"),
    wrong("hreflang holds null", described(hreflang=["de", None]), "D21 /links/self/hreflang/1"),
    wrong("describedby is a number", described(describedby=1), "D20 /links/self/describedby"),
    wrong(
        "describedby without href",
        described(describedby={"href": "/d", "describedby": {}}),
        "D21 /links/self/describedby/describedby/href",
    ),
    wrong("meta is an array", described(meta=[]), "D19 /links/self/meta"),
    right("D28", "of primary data", linked(first="/1", last="/9", prev=None, next={"href": "/2"})),
    right("D28", "of a relationship", rel(data=[], links={"self": "/r", "next": "/r?p=2"})),
    right("D28", "of a relationship without data", rel(links={"related": "/r", "next": "/r?p=2"})),
    right("D28", "not available", {"data": None, "links": {"next": None, "prev": None}}),
    right("D28", "beside errors", {"errors": [{"title": "Lost"}], "links": {"next": "/2"}}),
    right("D28", "a resource's own", song(links={"next": "/songs/2"})),
    wrong("beside one resource", {"data": res(), "links": {"next": "/2"}}, "D28 /links/next"),
    wrong("beside null", {"data": None, "links": {"first": "/"}}, "D28 /links/first"),
    wrong(
        "beside one identifier",
        rel(data=res("bands", "1"), links={"self": "/r", "last": "/r?p=9"}),
        "D28 /data/relationships/band/links/last",
    ),
    right("D29", "all of them", linked(self="/a", related="/b", describedby="/schema", next="/c")),
]
