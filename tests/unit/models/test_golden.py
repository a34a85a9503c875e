"""The vendor's bodies, as written down by hand, decode to what they say."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import State, flat_array, flat_items, flat_object
from depotfinity_async.models.acknowledgement import Acknowledgement, AcknowledgementBody
from depotfinity_async.models.charger_control import (
    ChargerPowerLimits,
    ConnectorPowerLimit,
    DefaultProfileStatus,
    PowerElement,
    PowerGroup,
)
from depotfinity_async.models.charger_status import (
    ChargerAvailability,
    ChargerAvailabilityRecord,
    Connectivity,
    ConnectivityRecord,
    ConnectorAvailability,
    ConnectorAvailabilityRecord,
    ErrorCode,
)
from depotfinity_async.models.conversions import StatusWord
from depotfinity_async.models.remote_commands import (
    CommandStatus,
    RemoteCommand,
    RemoteCommandBody,
    RemoteCommandResult,
)
from depotfinity_async.models.reservations import (
    AuthorizationType,
    Reservation,
    ReservationAdded,
    ReservationAddedBody,
)
from depotfinity_async.models.session_reports import (
    BatteryAlignment,
    BreakerOpening,
    ChargeParameters,
    DetailKey,
    DetailStatusEvent,
    DeviceError,
    DeviceId,
    DeviceState,
    DeviceStatusEvent,
    OcppStatusEvent,
    ParamType,
    SessionReport,
)
from depotfinity_async.models.time_series import Measurand, TimeSeries, TimeSeriesRecord
from depotfinity_async.models.transactions import EndResult, Transaction
from depotfinity_async.models.virtual_power_plant import EnergyPriceBlock, EnergyPricesBody
from depotfinity_async.resources.decoding import decoder
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
    return decoder().decode(json.dumps(golden.load(name)), shape).data


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
    (transaction,) = decoder().decode(body, flat_array(Transaction)).data
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


def test_session_reports() -> None:
    document = decoder().decode(json.dumps(golden.load("session_reports")), flat_items(SessionReport))
    assert document.meta == {"ChargerID": "XYZ", "ConnectorID": 1}
    (report,) = document.data

    def at(seconds: float) -> datetime:
        return datetime(2022, 5, 10, 8, tzinfo=UTC) + timedelta(seconds=seconds)

    assert (report.id, report.vehicle.id) == (123456789, "BUS-001")
    assert report.ocpp_statuses == (
        OcppStatusEvent(status=ConnectorAvailability.AVAILABLE, timestamp=at(0)),
        OcppStatusEvent(status=ConnectorAvailability.PREPARING, timestamp=at(5.25)),
    )
    assert report.detail_statuses == (
        DetailStatusEvent(key=DetailKey.SYSTEM_STATUS, value=StatusWord(0), timestamp=at(0)),
        DetailStatusEvent(key=DetailKey.OPERATIONAL_STATUS, value=StatusWord(0x784B), timestamp=at(5.25)),
        DetailStatusEvent(key=DetailKey.CHARGING_PROCESS_STATUS, value=StatusWord(0), timestamp=at(5.25)),
    )
    warning = DeviceError(code="WA0001", timestamp=at(2))
    assert report.device_statuses == (
        DeviceStatusEvent(device=DeviceId.BREAKER, status=DeviceState.OPEN, timestamp=at(0)),
        DeviceStatusEvent(
            device=DeviceId.CONVERTER, status=DeviceState.STANDBY, timestamp=at(1), errors=(warning,)
        ),
        DeviceStatusEvent(device=DeviceId.PANTOGRAPH, status=DeviceState.STANDBY, timestamp=at(3)),
    )
    assert report.battery_alignment == BatteryAlignment(
        timestamp=at(20), in_range=True, present_voltage=634, requested_voltage=634
    )
    assert report.charge_parameters == (
        ChargeParameters(
            timestamp=at(10),
            param_type=ParamType.STATION,
            max_current=600,
            min_current=0,
            max_power=450000,
            max_voltage=750,
            min_voltage=400,
        ),
    )
    assert report.dc_breaker_opening == BreakerOpening(timestamp=at(1200), current=0, voltage=676)
    assert jsonapi.extra(report) == {}


def test_time_series() -> None:
    records = read("time_series_charger", flat_items(TimeSeriesRecord))
    series = TimeSeries.of_records(Measurand.ALARM_CODE, None, records)
    assert series[0] == (datetime(2022, 8, 18, 5, 23, 4, 334000, tzinfo=UTC), True)
    series = TimeSeries.of_records(
        Measurand.SOC, None, read("time_series_connector", flat_items(TimeSeriesRecord))
    )
    assert (series.values, series.unit) == ((81.5,), "Percent")


def acknowledged(name: str, status: int) -> Acknowledgement:
    return Acknowledgement.of(status, read(name, flat_object(AcknowledgementBody)))


def test_rfid_import() -> None:
    assert acknowledged("rfid_import", 201) == Acknowledgement(
        status=201, message="RFID has been created successfully."
    )


def test_rfid_status() -> None:
    assert acknowledged("rfid_status", 201) == Acknowledgement(
        status=201, message="RFID status has been updated successfully."
    )


def test_force_termination() -> None:
    assert acknowledged("force_termination", 200) == Acknowledgement(
        status=200, code=200, message="Charger Accepted."
    )


def test_external_power_limit() -> None:
    assert acknowledged("external_power_limit", 200) == Acknowledgement(
        status=200, message="External power limit saved successfully."
    )


def test_energy_prices_updated() -> None:
    assert acknowledged("energy_prices_updated", 200) == Acknowledgement(
        status=200, code=200, message="Energy prices have been updated."
    )


def test_remote_command() -> None:
    body = read("remote_command", flat_object(RemoteCommandBody))
    assert body.command == "startChargingSession"
    assert RemoteCommandResult.of("startChargingSession", 200, body) == RemoteCommandResult(
        command=RemoteCommand.START_CHARGING_SESSION,
        status=CommandStatus.ACCEPTED,
        message="Operation successful: Start charging request has been accepted.",
        http_status=200,
    )


def test_reservation_added() -> None:
    body = read("reservation_added", flat_object(ReservationAddedBody))
    assert ReservationAdded.of(201, body) == ReservationAdded(
        id=1,
        acknowledgement=Acknowledgement(status=201, message="Reservation has been created successfully."),
    )


def test_reservations() -> None:
    (reservation,) = read("reservations", flat_array(Reservation))
    assert reservation.id == 1
    assert reservation.start == datetime(2024, 1, 1, 8, 30, 19, 220000, tzinfo=UTC)
    assert reservation.end == datetime(2024, 1, 1, 11, 30, 19, 220000, tzinfo=UTC)
    assert reservation.authorization_type is AuthorizationType.RFID
    assert reservation.authorization_value == "89C4704A"


def test_power_groups() -> None:
    (group,) = read("power_groups", flat_array(PowerGroup))
    assert (group.number, group.id) == (123, "3f2a8c1e-5b7d-4e90-8a6b-1c2d3e4f5a6b")
    assert (group.name, group.algorithm, group.charge_strategy) == ("xyz", "FO", None)
    assert (group.default_max_power, group.default_price) == (200000, 0)
    assert group.is_optimal_charging_active is group.set_limits_retry_necessary is False
    assert group.full_update_required is True
    assert group.created_on == datetime(2022, 5, 13, 3, 0, 35, 830992, tzinfo=UTC)
    assert group.modified_on == datetime(2023, 6, 5, 11, 59, 51, tzinfo=UTC)
    assert group.created_by == group.modified_by == "operator@depot.example"
    assert group.last_algorithm_triggered_time is group.last_algorithm_retried_time is None
    assert group.elements == (
        PowerElement(
            id="abc123",
            type="Charger",
            default_profile_status=DefaultProfileStatus.PENDING,
            default_profile_retry_count=0,
            send_clear_profile=False,
        ),
    )
    assert group.last_power_limits is not None
    assert (group.last_power_limits.client_id, group.last_power_limits.guid) == ("xyz", group.id)
    connector = ConnectorPowerLimit(connector_id=1, charging_zone="charging", etc=0, power_set_point=12000)
    assert group.last_power_limits.result == (
        ChargerPowerLimits(charger_id="abc123", connectors=(connector,)),
    )
    assert group.power_scheduling_entries == group.price_scheduling_entries == ()
    assert group.user_default_power_profile == "ChargerMaxPower"
    assert jsonapi.extra(group) == {}


def test_energy_prices() -> None:
    first = EnergyPriceBlock(start=datetime(2024, 1, 1, tzinfo=UTC), duration=timedelta(hours=1), price=0.31)
    second = EnergyPriceBlock(start=first.end, duration=timedelta(minutes=15), price=-0.02)
    assert read("energy_prices", flat_object(EnergyPricesBody)).prices == (first, second)
    bare = json.dumps(golden.load("energy_prices")["PricesJsonStr"])
    assert decoder().decode(bare, flat_object(EnergyPricesBody)).data.prices == (first, second)
