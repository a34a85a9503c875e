"""The vendor's bodies, as written down by hand, decode to what they say."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import State, flat_array, flat_items, flat_object
from depotfinity_async.models.charger_status import (
    ChargerAvailability,
    ChargerAvailabilityRecord,
    Connectivity,
    ConnectivityRecord,
    ConnectorAvailability,
    ConnectorAvailabilityRecord,
    ErrorCode,
)
from depotfinity_async.models.time_series import Measurand, TimeSeries, TimeSeriesRecord
from depotfinity_async.models.transactions import EndResult, Transaction
from depotfinity_async.resources.requester import DECODER
from tests.support import golden

T = TypeVar("T")

DOCUMENTED_TRANSACTION = {
    "TransactionID": 123456,
    "ChargerID": "XYZ",
    "ConnectorID": 1,
    "StartAt": "2019-12-20T10:44:30.390Z",
    "EndAt": "2019-12-20T11:44:30.390Z",
    "InitialSoC": 10,
    "EndSoC": 95,
    "EnergyDelivered": 1500,
    "EndResult": "whatever was cut off",
}


def read(name: str, shape: jsonapi.Shape[T]) -> T:
    return DECODER.decode(json.dumps(golden.load(name)), shape).data


def test_transactions() -> None:
    running, ended = read("transactions", flat_array(Transaction))
    assert (running.id, running.is_running, running.duration) == (123457, True, None)
    assert (running.ended_at, running.end_soc, running.end_result) == (None, None, None)
    assert (ended.id, ended.is_running, ended.duration) == (123456, False, timedelta(hours=1))
    assert ended.started_at == datetime(2019, 12, 20, 10, 44, 30, 390000, tzinfo=UTC)
    assert (ended.initial_soc, ended.end_soc, ended.energy_delivered) == (10, 95, 1500)
    assert ended.end_result is EndResult.LOCAL
    assert ended.inserted_at == datetime(2019, 12, 20, 10, 44, 31, 20000, tzinfo=UTC)
    assert [str(relation.identifier) for relation in (ended.charger, ended.connector)] == [
        "chargers/XYZ",
        "connectors/XYZ/1",
    ]
    assert (ended.vehicle.id, ended.driver.id) == ("BUS-001", "DRV-001")


def test_the_documented_part_of_a_transaction_suffices() -> None:
    body = json.dumps([DOCUMENTED_TRANSACTION])
    (transaction,) = DECODER.decode(body, flat_array(Transaction)).data
    assert transaction.vehicle.state is transaction.driver.state is State.NOT_LOADED
    assert transaction.end_result == "whatever was cut off"
    assert transaction.inserted_at is None
    assert jsonapi.extra(transaction) == {}


def test_single_transaction() -> None:
    assert read("transaction", flat_object(Transaction)).id == 123456


def test_charger_availability() -> None:
    assert read("charger_availability", flat_items(ChargerAvailabilityRecord)) == [
        ChargerAvailabilityRecord(
            timestamp=datetime(2022, 10, 18, 8, 37, 44, 210000, tzinfo=UTC),
            status=ChargerAvailability.AVAILABLE,
            error_code=ErrorCode.NO_ERROR,
            vendor_error_code=1,
            vendor_id=23,
        )
    ]


def test_connector_availability() -> None:
    (record,) = read("connector_availability", flat_items(ConnectorAvailabilityRecord))
    assert record.status is ConnectorAvailability.CHARGING
    assert record.error_code is ErrorCode.NO_ERROR


def test_charger_connectivity() -> None:
    records = read("charger_connectivity", flat_items(ConnectivityRecord))
    assert [record.status for record in records] == [Connectivity.CONNECTED, Connectivity.NOT_CONNECTED]


def test_time_series() -> None:
    records = read("time_series_charger", flat_items(TimeSeriesRecord))
    series = TimeSeries.of_records(Measurand.ALARM_CODE, None, records)
    assert series[0] == (datetime(2022, 8, 18, 5, 23, 4, 334000, tzinfo=UTC), True)
    series = TimeSeries.of_records(
        Measurand.SOC, None, read("time_series_connector", flat_items(TimeSeriesRecord))
    )
    assert (series.values, series.unit) == ((81.5,), "Percent")
