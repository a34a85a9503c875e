import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depotfinity_async.ratelimit.pace import FIRST_HOLD, MAX_HOLD
from depotfinity_async.ratelimit.record import LEARN, LOOK, MARGIN, exchange, move, owner, processes
from depotfinity_async.ratelimit.shapes import Record, Reply, Request, Start, is_sound
from depotfinity_async.ratelimit.standby import BEAT, KEEP
from tests.support.shared_state import asked

T0 = 1_000_000
LIMIT, WINDOW, LEASE, GRACE = 10, 30_000, 5000, 3000


class State:
    """A record and its clock."""

    def __init__(self, start: Start = "open") -> None:
        self.record: Record | None = None
        self.now = T0
        self.start: Start = start

    def ask(self, process: str = "p", want: int | None = None, **parts: Any) -> Reply:
        if want is not None:
            parts["wants"] = [[want, 0]]
        return self.exchange(asked(process, **parts))

    def exchange(self, request: Request) -> Reply:
        # What a store keeps is JSON.
        given = json.loads(json.dumps([self.record, request]))
        record, reply = exchange(given[0], self.now, given[1], start=self.start)
        assert is_sound(record)
        self.record = record
        return reply

    @property
    def pace(self) -> dict[str, Any]:
        assert self.record is not None
        return self.record["pace"]


def ended(number: int, outcome: str = "ANSWERED", ago: int = 0, wait: int = -1) -> tuple[int, str, int, int]:
    return (number, outcome, ago, wait)


def test_a_grant_is_back_when_its_lease_and_the_window_have_passed() -> None:
    state = State()
    reply = state.ask(want=2)
    assert (reply["granted"], reply["leased"]) == (2, 2)
    assert reply["waits"] == [LEASE + WINDOW + MARGIN] * 2


@pytest.mark.parametrize(
    ("outcome", "wait"),
    [("ANSWERED", WINDOW), ("REFUSED", WINDOW), ("UNAVAILABLE", WINDOW), ("UNKNOWN", WINDOW + GRACE)],
)
def test_a_used_slot_is_back_one_window_after_its_end(outcome: str, wait: int) -> None:
    state = State()
    state.ask(want=1)
    state.now += 900
    reply = state.ask(ended=[ended(1, outcome, ago=200)])
    assert (reply["waits"], reply["leased"]) == ([wait - 200 + MARGIN], 0)


def test_an_unused_slot_is_free_at_once() -> None:
    state = State()
    state.ask(want=LIMIT)
    assert state.ask("q", want=1)["granted"] == 0
    state.ask(ended=[ended(3, "UNUSED")])
    assert state.ask("q", want=1)["granted"] == 1


def test_a_request_that_outlived_its_lease_is_put_in_anew() -> None:
    state = State()
    state.ask(want=1)
    state.now += LEASE + WINDOW + 10_000
    assert state.ask()["waits"] == []
    assert state.ask(ended=[ended(1, ago=100)])["waits"] == [WINDOW - 100 + MARGIN]


def test_what_was_told_may_come_again() -> None:
    state = State()
    state.ask(want=3)
    told = [ended(1, ago=10), ended(2, "UNUSED"), ended(3, "REFUSED", ago=5, wait=7000)]
    first = state.ask(ended=told)
    record = copy.deepcopy(state.record)
    assert state.ask(ended=told) == first
    assert state.record == record
    assert state.pace["refused"] == 1


def test_the_limit_holds_for_all_processes_together() -> None:
    state = State()
    # One that is free is on standby for the first one, which has not heard yet of the others.
    assert [state.ask(name, want=4)["granted"] for name in "abcd"] == [4, 4, 1, 0]
    state.ask("a", first=5)
    assert [state.ask(name, want=4)["granted"] for name in "cd"] == [0, 1]  # d has none


