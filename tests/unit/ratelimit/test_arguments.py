"""What a budget is given: each error names the argument and what it must be, and shows no password."""

import asyncio
import math
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pytest

from depotfinity_async.ratelimit import Budget, look, open_store

_SECRET_URL = "redis://user:s3cret@depot.example:6379/0"


class _Whole(int):
    """Stands for the integers of other packages."""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"limit": "100"}, "limit must be a whole number, at least 1, not '100'"),
        ({"limit": 1.5}, "limit must be a whole number, at least 1, not 1.5"),
        ({"limit": None}, "limit must be a whole number, at least 1, not None"),
        ({"window": "5"}, "window must be a finite number of seconds above 0, not '5'"),
        ({"grace": None}, "grace must be a finite number of seconds, at least 0, not None"),
        ({"ageing": "x"}, "ageing must be a finite number of seconds above 0, not 'x'"),
        ({"lease": []}, r"lease must be a finite number of seconds above 0, not \[\]"),
        ({"store": "host"}, r"store must be what open_store\(\.\.\.\) returns, not of type str"),
        ({"store": Path("budget")}, "not of type P"),
        ({"store": _SECRET_URL}, "not of type str$"),
    ],
)
def test_what_is_of_another_type_is_named(arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(TypeError, match=told):
        Budget(**arguments)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        *(({"limit": bad}, f"limit must be at least 1, not {bad}") for bad in (0, -1)),
        *(
            ({name: bad}, f"{name} must be a finite number of seconds above 0, not {bad}")
            for name in ("window", "ageing", "lease")
            for bad in (0, -1, math.inf, math.nan)
        ),
        *(
            ({"grace": bad}, f"grace must be a finite number of seconds, at least 0, not {bad}")
            for bad in (-1, math.inf, math.nan)
        ),
        ({"lanes": ()}, "lanes must be different names in their order, at least one"),
        ({"lanes": {"a", "b"}}, "lanes must be different names in their order, at least one, not {"),
        ({"lanes": ("a", "a")}, "lanes must be different names in their order, at least one"),
        ({"reserve": {"default": -1}}, "reserve of 'default' must be a number of slots, at least 0, not -1"),
        ({"lanes": "poll"}, "lanes must be different names in their order, at least one, not 'poll'"),
        (
            {"lanes": ("poll", 1)},
            r"lanes must be different names in their order, at least one, not \('poll', 1\)",
        ),
        ({"reserve": {"poll": 1}}, "reserve: there is no lane 'poll'; there are default"),
        (
            {"reserve": {"default": "1"}},
            "reserve of 'default' must be a number of slots, at least 0, not '1'",
        ),
        ({"reserve": {"default": 100}}, "reserve must leave at least one of the 100 slots"),
    ],
)
def test_what_is_out_of_range_is_named(arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Budget(**arguments)


def test_all_kinds_of_numbers_will_do() -> None:
    half: Any = Fraction(1, 2)
    budget = Budget(_Whole(3), half, grace=0)
    assert type(budget.limit) is int
    assert (budget.limit, budget.window) == (3, 0.5)


async def test_a_timeout_or_a_hold_that_is_no_number_is_named() -> None:
    budget = Budget()
    wrong: Any = "5"
    with pytest.raises(TypeError, match="timeout must be a number of seconds or None, not '5'"):
        await budget.acquire(timeout=wrong)
    with pytest.raises(TypeError, match="a hold must be a finite number of seconds, at least 0, not '5'"):
        budget.hold(wrong, "because")
    with pytest.raises(TypeError, match="reason must be a text, not 5"):
        budget.hold(5, cast("Any", 5))
    budget.hold(5, "because \ud800")
    assert budget.status().hold_reason == "because ?"
    assert budget.status().leased == 0


async def test_a_share_that_cannot_be_one_takes_no_place_in_line() -> None:
    budget = Budget(1)
    wrong: Any = []
    with await budget.acquire():
        with pytest.raises(TypeError, match="unhashable"):
            await budget.acquire(share=wrong)
        assert budget.status().waiting == 0
        waiting = asyncio.create_task(budget.acquire())
        await asyncio.sleep(0)
        assert (budget.status().waiting, budget.status().lanes) == (1, {"default": 1})
    (await waiting).close()
    with pytest.raises(TypeError, match="unhashable"):
        await budget.acquire(share=wrong)


@pytest.mark.parametrize(
    "place",
    [
        "",
        " ",
        "http://user:s3cret@depot.example",
        "redi://user:s3cret@depot.example",
        "redis:/user:s3cret@depot.example/0",
        "Redis:user:s3cret@depot.example/0",
        "rediss//user:s3cret@depot.example",
        "valkey:/user:s3cret@depot.example/0",
    ],
)
def test_a_place_that_is_none_makes_no_file(place: str) -> None:
    with pytest.raises(
        ValueError, match="'host', the path of a file, or a URL that starts with redis://"
    ) as told:
        open_store(place, "key")
    assert "s3cret" not in str(told.value)


def test_a_word_is_no_place() -> None:
    with pytest.raises(ValueError, match=r"a file in the current folder is written \./hosts$"):
        open_store("hosts", "key")
    assert "hosts" in repr(open_store("./hosts", "key"))
    assert "hosts" in repr(open_store(Path("hosts"), "key"))


def test_a_path_stays_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "else").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    here, home = open_store("./budget", "key"), open_store("~/budget", "key")
    monkeypatch.chdir("else")
    assert (str(here), str(home)) == (str(tmp_path / "budget"), str(tmp_path / "home" / "budget"))


def test_a_place_of_another_type_is_named() -> None:
    wrong: Any = None
    with pytest.raises(TypeError, match="unix://, not of type NoneType"):
        open_store(wrong, "key")


def test_a_look_is_as_strict(tmp_path: Path) -> None:
    wrong: Any = "100"
    with pytest.raises(TypeError, match="limit must be a whole number"):
        look(open_store(tmp_path / "budget", "key"), wrong)
    with pytest.raises(TypeError, match="window must be a finite number of seconds"):
        look(open_store(tmp_path / "budget", "key"), 100, wrong)
    with pytest.raises(TypeError, match="store must be what open_store"):
        look(wrong)
    assert list(tmp_path.iterdir()) == []
