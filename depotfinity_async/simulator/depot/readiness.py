"""What the depot wants of a vehicle that reports by VDV 261, from its plan and from what the vehicle sent.

Assumed, not documented: that the departure counted is the end of the charge the vehicle is plugged in for,
and all the rules below. The figures are those of no real depot.
"""

import math
from datetime import datetime, timedelta
from enum import IntEnum

import attrs

from .days import depot_day
from .model import Transaction, Vehicle
from .onboard import Onboard
from .state import Depot

_COLD, _WARM = 15, 24
"""Degrees Celsius below which a vehicle is to heat, and above which it is to cool."""


class Climate(IntEnum):
    """`prec_hvac` of VDV 261: how a vehicle shall prepare its climate."""

    VENTILATION = 0
    """Hot water and ventilation only."""
    HEATING = 1
    """Hot water and heating."""
    COOLING = 2
    """No hot water; cooling or ventilation."""
    NONE = 3
    """No preparation, or the vehicle decides."""


@attrs.frozen
class Readiness:
    """The answer to a report; None is "not available".

    `departure` is in whole minutes from now, `ambient` in whole degrees Celsius.
    """

    departure: int | None
    precondition: bool | None
    climate: Climate
    ambient: int | None


def readiness(depot: Depot, onboard: Onboard, now: datetime) -> Readiness:
    """What the vehicle is told at `now`."""
    visit = _visit(depot, onboard.vehicle, now)
    if visit is None:
        return Readiness(None, None, Climate.NONE, None)
    departure = math.ceil((visit.end_at - now) / timedelta(minutes=1))
    ambient = ambient_temperature(now)
    wanted = _precondition(onboard, departure)
    return Readiness(departure, wanted, _climate(ambient) if wanted else Climate.NONE, ambient)


def ambient_temperature(moment: datetime) -> int:
    """Degrees Celsius in the yard: 10 to 26, coldest at four in the morning UTC."""
    hour = moment.hour + moment.minute / 60
    return round(18 - 8 * math.cos((hour - 4) / 24 * math.tau))


def _visit(depot: Depot, vehicle: Vehicle, now: datetime) -> Transaction | None:
    """The charge that the vehicle is plugged in for at `now`."""
    day = depot_day(now)
    # A charge that a command has started may reach over noon into the next depot day.
    for connector in depot.places_of_vehicle(vehicle, [day, day - 1]):
        depot.on_connector(connector, now)
        visit = depot.timelines.plugged_in(connector, now)
        if visit is not None and visit.vehicle_id == vehicle.id:
            return visit
    return None


def _precondition(onboard: Onboard, departure: int) -> bool | None:
    """Whether it is time to prepare the vehicle; None when it has not said how long that takes."""
    needed = onboard.signal("prec_reqtime")
    if needed is None:
        return None
    asked = (onboard.signal("prec_eamount") or 0) + (onboard.signal("bprec_eamount") or 0)
    charging = onboard.signal("bat_reqtime")
    # A battery that will not be full in time comes first: preparing would take its energy.
    return asked > 0 and departure <= needed and (charging is None or charging <= departure)


def _climate(ambient: int) -> Climate:
    if ambient < _COLD:
        return Climate.HEATING
    return Climate.COOLING if ambient > _WARM else Climate.VENTILATION