def test_who_waits_is_told_when_to_come() -> None:
    state = State()
    for name in "ab":
        state.ask(name, want=5)
        state.ask(name, ended=[ended(n) for n in range(1, 6)])
        state.now += 1000
    reply = state.ask("a", want=1, first=6)
    assert (reply["granted"], reply["next"]) == (0, BEAT)
    state.now = T0 + BEAT
    state.ask("b", member=False)
    state.now = T0 + WINDOW - 500
    reply = state.ask("a", want=1, first=6)
    assert (reply["granted"], reply["next"]) == (0, 500 + MARGIN)
    state.now += reply["next"]
    assert state.ask("a", want=1, first=6)["granted"] == 1


def test_a_leased_slot_is_taken_to_be_answered_now_when_it_is_told_when_to_come() -> None:
    state = State()
    for first in (1,):
        state.ask(want=LIMIT, first=first)
    state.now += 1000
    reply = state.ask("q", want=1, window=5000)
    assert reply["next"] == 5000 + MARGIN
    assert reply["waits"][0] == LEASE + WINDOW + MARGIN - 1000


def test_what_was_granted_is_wanted_no_more() -> None:
    state = State()
    state.ask("a", want=1)
    assert state.ask("b", want=9)["granted"] == 8
    assert state.ask("a", first=2)["granted"] == 0
    assert state.ask("b", want=2, first=9)["granted"] == 1


def test_a_slot_kept_for_another_process_goes_on_when_that_one_does_not_come() -> None:
    state = State()
    state.ask("a", want=LIMIT)
    state.ask("b", want=1)
    state.ask("a", ended=[ended(1, "UNUSED")])
    reply = state.ask("a", want=1, first=11)
    assert reply["granted"] == 0  # it falls to b, which has none
    state.now += 5000
    assert state.ask("a", want=1, first=11)["granted"] == 0
    state.now += BEAT - 4000
    assert state.ask("a", want=1, first=11)["granted"] == 1


def test_a_lane_leaves_free_what_is_kept_for_the_one_before() -> None:
    state = State()
    assert state.ask(wants=[[0, 0], [20, 3]])["granted"] == 7
    assert state.ask(wants=[[2, 0], [20, 3]], first=8)["granted"] == 2


def test_members_are_those_who_came_in_time() -> None:
    state = State()
    state.ask("a")
    assert state.ask("b")["members"] == 2
    assert state.ask("looks", member=False)["members"] == 2
    assert state.ask("b", member=False)["members"] == 1
    state.now += BEAT + 1000
    assert state.ask("looks", member=False)["members"] == 0


@pytest.mark.parametrize(
    ("others", "late", "dead", "opens"),
    [(["b"], 1000, [], LEARN), (["b"], 999, [], 0), ([], 1000, [], 0), (["b"], 1000, ["b"], 0)],
)
def test_a_state_that_was_out_of_reach_of_several_learns(
    others: list[str], late: int, dead: list[str], opens: int
) -> None:
    state = State()
    for name in ["a", *others]:
        state.ask(name)
    state.now += BEAT + late
    assert state.ask("a", want=1, dead=dead)["opens"] == opens


def test_limits_that_are_announced_in_turn_do_not_add_up() -> None:
    state = State()
    reply = state.ask(want=5, window=300_000)
    for _ in range(30):
        for limit, window in ((500, 86_400_000), (10, 300_000)):
            reply = state.ask(window=300_000, first=9, announced=[(0, {"limit": limit, "window": window})])
            assert reply["fault"] == ""
    # A lease and a grace more than the longest window.
    assert 1_728_000 <= reply["waits"][-1] <= 1_728_000 + 5000 + 3000 + MARGIN


def test_who_only_looks_is_no_sign_that_the_state_is_in_reach_again() -> None:
    state = State()
    for name in "ab":
        state.ask(name)
    state.now += BEAT + 1000
    assert state.ask("looks", member=False)["opens"] == 0
    assert state.ask("a")["opens"] == LEARN


