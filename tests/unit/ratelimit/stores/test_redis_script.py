"""The script on the server does what `record.exchange` does."""

import copy
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depotfinity_async.ratelimit.record import LEARN
from tests.support.redis_script import KEY, Twins, asked
from tests.support.valkey import Valkey, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    with running(Valkey(tmp_path_factory.mktemp("valkey"))) as valkey:
        yield valkey


@pytest.fixture
def twins(server: Valkey) -> Iterator[Twins]:
    with server.client() as client:
        yield Twins(client)


NUMBERS = st.integers(1, 25)
SPANS = st.integers(0, 40_000)
WAITS = st.sampled_from([-1, 0, 1, 1000, 1500, 60_000, 900_000, 10_000_000])
TOLD = st.fixed_dictionaries(
    {},
    optional={
        "limit": st.integers(0, 20),
        "window": st.sampled_from([0, 1000, 7001, 30_000, 60_000, 100_000_000]),
        "remaining": st.integers(-1, 12),
        "reset": SPANS,
    },
)
OUTCOMES = st.sampled_from(["UNUSED", "ANSWERED", "ANSWERED", "REFUSED", "UNAVAILABLE", "UNKNOWN"])


def few(what: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(what, max_size=3)


REQUESTS = st.builds(
    asked,
    process=st.sampled_from(["a", "b", "c.d", "e-1"]),
    member=st.sampled_from([True, True, True, False]),
    epoch=st.sampled_from(["", "epoch of a", "epoch of b", "another"]),
    limit=st.sampled_from([10, 10, 10, 1, 4]),
    window=st.sampled_from([30_000, 30_000, 30_000, 7_001]),
    smooth=st.sampled_from([False, False, False, True]),
    wants=few(st.tuples(st.integers(0, 12), st.integers(0, 5))),
    first=st.integers(1, 20),
    batch=st.sampled_from([10, 3]),
    ended=few(st.tuples(NUMBERS, OUTCOMES, st.integers(0, 3000), WAITS)),
    announced=st.one_of(st.just([]), few(st.tuples(st.integers(0, 3000), TOLD))),
    restore=st.one_of(st.just([]), few(st.tuples(NUMBERS, SPANS, st.integers(0, 1)))),
    holds=st.one_of(st.just([]), st.just([]), few(st.tuples(SPANS, st.just("by hand")))),
    dead=st.one_of(st.just([]), st.just([]), few(st.sampled_from(["a", "b", "c.d"]))),
)
STEPS = st.tuples(
    st.one_of(st.integers(0, 3), st.integers(0, 12_000), st.integers(-2000, 400_000), st.just(-4_000_000)),
    REQUESTS,
)


@settings(max_examples=120)
@given(st.lists(STEPS, min_size=5, max_size=30))
def test_the_script_and_the_python_transition_agree(server: Valkey, steps: list[tuple[int, Any]]) -> None:
    with server.client() as client:
        compare(Twins(client), steps)


def compare(twins: Twins, steps: list[tuple[int, Any]]) -> None:
    twins.exchange(asked("a"))
    twins.now += LEARN
    for passed, request in steps:
        twins.now += passed
        twins.exchange(request)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 3), OUTCOMES), min_size=40, max_size=80))
def test_they_agree_while_processesbehave(server: Valkey, steps: list[tuple[int, int, str]]) -> None:
    with server.client() as client:
        behave(Twins(client), steps)


def behave(twins: Twins, steps: list[tuple[int, int, str]]) -> None:
    used: dict[int, list[int]] = {process: [] for process in range(4)}
    first = dict.fromkeys(used, 1)
    epoch = dict.fromkeys(used, "")
    for passed, process, outcome in steps:
        twins.now += passed
        ended = [(number, outcome, passed // 2, -1) for number in used[process][:3]]
        del used[process][:3]
        reply = twins.exchange(
            asked(
                f"p{process}", first=first[process], epoch=epoch[process], wants=[[2, 0], [6, 2]], ended=ended
            )
        )
        used[process] += range(first[process], first[process] + reply["granted"])
        first[process] += reply["granted"]
        epoch[process] = reply["epoch"]


def test_they_agree_on_a_state_from_the_future(twins: Twins) -> None:
    twins.exchange(asked("a", wants=[[5, 0]]))
    twins.now += LEARN
    assert twins.exchange(asked("a", wants=[[5, 0]], epoch="epoch of a"))["granted"] == 5
    twins.now -= 3_600_000
    assert twins.exchange(asked("a", first=6, wants=[[5, 0]]))["fault"] == "future"


def _damaged(change: Any) -> bytes:
    record: dict[str, Any] = {
        "version": 1,
        "epoch": "e",
        "reach": 1,
        "opens": 0,
        "entries": {"a.1": [5, 0]},
        "members": {"a": {"wants": [[1, 0]], "due": 1, "since": 1}},
        "pace": dict.fromkeys(["hold_until"], 0),
    }
    if isinstance(change, dict):
        record |= change
    return msgspec.msgpack.encode(record)


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"\xc1",
        b"words",
        msgspec.msgpack.encode([1, 2]),
        msgspec.msgpack.encode(None),
        _damaged({"version": 2}),
        _damaged({"entries": {"a.1": 5}}),
        _damaged({"members": {"a": {"wants": [1], "due": 1, "since": 1}}}),
        _damaged({"members": {"a": []}}),
        _damaged({"pace": []}),
        _damaged({"pace": {"hold_until": "soon"}}),
        _damaged({}),
    ],
)
def test_a_damaged_state_is_a_new_one_that_learns_and_is_spaced(twins: Twins, stored: bytes) -> None:
    twins.put(stored)
    reply = twins.on_server(asked("a", wants=[[5, 0]]))
    assert (reply["fault"], reply["granted"], reply["opens"]) == ("damaged", 0, LEARN)
    twins.record = twins.stored()
    twins.now += LEARN
    assert twins.exchange(asked("a", wants=[[5, 0]], epoch=reply["epoch"]))["granted"] == 1


def test_a_server_that_forgot_the_script_is_taken_to_have_forgotten_slots(twins: Twins) -> None:
    twins.exchange(asked("a"))
    twins.now += LEARN
    assert twins.exchange(asked("a", epoch="epoch of a", wants=[[3, 0]]))["granted"] == 3
    before = copy.deepcopy(twins.record)
    assert before is not None
    reply = twins.on_server(asked("b", wants=[[5, 0]]), forgot=True)
    assert (reply["granted"], reply["opens"], reply["epoch"]) == (0, LEARN, "epoch of b")
    assert reply["leased"] == 3
    assert twins.stored()["entries"] == before["entries"]


def test_the_state_goes_when_nobody_uses_it(server: Valkey, twins: Twins) -> None:
    twins.on_server(asked("a"))
    with server.client() as client:
        left = client.pttl(KEY)
    assert isinstance(left, int)
    assert 50_000 < left <= 60_000
