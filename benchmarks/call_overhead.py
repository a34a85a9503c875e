"""What one call of the SDK costs over a bare aiohttp GET and the same JSON library.

One call after the other, token cached, request budget on; a server process that answers with fixed bytes. The
network and the service are left out on purpose.
"""

import argparse
import asyncio
import cProfile
import gc
import json
import multiprocessing
import pstats
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import aiohttp
import attrs
import msgspec

from benchmarks import by_hand
from benchmarks.common import (
    Rounds,
    Sample,
    at_least,
    environment,
    environment_lines,
    interleave,
    joined,
    table,
)
from benchmarks.server import CHARGER_ID, TRANSACTIONS, running_server
from depotfinity_async import Budget, DepotFinity

__all__ = ["main"]

BARE, BY_HAND, SDK = "bare (dictionaries)", "bare + typed by hand", "depotfinity_async"
_PROFILED_FUNCTIONS = 30


@attrs.frozen
class Case:
    """One call, in all ways.

    Args:
        name: what is asked for.
        path: of the bare GET.
        sdk: the same call through the SDK.
        by_hand: body to objects without the SDK.
    """

    name: str
    path: str
    sdk: Callable[[DepotFinity], Awaitable[object]]
    by_hand: Callable[[bytes], object]


CASES = (
    Case(
        f"one page of {TRANSACTIONS} transactions",
        "/v2/transactions",
        lambda depot: depot.transactions.list(),
        by_hand.transactions,
    ),
    Case(
        "availability of one charger",
        f"/v1/chargerStatus/chargers/{CHARGER_ID}/availabilityStatus",
        lambda depot: depot.chargers.availability(CHARGER_ID),
        by_hand.availability,
    ),
)


class Bench:
    """The clients of all ways, on one event loop.

    Args:
        runner: runs the loop.
        url: of the server.
        calls: made in each round of each way.
    """

    def __init__(self, runner: asyncio.Runner, url: str, calls: int) -> None:
        self._runner = runner
        self._url = url
        self._calls = calls

    def __enter__(self) -> "Bench":
        self._runner.run(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._close())

    async def _open(self) -> None:
        self._depot = DepotFinity(
            client_id="benchmark",
            client_secret="no-secret",
            base_url=self._url,
            token_url=f"{self._url}/oauth2/token",
            budget=Budget(limit=10**6),
        )
        reply = await self._depot.request("GET", CASES[0].path)
        assert reply.attempts == 1
        self._session = aiohttp.ClientSession()
        async with self._session.post(f"{self._url}/oauth2/token") as response:
            token = (await response.json())["access_token"]
        self._headers = {
            "Accept": "application/json",
            "User-Agent": f"depotfinity-async/0.0.0 aiohttp/{aiohttp.__version__}",
            "Authorization": f"Bearer {token}",
        }

    async def _close(self) -> None:
        await self._depot.aclose()
        await self._session.close()

    def size(self, case: Case) -> int:
        """Bytes of the body of a case."""
        size: int = self._runner.run(self._get(self._url + case.path, len))
        return size

    def measure(self, case: Case, rounds: int) -> Rounds:
        """All ways of one case."""
        url = self._url + case.path
        ways: dict[str, Callable[[], Awaitable[object]]] = {
            BARE: lambda: self._get(url, msgspec.json.decode),
            BY_HAND: lambda: self._get(url, case.by_hand),
            SDK: lambda: case.sdk(self._depot),
        }
        return interleave({way: self._round(call) for way, call in ways.items()}, rounds)

    def profile(self, case: Case) -> None:
        """Prints the functions in which a call of the SDK spends its time."""
        profiler = cProfile.Profile()
        self._runner.run(self._sample(lambda: case.sdk(self._depot)))
        profiler.enable()
        self._runner.run(self._sample(lambda: case.sdk(self._depot)))
        profiler.disable()
        print(
            f"{case.name}: {self._calls} calls of the SDK under cProfile, which slows Python functions down"
        )
        pstats.Stats(profiler).strip_dirs().sort_stats("tottime").print_stats(_PROFILED_FUNCTIONS)

    async def _get(self, url: str, read: Callable[[bytes], Any]) -> Any:
        async with self._session.get(url, headers=self._headers) as response:
            if response.status != 200:
                raise RuntimeError(f"status {response.status}")
            return read(await response.read())

    def _round(self, call: Callable[[], Awaitable[object]]) -> Callable[[], Sample]:
        return lambda: self._runner.run(self._sample(call))

    async def _sample(self, call: Callable[[], Awaitable[object]]) -> Sample:
        # Each round pays for its own rubbish and for nobody else's.
        gc.collect()
        latencies: list[float] = []
        cpu = time.process_time()
        for _ in range(self._calls):
            began = time.perf_counter()
            await call()
            latencies.append(time.perf_counter() - began)
        return Sample(cpu=(time.process_time() - cpu) / self._calls, wall=statistics.median(latencies))


def _measure_all(url: str, rounds: int, calls: int) -> list[tuple[int, Rounds]]:
    """For each case the size of its body and its rounds."""
    with asyncio.Runner() as runner, Bench(runner, url, calls) as bench:
        return [(bench.size(case), bench.measure(case, rounds)) for case in CASES]


def _measure_in_processes(
    url: str, processes: int, rounds: int, calls: int
) -> list[tuple[Case, int, Rounds]]:
    """The same, from several client processes one after the other.

    Where a process happens to place code and data in memory shifts its figures by some percent, for as long
    as it lives; more rounds do not help against that, more processes do.
    """
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, max_tasks_per_child=1, mp_context=fresh) as pool:
        tasks = [pool.submit(_measure_all, url, rounds, calls) for _ in range(processes)]
        found = [task.result() for task in tasks]
    return [
        (case, sized[0][0], joined(rounds for _, rounds in sized))
        for case, sized in zip(CASES, zip(*found, strict=True), strict=True)
    ]


def main(arguments: list[str] | None = None) -> None:
    """Measures all cases and prints them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.call_overhead", description=__doc__)
    parser.add_argument("--processes", type=at_least(1), default=8, help="client processes (default 8)")
    parser.add_argument("--rounds", type=at_least(2), default=8, help="rounds in each process (default 8)")
    parser.add_argument("--calls", type=at_least(1), default=100, help="calls in each round (default 100)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument(
        "--profile", action="store_true", help="print where a call of the SDK spends its time"
    )
    options = parser.parse_args(arguments)
    with running_server() as url:
        if options.profile:
            with asyncio.Runner() as runner, Bench(runner, url, options.calls) as bench:
                for case in CASES:
                    bench.profile(case)
            return
        measured = _measure_in_processes(url, options.processes, options.rounds, options.calls)
    if options.json:
        cases: list[dict[str, Any]] = [
            {"case": case.name, "bytes": size, "ways": rounds.report(BARE)} for case, size, rounds in measured
        ]
        amount = {"processes": options.processes, "rounds": options.rounds, "calls": options.calls}
        json.dump(environment() | amount | {"cases": cases}, sys.stdout, indent=2)
        print()
        return
    print(*environment_lines(), sep="\n")
    print(
        f"{options.processes} processes, {options.rounds} rounds of {options.calls} calls in each; "
        "medians, ratios with quartiles"
    )
    for case, size, rounds in measured:
        print(f"\n{case.name}, {size} bytes", *table(rounds, BARE, scale=1e6, unit="µs"), sep="\n")


if __name__ == "__main__":
    main()
