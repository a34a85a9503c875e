import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from depotfinity_async.http.rate_limit_headers import Announced, parse_rate_limit

# 784111777 seconds since 1970
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


def parse(**headers: str) -> Announced | None:
    return parse_rate_limit(CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()}))


@pytest.mark.parametrize(
    ("headers", "announced"),
    [
        (
            {"RateLimit_Policy": '"default";q=100;w=300', "RateLimit": '"default";r=50;t=30'},
            Announced(100, 300, 50, 30),
        ),
        ({"RateLimit_Policy": "default;q=100;w=300"}, Announced(100, 300)),
        ({"RateLimit": '"default";r=0;t=0'}, Announced(remaining=0, reset=0)),
        ({"RateLimit": '"a";r=9, "b";r=3;t=7'}, Announced(remaining=3, reset=7)),
        ({"RateLimit_Policy": '"burst";q=10;w=1, "day";q=1000;w=86400'}, Announced(1000, 86400)),
        ({"RateLimit_Policy": '"x";q=5;w=60;pk=:c2VjcmV0:'}, Announced(5, 60)),
        ({"RateLimit_Policy": '"x";q=500;w=1;qu="content-bytes", "y";q=7;w=60'}, Announced(7, 60)),
        ({"RateLimit_Policy": '"x";q=5;w=60;qu="requests"'}, Announced(5, 60)),
        (
            {"RateLimit_Limit": "100", "RateLimit_Remaining": "40", "RateLimit_Reset": "12"},
            Announced(100, None, 40, 12),
        ),
        ({"RateLimit_Limit": "100, 100;w=300"}, Announced(100)),
        ({"x_ratelimit_limit": "60", "x_ratelimit_remaining": "59"}, Announced(60, None, 59)),
        ({"X_Rate_Limit_Remaining": "3"}, Announced(remaining=3)),
        (
            {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "784111800", "Date": DATE},
            Announced(remaining=0, reset=784111800),
        ),
        (
            {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "1784111800", "Date": DATE},
            Announced(remaining=0),
        ),
        (
            {
                "X_RateLimit_Remaining": "0",
                "X_RateLimit_Reset": "1784111800",
                "Date": "Wed, 15 Jul 2026 10:36:00 GMT",
            },
            Announced(remaining=0, reset=40),
        ),
        (
            {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "1784111800", "Date": "never"},
            Announced(remaining=0),
        ),
    ],
)
def test_what_is_understood(headers: dict[str, str], announced: Announced) -> None:
    assert parse(**headers) == announced


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "-1",
        "+5",
        "1.5",
        "inf",
        "nan",
        "1e9",
        "9" * 11,
        "9" * 5000,
        "soon",
        "0x10",
        "1_0",
        "٣",
        "\x00",
    ],
)
@pytest.mark.parametrize("name", ["X_RateLimit_Limit", "RateLimit_Remaining"])
def test_what_is_no_number_announces_nothing(name: str, value: str) -> None:
    assert parse(**{name: value}) is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"RateLimit": '"default"'},
        {"RateLimit": '"default";t=30'},
        {"RateLimit": '"default";r=-1'},
        {"RateLimit": '"default;r=1'},
        {"RateLimit": '"a";r=5' + " " * 600},
        {"RateLimit_Policy": ";q=5;w=60"},
        {"RateLimit_Policy": '"x";q=0;w=0'},
        {"RateLimit_Limit": "0"},
        {"X_RateLimit_Reset": "30"},
        {"Date": DATE},
    ],
)
def test_headers_that_announce_nothing(headers: dict[str, str]) -> None:
    assert parse(**headers) is None


NAMES = [
    "RateLimit",
    "RateLimit-Policy",
    "RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "Date",
]
PIECES = st.sampled_from(['"a"', "a", ";", ",", "q=", "r=", "w=", "t=", "1", "9" * 20, " ", "-", "\\", '"'])


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(PIECES).map("".join) | st.text()))
def test_no_text_makes_it_fail(headers: dict[str, str]) -> None:
    announced = parse_rate_limit(headers)
    if announced is not None:
        numbers = (announced.limit, announced.window, announced.remaining, announced.reset)
        assert all(number is None or 0 <= number < 10**10 for number in numbers)
        assert announced.limit != 0
