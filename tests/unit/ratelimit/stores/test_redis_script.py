"""The script on the server does what `record.exchange` does."""

import copy
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st

from depotfinity_async.ratelimit.dealing import LATE
from depotfinity_async.ratelimit.pace import Pace
from depotfinity_async.ratelimit.record import LEARN
from tests.support.redis_script import KEY, Twins
from tests.support.shared_state import asked
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
    limit=st.sampled_from([10, 10, 10, 1, 4, 30]),
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
    standby=st.one_of(st.just([]), few(st.integers(-3000, 12_000))),
    part=st.sampled_from([0, 0, 3, 10]),
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
def test_they_agree_while_processes_behave(server: Valkey, steps: list[tuple[int, int, str]]) -> None:
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


def _learned(twins: Twins, **parts: Any) -> str:
    """The epoch of a state that has learned and granted all slots to one process."""
    epoch = twins.exchange(asked("a", **parts))["epoch"]
    twins.now += LEARN
    assert twins.exchange(asked("a", epoch=epoch, wants=[[10, 0]], **parts))["granted"] == 10
    return epoch


@pytest.mark.parametrize("passed", [29_999, 30_000])
def test_they_agree_on_when_the_next_cut_is_due(twins: Twins, passed: int) -> None:
    epoch = _learned(twins)
    for number, wait in ((1, passed), (2, 0)):
        # Told long before it came back, so all but this slot are forgotten: the refusal is not explained.
        others = [(other, "UNUSED", 0, -1) for other in range(3, 11)]
        twins.exchange(asked("a", epoch=epoch, ended=[*others, (number, "REFUSED", 0, 1000)]))
        twins.now += wait
    assert twins.record is not None
    assert twins.record["pace"]["unexplained"] == 2
    assert twins.record["pace"]["cut"] == (7000 if passed < 30_000 else 4900)


@pytest.mark.parametrize(("passed", "unexplained"), [(1999, 0), (2000, 1)])
def test_they_agree_on_how_long_a_slot_explains_a_refusal(
    twins: Twins, passed: int, unexplained: int
) -> None:
    epoch = _learned(twins)
    twins.exchange(asked("a", epoch=epoch, ended=[(number, "ANSWERED", 0, -1) for number in range(1, 10)]))
    twins.now += 30_002 + passed
    twins.exchange(asked("a", epoch=epoch, ended=[(10, "REFUSED", 0, -1)]))
    assert twins.record is not None
    assert twins.record["pace"]["unexplained"] == unexplained


def test_they_agree_on_processes_that_came_at_the_same_moment(twins: Twins) -> None:
    epoch = _learned(twins)
    replies = {
        name: twins.exchange(asked(name, epoch=epoch, first=20, wants=[[1, 0]])) for name in ("d", "b", "c")
    }
    twins.now += 1
    again = {name: twins.exchange(asked(name, epoch=epoch, first=20, wants=[[1, 0]])) for name in replies}
    ended = [(1, "UNUSED", 0, -1)]
    twins.exchange(asked("a", epoch=epoch, ended=ended))
    granted = [
        twins.exchange(asked(name, epoch=epoch, first=20, wants=[[1, 0]]))["granted"] for name in again
    ]
    assert granted == [0, 1, 0]


def test_they_agree_on_a_state_from_the_future(twins: Twins) -> None:
    twins.exchange(asked("a", wants=[[5, 0]]))
    twins.now += LEARN
    assert twins.exchange(asked("a", wants=[[5, 0]], epoch="epoch of a"))["granted"] == 5
    twins.now -= 3_600_000
    assert twins.exchange(asked("a", first=6, wants=[[5, 0]]))["fault"] == "future"


def _changed(change: dict[str, Any]) -> bytes:
    record: dict[str, Any] = {
        "version": 2,
        "epoch": "e",
        "reach": 1,
        "opens": 0,
        "entries": {"a.1": [5, 0]},
        "members": {"a": {"wants": [[1, 0]], "due": 1, "since": 1, "standby": [], "part": 1}},
        "pace": Pace(10, 30_000).to_dict(),
    }
    return msgspec.msgpack.encode({**record, **change})


