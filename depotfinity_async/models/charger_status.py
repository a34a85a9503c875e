"""Charger Status: availability of chargers and connectors, connectivity of chargers.

Records are values: the API gives them neither identity nor the charger's id.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import OpenEnum, attribute


class ChargerAvailability(OpenEnum):
    """Availability of a charger as a whole. Vendor page: Charger Status."""

    AVAILABLE = "Available"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


class ConnectorAvailability(OpenEnum):
    """Availability of one connector: the OCPP 1.6 states.

    Vendor page: Charger Status, which shows the first ones only; the others are assumed, not documented.
    """

    AVAILABLE = "Available"
    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED_EVSE = "SuspendedEVSE"
    SUSPENDED_EV = "SuspendedEV"
    FINISHING = "Finishing"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


class Connectivity(OpenEnum):
    """Whether a charger is connected to the service. Values assumed, not documented."""

    CONNECTED = "Connected"
    NOT_CONNECTED = "NotConnected"


class ErrorCode(OpenEnum):
    """The OCPP 1.6 error code of a charger or connector.

    Vendor page: Charger Status, which shows ``NoError`` only; the others are assumed, not documented.
    """

    NO_ERROR = "NoError"
    CONNECTOR_LOCK_FAILURE = "ConnectorLockFailure"
    EV_COMMUNICATION_ERROR = "EVCommunicationError"
    GROUND_FAILURE = "GroundFailure"
    HIGH_TEMPERATURE = "HighTemperature"
    INTERNAL_ERROR = "InternalError"
    LOCAL_LIST_CONFLICT = "LocalListConflict"
    OTHER_ERROR = "OtherError"
    OVER_CURRENT_FAILURE = "OverCurrentFailure"
    OVER_VOLTAGE = "OverVoltage"
    POWER_METER_FAILURE = "PowerMeterFailure"
    POWER_SWITCH_FAILURE = "PowerSwitchFailure"
    READER_FAILURE = "ReaderFailure"
    RESET_FAILURE = "ResetFailure"
    UNDER_VOLTAGE = "UnderVoltage"
    WEAK_SIGNAL = "WeakSignal"


@jsonapi.value
class ChargerAvailabilityRecord:
    """Availability of a charger since ``timestamp``. Vendor page: Charger Status."""

    timestamp: datetime = attribute("timeStamp")
    """When the status began, aware UTC."""
    status: ChargerAvailability
    error_code: ErrorCode | None = attribute("errorCode", default=None)
    vendor_error_code: int | float | str | None = attribute("vendorErrorCode", default=None)
    """The maker's own code; its meaning differs from maker to maker."""
    vendor_id: int | float | str | None = attribute("vendorId", default=None)


@jsonapi.value
class ConnectorAvailabilityRecord:
    """Availability of a connector since ``timestamp``. Assumed, not documented: a body as for a charger."""

    timestamp: datetime = attribute("timeStamp")
    """When the status began, aware UTC."""
    status: ConnectorAvailability
    error_code: ErrorCode | None = attribute("errorCode", default=None)
    vendor_error_code: int | float | str | None = attribute("vendorErrorCode", default=None)
    """The maker's own code; its meaning differs from maker to maker."""
    vendor_id: int | float | str | None = attribute("vendorId", default=None)


@jsonapi.value
class ConnectivityRecord:
    """Connectivity of a charger since ``timestamp``. The body is assumed, not documented."""

    timestamp: datetime = attribute("timeStamp")
    """When the status began, aware UTC."""
    status: Connectivity


class Timed(Protocol):
    """A record that says since when it holds."""

    timestamp: datetime


R = TypeVar("R", bound=Timed)


def newest(records: Sequence[R]) -> R | None:
    """The record with the latest time, whatever the order (the last of equal ones); ``None`` of none."""
    return max(reversed(records), key=lambda record: record.timestamp, default=None)
