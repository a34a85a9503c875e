from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.ratelimit.dealing import LATE, Member
from depotfinity_async.ratelimit.standby import (
    BEAT,
    KEEP,
    MISSED,
    RETRY,
    after_absence,
    claimed,
    hold_back,
    kept,
    most_on_standby,
    part,
    standby,
    takers,
)

NOW = 1_000_000
FAR = NOW + 100_000


def member(
    waiting: int = 0, *, due: int = NOW + BEAT, own: int = 100, ready: list[int] | None = None
) -> Member:
    return Member(wants=[[waiting, 0]], due=due, since=NOW, standby=ready or [], part=own)


def ready_for(members: dict[str, Member], used: list[int], limit: int = 100, **parts: Any) -> list[int]:
    """How long it takes until each of the slots is there that are on standby for "a"."""
    slots = hold_back([(back, "z", 0) for back in sorted(used)], members, "a", NOW, surely=True)
    arguments = {"now": NOW, "start": NOW, "gap": 0, **parts}
    moments = standby(members, "a", sorted((back, name) for back, name, _ in slots), limit, **arguments)
    return [moment - NOW for moment in moments]


def test_a_process_that_is_alone_leaves_half_for_another_one() -> None:
    assert ready_for({"a": member()}, []) == [0] * 16
    assert ready_for({"a": member()}, [FAR] * 90) == [0] * 5
    assert ready_for({"a": member()}, [FAR] * 100) == []


@pytest.mark.parametrize(("others", "each"), [(1, 11), (3, 6), (10, 2)])
def test_processes_that_want_nothing_have_a_third_together(others: int, each: int) -> None:
    members = {"a": member(), **{f"b{number}": member(ready=[NOW] * each) for number in range(others)}}
    assert len(ready_for(members, [])) == each
    assert (others + 1) * each <= most_on_standby(100)


def test_no_more_are_on_standby_than_a_third_whatever_the_others_have() -> None:
    members = {"a": member(), "b": member(ready=[NOW] * 31)}
    assert len(ready_for(members, [])) == 2
    members["b"]["standby"] += [NOW] * 2
    assert ready_for(members, []) == []


def test_a_process_that_is_late_has_its_slots_on_standby_all_the_same() -> None:
    members = {"a": member(), "b": member(due=NOW - LATE, ready=[NOW] * 33)}
    assert ready_for(members, []) == []
    assert len(hold_back([], members, "a", NOW, surely=True)) == 33


def test_who_wants_nothing_keeps_one_while_others_want_more_than_there_is() -> None:
    busy = {"a": member(), "b": member(50)}
    assert ready_for(busy, [FAR] * 50) == [0]
    assert ready_for(busy, [FAR] * 99 + [NOW + 3000]) == [3000]
    # Five at most, so that nothing much of the limit is wasted.
    for number in range(5):
        busy[f"c{number}"] = member(ready=[NOW])
    assert ready_for(busy, [FAR] * 50) == []


def test_who_waits_has_on_standby_what_falls_to_it_in_turn() -> None:
    backs = [NOW + 3000 * number for number in range(1, 101)]
    assert ready_for({"a": member(50)}, backs) == [3000, 6000, 9000, 12_000, 15_000, 18_000]
    assert ready_for({"a": member(50), "b": member(50)}, backs) == [3000, 9000, 15_000]
    assert ready_for({"a": member(1)}, backs) == [3000]
    assert backs[6] - NOW > KEEP


def test_what_is_on_standby_for_a_lane_leaves_free_what_is_kept_for_the_one_before() -> None:
    members = {"a": member(5)}
    assert ready_for(members, [FAR] * 98) == [0, 0]
    members["a"]["wants"] = [[0, 0], [5, 2]]
    assert ready_for(members, [FAR] * 98) == []
    assert ready_for(members, [FAR] * 97) == [0]


def test_what_others_have_on_standby_is_not_ours() -> None:
    backs = [NOW + 3000 * number for number in range(1, 101)]
    members = {"a": member(50), "b": member(50, ready=[NOW + 3000, NOW + 9000])}
    assert ready_for(members, backs) == [6000, 12_000, 15_000]


def test_nothing_is_on_standby_before_grants_begin_or_faster_than_they_go() -> None:
    assert ready_for({"a": member()}, [], start=NOW + KEEP + 1) == []
    assert ready_for({"a": member()}, [], start=NOW + 1000, gap=4000) == [1000, 5000, 9000, 13_000, 17_000]


def test_who_has_no_part_has_nothing_on_standby() -> None:
    assert ready_for({"a": member(own=0)}, []) == []
    assert len(ready_for({"a": member(own=3)}, [])) == 3


