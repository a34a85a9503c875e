"""The service under maintenance: 503 to everybody until a moment. The gate sends the answers."""

import math

import attrs

DURATION = 90.0
"""Seconds; the vendor notes "about 90 seconds" beside 503 (page General Information)."""


@attrs.define
class Maintenance:
    """Until when the service is away, in simulated seconds since the epoch, and whether it says so."""

    until: float = -math.inf
    tells: bool = True

    def begin(self, now: float, seconds: float = DURATION, *, retry_after: bool = True) -> None:
        """Be away from `now` on; a maintenance that runs already is replaced.

        Args:
            now: simulated seconds since the epoch.
            seconds: simulated seconds it lasts, finite and not negative; 0 ends one that runs.
            retry_after: whether the 503 says how long it lasts.

        Raises:
            ValueError: `seconds` is negative or not finite.
        """
        if not (math.isfinite(seconds) and seconds >= 0):
            raise ValueError(f"seconds must be finite and not negative, got {seconds!r}")
        self.until, self.tells = now + seconds, retry_after

    def left(self, now: float) -> float:
        """Simulated seconds it still lasts; 0 when there is none."""
        return max(0.0, self.until - now)

    def headers(self, now: float) -> dict[str, str]:
        """Those of a 503 sent at `now`."""
        return {"Retry-After": str(math.ceil(self.left(now)))} if self.tells else {}
