"""What the backend keeps of each vehicle that reports by VDV 261: its VIN, its password, its latest report.

Which answer the vehicle gets is the business of `readiness`.
"""

from collections.abc import Iterator, Mapping, Sequence
from random import Random

import attrs

from .model import Vehicle

_VIN_SIGNS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
"""ISO 3779 leaves out I, O and Q."""

_PASSWORD_SIGNS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

NOT_AVAILABLE_8 = 0xFF
NOT_AVAILABLE_16 = 0xFFFF


@attrs.define
class Onboard:
    """One vehicle as its reports show it; `signals` is the full set with the changes since, or None."""

    vehicle: Vehicle
    vin: str
    password: str = attrs.field(repr=False)
    seq: int | None = None
    signals: dict[str, int | str] | None = None

    def report(self, seq: int, signals: Mapping[str, int | str]) -> None:
        """Take a report: at `seq` 0 the full set, later what has changed."""
        self.seq = seq
        self.signals = {**(self.signals or {}), **signals} if seq else dict(signals)

    def signal(self, name: str) -> int | None:
        """The latest value of a 16-bit signal; None when it is not available or was never sent."""
        value = (self.signals or {}).get(name)
        return value if isinstance(value, int) and value != NOT_AVAILABLE_16 else None


class Onboards:
    """The vehicles of the depot by VIN; each has a password of its own.

    Args:
        seed: same seed, same VINs and passwords.
        vehicles: the vehicles of the depot.
    """

    def __init__(self, seed: int, vehicles: Sequence[Vehicle]) -> None:
        random = Random(f"{seed}/onboard")
        self._by_vin: dict[str, Onboard] = {}
        self._of_vehicle: dict[str, Onboard] = {}
        for number, vehicle in enumerate(vehicles, start=1):
            # The number at the end keeps the VINs apart.
            vin = f"WDF{''.join(random.choices(_VIN_SIGNS, k=8))}{number:06d}"
            # Of every kind that version 2 of the protocol asks for: upper, lower, digit, sign.
            password = f"Aa7#{''.join(random.choices(_PASSWORD_SIGNS, k=12))}"
            self._by_vin[vin] = self._of_vehicle[vehicle.id] = Onboard(vehicle, vin, password)

    def __iter__(self) -> Iterator[Onboard]:
        return iter(self._by_vin.values())

    def get(self, vin: str) -> Onboard | None:
        """The vehicle with this VIN, or None."""
        return self._by_vin.get(vin)

    def of_vehicle(self, vehicle_id: str) -> Onboard:
        """What is kept of a vehicle of the depot."""
        return self._of_vehicle[vehicle_id]
