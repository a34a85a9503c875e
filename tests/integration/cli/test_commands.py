"""`poll`, `transactions` and `simulate` as processes: pipes, credentials, what is loaded."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from depotfinity_async.simulator import Simulator
from tests.support.commands import (
    COMMAND,
    ROOT,
    SECONDS,
    done,
    processes_with,
    simulator_in_thread,
    started,
    with_environment,
)

SECRET = "canary-7b1e"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with simulator_in_thread(chargers=5, limit=100_000, client_secret=SECRET) as simulator:
        yield simulator


def test_head_of_a_pipe_ends_it_quietly(simulator: Simulator) -> None:
    piped = subprocess.run(
        f"{' '.join(COMMAND)} transactions --limit 1 | head -1; echo ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        cwd=ROOT,
        env=with_environment(simulator),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    line, code = piped.stdout.splitlines()
    assert json.loads(line)["id"]
    assert (code, piped.stderr) == ("141", "")


def test_poll_writes_json_lines_into_a_pipe(simulator: Simulator) -> None:
    polled = done("poll", "CP-2", "CP-1", env=with_environment(simulator))
    assert (polled.returncode, polled.stderr) == (0, "")
    assert [json.loads(line)["charger"] for line in polled.stdout.splitlines()] == ["CP-2", "CP-1"]


def test_secret_is_never_an_option(simulator: Simulator) -> None:
    refused = done("poll", "CP-1", "--client-secret", SECRET, env=with_environment(simulator))
    assert refused.returncode == 2


def test_secret_is_in_no_command_line_and_in_no_output(simulator: Simulator) -> None:
    with started("poll", "CP-1", "--interval", "0.05", env=with_environment(simulator)) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline()
            assert processes_with(SECRET) == {}
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
    assert SECRET not in out + err


def test_error_is_one_line_and_an_exit_code(simulator: Simulator) -> None:
    failed = done("poll", "CP-1", "CP-99", "CP-2", env=with_environment(simulator))
    assert failed.returncode == 24
    assert failed.stderr.startswith("depotfinity: charger_status.")
    assert failed.stderr.count("\n") == 1
    assert [json.loads(line)["charger"] for line in failed.stdout.splitlines()] == ["CP-1", "CP-2"]


def test_missing_credentials_are_told_in_one_line() -> None:
    failed = done("transactions")
    assert failed.returncode == 4
    assert failed.stderr.startswith("depotfinity: No client_id and no client_secret found.")
    assert failed.stderr.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_simulate_serves_until_it_is_told_to_end(number: int) -> None:
    with started("simulate", "--ready-json") as process:
        try:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["url"].startswith("http://127.0.0.1:")
            process.send_signal(number)
            _, err = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
    assert (process.returncode, err) == (130 if number == signal.SIGINT else 0, "")


def test_help_loads_neither_the_client_nor_rich() -> None:
    script = (
        "import sys\nfrom depotfinity_async.cli import main\n"
        "assert main(['--help']) == 0\n"
        "print([name for name in ('aiohttp', 'asyncio', 'rich', 'msgspec') if name in sys.modules])"
    )
    helped = subprocess.run(
        (sys.executable, "-c", script), cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=True
    )
    assert helped.stdout.endswith("\n[]\n")


def test_help_into_a_closed_pipe_is_quiet() -> None:
    with started("--help") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
        process.wait(SECONDS)
    assert err == ""
