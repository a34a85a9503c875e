from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.errors import ConfigurationError, InvalidArgumentError
from depotfinity_async.http import encode_query, expand, join, placeholders

BASE = "https://api.example/prefix"


def test_values_fill_their_segments() -> None:
    template = "/v1/chargers/{chargerId}/connectors/{connectorId}/state"
    assert placeholders(template) == ("chargerId", "connectorId")
    assert expand(template, {"connectorId": 1, "chargerId": "CP-7"}) == "/v1/chargers/CP-7/connectors/1/state"
    assert expand("/v1/things", {}) == "/v1/things"


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        ("a/../../admin", "a%2F..%2F..%2Fadmin"),
        ("a?x=1", "a%3Fx%3D1"),
        ("a#f", "a%23f"),
        ("%2e%2e", "%252e%252e"),
        ("%", "%25"),
        ("a b+c", "a%20b%2Bc"),
        ("...", "..."),
        (".a", ".a"),
        ("ä", "%C3%A4"),
        ("\\", "%5C"),
        (" ", "%20"),
        ("{id}", "%7Bid%7D"),
        (-5, "-5"),
    ],
)
def test_a_value_is_one_quoted_segment(value: str | int, segment: str) -> None:
    assert expand("/a/{id}/b", {"id": value}) == f"/a/{segment}/b"


@pytest.mark.parametrize(
    "value", ["", ".", "..", "a\nb", "a\r", "\0", "\x7f", "\x85", "x" * 256, "\ud800", True, False]
)
def test_a_value_that_cannot_be_one_segment_is_refused_with_its_name(value: str) -> None:
    with pytest.raises(InvalidArgumentError, match="charger_id"):
        expand("/a/{charger_id}/b", {"charger_id": value})


@pytest.mark.parametrize(
    "template",
    [
        "v1/{id}",
        "",
        "/",
        "/a//{id}",
        "/a/{id}/",
        "/a/x{id}",
        "/a/{id}{id2}",
        "/a/{id}/../b",
        "/a/./{id}",
        "/a/{}",
        "/a/{0}",
        "/a/{id.__class__}",
        "/a/{id!r}",
        "/a/{id",
        "/a/id}",
        "/a/{id}?x=1",
        "/a/{id}#f",
        "/a/%2e%2e/{id}",
        "/a b/{id}",
        "/a/{id}/{id}",
        "/a/{other}",
        "/a/b",
        "https://evil.example/{id}",
        "//evil.example/{id}",
    ],
)
def test_a_bad_template_is_a_fault_of_the_settings(template: str) -> None:
    with pytest.raises(ConfigurationError):
        expand(template, {"id": "x"})


@given(st.text(max_size=300))
def test_any_text_is_refused_or_found_again_as_one_segment(value: str) -> None:
    try:
        path = expand("/a/{id}/b", {"id": value})
    except InvalidArgumentError:
        return
    assert path.isascii()
    url = join(BASE, path)
    # What is sent, byte by byte, and what a server that resolves and splits it sees.
    assert str(url) == f"{BASE}{path}"
    assert url.raw_path_qs == f"/prefix{path}"
    parts = urlsplit(str(url))
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("https", "api.example", "", "")
    segments = parts.path.split("/")
    assert segments[:3] == ["", "prefix", "a"]
    assert segments[4:] == ["b"]
    assert unquote(segments[3]) == value


@given(st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1))))
def test_any_query_is_refused_or_found_again(pairs: list[tuple[str, str]]) -> None:
    try:
        query = encode_query(pairs)
    except InvalidArgumentError:
        assert any("\ud800" <= character <= "\udfff" for pair in pairs for text in pair for character in text)
        return
    assert parse_qsl(query, strict_parsing=bool(query), keep_blank_values=True) == pairs
    url = join(BASE, "/a", query)
    assert url.raw_query_string == query
    assert url.raw_path == "/prefix/a"


def test_a_query_is_encoded_for_any_reader() -> None:
    assert encode_query([("from", "2022-11-22T19:54:10.143Z"), ("a b", "c+d&e/?")]) == (
        "from=2022-11-22T19%3A54%3A10.143Z&a%20b=c%2Bd%26e%2F%3F"
    )
    assert encode_query([]) == ""
    assert str(join(BASE, "/a")) == f"{BASE}/a"
