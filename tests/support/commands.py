"""The `depotfinity` command as a process, and a simulator in a thread for commands that run in this one."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from depotfinity_async.simulator import Simulator

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "depotfinity_async")
SECONDS = 60.0
"""Real seconds a process gets: far more than it needs, since the machine may be busy."""


def started(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    """The command, with pipes for its output."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT, **options}
    return subprocess.Popen((*COMMAND, *arguments), **options)


def done(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """The command, ended."""
    with started(*arguments, **options) as process:
        try:
            out, err = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def processes_with(text: str) -> dict[int, str]:
    """The command lines that hold this text, of all processes of the machine, by process id."""
    found: dict[int, str] = {}
    for process in psutil.process_iter(("pid", "cmdline")):
        # None for a process that is not ours to look at.
        command = " ".join(process.info["cmdline"] or ())
        if text in command:
            found[process.info["pid"]] = command
    return found


@contextmanager
def simulator_in_thread(**options: Any) -> Iterator[Simulator]:
    """A simulator that runs while the block does; commands find it through the environment it is told."""
    loop = asyncio.new_event_loop()
    simulator = Simulator(**options)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(simulator.start(), loop).result(SECONDS)
        yield simulator
        asyncio.run_coroutine_threadsafe(simulator.stop(), loop).result(SECONDS)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(SECONDS)
        loop.close()


def environment(simulator: Simulator) -> dict[str, str]:
    """The settings of a client of this simulator."""
    return {
        "DEPOTFINITY_BASE_URL": simulator.url,
        "DEPOTFINITY_TOKEN_URL": simulator.token_url,
        "DEPOTFINITY_CLIENT_ID": simulator.client_id,
        "DEPOTFINITY_CLIENT_SECRET": simulator.client_secret,
    }


def with_environment(simulator: Simulator) -> dict[str, str]:
    """The environment of this process, and the settings of a client of this simulator."""
    return {**os.environ, **environment(simulator)}
