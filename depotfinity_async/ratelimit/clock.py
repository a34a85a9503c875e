"""The clock of the budget: monotonic seconds, and timers measured in the same seconds.

Not a wall clock: its zero means nothing, only differences do.
"""

import asyncio
import math
import time
from collections.abc import Callable


class Clock:
    """Monotonic seconds that may pass faster or slower than real ones.

    Args:
        speed: clock seconds per real second, finite, above 0. A simulator that lives N times faster has N.

    Raises:
        ValueError: `speed` is not a finite number above 0.
    """

    __slots__ = ("_speed",)

    def __init__(self, speed: float = 1.0) -> None:
        if not (math.isfinite(speed) and speed > 0):
            raise ValueError(f"speed must be a finite number above 0, not {speed!r}")
        self._speed = speed

    @property
    def speed(self) -> float:
        """Clock seconds per real second."""
        return self._speed

    @property
    def resolution(self) -> float:
        """The smallest step of `now()`, in clock seconds: a reading may be this much behind the truth."""
        return time.get_clock_info("monotonic").resolution * self._speed

    def now(self) -> float:
        """The current time in clock seconds; never goes back."""
        return time.monotonic() * self._speed

    def call_later(
        self, loop: asyncio.AbstractEventLoop, delay: float, callback: Callable[[], object]
    ) -> asyncio.TimerHandle:
        """Have `loop` call `callback` in `delay` clock seconds. Call it from the loop's own thread.

        The call may come early by the resolution of either clock: look at `now()` in the callback.
        """
        return loop.call_later(delay / self._speed, callback)

    async def sleep(self, delay: float) -> None:
        """Sleep for `delay` clock seconds; 0 or less gives the loop one turn."""
        await asyncio.sleep(delay / self._speed)