def test_parts_leave_room_for_one_process_more() -> None:
    assert part({"a": member()}, "a", NOW, 100) == 50
    assert part({"a": member(), "b": member(own=33)}, "a", NOW, 100) == 33
    # Those who have not heard of it have more; it leaves half of the rest for who comes next.
    assert part({"a": member(), "b": member(own=50)}, "a", NOW, 100) == 25
    assert part({"a": member(), "b": member(own=50), "c": member(own=25)}, "a", NOW, 100) == 13
    assert part({"a": member(), "b": member(own=100)}, "a", NOW, 100) == 0
    # Who is late may use its part, but is not counted.
    assert part({"a": member(), "b": member(own=20, due=NOW - LATE)}, "a", NOW, 100) == 40


@given(st.integers(1, 120), st.integers(1, 8))
def test_parts_are_never_more_than_the_limit_and_alike_in_the_end(limit: int, count: int) -> None:
    members: dict[str, Member] = {}
    for turn in range(12 * count):
        name = str(turn % count)
        members[name] = member(own=0)
        members[name]["part"] = part(members, name, NOW, limit)
        assert sum(each["part"] for each in members.values()) <= limit
    parts = [each["part"] for each in members.values()]
    assert max(parts) - min(parts) <= 1
    assert min(parts) >= 1 or count > limit


def test_a_slot_on_standby_is_the_one_that_is_back_last_before() -> None:
    used = [(NOW + wait, f"x{wait}", 0) for wait in (1000, 3000, 9000)]
    members = {"a": member(), "b": member(ready=[NOW + 5000, NOW])}
    until = NOW + BEAT + KEEP
    free = hold_back(used, members, "a", NOW, surely=True)
    assert sorted(free) == [used[0], used[2], (until, "b", 0), (until, "b", 0)]
    # It is worth asking when b should have come, or the slot is back.
    members["b"]["due"] = NOW + 500
    free = hold_back(used, members, "a", NOW, surely=False)
    assert sorted(free) == [used[0], (NOW + 500 + LATE, "b", 0), (NOW + 3000, "b", 0), used[2]]


def test_what_others_will_have_on_standby_is_free_today() -> None:
    members = {"a": member(ready=[NOW]), "b": member(ready=[NOW - 1, NOW, NOW + 1]), "c": member(ready=[NOW])}
    assert claimed(members, "a", NOW) == 3
    assert claimed(members, "", NOW) == 4


def test_who_is_late_is_waited_for_until_it_must_have_come() -> None:
    members = {"a": member(), "b": member(5, due=NOW - LATE, ready=[NOW])}
    assert hold_back([], members, "a", NOW, surely=False) == [(NOW - LATE + KEEP, "b", 0)]
    assert set(takers(members, "a", NOW)) == {"a"}


def test_what_is_on_standby_is_not_wanted_besides() -> None:
    members = {"a": member(), "b": member(5, ready=[NOW, NOW])}
    assert takers(members, "a", NOW)["b"]["wants"] == [[3, 0]]
    assert members["b"]["wants"] == [[5, 0]]


def test_a_lost_reply_leaves_what_was_told_before() -> None:
    assert kept([5], [], 0) == [5]
    assert kept([5], [1, 9], 0) == [1, 9]
    assert kept([5], [9, 1], 1) == [5]
    assert kept([], [1, 2, 3], 2) == [3]


@given(st.lists(st.integers(0, 20)), st.lists(st.integers(0, 20)), st.integers(0, 5))
def test_it_is_enough_whether_the_reply_came_or_not(told: list[int], before: list[int], granted: int) -> None:
    slots = kept(sorted(told), before, granted)
    for moment in range(21):
        have = granted + sum(each <= moment for each in slots)
        assert have >= granted + sum(each <= moment for each in told)
        assert have >= sum(each <= moment for each in before)


def test_of_one_that_was_out_of_reach_its_part_is_kept_until_it_must_have_come() -> None:
    members = {"a": member(7, due=NOW - LATE, own=4, ready=[NOW] * 6)}
    assert not after_absence(members, 0, NOW)
    assert members["a"] == {**member(own=4, due=NOW + RETRY, ready=[NOW] * 4), "wants": []}


@pytest.mark.parametrize(("opened", "learns"), [(0, False), (1, True)])
def test_a_state_that_nobody_reached_until_it_opened_has_still_to_learn(opened: int, learns: bool) -> None:
    members = {"a": member(due=NOW - LATE)}
    assert after_absence(members, NOW - LATE - BEAT + opened, NOW) is learns


@pytest.mark.parametrize(("dues", "lost"), [([NOW - LATE] * 2, True), ([NOW - LATE, NOW - LATE + 1], False)])
def test_several_that_were_out_of_reach_are_to_be_heard(dues: list[int], lost: bool) -> None:
    members = {str(due): member(due=due) for due in dues} | {"x": member(due=dues[0])}
    assert after_absence(members, 0, NOW) is lost
    assert all(each["due"] == NOW + RETRY for each in members.values()) is lost
    assert not after_absence({}, 0, NOW)


def test_what_is_on_standby_is_kept_until_all_have_seen_that_the_store_is_back() -> None:
    # It is away, and back before all were missed, and one has just tried: that took a second.
    assert KEEP >= MISSED + RETRY + 1000
