"""Does the budget keep to the limit, does it use all of it, and what does it cost, beside other limiters?"""

import argparse
import json
import logging
import sys
from typing import Any

import attrs

from benchmarks import (
    budget_cost,
    budget_days,
    budget_peers,
    budget_report,
    budget_shared,
    budget_traffic,
)
from benchmarks.budget_peers import OURS, SPACED
from benchmarks.common import at_least, environment

__all__ = ["main"]

_POLLS = "throttled-py"
"""Each who waits looks twice a second, so a grant costs a thousand times as much: it has few, or none."""

_HOUR = 3600.0


@attrs.frozen
class _Sizes:
    """How much is measured; `--quick` is to see that all runs, its figures mean nothing."""

    callers: int = 1_000
    seconds: float = _HOUR
    day: float = 24 * _HOUR
    calls: int = 2_000
    waiters: tuple[int, int] = (1_000, 10_000)
    grants: int = 1_000
    parked: float = 10.0


_QUICK = _Sizes(callers=110, seconds=310.0, day=450.0, calls=20, waiters=(110, 120), grants=5, parked=0.05)


def main(arguments: list[str] | None = None) -> None:
    """Measures all and prints it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.budget", description=__doc__)
    parser.add_argument("--rounds", type=at_least(2), default=10, help="rounds that count (default 10)")
    parser.add_argument("--quick", action="store_true", help="little of all, to see that it runs")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON document")
    form.add_argument("--markdown", action="store_true", help="print the tables of docs/budget.md")
    options = parser.parse_args(arguments)
    # What the budget says of refusals is its daily work here.
    logging.getLogger("depotfinity_async").setLevel(logging.ERROR)
    sizes, rounds = (_QUICK, 2) if options.quick else (_Sizes(), options.rounds)
    report = environment() | {
        "peers": budget_peers.versions(),
        "left_out": budget_peers.missing(),
        "traffic": _traffic(sizes),
        "days": _days(sizes),
        "shared": _shared(sizes),
        "cost": _cost(sizes, rounds),
    }
    if options.json:
        json.dump(report, sys.stdout, indent=2)
        print()
    else:
        print(*budget_report.lines(report, markdown=options.markdown), sep="\n")


def _traffic(sizes: _Sizes) -> dict[str, Any]:
    found = {
        name: attrs.asdict(
            budget_traffic.saturated(make, callers=sizes.callers, seconds=sizes.seconds, latency=2.0)
        )
        for name, make in budget_peers.limiters().items()
    }
    return {"callers": sizes.callers, "seconds": sizes.seconds, "limiters": found}


def _days(sizes: _Sizes) -> dict[str, Any]:
    day = sizes.day
    return {
        "seconds": day,
        "burst": attrs.asdict(budget_days.steady(day, smooth=False)),
        "spaced": attrs.asdict(budget_days.steady(day, smooth=True)),
        "troubled": attrs.asdict(budget_days.troubled(day)),
        "counter_an_hour": max(budget_days.counter(day)),
        "restarted": {
            f"{life:g}": attrs.asdict(budget_days.restarted(day, life)) for life in budget_days.LIVES
        },
    }


def _shared(sizes: _Sizes) -> dict[str, Any]:
    return {
        str(count): {
            "sharing": attrs.asdict(budget_shared.sharing(count, sizes.day)),
            "away": attrs.asdict(budget_shared.away(count)),
        }
        for count in budget_shared.PROCESSES
    }


def _cost(sizes: _Sizes, rounds: int) -> dict[str, Any]:
    makers = {name: make for name, make in budget_peers.limiters().items() if name != SPACED}
    base = "aiolimiter" if "aiolimiter" in makers else OURS
    grants: dict[str, Any] = {}
    for waiters in sizes.waiters:
        fast = {name: make for name, make in makers.items() if name != _POLLS}
        measured = budget_cost.grants(fast, waiters=waiters, count=sizes.grants, rounds=rounds)
        grants[str(waiters)] = measured.report(base)
    return {
        "base": base,
        "uncontended": budget_cost.uncontended(makers, rounds=rounds, calls=sizes.calls).report(base),
        "grants": grants,
        "bytes": budget_cost.bytes_per_waiter(makers, waiters=sizes.waiters[0]),
        "parked": budget_cost.parked(makers, waiters=sizes.waiters[0], seconds=sizes.parked),
    }


if __name__ == "__main__":
    main()
