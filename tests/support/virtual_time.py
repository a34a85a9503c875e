"""An event loop whose time jumps to the next timer as soon as nothing is to do, and a clock that reads it.

For tests of waiting only: a loop in virtual time never waits for sockets or threads.
"""

import asyncio
import contextlib
import functools
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from depotfinity_async.ratelimit import Clock

P = ParamSpec("P")
T = TypeVar("T")


class _JumpingSelector(selectors.SelectSelector):
    """Instead of sleeping until the next timer, moves the time on to it."""

    def __init__(self, start: float, turn: float) -> None:
        super().__init__()
        self.time = start
        self._turn = turn

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0)
        self.time += self._turn
        if events or timeout == 0:
            return events
        if timeout is None:
            raise RuntimeError("deadlock: tasks wait, and no timer is set that could wake them")
        self.time += timeout
        return []


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop that starts at `start` seconds and takes no real time to wait.

    Each turn of it takes `turn` seconds of its time: for code that asks again until some time has passed.
    """

    def __init__(self, start: float = 0.0, turn: float = 0.0) -> None:
        self._jumping = _JumpingSelector(start, turn)
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.time

    def block(self, seconds: float) -> None:
        """Let time pass as a call does that blocks the loop: nothing else runs."""
        self._jumping.time += seconds

    def timers(self) -> int:
        """How many timers are set and not cancelled."""
        scheduled: list[asyncio.TimerHandle] = vars(self)["_scheduled"]
        return sum(not handle.cancelled() for handle in scheduled)


class VirtualClock(Clock):
    """Reads the time of the running loop. Where none runs, time stands still."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        super().__init__()
        self._last = 0.0

    @property
    def resolution(self) -> float:
        return 0.0

    def now(self) -> float:
        # No loop runs between two runs, and perhaps in a finalizer.
        with contextlib.suppress(RuntimeError):
            self._last = asyncio.get_running_loop().time()
        return self._last


def run_virtual(coro: Coroutine[Any, Any, T], *, start: float = 0.0, turn: float = 0.0) -> T:
    """Like `asyncio.run`, in virtual time from `start` seconds on; `turn` as for the loop."""
    with asyncio.Runner(loop_factory=functools.partial(VirtualTimeLoop, start, turn)) as runner:
        return runner.run(coro)


def in_virtual_time(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Make a plain function of a coroutine function: it runs in a virtual-time loop of its own."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        return run_virtual(function(*args, **kwargs))

    return run
