"""Session reports of High Power Chargers, derived from transactions and status, so that they agree with both.

The status words mean nothing here: their bits are not documented. Only states of devices are told that the
vendor shows, so each device is reported when it rests: before the charge and after it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypeVar

import attrs

from depotfinity_async.simulator.times import to_milliseconds

from .model import PLUG_OUT, Connector, Transaction
from .state import Depot
from .status import StatusRecord, connector_availability

MIN_VOLTAGE, MAX_VOLTAGE = 400, 750
"""What a station or a vehicle can do, in V."""

READY = 0x0000784B
CHARGING = 0x00000001


@attrs.frozen
class Word:
    """A 32-bit status word of the charger."""

    at: datetime
    key: str
    value: int


@attrs.frozen
class Device:
    """A device at rest, and the status record of the fault that made it rest."""

    at: datetime
    name: str
    state: str
    fault: StatusRecord | None = None


@attrs.frozen
class Limit:
    """What the station offers or the vehicle takes, `power` in W."""

    at: datetime
    party: str
    power: float


@attrs.frozen
class Voltage:
    """The battery's voltage in V, measured when it is connected and when it is disconnected."""

    at: datetime
    volts: int


@attrs.frozen
class Session:
    """What the backend knows of one session: a running one lacks its end."""

    transaction: Transaction
    statuses: list[StatusRecord]
    words: list[Word]
    devices: list[Device]
    limits: list[Limit]
    alignment: Voltage | None
    opening: Voltage | None


def sessions(
    depot: Depot, connector: Connector, transactions: Sequence[Transaction], now: datetime
) -> list[Session]:
    """The sessions of these transactions of one connector, as far as the backend knows them at `now`."""
    until = depot.known_until(connector.charger_id, now)
    records = connector_availability(depot, connector, now)
    return [_session(depot, connector, each, records, until) for each in transactions]


T = TypeVar("T", Word, Device, Limit, Voltage)


def _session(
    depot: Depot, connector: Connector, each: Transaction, records: list[StatusRecord], until: datetime
) -> Session:
    def known(events: list[T]) -> list[T]:
        return [event for event in events if event.at <= until]

    plugged, aligned = each.plugged_at, to_milliseconds(each.start_at - each.preparing / 2)
    statuses = _statuses(records, plugged, each.end_at + PLUG_OUT)
    fault = next((status for status in statuses if status.vendor_error_code), None)
    vehicle = depot.onboards.of_vehicle(each.vehicle_id).vehicle
    measured = known(
        [Voltage(aligned, _volts(each, aligned)), Voltage(each.end_at, _volts(each, each.end_at))]
    )
    return Session(
        transaction=each,
        statuses=statuses,
        words=known(
            [
                Word(plugged, "systemStatus", 0),
                Word(plugged, "operationalStatus", READY),
                Word(each.start_at, "chargingProcessStatus", CHARGING),
                Word(each.charged_at, "chargingProcessStatus", 0),
                *([Word(fault.at, "systemStatus", fault.vendor_error_code)] if fault else []),
            ]
        ),
        devices=known(
            [
                Device(plugged, "Breaker", "OPEN"),
                Device(plugged, "Converter", "STANDBY"),
                Device(plugged, "Pantograph", "STANDBY"),
                Device(each.charged_at, "Converter", "STANDBY", fault),
                Device(each.end_at, "Breaker", "OPEN"),
                Device(each.end_at, "Pantograph", "STANDBY"),
            ]
        ),
        limits=known(
            [
                Limit(aligned, "Vehicle", vehicle.max_power),
                *_station_limits(each, connector, aligned),
            ]
        ),
        alignment=measured[0] if measured else None,
        opening=measured[1] if measured[1:] else None,
    )


def _statuses(records: list[StatusRecord], plugged: datetime, gone: datetime) -> list[StatusRecord]:
    """From the status before plugging in to the one after the vehicle has gone, without repeats."""
    first = bisect_left(records, plugged, key=lambda record: record.at)
    last = bisect_left(records, gone + timedelta(milliseconds=1), key=lambda record: record.at)
    before = records[max(0, first - 1) : last]
    return before[:1] + [later for earlier, later in pairwise(before) if later.status != earlier.status]


def _station_limits(each: Transaction, connector: Connector, aligned: datetime) -> list[Limit]:
    """What the station offers at the beginning, told when it is `aligned`, and whenever that changes."""
    moments = [to_milliseconds(each.start_at + timedelta(seconds=segment.after)) for segment in each.segments]
    limits = [Limit(aligned, "Station", each.offered(each.start_at, connector.max_power))]
    limits += [
        Limit(at, "Station", each.offered(at, connector.max_power))
        for at in moments
        if each.start_at < at < each.charged_at
    ]
    return limits[:1] + [later for earlier, later in pairwise(limits) if later.power != earlier.power]


def _volts(each: Transaction, moment: datetime) -> int:
    """The voltage of the battery rises with its state of charge."""
    return round(550 + 150 * each.soc(moment))