def test_a_sound_state_is_used_as_it_is(twins: Twins) -> None:
    twins.put(_changed({}))
    assert twins.on_server(asked("a"))["fault"] == ""


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"\xc1",
        b"words",
        msgspec.msgpack.encode([1, 2]),
        msgspec.msgpack.encode(None),
        _changed({"version": 1}),
        _changed({"entries": {"a.1": 5}}),
        _changed({"members": {"a": {"wants": [1], "due": 1, "since": 1, "standby": [], "part": 1}}}),
        _changed({"members": {"a": {"wants": [], "due": 1, "since": 1, "standby": []}}}),
        _changed({"members": {"a": {"wants": [], "due": 1, "since": 1, "standby": ["x"], "part": 1}}}),
        _changed({"members": {"a": []}}),
        _changed({"pace": []}),
        _changed({"pace": {"hold_until": 0}}),
        _changed({"pace": {**Pace(1, 1).to_dict(), "hold_until": "soon"}}),
        _changed({"pace": {**Pace(1, 1).to_dict(), "more": 0}}),
    ],
)
def test_a_damaged_state_is_a_new_one_that_learns_and_is_spaced(twins: Twins, stored: bytes) -> None:
    twins.put(stored)
    reply = twins.on_server(asked("a", wants=[[5, 0]]))
    assert (reply["fault"], reply["granted"], reply["opens"]) == ("damaged", 0, LEARN)
    twins.record = twins.stored()
    twins.now += LEARN
    assert twins.exchange(asked("a", wants=[[5, 0]], epoch=reply["epoch"]))["granted"] == 1


def test_they_agree_on_limits_that_are_announced_in_turn(twins: Twins) -> None:
    twins.exchange(asked("a"))
    twins.now += LEARN
    twins.exchange(asked("a", wants=[[5, 0]]))
    for limit, window in [(500, 8_640_000), (10, 30_000)] * 5:
        twins.exchange(asked("a", first=9, announced=[(0, {"limit": limit, "window": window})]))


def test_what_cannot_be_told_changes_nothing(twins: Twins) -> None:
    twins.exchange(asked("a"))
    before = twins.stored()
    with pytest.raises(redis.ResponseError):
        twins.on_server(asked("a", announced=[(0, {"remaining": 10**400})]))
    assert twins.stored() == before


def test_who_only_looks_may_be_the_one_who_sees_that_a_server_forgot_the_script(twins: Twins) -> None:
    twins.exchange(asked("a"))
    twins.on_server(asked("looks", member=False), forgot=True)
    stored = twins.stored()
    assert (stored["epoch"], stored["opens"]) == ("epoch of looks", twins.now + LEARN)


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


@pytest.mark.parametrize(("others", "opens"), [(["b"], LEARN), ([], 0)])
def test_a_server_that_was_out_of_reach_of_all_learns(twins: Twins, others: list[str], opens: int) -> None:
    epoch = twins.exchange(asked("a"))["epoch"]
    twins.now += LEARN
    for name in ["a", *others]:
        twins.exchange(asked(name, epoch=epoch))
    twins.now += 10_000 + LATE
    assert twins.exchange(asked("a", epoch=epoch, wants=[[1, 0]]))["opens"] == opens


def test_a_server_that_some_can_reach_goes_on(twins: Twins) -> None:
    epoch = twins.exchange(asked("a"))["epoch"]
    twins.now += LEARN
    twins.exchange(asked("b", epoch=epoch))
    twins.now += 5000
    twins.exchange(asked("a", epoch=epoch))
    twins.now += 5000 + LATE
    assert twins.exchange(asked("a", epoch=epoch, wants=[[1, 0]]))["granted"] == 1


def test_the_state_goes_when_nobody_uses_it(server: Valkey, twins: Twins) -> None:
    twins.on_server(asked("a"))
    with server.client() as client:
        left = client.pttl(KEY)
    assert isinstance(left, int)
    assert 50_000 < left <= 60_000
