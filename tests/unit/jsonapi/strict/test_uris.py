"""URIs and references by form (RFC 3986)."""

from __future__ import annotations

import pytest

from depotfinity_async.jsonapi.strict.uris import is_uri, is_uri_reference

URIS = [
    "http://x.example",
    "https://user:secret@x.example:8080/a/b;c?d=e&f#g",
    "http://[2001:db8::7]/",
    "urn:example:a/b",
    "file:///etc/hosts",
    "data:,",
    "a+b-c.1:x",
    "http:",
    "mailto:a@x.example",
    "http://x.example/%7Ea//b",
    "http://x.example?page[number]=2#[x]",
]
REFERENCES = [
    "",
    "/",
    "a",
    "./1:b",
    "../a",
    "//x.example/a",
    "//x.example:",
    "?",
    "?a=b?/",
    "#",
    "a//b",
    "/a:b",
    "a@b",
]
NEITHER = [
    " ",
    "a b",
    "/a\t",
    "/a\n",
    "\\a",
    "/a|b",
    "/{id}",
    "<a>",
    '"',
    "`",
    "^",
    "é",
    "%",
    "%4",
    "%zz",
    "1:b",
    ":a",
    "//x:y",
    "//x y",
    "/a[1]",
    "//[x",
    "a#b#c",
]


@pytest.mark.parametrize("text", URIS)
def test_uris(text: str) -> None:
    assert is_uri(text)
    assert is_uri_reference(text)


@pytest.mark.parametrize("text", REFERENCES)
def test_references(text: str) -> None:
    assert not is_uri(text)
    assert is_uri_reference(text)


@pytest.mark.parametrize("text", NEITHER)
def test_neither(text: str) -> None:
    assert not is_uri(text)
    assert not is_uri_reference(text)


@pytest.mark.parametrize("part", ["a", "/", "a:", "//a@", "%41", "?", "/a"])
def test_long_texts_take_no_long_time(part: str) -> None:
    # Backtracking that grows with the square of the length would run for minutes here.
    assert not is_uri_reference("//" + part * 100_000 + "\n")
