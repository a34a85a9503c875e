"""SIGINT and SIGTERM at any moment: the promised exit code, and nothing left behind."""

import itertools
import os
import random
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.commands import SECONDS, environment, processes_with, simulator_in_thread, started

MOMENTS = 50
_seeds = itertools.count(random.randrange(10**9, 10**12))


def _ended_by(number: int, seconds: float, *, again: bool = False) -> None:
    """A demo that would take long, ended `seconds` after its first output."""
    seed = str(next(_seeds))
    with started("demo", "--chargers", "150", "--speed", "20", "--seed", seed) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("Simulated depot")
            time.sleep(seconds)
            process.send_signal(number)
            if again:
                while process.poll() is None:
                    process.send_signal(number)
                    time.sleep(0.002)
            out, err = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
    assert (process.returncode, err) == (128 + number, ""), (seconds, out, err)
    assert processes_with(seed) == {}


def test_interrupted_at_random_moments_it_ends_with_130_and_leaves_nothing_behind() -> None:
    # The simulator starts, the token is fetched, slots are spent, and the rest waits: all within 1.5 s or so.
    chosen = random.Random(1)
    moments = [chosen.uniform(0, 1.5) for _ in range(MOMENTS)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda moment: _ended_by(signal.SIGINT, moment), moments))


@pytest.mark.parametrize("seconds", [0.0, 0.6, 1.2])
def test_further_interruptions_do_not_disturb_the_clean_up(seconds: float) -> None:
    _ended_by(signal.SIGINT, seconds, again=True)


@pytest.mark.parametrize("seconds", [0.0, 0.4, 1.2])
def test_terminated_it_ends_with_143(seconds: float) -> None:
    _ended_by(signal.SIGTERM, seconds)


@pytest.mark.parametrize("delay", [0.0, 0.002, 0.005, 0.01, 0.02])
def test_interrupted_at_its_very_end_it_shows_no_traceback(delay: float) -> None:
    with started("demo", "--chargers", "1") as process:
        try:
            assert process.stdout is not None
            while not process.stdout.readline().startswith("time taken"):
                pass
            time.sleep(delay)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
    assert process.returncode in (0, 130)
    assert err == ""


def test_killed_it_takes_the_simulator_with_it() -> None:
    seed = str(next(_seeds))
    with started("demo", "--chargers", "150", "--seed", seed) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.8)
        process.kill()
    until = time.monotonic() + SECONDS
    while processes_with(seed) and time.monotonic() < until:
        time.sleep(0.05)
    assert processes_with(seed) == {}


@pytest.mark.parametrize(
    ("number", "arguments"),
    [
        (signal.SIGINT, ("poll", "CP-1", "--interval", "0.05")),
        (signal.SIGTERM, ("poll", "CP-1", "--interval", "0.05")),
        (signal.SIGINT, ("transactions", "--limit", "1")),
        (signal.SIGTERM, ("transactions", "--limit", "1")),
    ],
)
def test_poll_and_transactions_end_likewise(number: int, arguments: tuple[str, ...]) -> None:
    with simulator_in_thread(limit=100_000) as simulator:
        simulator.faults.add(path="/v2/transactions", delay=0.05, times=1000)
        own = {**os.environ, **environment(simulator)}
        with started(*arguments, env=own) as process:
            try:
                assert process.stdout is not None
                assert process.stdout.readline().startswith("{")
                process.send_signal(number)
                _, err = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
    assert (process.returncode, err) == (128 + number, "")
