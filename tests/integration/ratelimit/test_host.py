"""Real processes that share a budget in a file, killed at any moment."""

import asyncio
import itertools
import json
import logging
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from depotfinity_async.ratelimit import Budget
from depotfinity_async.ratelimit.stores import open_store

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the workers need a clock all processes share"
)

Worker = Callable[[], subprocess.Popen[bytes]]


def workers(folder: Path, limit: int, window: float, coroutines: int) -> Worker:
    """Starts a worker each time it is called."""
    settings = {
        "path": str(folder / "state" / "budget"),
        "log": str(folder / "log"),
        "limit": limit,
        "window": window,
        "lease": 0.4,
        "coroutines": coroutines,
    }
    command = [sys.executable, "-m", "tests.support.host_worker", json.dumps(settings)]
    return lambda: subprocess.Popen(command)


def arrivals(folder: Path) -> list[tuple[float, int]]:
    """When requests arrived, and of which process, in order of time."""
    lines = [line.split() for line in (folder / "log").read_text().splitlines()]
    return sorted((float(moment), int(process)) for process, moment in lines)


def most(moments: list[float], window: float) -> int:
    """How many there were in the busiest window."""
    first = worst = 0
    for last, moment in enumerate(moments):
        while moment - moments[first] > window:
            first += 1
        worst = max(worst, last - first + 1)
    return worst


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def test_four_processes_share_one_budget_alike(tmp_path: Path) -> None:
    limit, window = 40, 1.5
    start = workers(tmp_path, limit, window, coroutines=250)
    running = [start() for _ in range(4)]
    time.sleep(9)
    for process in running:
        assert process.poll() is None
        end(process)
    seen = arrivals(tmp_path)
    moments = [moment for moment, _ in seen]
    assert most(moments, window) <= limit
    # Who is there first takes what is free; the shares are those of the time when all are there.
    settled = [process for moment, process in seen if moment > moments[0] + 2 * window]
    shares = Counter(settled)
    assert len(shares) == 4
    # Nobody starves, and most is used. How much is shown in virtual time: here it depends on the cores.
    assert max(shares.values()) <= 3 * min(shares.values())
    assert len(moments) >= 0.5 * limit * (moments[-1] - moments[0]) / window


def test_processes_may_be_killed_at_any_moment(tmp_path: Path) -> None:
    limit, window = 20, 1.0
    start = workers(tmp_path, limit, window, coroutines=30)
    random.seed(4)
    running = [start() for _ in range(3)]
    until = time.monotonic() + 9
    while time.monotonic() < until:
        time.sleep(random.uniform(0.1, 0.7))
        end(running.pop(0))
        running.append(start())
    for process in running:
        end(process)
    moments = [moment for moment, _ in arrivals(tmp_path)]
    assert most(moments, window) <= limit
    assert len(moments) >= 0.6 * limit * (moments[-1] - moments[0]) / window


async def test_where_no_file_can_be_the_process_goes_on_slowly(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    budget = Budget(10, 1.0, lease=0.1, store=open_store(tmp_path / "file" / "budget", "unused"))
    moments: list[float] = []

    async def use() -> None:
        with await budget.acquire() as lease:
            lease.sent()
            moments.append(time.monotonic())
            lease.answered()

    async with asyncio.timeout(10):
        await asyncio.gather(*(use() for _ in range(5)))
    assert all(later - earlier > 0.1 for earlier, later in itertools.pairwise(moments))
    assert budget.status().store == "host (away)"
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "there can be no shared state in" in caplog.text
