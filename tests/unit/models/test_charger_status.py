"""Which record is the newest, and what objects of a charger or connector know of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from depotfinity_async.models.assets import Charger, Connector
from depotfinity_async.models.charger_status import (
    ChargerAvailability,
    ChargerAvailabilityRecord,
    Connectivity,
    ConnectivityRecord,
    ConnectorAvailability,
    ConnectorAvailabilityRecord,
    newest,
)

T0 = datetime(2026, 3, 1, tzinfo=UTC)


def record(
    minute: int, status: ChargerAvailability = ChargerAvailability.FAULTED
) -> ChargerAvailabilityRecord:
    return ChargerAvailabilityRecord(timestamp=T0 + timedelta(minutes=minute), status=status)


@pytest.mark.parametrize("minutes", [[3, 1, 2], [1, 2, 3], [3, 2, 1], [3]])
def test_the_newest_record_is_found_by_time_whatever_the_order(minutes: list[int]) -> None:
    assert newest([record(minute) for minute in minutes]) == record(3)


def test_of_equal_times_the_last_one_counts() -> None:
    later = record(1, ChargerAvailability.AVAILABLE)
    assert newest([record(1), later]) is later


def test_there_is_no_newest_of_none() -> None:
    assert newest([]) is None
    assert Charger(id="CP-7").availability is None
    assert Charger(id="CP-7").connectivity is None
    assert Connector(id="CP-7/1").availability is None


def test_a_charger_and_a_connector_know_their_newest_record() -> None:
    connected = ConnectivityRecord(timestamp=T0, status=Connectivity.CONNECTED)
    charger = Charger(
        id="CP-7", availability_records=(record(2), record(1)), connectivity_records=(connected,)
    )
    assert (charger.availability, charger.connectivity) == (record(2), connected)
    charging = ConnectorAvailabilityRecord(timestamp=T0, status=ConnectorAvailability.CHARGING)
    assert Connector(id="CP-7/1", availability_records=(charging,)).availability == charging
