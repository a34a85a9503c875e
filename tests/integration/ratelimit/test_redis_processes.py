"""Real processes that share a budget on a real Valkey, also while that is killed, frozen or emptied."""

import asyncio
import bisect
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest

from depotfinity_async.ratelimit import Budget, Clock
from depotfinity_async.ratelimit.stores.redis import RedisStore
from tests.support.valkey import Valkey, running

LIMIT, WINDOW, SPEED = 100, 15.0, 10.0
"""A hundred in 1.5 real seconds. No faster: a process that is 0.1 real seconds late is not waited for."""

REAL_WINDOW = WINDOW / SPEED


@attrs.frozen
class Report:
    """What a process did."""

    arrivals: list[float]
    seen: list[tuple[float, str]]
    lag: float
    log: str


@contextmanager
def workers(url: str, offsets: list[float], **settings: Any) -> Iterator[list["subprocess.Popen[str]"]]:
    """One process for each offset of its clocks."""
    common = {"url": url, "limit": LIMIT, "window": WINDOW, "speed": SPEED, "coroutines": 250, **settings}
    started = [
        subprocess.Popen(
            [
                sys.executable,
                "-W",
                "error",
                "-m",
                "tests.support.redis_worker",
                json.dumps({**common, "offset": offset}),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )
        for offset in offsets
    ]
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate()


def reports(processes: list["subprocess.Popen[str]"]) -> list[Report]:
    """What they did, when they have ended well."""
    found = []
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert "Traceback" not in err, err
        found.append(Report(**json.loads(out), log=err))
    return found


def most_in_a_window(found: list[Report]) -> int:
    arrivals = sorted(itertools.chain.from_iterable(report.arrivals for report in found))
    # Both ends count.
    return max(bisect.bisect_right(arrivals, start + REAL_WINDOW) - at for at, start in enumerate(arrivals))


def test_four_processes_share_one_limit_whatever_their_clocks_say(tmp_path: Path) -> None:
    with running(Valkey(tmp_path)) as server:
        with workers(server.url, [0.0, -5.0, 5.0, 3600.0], seconds=5.5) as processes:
            found = reports(processes)
        calls = server.calls()
    grants = [len(report.arrivals) for report in found]
    assert most_in_a_window(found) <= LIMIT
    assert sum(grants) >= 3 * LIMIT
    # Nobody starves. How equal the shares are is shown in virtual time: here it depends on the cores.
    assert max(grants) <= 3 * min(grants), grants
    assert sum(calls.values()) <= 10 * sum(grants), calls
    assert not any("WARNING" in report.log for report in found)


@pytest.mark.parametrize("way", ["killed and emptied", "frozen"])
def test_a_server_that_goes_and_comes_back(tmp_path: Path, way: str) -> None:
    with running(Valkey(tmp_path)) as server, workers(server.url, [0.0, 0.0], seconds=8.0) as processes:
        time.sleep(2.0)
        gone = time.clock_gettime(time.CLOCK_MONOTONIC)
        if way == "frozen":
            server.freeze()
        else:
            server.kill()
        time.sleep(2.5)
        back = time.clock_gettime(time.CLOCK_MONOTONIC)
        if way == "frozen":
            server.thaw()
        else:
            server.start()
        found = reports(processes)
    assert most_in_a_window(found) <= LIMIT
    for report in found:
        assert report.lag < 2  # no call waits for the server, which is away for longer
        noticed = next(moment for moment, store in report.seen if moment > gone and "away" in store)
        assert noticed - gone < 1 + REAL_WINDOW
        assert any(noticed < arrival < back for arrival in report.arrivals)
        rejoined = next(moment for moment, store in report.seen if moment > back and "away" not in store)
        assert rejoined - back < 5
        assert any(arrival > rejoined for arrival in report.arrivals)
        assert report.log.count("WARNING") == 1
        assert report.log.count("in reach again") == 1


@pytest.mark.parametrize("way", ["killed", "frozen"])
async def test_who_wanted_nothing_does_not_wait_when_the_server_is_gone(tmp_path: Path, way: str) -> None:
    with running(Valkey(tmp_path)) as server:
        budgets = [
            Budget(clock=Clock(SPEED), store=RedisStore(server.url, "depot", speed=SPEED)) for _ in range(2)
        ]
        for budget in budgets:
            async with budget.lease() as lease:
                lease.sent()
                lease.answered()
        # Each has heard of the other one.
        await asyncio.sleep(2.5)
        if way == "frozen":
            server.freeze()
        else:
            server.kill()
        for budget in budgets:
            began = time.monotonic()
            await budget.acquire()
            # A slot that comes back takes thirty real seconds. What it may take is shown in virtual time.
            assert time.monotonic() - began < 15
            assert "away" in budget.status().store
