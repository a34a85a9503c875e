"""Session Reports: what an HPC charger with the legacy "CCBox" recorded of its charging sessions.

The parts of a report are values; a report itself is a resource, named by the id of its session.
"""

from __future__ import annotations

from datetime import datetime

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import OpenEnum, ToOne, attribute, foreign_key, relationship, resource_id

from .assets import Charger, Connector, Vehicle
from .charger_status import ConnectorAvailability
from .conversions import StatusWord


class DetailKey(OpenEnum):
    """Which part of the charger a status word tells of. Vendor page and reference: Session Reports."""

    SYSTEM_STATUS = "systemStatus"
    OPERATIONAL_STATUS = "operationalStatus"
    CHARGING_PROCESS_STATUS = "chargingProcessStatus"


class DeviceId(OpenEnum):
    """A device inside the charger. Vendor page: Session Reports, which shows these; there may be more."""

    BREAKER = "Breaker"
    CONVERTER = "Converter"
    PANTOGRAPH = "Pantograph"


class DeviceState(OpenEnum):
    """State of a device. Vendor page: Session Reports, which shows these; there may be more."""

    OPEN = "OPEN"
    STANDBY = "STANDBY"


class ParamType(OpenEnum):
    """Whose limits charge parameters are. Vendor reference: Session Reports."""

    STATION = "Station"
    VEHICLE = "Vehicle"
    """Assumed, not documented."""


@jsonapi.value
class OcppStatusEvent:
    """An OCPP status of the connector. Vendor page: Session Reports."""

    status: ConnectorAvailability = attribute("value")
    timestamp: datetime = attribute("eventTimestamp")
    """When the status began, aware UTC."""


@jsonapi.value
class DetailStatusEvent:
    """A status word of the charger. Vendor page and reference: Session Reports.

    ``value`` is the number of a 32-bit word, shown in hex; its bits are not documented. What is no such word
    is kept as text.
    """

    key: DetailKey
    value: StatusWord | str
    timestamp: datetime = attribute("eventTimestamp")
    """When the word came, aware UTC."""


@jsonapi.value
class DeviceError:
    """An error code of a device. Vendor page and reference: Session Reports."""

    code: str = attribute("errorCode")
    """The code as it came; those seen begin with ``WA``."""
    timestamp: datetime | None = attribute("eventTimestamp", default=None)
    """When it came, aware UTC."""


@jsonapi.value
class DeviceStatusEvent:
    """State of a device of the charger. Vendor page and reference: Session Reports."""

    device: DeviceId = attribute("deviceId")
    status: DeviceState
    timestamp: datetime = attribute("eventTimestamp")
    """When the state began, aware UTC."""
    errors: tuple[DeviceError, ...] = attribute("errorCodes", default=())


@jsonapi.value
class BatteryAlignment:
    """Whether the voltages of charger and battery met. Vendor reference: Session Reports."""

    timestamp: datetime = attribute("eventTimestamp")
    """Aware UTC."""
    in_range: bool | None = attribute("inRange", default=None)
    present_voltage: float | None = attribute("presentVoltage", default=None)
    """In V (the unit is assumed, not documented)."""
    requested_voltage: float | None = attribute("requestedVoltage", default=None)
    """In V (the unit is assumed, not documented)."""


@jsonapi.value
class ChargeParameters:
    """Limits of the station or the vehicle. Vendor reference: Session Reports; the units are assumed."""

    timestamp: datetime = attribute("eventTimestamp")
    """Aware UTC."""
    param_type: ParamType | None = attribute("paramType", default=None)
    max_current: float | None = attribute("maxCurrent", default=None)
    """In A."""
    min_current: float | None = attribute("minCurrent", default=None)
    """In A."""
    max_power: float | None = attribute("maxPower", default=None)
    """In W."""
    max_voltage: float | None = attribute("maxVoltage", default=None)
    """In V."""
    min_voltage: float | None = attribute("minVoltage", default=None)
    """In V."""


@jsonapi.value
class BreakerOpening:
    """What the DC breaker met when it opened. Vendor reference: Session Reports; the units are assumed."""

    timestamp: datetime = attribute("eventTimestamp")
    """Aware UTC."""
    current: float | None = None
    """In A."""
    voltage: float | None = None
    """In V."""


@jsonapi.resource("sessionReports")
class SessionReport:
    """The record of one charging session. Vendor page and reference: Session Reports.

    Parts that the charger did not record are empty or ``None``. The vendor's list of members is not
    complete: what is not named here can be had by ``jsonapi.extra(report)``.
    """

    id: int = resource_id("sessionId")
    charger: ToOne[Charger] = relationship()
    connector: ToOne[Connector] = relationship()
    vehicle: ToOne[Vehicle] = foreign_key("vehicleId")
    ocpp_statuses: tuple[OcppStatusEvent, ...] = attribute("ocppStatus", default=())
    detail_statuses: tuple[DetailStatusEvent, ...] = attribute("detailStatus", default=())
    device_statuses: tuple[DeviceStatusEvent, ...] = attribute("deviceStatus", default=())
    battery_alignment: BatteryAlignment | None = attribute("batteryAlignmentResults", default=None)
    charge_parameters: tuple[ChargeParameters, ...] = attribute("chargeParameters", default=())
    dc_breaker_opening: BreakerOpening | None = attribute("dcBreakerOpenConditions", default=None)
