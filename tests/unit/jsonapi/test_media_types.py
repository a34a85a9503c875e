"""The media type of JSON:API: what is written (C1, C2, C4) and what is read (C3, C5)."""

from __future__ import annotations

import contextlib
import json
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from depotfinity_async.jsonapi import JsonApiError
from depotfinity_async.jsonapi.media_types import (
    JSON_API,
    MediaType,
    MediaTypeError,
    accept,
    applied,
    check,
    media_type,
    parse,
)

ATOMIC = "https://jsonapi.org/ext/atomic"
CURSOR = "https://jsonapi.org/profiles/ethanresnick/cursor-pagination"
QUOTE, BACKSLASH = '"', "\\"

URIS = st.lists(
    st.from_regex(r"[a-z][a-z0-9+.-]{0,5}:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{1,20}", fullmatch=True)
)


class TestWriting:
    def test_c1_has_no_parameter_by_default(self) -> None:
        assert media_type() == str(MediaType()) == JSON_API == "application/vnd.api+json"

    def test_c2_names_extensions_and_profiles_quoted_and_space_separated(self) -> None:
        written = 'application/vnd.api+json; ext="https://a.example/x https://b.example/y"; profile="urn:p"'
        assert media_type(["https://a.example/x", "https://b.example/y"], ["urn:p"]) == written
        assert str(MediaType(["https://a.example/x", "https://b.example/y"], ["urn:p"])) == written
        assert media_type(profile=[CURSOR]) == f'{JSON_API}; profile="{CURSOR}"'

    def test_one_uri_may_stand_for_a_list_and_counts_once(self) -> None:
        assert media_type(ATOMIC) == media_type([ATOMIC, ATOMIC]) == f'{JSON_API}; ext="{ATOMIC}"'
        assert MediaType(ATOMIC) == MediaType([ATOMIC, ATOMIC])

    @pytest.mark.parametrize(
        "uri",
        [
            "",
            "atomic",
            "//host/ext",
            "https:",
            "https://a b",
            'https://a"; q="1',
            "https://a\\b",
            "https://a\r\nX-Evil: 1",
            "https://a\n",
            "https://ä.example",
            "1https://a",
        ],
    )
    def test_c1_refuses_what_is_no_uri(self, uri: str) -> None:
        refused = pytest.raises(MediaTypeError, match=r"takes absolute URIs, and .* is none \[C1\]")
        with refused as caught:
            media_type([uri])
        assert "\n" not in str(caught.value)
        with refused:
            media_type([], [uri])
        with refused:
            accept(MediaType([uri]))

    def test_c4_offers_several_instances_with_weights(self) -> None:
        assert accept() == JSON_API
        assert accept(MediaType(ATOMIC), (MediaType(), 0.5)) == (
            f'{JSON_API}; ext="{ATOMIC}", {JSON_API}; q=0.5'
        )

    @pytest.mark.parametrize(
        ("weight", "written"), [(1, "1"), (1.0, "1"), (0, "0"), (-0.0, "0"), (0.001, "0.001"), (0.25, "0.25")]
    )
    def test_c4_weights(self, weight: float, written: str) -> None:
        assert accept((MediaType(), weight)) == f"{JSON_API}; q={written}"

    @pytest.mark.parametrize("weight", [-0.1, 1.001, 0.0001, 1 / 3, float("nan"), float("inf")])
    def test_c4_refuses_what_is_no_weight(self, weight: float) -> None:
        with pytest.raises(MediaTypeError, match="a weight is 0 to 1 with at most three decimals"):
            accept((MediaType(), weight))


