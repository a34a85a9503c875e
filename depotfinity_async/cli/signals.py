"""SIGINT and SIGTERM, from the first moment of the process to the last, and the end of the process.

One handler stays in place all the time, so there is no moment in which a signal meets none. It never raises:
an exception in the midst of clean-up would cut that short.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Generator
from types import FrameType
from typing import NoReturn

from depotfinity_async.cli.exits import BROKEN_PIPE, UNEXPECTED


class Signals:
    """What arrived, and what is done about it.

    While there is work to cancel, the first signal cancels it, and later ones wait for its clean-up, which is
    bounded. Before and after, nothing is there to be cleaned up, and the process ends at once.
    """

    def __init__(self) -> None:
        self.code: int | None = None
        """Exit code of the first signal that arrived; None before."""
        self.owns_process = False
        """Whether `install` was called: the process may be ended."""
        self._cancel: Callable[[], object] | None = None

    def install(self) -> None:
        """Handle the signals of this process from now on. Call it before the first output."""
        self.owns_process = True
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._arrived)

    @contextlib.contextmanager
    def cancelling(self, cancel: Callable[[], object]) -> Generator[None, None, None]:
        """Within the block a signal calls `cancel`, once; it must be safe in the midst of anything."""
        self._cancel = cancel
        try:
            yield
        finally:
            self._cancel = None

    def _arrived(self, number: int, frame: FrameType | None) -> None:
        code = 128 + number
        if self._cancel is None:
            # Without flushing: the signal may have come in the midst of a flush.
            os._exit(code)
        if self.code is None:
            self.code = code
            self._cancel()


def leave(code: int) -> NoReturn:
    """End the process with all output written, and without the interpreter's own clean-up.

    That one takes the handlers away before it is done, and would let a late signal show a traceback or
    another exit code. Only what others wait for is done here.
    """
    # At the end, since most of the time nothing of it is loaded before a command has run.
    from depotfinity_async.ratelimit.background import leave_shared_states  # noqa: PLC0415  # see above

    leave_shared_states()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            code = BROKEN_PIPE
        except OSError:
            code = UNEXPECTED
    os._exit(code)
