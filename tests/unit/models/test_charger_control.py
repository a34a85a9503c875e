"""Windows of power limits from a schedule of steps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async import InvalidArgumentError, PowerLimitWindow, power_limit_windows

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def window(first: int, last: int, limit: float) -> PowerLimitWindow:
    return PowerLimitWindow(start=MIDNIGHT + first * HOUR, end=MIDNIGHT + last * HOUR, limit=limit)


def test_each_limit_holds_until_the_next() -> None:
    schedule = {MIDNIGHT: 50_000.0, MIDNIGHT + 6 * HOUR: 20_000.0}
    expected = [window(0, 6, 50_000), window(6, 24, 20_000)]
    assert power_limit_windows(schedule, MIDNIGHT + 24 * HOUR) == expected


def test_none_is_a_gap_and_equal_neighbours_are_one() -> None:
    steps = [(0, 5.0), (1, 5.0), (2, None), (3, 5.0), (4, 0.0)]
    windows = power_limit_windows(
        {MIDNIGHT + hour * HOUR: limit for hour, limit in steps}, MIDNIGHT + 5 * HOUR
    )
    assert windows == [window(0, 2, 5), window(3, 4, 5), window(4, 5, 0)]


def test_no_step_no_window() -> None:
    assert power_limit_windows({}, MIDNIGHT) == []


@pytest.mark.parametrize(
    ("schedule", "end", "sentence"),
    [
        ({MIDNIGHT: 1.0}, MIDNIGHT, "must be later than the one before"),
        ({MIDNIGHT + HOUR: 1.0, MIDNIGHT: 2.0}, MIDNIGHT + 2 * HOUR, "must be later than the one before"),
        ({MIDNIGHT.replace(tzinfo=None): 1.0}, MIDNIGHT + HOUR, "must carry a time zone"),
        ({MIDNIGHT: 1.0}, (MIDNIGHT + HOUR).replace(tzinfo=None), "must carry a time zone"),
    ],
)
def test_wrong_schedules_are_refused(
    schedule: dict[datetime, float | None], end: datetime, sentence: str
) -> None:
    with pytest.raises(InvalidArgumentError, match=sentence):
        power_limit_windows(schedule, end)


@given(st.lists(st.sampled_from([None, 0.0, 1.0, 2.0])))
def test_at_every_moment_the_limit_is_that_of_the_schedule(limits: list[float | None]) -> None:
    steps = {MIDNIGHT + place * HOUR: limit for place, limit in enumerate(limits)}
    windows = power_limit_windows(steps, MIDNIGHT + len(limits) * HOUR)
    assert all(later.start >= earlier.end for earlier, later in pairwise(windows))
    for start, limit in steps.items():
        holding = [each.limit for each in windows if each.start <= start + HOUR / 2 < each.end]
        assert holding == ([] if limit is None else [limit])
