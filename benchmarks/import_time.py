"""What importing the SDK costs over importing the libraries it stands on, in fresh interpreters.

Start-up of the interpreter itself is not counted. It also shows that the mapper alone loads no aiohttp.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.common import Sample, at_least, environment, environment_lines, interleave, table

__all__ = ["main"]

DEPENDENCIES, SDK, MAPPER = "its dependencies", "depotfinity_async", "its mapper alone"
STATEMENTS = {
    DEPENDENCIES: "import aiohttp, attrs, backoff, cattrs, msgspec",
    SDK: "from depotfinity_async import DepotFinity, Transaction",
    MAPPER: "from depotfinity_async import jsonapi",
}

_TIMED = """
import time
cpu, wall = time.process_time(), time.perf_counter()
{statement}
print(time.process_time() - cpu, time.perf_counter() - wall)
"""
_LOADED = """
{statement}
import sys
print(*sys.modules)
"""
_IMPORT_TIME = re.compile(r"import time: +(\d+) \| +\d+ \| +(\S+)")
_ROOT = Path(__file__).parents[1]
_EXPLAINED = 10


def main(arguments: list[str] | None = None) -> None:
    """Measures all imports and prints them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.import_time", description=__doc__)
    parser.add_argument("--rounds", type=at_least(2), default=40, help="rounds that count (default 40)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--explain", action="store_true", help="print which modules cost most")
    options = parser.parse_args(arguments)
    if options.explain:
        _explain(options.rounds)
        return
    rounds = interleave({way: _timed(statement) for way, statement in STATEMENTS.items()}, options.rounds)
    free = "aiohttp" not in _modules(STATEMENTS[MAPPER])
    if options.json:
        report: dict[str, Any] = {
            "rounds": options.rounds,
            "ways": rounds.report(DEPENDENCIES),
            "mapper_loads_no_aiohttp": free,
        }
        json.dump(environment() | report, sys.stdout, indent=2)
        print()
        return
    print(*environment_lines(), sep="\n")
    print(f"{options.rounds} rounds of fresh interpreters; medians, ratios with quartiles\n")
    print(*table(rounds, DEPENDENCIES, scale=1e3, unit="ms"), sep="\n")
    print(f"\n{STATEMENTS[MAPPER]!r} loads {'no' if free else 'AN'} aiohttp")


def _timed(statement: str) -> Callable[[], Sample]:
    def run() -> Sample:
        cpu, wall = _fresh(_TIMED.format(statement=statement)).stdout.split()
        return Sample(float(cpu), float(wall))

    return run


def _explain(rounds: int) -> None:
    """Prints our own modules that cost most, then those of others that only the SDK loads."""
    costs = _costs(STATEMENTS[SDK], rounds)
    known = _costs(STATEMENTS[DEPENDENCIES], 1)
    own = {name: cost for name, cost in costs.items() if name.startswith("depotfinity_async")}
    others = {name: cost for name, cost in costs.items() if name not in own and name not in known}
    for title, found in (("our own modules", own), ("modules of others that only the SDK loads", others)):
        print(f"{title}: {len(found)}, {sum(found.values()):.1f} ms in all; each without what it imports:")
        for name in sorted(found, key=found.__getitem__, reverse=True)[:_EXPLAINED]:
            print(f"  {found[name]:7.2f} ms  {name}")


def _costs(statement: str, rounds: int) -> dict[str, float]:
    """Milliseconds of each module that a statement loads, without what it imports: medians."""
    costs: dict[str, list[int]] = defaultdict(list)
    for _ in range(rounds):
        for cost, name in _IMPORT_TIME.findall(_fresh(statement, "-X", "importtime").stderr):
            costs[name].append(int(cost))
    return {name: statistics.median(found) / 1000 for name, found in costs.items()}


def _modules(statement: str) -> set[str]:
    return set(_fresh(_LOADED.format(statement=statement)).stdout.split())


def _fresh(script: str, *options: str) -> subprocess.CompletedProcess[str]:
    # Compiled files are kept as on a user's machine, else each interpreter would compile the SDK again.
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(
        [sys.executable, *options, "-c", script],
        cwd=_ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=True,
    )


if __name__ == "__main__":
    main()
