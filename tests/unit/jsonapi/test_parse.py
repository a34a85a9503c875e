"""Bytes that are no JSON, or hostile JSON: one typed error, whatever they are."""

from __future__ import annotations

import pytest

from depotfinity_async.jsonapi import DecodeError, Decoder, flat_array, flat_items

from .classes import FLAT, Visit

DECODER = Decoder(FLAT, max_bytes=1_000_000)
DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "empty: a document was expected"),
        (b"  \n", "empty: a document was expected"),
        (b"<html></html>", "not JSON"),
        (b"[1", "not JSON"),
        (b"[NaN]", "not JSON"),
        (b"[1] [2]", "not JSON"),
        (b'["\xff"]', "not UTF-8"),
        (b'[{"VisitID":1,"At":"2022-11-22T19:54:10Z","Other":"\xff"}]', "not UTF-8"),
        ("[\ud800]", "not UTF-8"),
        (b"[" + b"9" * 5000 + b"]", "not JSON"),
        (DEEP, "nested too deeply"),
        (b'[{"VisitID":1,"At":"2022-11-22T19:54:10Z","Other":' + DEEP + b"}]", "nested too deeply"),
        (b"[" + b" " * 1_000_000 + b"]", "longer than the limit of 1000000 bytes"),
    ],
)
def test_unreadable(raw: bytes | str, sentence: str) -> None:
    with pytest.raises(DecodeError, match=sentence):
        DECODER.decode(raw, flat_array(Visit))


def test_a_body_as_long_as_the_limit_is_read() -> None:
    assert DECODER.decode(b"[" + b" " * 999_998 + b"]", flat_array(Visit)).data == []


def test_a_byte_order_mark_is_skipped() -> None:
    assert DECODER.decode(b"\xef\xbb\xbf[]", flat_array(Visit)).data == []


def test_the_last_of_two_equal_members_wins() -> None:
    raw = b'{"items":3,"items":[{"VisitID":1,"VisitID":2,"At":"2022-11-22T19:54:10Z"}]}'
    assert DECODER.decode(raw, flat_items(Visit)).data[0].id == 2


def test_integers_of_any_size_stay_integers() -> None:
    raw = b'[{"VisitID":123456789012345678901234567890,"At":"2022-11-22T19:54:10Z"}]'
    assert DECODER.decode(raw, flat_array(Visit)).data[0].id == 123456789012345678901234567890