def test_a_state_that_one_process_could_reach_goes_on() -> None:
    state = State()
    state.ask("b")
    state.now += 5000
    state.ask("a")
    state.now += BEAT - 4000
    assert state.ask("a", want=1)["granted"] == 1


def test_a_process_that_is_gone_gave_its_requests_up() -> None:
    state = State()
    state.ask("a", want=2, lease=600_000)
    state.ask("a", ended=[ended(1)], lease=600_000)
    state.now += 100
    reply = state.ask("b", dead=["a"])
    assert reply["waits"] == [WINDOW + MARGIN - 100, WINDOW + GRACE + MARGIN]
    assert (reply["leased"], reply["members"]) == (0, 1)


def test_a_new_state_opens_at_once_or_learns_first() -> None:
    assert State("open").ask(want=1)["granted"] == 1
    state = State("learning")
    reply = state.ask(want=1)
    assert (reply["granted"], reply["opens"], reply["next"]) == (0, LEARN, BEAT)
    state.now += LEARN
    assert state.ask(want=1)["granted"] == 1


def test_a_state_that_had_nothing_to_learn_is_not_lost_when_its_only_process_is_late() -> None:
    state = State("open")
    # It is told to come again soon, when a slot is there.
    state.ask(want=LIMIT)
    state.now += 100
    assert state.ask(want=1, first=LIMIT + 1, window=2000)["next"] < BEAT
    state.now += BEAT
    assert state.ask(want=1, first=LIMIT + 1)["opens"] == 0


@pytest.mark.parametrize("parts", [{"epoch": "older"}, {"restore": [[1, 5000, 0]]}])
def test_a_new_state_learns_if_the_first_process_has_used_slots(parts: dict[str, Any]) -> None:
    state = State("open")
    assert state.ask(want=1, **parts)["opens"] == LEARN


def test_a_process_that_knew_another_state_makes_it_learn() -> None:
    state = State()
    epoch = state.ask("a", want=1)["epoch"]
    reply = state.ask("b", want=1, epoch="another", fresh="x")
    assert (reply["granted"], reply["opens"], reply["epoch"]) == (0, LEARN, epoch)
    reply = state.ask("b", epoch=epoch, restore=[[4, 20_000, 0], [5, 25_000, 1]])
    assert reply["waits"] == [20_000, 25_000, LEASE + WINDOW + MARGIN]
    assert reply["leased"] == 2


def test_what_is_restored_never_comes_back_sooner_than_known() -> None:
    state = State()
    state.ask(want=1)
    assert state.ask(restore=[[1, 10, 1]])["waits"] == [LEASE + WINDOW + MARGIN]


def test_a_hold_is_for_all_and_no_longer_than_allowed() -> None:
    state = State()
    state.ask("a", holds=[(5000, "user")])
    reply = state.ask("b", want=1)
    assert (reply["granted"], reply["next"], reply["pace"]["hold_until"]) == (0, 5000, 5000)
    assert state.ask("a", holds=[(10**9, "user")])["pace"]["hold_until"] == MAX_HOLD


def test_a_service_that_is_away_holds_all_and_then_one_probe_goes() -> None:
    state = State()
    state.ask("a", want=LIMIT)
    state.ask("a", ended=[ended(number) for number in range(1, 6)])
    state.ask("a", ended=[ended(6, "UNAVAILABLE", wait=40_000)])
    state.now += 40_000
    assert state.ask("b", want=5)["granted"] == 1
    reply = state.ask("a", want=5, first=11)
    assert (reply["granted"], reply["next"]) == (0, LOOK)
    state.ask("b", ended=[ended(1)])
    assert state.ask("a", want=5, first=11)["granted"] == 5


def test_after_a_refusal_all_are_spaced() -> None:
    state = State()
    state.ask("a", want=LIMIT)
    state.ask("a", ended=[ended(number) for number in range(1, 6)])
    state.ask("a", ended=[ended(6, "REFUSED", wait=40_000)])
    state.now += 40_000
    state.ask("b", want=1)
    state.ask("b", ended=[ended(1)])
    reply = state.ask("a", want=5, first=11)
    assert reply["granted"] == 0
    assert reply["pace"]["spaced_until"] > 0