class TestReading:
    @pytest.mark.parametrize(
        ("value", "ext", "profile"),
        [
            ("application/vnd.api+json", (), ()),
            ("  application/vnd.api+json\t", (), ()),
            ("Application/VND.API+JSON", (), ()),
            (f'{JSON_API};ext="{ATOMIC}"', (ATOMIC,), ()),
            (f'{JSON_API} ; EXT="{ATOMIC}" ;Profile="{CURSOR} urn:x"', (ATOMIC,), (CURSOR, "urn:x")),
            (f'{JSON_API}; ext="  urn:a   urn:b "', ("urn:a", "urn:b"), ()),
            (f'{JSON_API}; ext="urn:a urn:a URN:a"', ("urn:a", "URN:a"), ()),
            (f'{JSON_API}; ext=""', (), ()),
            (f"{JSON_API}; ext=token", ("token",), ()),
            (rf'{JSON_API}; ext="urn:\a\"\\b"', (r"urn:a\"\b".replace(r"\"", '"'),), ()),
            (f"{JSON_API};", (), ()),
            (f'{JSON_API} ;; ;ext="urn:a";', ("urn:a",), ()),
            (f'{JSON_API}; ext="urn:ä"', ("urn:ä",), ()),
        ],
    )
    def test_media_types(self, value: str, ext: tuple[str, ...], profile: tuple[str, ...]) -> None:
        assert parse(value) == MediaType(ext, profile)
        assert applied(value) == (ext, profile)

    @pytest.mark.parametrize(
        "value",
        [
            f"{JSON_API}; charset=utf-8",
            f"{JSON_API}; charset=utf-8; charset=latin-1",
            rf'{JSON_API}; note="a; ext=\"urn:b\"; c"',
            f'{JSON_API}; extra="urn:a"; q=0.5; supported-ext="urn:b"',
        ],
    )
    def test_c3_ignores_other_parameters(self, value: str) -> None:
        assert parse(value) == MediaType()
        assert check(value) == []

    @pytest.mark.parametrize(
        "value",
        [
            None,
            "application/json",
            f'application/json; ext="{ATOMIC}"',
            "text/html; charset=utf-8",
            "application/vnd.api+jsonx",
            'multipart/mixed; ext="urn:a"; ext="urn:b"',
        ],
    )
    def test_another_media_type_is_none_and_applies_nothing(self, value: str | None) -> None:
        assert parse(value) is None
        assert applied(value) == ((), ())

    @pytest.mark.parametrize(
        ("value", "sentence"),
        [
            ("", "not a media type: '' at character 1"),
            ("application", "at character 1"),
            ("application/", "at character 1"),
            (f"{JSON_API}, {JSON_API}", "at character 25"),
            (f"{JSON_API} ext=x", "at character 26"),
            (f"{JSON_API}; ext", "at character 27"),
            (f"{JSON_API}; ext=", "at character 27"),
            (f"{JSON_API}; ext ='x'", "at character 27"),
            (f"{JSON_API}; ext={ATOMIC}", "at character 36"),
            (f'{JSON_API}; ext="urn:a', "at character 27"),
            (f'{JSON_API}; ext="urn:a{BACKSLASH}{QUOTE}', "at character 27"),
            (f'{JSON_API}; ext="urn:a\r\nb"', "at character 27"),
            (f'{JSON_API}; ext="urn:a"x', "at character 38"),
            (f'{JSON_API}; ext="urn:a"; EXT="urn:b"', "gives the parameter 'ext' twice"),
        ],
    )
    def test_malformed_values(self, value: str, sentence: str) -> None:
        for read in (parse, applied):
            with pytest.raises(MediaTypeError, match=sentence) as caught:
                read(value)
            assert isinstance(caught.value, JsonApiError)
        (fault,) = check(value)
        assert (fault.rule, fault.pointer) == ("C1", "")

    @pytest.mark.parametrize(
        "value",
        [
            JSON_API + ";" * 50_000,
            JSON_API + ";" + " " * 50_000 + "!",
            JSON_API + "; ext=" + QUOTE + "a" * 50_000,
            JSON_API + "; ext=" + QUOTE + r"\a" * 50_000,
            JSON_API + ("; x=" + QUOTE) * 20_000,
            "a" * 50_000,
        ],
    )
    def test_long_values_are_read_once(self, value: str) -> None:
        check(value)

    @given(st.text())
    @example(JSON_API + "; ext=\udcff")
    def test_no_text_raises_anything_else(self, text: str) -> None:
        for value in (text, f"{JSON_API};{text}", f'{JSON_API}; ext="{text}"'):
            check(value)
            with contextlib.suppress(MediaTypeError):
                parse(value)

    @given(URIS, URIS)
    def test_what_is_written_is_read(self, ext: list[str], profile: list[str]) -> None:
        assert parse(media_type(ext, profile)) == MediaType(ext, profile)


class TestChecking:
    def test_the_plain_media_type_is_right(self) -> None:
        assert check(JSON_API) == check(f'{JSON_API}; profile="{CURSOR}"') == []

    @pytest.mark.parametrize(
        ("value", "sentence"),
        [
            (None, "Content-Type is missing, expected application/vnd.api+json"),
            ("application/json", "Content-Type is 'application/json', expected application/vnd.api+json"),
        ],
    )
    def test_c1_another_media_type_is_a_fault(self, value: str | None, sentence: str) -> None:
        assert [(fault.message, fault.rule) for fault in check(value)] == [(sentence, "C1")]

    def test_c4_an_extension_that_was_not_asked_for_is_a_fault(self) -> None:
        value = f'{JSON_API}; ext="{ATOMIC} urn:other"'
        assert check(value, ext=[ATOMIC, "urn:other"]) == []
        assert [(fault.message, fault.rule) for fault in check(value, ext=ATOMIC)] == [
            ("Content-Type applies the extension 'urn:other', which was not asked for", "C4")
        ]

    def test_c5_jsonapi_ext_is_not_negotiation(self) -> None:
        # What a document says of itself cannot even be handed in: only the header is read.
        document = json.dumps({"jsonapi": {"ext": [ATOMIC], "profile": [CURSOR]}, "meta": {}})
        assert applied(JSON_API) == ((), ())
        with pytest.raises(TypeError):
            cast(Any, applied)(JSON_API, document)
