import io
import os
import signal
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from depotfinity_async.cli.signals import Signals, leave


class _Left(BaseException):
    """Stands for the end of the process."""


@pytest.fixture
def signals(monkeypatch: pytest.MonkeyPatch) -> Iterator[Signals]:
    def leave_with(code: int) -> None:
        raise _Left(code)

    monkeypatch.setattr(os, "_exit", leave_with)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signals = Signals()
    signals.install()
    yield signals
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_without_work_the_process_ends_at_once(signals: Signals, number: int, code: int) -> None:
    with pytest.raises(_Left) as left:
        signal.raise_signal(number)
    assert left.value.args == (code,)


def test_first_signal_cancels_the_work_and_later_ones_do_not_disturb(signals: Signals) -> None:
    cancelled: list[str] = []
    with signals.cancelling(lambda: cancelled.append("once")):
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
    assert cancelled == ["once"]
    assert signals.code == 143
    with pytest.raises(_Left):
        signal.raise_signal(signal.SIGINT)


class _Stream(io.StringIO):
    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def flush(self) -> None:
        raise self.error


@pytest.mark.usefixtures("signals")
@pytest.mark.parametrize(
    ("out", "code"),
    [(io.StringIO(), 7), (_Stream(BrokenPipeError()), 141), (_Stream(OSError(28, "full")), 1)],
)
def test_process_ends_with_its_output_written(
    monkeypatch: pytest.MonkeyPatch, out: io.StringIO, code: int
) -> None:
    # One setattr: from here on pytest could not print.
    streams = SimpleNamespace(stdout=out, stderr=sys.stderr)
    monkeypatch.setattr("depotfinity_async.cli.signals.sys", streams)
    with pytest.raises(_Left) as left:
        leave(7)
    assert left.value.args == (code,)
