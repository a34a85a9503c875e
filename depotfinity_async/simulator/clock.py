"""The simulated wall clock: starts at a given moment, runs a given number of times faster, can be stepped.

It is not a scheduler: whoever wants to wait in simulated time uses `sleep`.
"""

import asyncio
import contextlib
import math
import time
from datetime import UTC, datetime, timedelta


class SimulatedClock:
    """Wall time of the simulated world.

    Args:
        start: aware time the clock shows first; default is the real time.
        speed: simulated seconds per real second, finite and >= 0; at 0 time stands still until stepped.

    Raises:
        ValueError: `start` has no zone, or `speed` is negative or not finite.
    """

    def __init__(self, start: datetime | None = None, speed: float = 1.0) -> None:
        if start is not None and start.tzinfo is None:
            raise ValueError("the start of the simulated clock needs a time zone")
        if not (math.isfinite(speed) and speed >= 0):
            raise ValueError(f"speed must be finite and not negative, got {speed!r}")
        self.start = datetime.now(UTC) if start is None else start.astimezone(UTC)
        self.speed = speed
        self._started = time.monotonic()
        self._advanced = 0.0
        self._stepped = asyncio.Event()

    def elapsed(self) -> float:
        """Simulated seconds since the start."""
        return (time.monotonic() - self._started) * self.speed + self._advanced

    def time(self) -> float:
        """Simulated time in seconds since the epoch."""
        return self.start.timestamp() + self.elapsed()

    def now(self) -> datetime:
        """Simulated time as an aware UTC datetime."""
        return self.start + timedelta(seconds=self.elapsed())

    def advance(self, seconds: float) -> None:
        """Step the clock forward by simulated seconds and wake the sleepers whose time has come.

        Raises:
            ValueError: `seconds` is negative or not finite; the log relies on time never going back.
        """
        if not (math.isfinite(seconds) and seconds >= 0):
            raise ValueError(f"the clock can only be stepped forward, got {seconds!r}")
        self._advanced += seconds
        stepped, self._stepped = self._stepped, asyncio.Event()
        stepped.set()

    async def sleep(self, seconds: float) -> None:
        """Wait for simulated seconds; returns at once for zero or less."""
        wake = self.elapsed() + seconds
        while (remaining := wake - self.elapsed()) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(remaining / self.speed if self.speed else None):
                    await self._stepped.wait()
