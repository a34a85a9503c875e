"""What the simulator of a large depot costs: CPU for making it and for its pages, and memory.

The pages go over the loopback interface to a bare client in the same process, so its CPU is counted as well.
"""

import argparse
import asyncio
import json
import multiprocessing
import resource
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import aiohttp
import attrs

from benchmarks.common import at_least, environment, environment_lines
from depotfinity_async.simulator import Simulator
from tests.support.simulated import basic

__all__ = ["main"]

_DOCUMENT = "application/vnd.api+json"
_FIRST, _PLAIN, _COMPOUND, _INCLUDED, _REPORTS = (
    "the depot and the first page",
    "page of 100 transactions",
    "the same as JSON:API",
    "with charger and connector included",
    "page of 3 session reports",
)
_TRANSACTIONS = "/v2/transactions?limit=100"
_PAGES = {
    _PLAIN: (_TRANSACTIONS, "application/json"),
    _COMPOUND: (_TRANSACTIONS, _DOCUMENT),
    _INCLUDED: (f"{_TRANSACTIONS}&include=charger%2Cconnector", _DOCUMENT),
    _REPORTS: ("/v1/sessionReports?chargerId={hpc}&connectorId=1", "application/json"),
}


@attrs.frozen
class Cost:
    """What was measured.

    Args:
        transactions: number of those that are stored.
        cpu: seconds of CPU, by what was done; medians.
        peak: of the process's memory, in bytes.
    """

    transactions: int
    cpu: dict[str, float]
    peak: int


def main(arguments: list[str] | None = None) -> None:
    """Measures one depot in a fresh process and prints what it costs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulator", description=__doc__)
    parser.add_argument("--chargers", type=at_least(1), default=2000, help="chargers (default 2000)")
    parser.add_argument("--days", type=at_least(1), default=30, help="days of history (default 30)")
    parser.add_argument("--pages", type=at_least(2), default=20, help="pages of each kind (default 20)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args(arguments)
    # A process of its own: the peak of this one may be another benchmark's.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        cost = pool.submit(_measured, options.chargers, options.days, options.pages).result()
    if options.json:
        report: dict[str, Any] = {
            "chargers": options.chargers,
            "days": options.days,
            "transactions": cost.transactions,
            "cpu_ms": {name: round(seconds * 1e3, 2) for name, seconds in cost.cpu.items()},
            "peak_mb": round(cost.peak / 1e6),
        }
        json.dump(environment() | report, sys.stdout, indent=2)
        print()
        return
    print(*environment_lines(), sep="\n")
    print(f"{options.chargers} chargers, {options.days} days, {cost.transactions:,} transactions; medians\n")
    for name, seconds in cost.cpu.items():
        print(f"  {name:38}{seconds * 1e3:10.2f} ms of CPU")
    print(f"\n{cost.peak / 1e6:.0f} MB at most")


def _measured(chargers: int, days: int, pages: int) -> Cost:
    return asyncio.run(_measure(chargers, days, pages))


async def _measure(chargers: int, days: int, pages: int) -> Cost:
    begun = time.process_time()
    simulator = Simulator(chargers=chargers, days=days, speed=0, limit=1_000_000)
    async with simulator, aiohttp.ClientSession() as session:
        async with session.post(
            simulator.token_url,
            headers={"Authorization": basic(simulator.client_id, simulator.client_secret)},
            data={"grant_type": "client_credentials"},
        ) as response:
            session.headers["Authorization"] = f"Bearer {(await response.json())['access_token']}"
        hpc = next((each.id for each in simulator.depot.chargers if each.is_hpc), "CP-1")
        cpu: dict[str, float] = {}
        for name, (path, accept) in _PAGES.items():
            spent: list[float] = []
            for _ in range(pages):
                async with session.get(
                    simulator.url + path.format(hpc=hpc), headers={"Accept": accept}
                ) as response:
                    response.raise_for_status()
                    await response.read()
                spent.append(time.process_time() - begun)
                if not cpu:
                    cpu[_FIRST] = spent.pop()
                begun = time.process_time()
            cpu[name] = statistics.median(spent)
        stored = len(simulator.depot.transactions(simulator.clock.now()))
    return Cost(stored, cpu, _peak())


def _peak() -> int:
    """Of this process, in bytes: macOS counts bytes, others kilobytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    main()
