import asyncio
import json
import os
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from depotfinity_async.cli import child
from depotfinity_async.cli.child import SECRET_VARIABLE, simulator_process
from depotfinity_async.errors import DepotFinityError
from depotfinity_async.simulator import command
from tests.support.commands import ROOT, processes_with

PYTHON = sys.executable


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A script that is started in place of the interpreter."""
    script = tmp_path / "stand-in"
    monkeypatch.setattr("depotfinity_async.cli.child.sys.executable", str(script))
    return script


def _write(script: Path, *lines: str) -> None:
    script.write_text("\n".join(("#!/bin/sh", *lines)) + "\n")
    script.chmod(0o755)


def test_secret_goes_where_the_simulator_looks_for_it() -> None:
    assert command.SECRET_VARIABLE == SECRET_VARIABLE


async def test_simulator_lives_as_long_as_the_block() -> None:
    async with simulator_process(chargers=2, connectors=3, seed=123454321, speed=2) as simulator:
        async with aiohttp.request("GET", f"{simulator.url}/_simulator/report") as response:
            assert (await response.json())["requests"] == 0
        ((pid, line),) = processes_with("--seed 123454321").items()
        # Ctrl-C goes to all of a session's foreground: the simulator must not be in ours.
        assert os.getsid(pid) != os.getsid(0)
        assert "--chargers 2 --connectors 3 --seed 123454321 --speed 2" in line
        assert simulator.client_secret not in line
        assert simulator.client_secret not in repr(simulator)
    assert processes_with("--seed 123454321") == {}


async def test_simulator_that_does_not_start_is_told_in_its_own_words(stand_in: Path) -> None:
    _write(stand_in, "echo first >&2", "printf 'bad\\033 luck\\n\\n' >&2", "exit 3")
    with pytest.raises(DepotFinityError, match=r"^The simulator did not start: bad\\x1b luck$"):
        async with simulator_process(chargers=1, connectors=1, seed=1, speed=1):
            pytest.fail("it did not start")


async def test_silent_simulator_is_not_waited_for(stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(stand_in, "exec sleep 1000")
    monkeypatch.setattr(child, "_START_SECONDS", 0.01)
    with pytest.raises(DepotFinityError, match="it said nothing"):
        async with simulator_process(chargers=1, connectors=1, seed=1, speed=1):
            pytest.fail("it did not start")


async def test_simulator_that_does_not_want_to_end_is_killed(
    stand_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = json.dumps({"url": "http://127.0.0.1:1", "token_url": "t", "client_id": "demo"})
    deaf = stand_in.with_suffix(".py")
    deaf.write_text(
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"print({ready!r}, flush=True)\ntime.sleep(1000)\n"
    )
    _write(stand_in, f'exec "{PYTHON}" "{deaf}" "$@"')
    monkeypatch.setattr(child, "_STOP_SECONDS", 0.02)
    began = time.monotonic()
    async with simulator_process(chargers=1, connectors=1, seed=543212345, speed=1):
        assert len(processes_with("--seed 543212345")) == 1
    assert processes_with("--seed 543212345") == {}
    assert time.monotonic() - began < 30


async def test_cancelled_while_it_starts_nothing_is_left() -> None:
    async def start() -> None:
        async with simulator_process(chargers=1, connectors=1, seed=987656789, speed=1):
            pytest.fail("it was cancelled before")

    task = asyncio.create_task(start())
    # Its first turn starts the process and waits for its first words.
    await asyncio.sleep(0)
    # The system may show its command a moment later. The loop stands still meanwhile, and so does the task.
    until = time.monotonic() + 5
    while not processes_with("--seed 987656789"):
        assert time.monotonic() < until
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert processes_with("--seed 987656789") == {}
