from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.simulator.times import print_time, read_time, to_milliseconds


def test_prints_the_vendors_form() -> None:
    assert print_time(datetime(2022, 11, 22, 19, 54, 10, 143999, tzinfo=UTC)) == "2022-11-22T19:54:10.143Z"


def test_prints_years_of_four_digits() -> None:
    assert print_time(datetime(33, 4, 3, tzinfo=UTC)) == "0033-04-03T00:00:00.000Z"


@given(st.datetimes(timezones=st.just(UTC)))
def test_reads_what_it_prints(moment: datetime) -> None:
    assert read_time(print_time(moment)) == to_milliseconds(moment)


def test_reads_other_zones_and_none() -> None:
    east = datetime(2026, 3, 10, 12, tzinfo=timezone(timedelta(hours=2)))
    assert read_time("2026-03-10T12:00:00+02:00") == east
    assert read_time("2026-03-10T10:00:00") == east


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01", "0001-01-01T00:00:00+02:00", "2026-03-10T12:00:00 02:00"]
)
def test_refuses_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_time(text)
