"""The nouns of the depot: what really happened. What the backend knows of it is the business of `Depot`."""

from datetime import datetime
from typing import Literal

import attrs

from .curve import ChargingCurve

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
class Transaction:
    """One charging event on one connector, whole, whether or not it has ended yet.

    Power flows from `start_at` to `charged_at`; the vehicle stays plugged in until `end_at`. `inserted_at` is
    when the backend stored the record: at the end of the outage if the charger was not connected.
    """

    id: int
    charger_id: str
    connector_id: int
    vehicle_id: str
    driver_id: str
    start_at: datetime
    charged_at: datetime
    end_at: datetime
    inserted_at: datetime
    curve: ChargingCurve
    end_result: str

    def charging_seconds(self, moment: datetime) -> float:
        """Seconds of charging up to `moment`, 0 before the start."""
        return max(0.0, (min(moment, self.charged_at) - self.start_at).total_seconds())

    def energy(self, moment: datetime) -> float:
        """Energy delivered up to `moment`, in Wh."""
        return self.curve.energy(self.charging_seconds(moment))

    def soc(self, moment: datetime) -> float:
        """State of charge at `moment`, 0..1."""
        return self.curve.soc(self.charging_seconds(moment))

    def power(self, moment: datetime) -> float:
        """Power in W at `moment`, 0 outside start_at <= moment < charged_at."""
        if self.start_at <= moment < self.charged_at:
            return self.curve.power_at(self.charging_seconds(moment))
        return 0.0
