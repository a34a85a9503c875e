"""What a transaction says of itself beside its fields."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from depotfinity_async.jsonapi import ToOne
from depotfinity_async.models.assets import Charger, Connector, Driver, Vehicle
from depotfinity_async.models.transactions import EndResult, Transaction

T0 = datetime(2026, 3, 1, tzinfo=UTC)


def transaction(started_at: datetime | None, ended_at: datetime | None) -> Transaction:
    return Transaction(
        id=1,
        charger=ToOne[Charger].to("chargers", "CP-7"),
        connector=ToOne[Connector].to("connectors", "CP-7/1"),
        vehicle=ToOne[Vehicle].to("vehicles", "BUS-001"),
        driver=ToOne[Driver].to("drivers", "DRV-001"),
        started_at=started_at,
        ended_at=ended_at,
        end_result=EndResult.LOCAL,
    )


@pytest.mark.parametrize(
    ("started_at", "ended_at", "running", "duration"),
    [
        (T0, T0 + timedelta(hours=1), False, timedelta(hours=1)),
        (T0, None, True, None),
        (None, T0, False, None),
        (None, None, True, None),
    ],
)
def test_running_and_duration_depend_on_the_times_alone(
    started_at: datetime | None, ended_at: datetime | None, running: bool, duration: timedelta | None
) -> None:
    found = transaction(started_at, ended_at)
    assert (found.is_running, found.duration) == (running, duration)
