"""The nouns of the depot: what really happened. What the backend knows of it is the business of `Depot`."""

from bisect import bisect_right
from datetime import datetime, timedelta
from typing import Literal

import attrs

from .curve import ChargingCurve

PLUG_IN = timedelta(seconds=40)
"""From plugging in to the start of the charge, where nothing else is said."""

PLUG_OUT = timedelta(seconds=60)
"""From the end of a transaction to the vehicle being gone."""

HPC_POWER = 150e3
"""What a High Power Charger gives at each connector, in W (assumed, not documented)."""

InterruptionKind = Literal["Faulted", "Unavailable", "NotConnected"]


@attrs.frozen
class Connector:
    """One outlet of a charger; its identity is charger and number. `max_power` is in W."""

    charger_id: str
    number: int
    max_power: float


@attrs.frozen
class Charger:
    """A charger and its connectors, numbered from 1."""

    id: str
    connectors: tuple[Connector, ...]

    @property
    def is_hpc(self) -> bool:
        """Whether it is a High Power Charger, with a pantograph: only those report their sessions."""
        return self.connectors[0].max_power >= HPC_POWER

    def connector(self, number: int) -> Connector | None:
        """The connector with this number, or None."""
        return self.connectors[number - 1] if 1 <= number <= len(self.connectors) else None


@attrs.frozen
class Vehicle:
    """A bus. `capacity` of its battery is in Wh, `max_power` in W."""

    id: str
    capacity: float
    max_power: float


@attrs.frozen
class Interruption:
    """A time (start <= t < end) in which a charger is faulted, out of service, or not connected."""

    kind: InterruptionKind
    start: datetime
    end: datetime
    error_code: str
    vendor_error_code: int


@attrs.frozen
class Segment:
    """A part of a charge under another power than before; `after` is seconds from the charge's start."""

    after: float
    curve: ChargingCurve


@attrs.define
class Transaction:
    """One charging event on one connector, whole, whether or not it has ended yet.

    Power flows from `start_at` to `charged_at`; the vehicle is plugged in for `preparing` before and stays
    until `end_at`. `inserted_at` is when the backend stores the record: at the end of the outage if the
    charger is not connected. `goal_soc` (0..1) is where the vehicle stops the charge. `curve` is the charge
    as it begins; `segments` follow where a power limit changed it. Only what has not happened yet is ever
    changed; the id is 0 until the record is stored.
    """

    id: int
    charger_id: str
    connector_id: int
    vehicle_id: str
    driver_id: str | None
    start_at: datetime
    charged_at: datetime
    end_at: datetime
    inserted_at: datetime
    curve: ChargingCurve
    end_result: str
    goal_soc: float
    preparing: timedelta = PLUG_IN
    segments: tuple[Segment, ...] = ()

    @property
    def plugged_at(self) -> datetime:
        """When the vehicle was plugged in."""
        return self.start_at - self.preparing

    def charging_seconds(self, moment: datetime) -> float:
        """Seconds of charging up to `moment`, 0 before the start."""
        return max(0.0, (min(moment, self.charged_at) - self.start_at).total_seconds())

    def energy(self, moment: datetime) -> float:
        """Energy delivered up to `moment`, in Wh."""
        if not self.segments:
            return self.curve.energy(self.charging_seconds(moment))
        return (self.soc(moment) - self.curve.initial_soc) * self.curve.capacity

    def soc(self, moment: datetime) -> float:
        """State of charge at `moment`, 0..1."""
        curve, seconds = self._at(self.charging_seconds(moment))
        return curve.soc(seconds)

    def power(self, moment: datetime) -> float:
        """Power in W at `moment`, 0 outside start_at <= moment < charged_at."""
        if self.start_at <= moment < self.charged_at:
            curve, seconds = self._at(self.charging_seconds(moment))
            return curve.power_at(seconds)
        return 0.0

    def offered(self, moment: datetime, max_power: float) -> float:
        """Power in W that the connector offers the plugged-in vehicle, of the `max_power` it could."""
        curve, _ = self._at(self.charging_seconds(moment))
        return max_power if curve.power == self.curve.power else curve.power

    def _at(self, seconds: float) -> tuple[ChargingCurve, float]:
        """The curve in force after `seconds`, and how long it has been."""
        index = bisect_right(self.segments, seconds, key=lambda segment: segment.after)
        if index == 0:
            return self.curve, seconds
        segment = self.segments[index - 1]
        return segment.curve, seconds - segment.after
