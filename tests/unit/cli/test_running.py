import asyncio
from typing import Any

import pytest

from depotfinity_async.cli import running
from depotfinity_async.cli.running import alongside, first_of, to_the_end
from depotfinity_async.cli.signals import Signals
from depotfinity_async.errors import NotFoundError


async def _forever() -> None:
    await asyncio.Event().wait()


def test_code_of_the_work_is_returned() -> None:
    async def work() -> int:
        return 7

    assert running.run(work(), Signals()) == 7


def _interrupt(signals: Signals) -> None:
    signals._arrived(2, None)


def test_signal_cancels_the_work_and_gives_the_code() -> None:
    signals, steps = Signals(), list[str]()

    async def work() -> int:
        asyncio.get_running_loop().call_soon(_interrupt, signals)
        try:
            await _forever()
        finally:
            steps.append("cleaned up")
        return 0

    assert running.run(work(), signals) == 130
    assert steps == ["cleaned up"]


def test_signal_before_the_end_of_good_work_still_gives_its_code() -> None:
    signals = Signals()

    async def work() -> int:
        _interrupt(signals)
        return 0

    assert running.run(work(), signals) == 130


@pytest.mark.parametrize("error", [NotFoundError("gone"), BrokenPipeError()])
def test_what_fails_because_of_a_signal_is_not_told(error: Exception) -> None:
    signals = Signals()

    async def work() -> int:
        _interrupt(signals)
        raise error

    assert running.run(work(), signals) == 130


@pytest.mark.parametrize("error", [NotFoundError("gone"), BrokenPipeError(), asyncio.CancelledError()])
def test_without_a_signal_errors_pass(error: BaseException) -> None:
    async def work() -> int:
        raise error

    with pytest.raises(type(error)):
        running.run(work(), Signals())


def test_process_of_its_own_is_left_when_the_work_has_cleaned_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Left(Exception):
        pass

    def leave(code: int) -> None:
        raise Left(code)

    monkeypatch.setattr(running, "leave", leave)
    signals = Signals()
    signals.owns_process = True

    async def work() -> int:
        _interrupt(signals)
        return await asyncio.sleep(1, 0)

    with pytest.raises(Left, match="130"):
        running.run(work(), signals)


async def test_clean_up_ends_before_a_cancellation_takes_effect() -> None:
    steps = list[str]()
    begun = asyncio.Event()
    go_on = asyncio.Event()

    async def clean_up() -> None:
        begun.set()
        await go_on.wait()
        steps.append("cleaned up")

    task = asyncio.create_task(to_the_end(clean_up()))
    await begun.wait()
    task.cancel()
    await asyncio.sleep(0)
    assert steps == []
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert steps == ["cleaned up"]


async def test_result_of_the_work_ends_the_ticker() -> None:
    async def work() -> str:
        await asyncio.sleep(0)
        return "done"

    assert await alongside(work(), _forever()) == "done"


async def _fails(*_: Any) -> None:
    await asyncio.sleep(0)
    raise BrokenPipeError("nobody reads")


@pytest.mark.parametrize("who", ["work", "ticker"])
async def test_error_of_either_ends_both_and_stands_alone(who: str) -> None:
    with pytest.raises(BrokenPipeError, match="nobody reads"):
        await (alongside(_fails(), _forever()) if who == "work" else alongside(_forever(), _fails()))


def test_first_error_is_found_in_groups_of_groups() -> None:
    error = ValueError("inner")
    inner: ExceptionGroup[Exception] = ExceptionGroup("", [error, KeyError()])
    assert first_of(ExceptionGroup("", [inner, OSError()])) is error
