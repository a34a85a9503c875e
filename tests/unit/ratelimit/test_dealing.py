import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.ratelimit.dealing import LATE, Member, deal

NEVER = math.inf


def member(*wants: list[int], due: int = 10_000, since: int = 0) -> Member:
    return Member(wants=list(wants), due=due, since=since, standby=[], part=0)


def ask(
    members: dict[str, Member], used: list[tuple[int, str]], limit: int = 4, **rest: Any
) -> tuple[int, float]:
    options: dict[str, Any] = {"now": 1000, "start": 0, "gap": 0, "batch": 10, **rest}
    return deal(members, "a", used, limit, **options)


def test_one_alone_gets_what_is_free() -> None:
    assert ask({"a": member([2, 0])}, []) == (2, NEVER)


def test_at_most_a_batch_and_the_rest_at_once() -> None:
    assert ask({"a": member([9, 0])}, [], 20, batch=5) == (5, 1000)


def test_with_nothing_free_it_is_worth_asking_when_a_slot_is_back() -> None:
    assert ask({"a": member([3, 0])}, [(1500, "a"), (1600, "b")], 2) == (0, 1500)


def test_nobody_who_wants_nothing_is_called_back() -> None:
    assert ask({"a": member([0, 0])}, [(1500, "a")], 1) == (0, NEVER)


def test_the_next_slot_is_for_the_one_that_uses_the_fewest() -> None:
    members = {"a": member([5, 0]), "b": member([5, 0])}
    used = [(1500, "a"), (1600, "a")]
    # Two are free and b has none: both are kept for it, until it is late.
    assert ask(members, used)[0] == 0


def test_those_who_use_the_same_take_turns_and_the_longest_waiting_begins() -> None:
    members = {"a": member([9, 0], since=5), "b": member([9, 0], since=4)}
    assert ask(members, [], 5)[0] == 2
    members["b"]["since"] = 6
    assert ask(members, [], 5)[0] == 3


def test_a_slot_kept_for_another_one_is_asked_for_when_that_one_is_late() -> None:
    members = {"a": member([1, 0]), "b": member([1, 0], due=3000)}
    assert ask(members, [(9000, "a")], 2) == (0, 3000 + LATE)


def test_a_slot_that_comes_back_lessens_the_share_of_its_owner() -> None:
    members = {"a": member([1, 0], since=9), "b": member([1, 0], since=1)}
    assert ask(members, [(1500, "a"), (1600, "b")], 2) == (0, 1500)


def test_slots_of_those_who_are_gone_count_for_nobody() -> None:
    assert ask({"a": member([2, 0])}, [(1500, "gone"), (1600, "gone")], 2) == (0, 1500)


def test_a_lane_leaves_what_is_kept_for_higher_ones() -> None:
    assert ask({"a": member([0, 0], [9, 3])}, [], 4)[0] == 1
    assert ask({"a": member([1, 0], [9, 3])}, [], 4)[0] == 1
    assert ask({"a": member([9, 0], [9, 3])}, [], 4)[0] == 4


def test_a_low_lane_waits_until_enough_are_back() -> None:
    used = [(1500, "a"), (1600, "a"), (1700, "a"), (1800, "a")]
    assert ask({"a": member([0, 0], [1, 2])}, used, 4) == (0, 1700)


def test_nothing_before_the_start_and_only_one_in_each_gap() -> None:
    assert ask({"a": member([2, 0])}, [], start=4000) == (0, 4000)
    assert ask({"a": member([2, 0])}, [], gap=300) == (1, 1300)
    others = {"a": member([2, 0], since=9), "b": member([1, 0])}
    assert ask(others, [], gap=300) == (0, 1300)


def test_a_limit_that_became_smaller_waits_until_few_enough_are_used() -> None:
    used = [(1500, "a"), (1600, "a"), (1700, "a")]
    assert ask({"a": member([1, 0])}, used, 1) == (0, 1700)


@given(
    wants=st.lists(st.integers(0, 30), min_size=1, max_size=5),
    used=st.lists(st.tuples(st.integers(1001, 2000), st.sampled_from("abcdex")), max_size=20),
    limit=st.integers(1, 25),
)
def test_what_falls_to_all_together_is_what_there_is(
    wants: list[int], used: list[tuple[int, str]], limit: int
) -> None:
    members = {name: member([want, 0]) for name, want in zip("abcde", wants, strict=False)}
    total = 0
    for name in members:
        granted, again = deal(members, name, sorted(used), limit, now=1000, start=0, gap=0, batch=100)
        assert again >= 1000
        total += granted
    assert total == max(0, min(sum(wants), limit - len(used)))


@pytest.mark.parametrize("count", [2, 3, 4])
def test_greedy_ones_end_with_equal_shares(count: int) -> None:
    names = "abcd"[:count]
    used: list[tuple[int, str]] = []
    members = {name: member([100, 0]) for name in names}
    for name in names * 20:
        granted, _ = deal(members, name, used, 48, now=1000, start=0, gap=0, batch=3)
        used += [(2000, name)] * granted
    assert [sum(owner == name for _, owner in used) for name in names] == [48 // count] * count
