"""Charger Control: power groups, and limits that are set on them from outside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

import attrs

from depotfinity_async import jsonapi
from depotfinity_async.errors import InvalidArgumentError
from depotfinity_async.jsonapi import OpenEnum, attribute, resource_id

from .conversions import ZonelessTime


class PowerUnit(OpenEnum):
    """Unit of an external power limit. Vendor page: Charger Control."""

    WATT = "W"
    AMPERE = "A"
    """Assumed, not documented: the other unit of OCPP 1.6."""


@attrs.frozen(kw_only=True)
class PowerLimitWindow:
    """A limit that holds for a while. Vendor page: Charger Control.

    Args:
        start: begin, aware.
        end: end, aware, later than ``start``.
        limit: most power in the unit that is sent with the windows (W), 0 or more.
    """

    start: datetime
    end: datetime
    limit: float


def power_limit_windows(schedule: Mapping[datetime, float | None], end: datetime) -> list[PowerLimitWindow]:
    """Windows from a schedule of steps: each limit holds from its time until that of the next step.

    Args:
        schedule: limits by their times, aware, in the order of time. The limit None makes a gap, for which
            no limit is sent. Steps with the same limit become one window.
        end: where the last step ends, aware.

    Raises:
        InvalidArgumentError: a time carries no zone, or the times are not in order.
    """
    times = [*schedule, end]
    if any(time.utcoffset() is None for time in times):
        raise InvalidArgumentError("schedule: every time, the end too, must carry a time zone.")
    if any(later <= earlier for earlier, later in pairwise(times)):
        raise InvalidArgumentError("schedule: every time, the end too, must be later than the one before.")
    windows: list[PowerLimitWindow] = []
    for (start, limit), following in zip(schedule.items(), times[1:], strict=True):
        if limit is None:
            continue
        if windows and windows[-1].end == start and windows[-1].limit == limit:
            windows[-1] = attrs.evolve(windows[-1], end=following)
        else:
            windows.append(PowerLimitWindow(start=start, end=following, limit=limit))
    return windows


class DefaultProfileStatus(OpenEnum):
    """State of a charger's default profile. Vendor page: Charger Control."""

    PENDING = "Pending"
    REJECTED = "Rejected"
    ACCEPTED = "Accepted"
    """Assumed, not documented."""


@jsonapi.value
class PowerElement:
    """A member of a power group. Vendor page: Charger Control."""

    id: str = attribute("PowerElementID")
    """The charger's id, when the type is ``Charger``."""
    type: str | None = attribute("Type", default=None)
    default_profile_status: DefaultProfileStatus | None = attribute("DefaultProfileStatus", default=None)
    default_profile_retry_count: int | None = attribute("DefaultProfileRetryCount", default=None)
    send_clear_profile: bool | None = attribute("SendClearProfile", default=None)


@jsonapi.value
class ConnectorPowerLimit:
    """The limit last given to a connector. Vendor page: Charger Control."""

    connector_id: int = attribute("ConnectorID")
    power_set_point: float | None = attribute("PowerSetPoint", default=None)
    """In W (the unit is assumed, not documented)."""
    charging_zone: str | None = attribute("ChargingZone", default=None)
    etc: float | None = attribute("ETC", default=None)
    """What it means is not documented."""


@jsonapi.value
class ChargerPowerLimits:
    """The limits last given to the connectors of a charger. Vendor page: Charger Control."""

    charger_id: str = attribute("ChargerID")
    connectors: tuple[ConnectorPowerLimit, ...] = attribute("Connectors", default=())


@jsonapi.value
class LastPowerLimits:
    """The limits last given to a group. Vendor page: Charger Control."""

    client_id: str | None = attribute("ClientID", default=None)
    guid: str | None = attribute("GUID", default=None)
    result: tuple[ChargerPowerLimits, ...] = attribute("Result", default=())


@jsonapi.resource("powerGroups")
class PowerGroup:
    """Chargers that share power. Vendor page: Charger Control.

    Its times carry no zone on the wire; they are read as UTC (assumed, not documented).
    """

    id: str = resource_id("ID")
    """GUID; taken to be the group id of an external power limit (assumed, not documented)."""
    number: int | None = attribute("PowerGroupID", default=None)
    name: str | None = attribute("CommonName", default=None)
    algorithm: str | None = attribute("Algorithm", default=None)
    charge_strategy: str | None = attribute("ChargeStrategy", default=None)
    is_optimal_charging_active: bool | None = attribute("IsOptimalChargingActive", default=None)
    default_max_power: float | None = attribute("DefaultMaxPower", default=None)
    """In W (the unit is assumed, not documented)."""
    default_price: float | None = attribute("DefaultPrice", default=None)
    created_on: ZonelessTime | None = attribute("CreatedOn", default=None)
    created_by: str | None = attribute("CreatedBy", default=None)
    modified_on: ZonelessTime | None = attribute("ModifiedOn", default=None)
    modified_by: str | None = attribute("ModifiedBy", default=None)
    full_update_required: bool | None = attribute("FullUpdateRequired", default=None)
    set_limits_retry_necessary: bool | None = attribute("SetLimitsRetryNecessary", default=None)
    last_algorithm_triggered_time: ZonelessTime | None = attribute("LastAlgorithmTriggeredTime", default=None)
    last_algorithm_retried_time: ZonelessTime | None = attribute("LastAlgorithmRetriedTime", default=None)
    elements: tuple[PowerElement, ...] = attribute("PowerElementEntries", default=())
    last_power_limits: LastPowerLimits | None = attribute("LastPowerLimits", default=None)
    power_scheduling_entries: tuple[Any, ...] = attribute("PowerSchedulingEntries", default=())
    """As they came: what an entry holds is not documented."""
    price_scheduling_entries: tuple[Any, ...] = attribute("PriceSchedulingEntries", default=())
    """As they came: what an entry holds is not documented."""
    user_default_power_profile: str | None = attribute("UserDefaultPowerProfile", default=None)