def test_slots_that_came_back_a_moment_ago_explain_a_refusal() -> None:
    state = State()
    state.ask(want=LIMIT)
    state.ask(ended=[ended(number) for number in range(1, LIMIT + 1)])
    state.now += WINDOW + MARGIN
    state.ask(want=1, first=LIMIT + 1)
    state.now += 1500
    state.ask()
    state.ask(ended=[ended(LIMIT + 1, "REFUSED", ago=1)])
    assert (state.pace["refused"], state.pace["unexplained"]) == (1, 0)


def test_a_refusal_with_few_used_is_not_explained_and_spaces() -> None:
    state = State()
    state.ask(want=2)
    state.ask(ended=[ended(1), ended(2, "REFUSED")])
    assert state.pace["unexplained"] == 1
    state.now += FIRST_HOLD
    state.ask(want=1, first=3)
    reply = state.ask(want=5, first=4, ended=[ended(3)])
    gap = -(-(WINDOW + 2000) // (LIMIT - 1))
    assert (reply["granted"], reply["next"]) == (0, gap)
    state.now += gap
    reply = state.ask(want=5, first=4)
    assert (reply["granted"], reply["next"]) == (1, gap)


@pytest.mark.parametrize("outcome", ["UNUSED", "UNKNOWN"])
def test_a_probe_that_came_to_nothing_is_followed_by_another(outcome: str) -> None:
    state = State()
    state.ask(want=1)
    state.ask(ended=[ended(1, "UNAVAILABLE", wait=1000)])
    state.now += 1000
    assert state.ask(want=5, first=2)["granted"] == 1
    assert state.ask(want=5, first=3)["granted"] == 0
    assert state.ask(want=5, first=3, ended=[ended(2, outcome)])["granted"] == 1


def test_the_probe_of_a_process_that_is_gone_is_followed_by_another() -> None:
    state = State()
    state.ask(want=1)
    state.ask(ended=[ended(1, "UNAVAILABLE", wait=1000)])
    state.now += 1000
    state.ask("a", want=1)
    assert state.ask("b", want=1)["granted"] == 0
    assert state.ask("b", want=1, dead=["a"])["granted"] == 1


def test_announced_limits_are_for_all() -> None:
    state = State()
    state.ask("a", member=False, announced=[(0, {"limit": 4, "window": WINDOW})])
    assert state.ask("b", want=9)["granted"] == 4
    state = State()
    state.ask("a", member=False, announced=[(0, {"remaining": 2, "reset": 7000})])
    reply = state.ask("b", want=9)
    assert reply["granted"] == 2
    state.now += 7000
    assert state.ask("b", want=1, first=3)["granted"] == 1


def test_a_longer_window_keeps_used_slots_longer() -> None:
    state = State()
    state.ask(want=1)
    state.ask(ended=[ended(1)])
    reply = state.ask(announced=[(0, {"limit": LIMIT, "window": WINDOW + 5000})])
    assert reply["waits"] == [WINDOW + 5000 + MARGIN]


def test_smooth_grants_one_at_a_time() -> None:
    state = State()
    reply = state.ask(want=5, smooth=True)
    assert (reply["granted"], reply["next"]) == (1, -(-(WINDOW + 2000) // (LIMIT - 1)))


def test_a_damaged_state_is_followed_by_one_that_learns_and_is_spaced() -> None:
    state = State("spaced")
    reply = state.ask(want=5)
    assert (reply["granted"], reply["fault"], reply["opens"]) == (0, "damaged", LEARN)
    state.now += LEARN
    reply = state.ask(want=5)
    assert (reply["granted"], reply["fault"]) == (1, "")
    while state.now < T0 + WINDOW:
        reply = state.ask(first=2)
        state.now = min(state.now + reply["next"], T0 + WINDOW)
    assert state.ask(want=5, first=2)["granted"] == 5


@pytest.mark.parametrize("ahead", [10**6, 10**12])
def test_times_that_cannot_be_are_put_right(ahead: int) -> None:
    state = State()
    state.ask(want=LIMIT)
    assert state.record is not None
    for entry in state.record["entries"].values():
        entry[0] += ahead
    state.record["opens"] += ahead
    for name in ("hold_until", "next_ok", "left_until"):
        state.record["pace"][name] = T0 + ahead * 1000
    for member in state.record["members"].values():
        member["due"] += ahead
        member["since"] += ahead
        member["standby"] = [T0 + ahead]
    reply = state.ask("q")
    assert reply["fault"] == "future"
    assert reply["waits"] == [LEASE + WINDOW + GRACE + MARGIN] * LIMIT
    assert reply["opens"] == LEARN
    assert reply["pace"]["spaced_until"] == WINDOW
    assert state.ask("q")["fault"] == ""
    assert state.record["members"]["p"]["standby"] == [T0 + KEEP]
    state.now += MAX_HOLD
    state.ask("q")
    state.now += BEAT
    state.ask("q")
    state.now += LEARN - BEAT
    assert state.ask("q", want=3)["granted"] > 0


def test_moments_move_together_when_a_clock_began_anew() -> None:
    state = State()
    state.ask("a", want=3, holds=[(7000, "user")])
    before = state.ask("b", want=1)
    assert state.record is not None
    assert [member["standby"] for member in state.record["members"].values()] == [[T0 + 7000]] * 2
    move(state.record, -T0)
    state.now = 0
    assert is_sound(state.record)
    after = state.ask("b", want=1)
    assert after == before


def test_what_is_on_standby_for_a_process_is_granted_to_no_other() -> None:
    state = State()
    assert state.ask("a")["standby"] == [0]
    assert state.ask("b", want=LIMIT)["granted"] == LIMIT - 1
    state.now += BEAT
    assert state.ask("looks", member=False)["others"] == 1
    reply = state.ask("a", standby=[-BEAT])
    assert (reply["standby"], reply["next"], reply["others"]) == ([], BEAT, 0)
    # It may not have got this reply.
    assert state.ask("b", want=1, first=LIMIT)["granted"] == 0
    state.ask("a", standby=[])
    assert state.ask("b", want=1, first=LIMIT)["granted"] == 1


def test_what_is_on_standby_is_free_when_its_process_is_long_gone() -> None:
    state = State()
    state.ask("a")
    for late in range(0, KEEP, 500):
        state.now = T0 + BEAT + late
        assert state.ask("b", want=LIMIT, first=1 + late)["granted"] == (0 if late else LIMIT - 1)
    state.now = T0 + BEAT + KEEP
    assert state.ask("b", want=LIMIT, first=100_000)["granted"] == 1


def test_nothing_leased_is_promised() -> None:
    state = State()
    state.ask("a", want=LIMIT - 1, window=5000, lease=600_000)
    assert state.ask("b", want=4, window=5000, lease=600_000)["granted"] == 1
    # Were they answered now, they would be back soon.
    assert state.ask("b", want=4, first=2, window=5000, lease=600_000)["standby"] == []


def test_nothing_is_on_standby_before_all_have_told_what_they_used() -> None:
    state = State("learning")
    assert state.ask()["standby"] == []
    state.now += LEARN
    assert state.ask()["standby"] == [0]


def test_nothing_is_on_standby_while_a_probe_is_due() -> None:
    state = State()
    state.ask(want=1)
    reply = state.ask(ended=[ended(1, "UNAVAILABLE", wait=1000)])
    state.now += 1000
    assert state.ask()["standby"] == reply["standby"] == []
    state.ask(want=1, first=2)
    assert state.ask(ended=[ended(2)])["standby"] == [0]


def test_a_process_may_use_the_part_it_was_told_before_until_it_has_heard_of_another() -> None:
    state = State()
    assert state.ask("a", part=8)["part"] == LIMIT // 2
    assert state.ask("b")["part"] == 1  # half of what is left
    state.ask("a", part=LIMIT // 3)
    assert state.ask("b")["part"] == LIMIT // 3


def test_processes_are_known_by_their_entries_and_as_members() -> None:
    state = State()
    state.ask("with.dots", want=1)
    state.ask("b")
    assert state.record is not None
    assert processes(state.record) == {"with.dots", "b"}
    assert owner("with.dots.-3") == "with.dots"


def test_only_records_are_sound() -> None:
    state = State()
    state.ask(want=2)
    record: Any = json.loads(json.dumps(state.record))
    assert is_sound(record)
    wrong: list[Any] = [None, [], "x", 1, {}, {**record, "version": 1}]
    wrong += [{**record, name: None} for name in record]
    entries: list[Any] = [[1], [1, 2], ["1", 0], {}, 1, [1.5, 0]]
    wrong += [{**record, "entries": {"a.1": entry}} for entry in entries]
    wrong += [
        {**record, "members": {"a": member}} for member in (1, {}, {**record["members"]["p"], "due": ""})
    ]
    wrong += [
        {**record, "members": {"a": {"wants": [lane], "due": 1, "since": 1}}} for lane in (1, [1], ["", 2])
    ]
    wrong += [{**record, "pace": {**record["pace"], "cut": ""}}, {**record, "pace": {}}]
    assert [value for value in wrong if is_sound(value)] == []


STEPS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.integers(0, 12),
        st.integers(0, 4000),
        st.sampled_from(["ok", "lost reply", "killed", "state lost"]),
        st.sampled_from(["ANSWERED", "UNUSED", "UNKNOWN", "REFUSED", "UNAVAILABLE", ""]),
    ),
    max_size=60,
)


@settings(max_examples=150)
@given(steps=STEPS)
def test_never_more_arrive_in_a_window_than_the_limit(
    steps: list[tuple[str, int, int, str, str]],
) -> None:
    """Whatever is granted may be used until the last moment of its lease, unless it ended before."""
    state = State()
    first = dict.fromkeys("abc", 1)
    held: dict[str, dict[int, int]] = {name: {} for name in "abc"}
    late: dict[str, list[tuple[int, str, int, int]]] = {name: [] for name in "abc"}
    busy: list[tuple[int, int]] = []  # from the grant to the last moment at which the request can arrive
    lives = dict.fromkeys("abc", 0)
    for name, want, pause, event, outcome in steps:
        state.now += pause
        process = f"{name}{lives[name]}"
        told = late[name]
        late[name] = []
        if outcome and held[name]:
            number, granted_at = held[name].popitem()
            if state.now <= granted_at + LEASE:
                told = [*told, ended(number, outcome)]
                if outcome != "UNUSED":
                    busy.append((granted_at, state.now + (GRACE if outcome == "UNKNOWN" else 0)))
            else:
                busy.append((granted_at, granted_at + LEASE))
        dead = []
        if event == "killed":
            busy += [(at, min(at + LEASE, state.now + GRACE)) for at in held[name].values()]
            held[name] = {}
            lives[name] += 1
            dead, process, told = [process], f"{name}{lives[name]}", []
        reply = state.ask(process, want, first=first[name], ended=told, dead=dead)
        if event == "lost reply":
            late[name] = [*told, *(ended(first[name] + n, "UNUSED") for n in range(10))]
        else:
            held[name] |= {first[name] + n: state.now for n in range(reply["granted"])}
        first[name] += 10
    for name in "abc":
        busy += [(at, at + LEASE) for at in held[name].values()]
    # A slot is taken from its grant to one window after its last moment: never are more taken than there are.
    for start, _ in busy:
        assert sum(begin <= start <= end + WINDOW for begin, end in busy) <= LIMIT
