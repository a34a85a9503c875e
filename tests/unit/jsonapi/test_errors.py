"""Faults as text: pointers by RFC 6901, and a message that stays short."""

from __future__ import annotations

import pickle

import pytest

from depotfinity_async.jsonapi import DecodeError, Fault


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ((), ""),
        (("data", 0, "id"), "/data/0/id"),
        (("a/b",), "/a~1b"),
        (("m~n",), "/m~0n"),
        (("~1",), "/~01"),
    ],
)
def test_pointers_are_escaped(path: tuple[str | int, ...], pointer: str) -> None:
    assert Fault(path, "x").pointer == pointer


def test_only_the_first_faults_are_in_the_message() -> None:
    error = DecodeError([Fault((number,), "wrong") for number in range(7)])
    assert str(error) == "/0: wrong; /1: wrong; /2: wrong; /3: wrong; /4: wrong; and 2 more"
    assert len(error.faults) == 7
    assert pickle.loads(pickle.dumps(error)).faults == error.faults
    assert "more" not in str(DecodeError(error.faults[:5]))
