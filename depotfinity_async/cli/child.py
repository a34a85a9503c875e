"""The simulator as a process of its own, for `demo`: started, asked for its address, ended for certain."""

import asyncio
import contextlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from typing import IO, Final

import attrs

from depotfinity_async.cli.running import to_the_end
from depotfinity_async.cli.screen import printable
from depotfinity_async.errors import DepotFinityError

# As the simulator's own module has it; importing that would load the whole server into this process.
SECRET_VARIABLE: Final = "DEPOTFINITY_SIMULATOR_SECRET"

_START_SECONDS = 20.0
_STOP_SECONDS = 2.0
_LOOK_EVERY = 0.005


@attrs.frozen
class SimulatorAddress:
    """Where a simulator listens, and the credentials it knows."""

    url: str
    token_url: str
    client_id: str
    client_secret: str = attrs.field(repr=False)


@contextlib.asynccontextmanager
async def simulator_process(
    *, chargers: int, connectors: int, seed: int, speed: float
) -> AsyncGenerator[SimulatorAddress, None]:
    """Run a simulator for the length of the block.

    It is in a session of its own, so that Ctrl-C reaches only us, and ends by itself when its standard input
    ends, that is even if we are killed.

    Args:
        chargers, connectors, seed: of its depot.
        speed: simulated seconds per real second.

    Raises:
        DepotFinityError: it does not start; the text holds its own last words.
    """
    secret = secrets.token_urlsafe(24)
    command = [sys.executable, "-m", "depotfinity_async", "simulate", "--port", "0", "--ready-json"]
    command += ["--exit-with-parent", "--chargers", str(chargers), "--connectors", str(connectors)]
    command += ["--seed", str(seed), "--speed", str(speed)]
    with tempfile.TemporaryFile() as complaints:
        # In one step: an asynchronous start could be cancelled half-way.
        process = subprocess.Popen(  # noqa: ASYNC220 - takes milliseconds, and nothing else runs yet
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env={**os.environ, SECRET_VARIABLE: secret},
            start_new_session=True,
        )
        try:
            ready = await _first_line(process)
            if not ready:
                raise DepotFinityError(f"The simulator did not start: {_last_line(complaints)}")
            told: dict[str, str] = json.loads(ready)
            yield SimulatorAddress(told["url"], told["token_url"], told["client_id"], secret)
        finally:
            await to_the_end(_stop(process))


async def _first_line(process: subprocess.Popen[bytes]) -> bytes:
    """What the process says first; empty if it ends or stays silent."""
    assert process.stdout is not None  # asked for above
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), process.stdout
    )
    try:
        async with asyncio.timeout(_START_SECONDS):
            return await reader.readline()
    except TimeoutError:
        return b""
    finally:
        transport.close()


def _last_line(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    lines = complaints.read().decode(errors="replace").split("\n")
    return printable(next((line for line in reversed(lines) if line.strip()), "it said nothing"))


async def _stop(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None  # asked for above
    process.terminate()
    process.stdin.close()
    until = time.monotonic() + _STOP_SECONDS
    while process.poll() is None and time.monotonic() < until:  # noqa: ASYNC110 - see below
        # Looked for instead of waited for: that would take a thread, or a handler for one more signal.
        await asyncio.sleep(_LOOK_EVERY)
    process.kill()
    process.wait()
