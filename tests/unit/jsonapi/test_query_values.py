"""Values of query parameters, and the names of families and own parameters (C9, C10)."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from depotfinity_async.jsonapi.query import Query
from depotfinity_async.jsonapi.query_names import QueryError

from .classes import Colour


class Plain(str, enum.Enum):  # noqa: UP042  # its str() is not its value, unlike that of a StrEnum
    A = "a"


class Side(enum.Enum):
    LEFT = "left"


class Level(enum.IntEnum):
    LOW = 1


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("x, y", "x, y"),
        ("", ""),
        (True, "true"),
        (False, "false"),
        (3, "3"),
        (10**30, str(10**30)),
        (1.5, "1.5"),
        (Decimal("1.10"), "1.10"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (datetime(2022, 11, 22, 19, 54, 10, 143000, tzinfo=UTC), "2022-11-22T19:54:10.143000Z"),
        (datetime(2022, 11, 22, 19, tzinfo=timezone(timedelta(hours=2))), "2022-11-22T17:00:00Z"),
        (date(2022, 11, 22), "2022-11-22"),
        (Colour.RED, "red"),
        (Colour("blue"), "blue"),
        (Plain.A, "a"),
        (Level.LOW, "1"),
        (Side.LEFT, "left"),
        (["a", 1, True], "a,1,true"),
        (("a",), "a"),
        ([], ""),
    ],
)
def test_values(value: Any, written: str) -> None:
    assert Query().filter(x=value).pairs() == (("filter[x]", written),)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (None, "no form for a value of type NoneType"),
        (b"x", "no form for a value of type bytes"),
        ({"a"}, "no form for a value of type set"),
        ([["a"]], "no form for a value of type list"),
        ([{"a": 1}], "no form for a value of type dict"),
        (float("inf"), "inf is no finite number"),
        (Decimal("NaN"), "NaN is no finite number"),
        (datetime(2022, 11, 22), "carries no zone"),  # noqa: DTZ001  # the refusal under test
        (["a", "b,c"], r"a comma-separated list cannot hold 'b,c' \[C8\]"),
        ([""], r"a comma-separated list cannot hold '' \[C8\]"),
    ],
)
def test_values_that_a_query_cannot_express(value: Any, sentence: str) -> None:
    with pytest.raises(QueryError, match=sentence):
        Query().filter({"a": {"x": value}})


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"a": 1}, "myParam[a]"),
        ({"": 1}, "myParam[]"),
        ({"a": {"": 1}}, "myParam[a][]"),
        ({"a.b-c": {"ä_1": {"X y": 1}}}, "myParam[a.b-c][ä_1][X y]"),
        ({Colour.RED: 1}, "myParam[red]"),
        ({Side.LEFT: {2: 1}}, "myParam[left][2]"),
        (1, "myParam"),
    ],
)
def test_c10_families(value: Any, name: str) -> None:
    assert Query().param("myParam", value).pairs() == ((name, "1"),)


def test_c9_a_key_that_is_no_text_at_all() -> None:
    with pytest.raises(QueryError, match="no form for a value of type NoneType"):
        Query().filter({"a": {None: 1}})


def test_an_empty_mapping_is_no_parameter() -> None:
    assert Query().filter({}).page({"a": {}}).param("myParam", {}).pairs() == ()


@pytest.mark.parametrize(
    "key", ["a]", "[a", "a[b]", "a,b", "a&b", "_a", "a-", ".a", "a.", "a..b", "@a", "a\n"]
)
def test_c9_keys_that_are_no_member_names(key: str) -> None:
    with pytest.raises(QueryError, match=r"is no member name and no dot-separated list of them \[C9\]"):
        Query().filter({key: "x"})


@pytest.mark.parametrize(
    "name", ["myParam", "my-param", "my_param", "param2", "Limit", "ä", "é1", "version:id"]
)
def test_c10_own_names(name: str) -> None:
    assert Query().param(name, "x").pairs() == ((name, "x"),)


@pytest.mark.parametrize(
    "name",
    [
        "limit",
        "include",
        "page",
        "",
        "-myParam",
        "myParam_",
        "my[Param]",
        "my.Param",
        "my&Param",
        "limit\n",
        "myParam\n",
        "version:ID",
        "version:",
        ":id",
        "\ud800",
    ],
)
def test_c10_names_that_belong_to_the_standard_or_to_nobody(name: str) -> None:
    with pytest.raises(QueryError, match=r"cannot name an own parameter: .* \[C10\]"):
        Query().param(name, "x")
