import argparse
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.cli.arguments import above_zero, at_least_one, moment, place, proxy_url

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-01-01T00:00Z", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01T00:00:00.5+02:00", datetime(2026, 1, 1, 0, 0, 0, 500000, timezone(timedelta(hours=2)))),
        ("90m", NOW - timedelta(minutes=90)),
        ("24h", NOW - timedelta(hours=24)),
        ("1.5d", NOW - timedelta(hours=36)),
        ("7d", NOW - timedelta(days=7)),
        ("2w", NOW - timedelta(days=14)),
    ],
)
def test_moment_is_a_time_or_how_long_ago(text: str, time: datetime) -> None:
    assert moment(text, lambda: NOW) == time


def test_moment_is_counted_from_now() -> None:
    assert abs(moment("0h") - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("text", ["", "24", "h", "yesterday", "-1d", "1y", "999999999w", "2026-13-01T00:00Z"])
def test_moment_refuses_what_is_none(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a time such as"):
        moment(text, lambda: NOW)


@pytest.mark.parametrize("text", ["2026-01-01", "2026-01-01T00:00"])
def test_moment_without_a_zone_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="has no time zone"):
        moment(text)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    readers: tuple[Callable[[str], object], ...] = (moment, at_least_one, above_zero, proxy_url, place)
    for reader in readers:
        with contextlib.suppress(argparse.ArgumentTypeError):
            reader(text)


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "x", ""])
def test_at_least_one_refuses(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        at_least_one(text)


@pytest.mark.parametrize("text", ["0", "-1", "inf", "nan", "x", ""])
def test_above_zero_refuses(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        above_zero(text)


def test_numbers() -> None:
    assert at_least_one("3") == 3
    assert above_zero("0.5") == 0.5


@pytest.mark.parametrize("text", ["http://user:word@proxy.example:3128", "http://[user@x", "//u@h"])
@pytest.mark.parametrize("read", [proxy_url, place])
def test_credentials_are_refused_and_not_repeated(read: Callable[[str], str], text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError) as refused:
        read(text)
    assert text not in str(refused.value)


def test_addresses_without_credentials_are_taken() -> None:
    assert proxy_url("http://proxy.example:3128") == "http://proxy.example:3128"
    assert place("redis://cache.example/1") == "redis://cache.example/1"
    assert place("/var/lib/depot/budget.sqlite3") == "/var/lib/depot/budget.sqlite3"
