"""Bytes for strict mode: repeated members are found, and nothing but DecodeError comes out."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.jsonapi import DecodeError, parse
from depotfinity_async.jsonapi.strict import read


@pytest.mark.parametrize(
    ("raw", "pointers"),
    [
        (b'{"a":1,"b":1}', []),
        (b'{"a":1,"a":1}', ["/a"]),
        (b'{"a":1,"a":2,"a":3}', ["/a", "/a"]),
        (b'{"a":{"b":1,"b":2},"c":[0,{"x/y":1,"x/y":1}]}', ["/a/b", "/c/1/x~1y"]),
        (b'{"a":{"b":1,"b":2},"a":0}', ["/a", "/a/b"]),
        (b'{"a":"","\\u0061":""}', ["/a"]),
    ],
)
def test_repeated_members(raw: bytes, pointers: list[str]) -> None:
    faults = read(raw).faults
    assert sorted(fault.pointer for fault in faults) == pointers
    assert all("more than once" in fault.message and fault.rule is None for fault in faults)


def test_the_last_of_repeated_members_counts() -> None:
    assert read(b'{"a":1,"b":2,"a":3}').tree == {"a": 3, "b": 2}


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "empty"),
        (b"{", "not JSON"),
        (b"{} {}", "not JSON"),
        (b"[NaN]", "not JSON"),
        (b"[-Infinity]", "not JSON"),
        (b"[1e400]", "not JSON"),
        (b'["\xff"]', "not UTF-8"),
        (b'["\\ud800"]', "not JSON"),
        ("[1]".encode("utf-16"), "not UTF-8"),
        (b"[" + b"9" * 5000 + b"]", "not JSON"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"a":[[[]]]}', r"nested more than 3 deep \(max_depth\)"),
        (b" " * 200_001, "longer than the limit of 200000 bytes"),
    ],
)
def test_unreadable(raw: bytes, sentence: str) -> None:
    with pytest.raises(DecodeError, match=sentence):
        read(raw, max_bytes=200_000, max_depth=3)


def test_limits_let_through_what_they_name() -> None:
    raw = b'{"a":[[]]}'
    assert read(raw, max_bytes=len(raw), max_depth=3).tree == {"a": [[]]}
    assert read(b"7", max_depth=0).tree == 7


def test_depth_near_the_limit_of_the_interpreter_is_an_error_of_the_module() -> None:
    for depth in range(880, 1020, 3):
        try:
            read(b"[" * depth + b"]" * depth, max_depth=10_000)
        except DecodeError as error:
            assert "nested" in str(error) or "not JSON" in str(error)  # noqa: PT017  # either outcome is right


def test_a_byte_order_mark_is_skipped() -> None:
    assert read(b"\xef\xbb\xbf[1]").tree == [1]


def test_integers_of_any_size_stay_integers() -> None:
    assert read(b"[123456789012345678901234567890]").tree == [123456789012345678901234567890]


@given(st.binary(max_size=40) | st.text(alphabet='{}[]":,01eE+-.ntf\\u dabc\n', max_size=40).map(str.encode))
def test_bytes_are_readable_in_both_modes_or_in_none(raw: bytes) -> None:
    try:
        expected = parse.tree(parse.clean(raw, 1000))
    except DecodeError:
        with pytest.raises(DecodeError):
            read(raw, max_bytes=1000)
    else:
        assert read(raw, max_bytes=1000).tree == expected


numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)


@given(
    st.recursive(
        st.none() | st.booleans() | numbers | st.text(alphabet=st.characters(exclude_categories=["Cs"])),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet="ab/~"), inner),
    )
)
def test_trees_come_back(tree: Any) -> None:
    reading = read(json.dumps(tree))
    assert (reading.tree, reading.faults) == (tree, ())
    assert not isinstance(reading.tree, float) or math.copysign(1, reading.tree) == math.copysign(1, tree)


NAMES = st.sampled_from(["a", "b", ":", "\\u003a", "\\u0061", 'x\\"', "\\\\"])
JSON_TEXTS = st.recursive(
    st.sampled_from(["1", "null", '":"', '"\\u003A"', '"\\\\u003a"', '"a:b"']),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]")
        | st.lists(st.tuples(NAMES, inner), max_size=3).map(
            lambda pairs: "{" + " , ".join(f'"{name}" : {value}' for name, value in pairs) + "}"
        )
    ),
    max_leaves=12,
)


@given(JSON_TEXTS)
def test_no_repeated_member_is_passed_over(text: str) -> None:
    lost: list[Any] = []

    def make(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        lost.extend(pairs[len(dict(pairs)) :])
        return dict(pairs)

    tree = json.loads(text, object_pairs_hook=make)
    reading = read(text)
    assert reading.tree == tree
    assert len(reading.faults) == len(lost)


def test_a_document_without_repetition_is_not_parsed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(json, "loads")
    assert read(b'{"a":":","b":{"c:d":[{}]}}').faults == ()
