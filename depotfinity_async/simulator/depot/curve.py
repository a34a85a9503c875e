"""The charging curve of a battery, in closed form: power, energy and state of charge after so many seconds.

Constant power up to a knee, then power falls in a line with the state of charge. No temperature, no ramp, no
losses: what the charger imports is what the battery gets.
"""

import math

import attrs

KNEE = 0.8
"""State of charge (0..1) above which the power falls."""

LAST = 0.2
"""Share of the power that is left when the battery is full."""

_FALL = (1.0 - LAST) / (1.0 - KNEE)


@attrs.frozen
class ChargingCurve:
    """One charge of one battery.

    Args:
        capacity: of the battery, in Wh.
        power: below the knee, in W; 0 while nothing is to flow.
        initial_soc: state of charge at the beginning, 0 <= x < 1.
    """

    capacity: float
    power: float
    initial_soc: float

    def soc(self, seconds: float) -> float:
        """State of charge (0..1) after `seconds` of charging."""
        return self.initial_soc + self.energy(seconds) / self.capacity

    def energy(self, seconds: float) -> float:
        """Energy in Wh delivered after `seconds` of charging; the integral of `power_at`."""
        steady = min(seconds, self._seconds_to_knee())
        delivered = self.power * steady / 3600
        if seconds > steady:
            above = self._above_knee()
            faded = (1 - _FALL * above) * math.exp(-self._fade() * (seconds - steady))
            delivered += self.capacity * ((1 - faded) / _FALL - above)
        return delivered

    def power_at(self, seconds: float) -> float:
        """Power in W after `seconds` of charging."""
        return self.power * (1 - _FALL * max(0.0, self.soc(seconds) - KNEE))

    def seconds_to(self, soc: float) -> float:
        """Seconds of charging until `soc` (initial_soc..1) is reached; infinite without power."""
        if not self.power:
            return math.inf
        if soc <= KNEE:
            return (soc - self.initial_soc) * self.capacity * 3600 / self.power
        ratio = (1 - _FALL * self._above_knee()) / (1 - _FALL * (soc - KNEE))
        return self._seconds_to_knee() + math.log(ratio) / self._fade()

    def _seconds_to_knee(self) -> float:
        if not self.power:
            return math.inf
        return max(0.0, KNEE - self.initial_soc) * self.capacity * 3600 / self.power

    def _above_knee(self) -> float:
        """How far above the knee the falling part of the curve begins."""
        return max(0.0, self.initial_soc - KNEE)

    def _fade(self) -> float:
        """Rate per second at which the falling part decays."""
        return _FALL * self.power / (self.capacity * 3600)
