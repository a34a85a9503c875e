"""Values that only this vendor writes: times without a zone, durations in minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async import jsonapi
from depotfinity_async.models.conversions import ZonelessTime, converter
from depotfinity_async.resources.parameters import minutes


@jsonapi.value
class Both:
    time: ZonelessTime | None = None
    duration: timedelta | None = None


DECODER = jsonapi.Decoder([Both], converter=converter())


def read(body: str) -> Both:
    return DECODER.decode(body, jsonapi.flat_object(Both)).data


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-05-13T03:00:35.830992", datetime(2022, 5, 13, 3, 0, 35, 830992, tzinfo=UTC)),
        ("2023-06-05T11:59:51", datetime(2023, 6, 5, 11, 59, 51, tzinfo=UTC)),
        ("2023-06-05T11:59:51Z", datetime(2023, 6, 5, 11, 59, 51, tzinfo=UTC)),
        ("2023-06-05T11:59:51+02:00", datetime(2023, 6, 5, 9, 59, 51, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_read_as_utc(text: str, expected: datetime) -> None:
    assert read(f'{{"time": "{text}"}}').time == expected


@pytest.mark.parametrize("text", ["7", '"yesterday"', "true", '"0001-01-01T00:00:00+02:00"'])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(jsonapi.DecodeError, match="/time"):
        read(f'{{"time": {text}}}')


@pytest.mark.parametrize("text", ['"15"', "true", "1e300", "[]"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(jsonapi.DecodeError, match="/duration"):
        read(f'{{"duration": {text}}}')


@given(st.integers(min_value=0, max_value=10**7))
def test_whole_seconds_come_back(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert read(f'{{"duration": {minutes("", duration)}}}').duration == duration


def test_whole_minutes_are_written_as_such() -> None:
    assert str(minutes("", timedelta(hours=1))) == "60"
    assert str(minutes("", timedelta(seconds=90))) == "1.5"
