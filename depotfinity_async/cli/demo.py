"""`depotfinity demo`: a depot of a simulator, polled by a client that keeps inside the request budget.

The simulator is a process of its own and counts for itself: what the end says of refusals is its word.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, TypedDict

import aiohttp

from depotfinity_async.cli import running
from depotfinity_async.cli.arguments import above_zero, at_least_one
from depotfinity_async.cli.child import SimulatorAddress, simulator_process
from depotfinity_async.cli.connection import bare_client
from depotfinity_async.cli.running import alongside, closing
from depotfinity_async.cli.screen import Column, Screen, Table, View, open_screen
from depotfinity_async.cli.signals import Signals
from depotfinity_async.cli.waiting import seconds_text
from depotfinity_async.cli.workload import Workload
from depotfinity_async.ratelimit import Budget, Clock

_FRAME = 0.125
"""Real seconds between two looks at the job."""
_MEASURED = 7
"""Number of the charger whose power is fetched, where the depot has so many."""
_DAY: Final = timedelta(days=1)


class _Report(TypedDict):
    requests: int
    refusals: int
    busiest_window: int
    limit: int
    window: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "--chargers", type=at_least_one, default=30, help="number of chargers (default: %(default)s)"
    )
    parser.add_argument(
        "--connectors",
        type=at_least_one,
        default=2,
        help="connectors of each charger (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=1, help="same seed, same depot (default: %(default)s)")
    parser.add_argument(
        "--speed",
        type=above_zero,
        default=1.0,
        help="let simulator and client live this many times faster (default: 1)",
    )


def run(arguments: argparse.Namespace, signals: Signals) -> int:
    """Run the demo.

    Returns:
        0 if the simulator refused no request, else 1.
    """
    return running.run(_demo(arguments), signals)


async def _demo(arguments: argparse.Namespace) -> int:
    with open_screen(sys.stdout) as screen:
        clock = Clock(arguments.speed)
        # Of its own: what the demo spends must not count for anybody else's client in this process.
        budget = Budget(clock=clock)
        screen.line(_beginning(arguments, budget))
        async with simulator_process(
            chargers=arguments.chargers,
            connectors=arguments.connectors,
            seed=arguments.seed,
            speed=arguments.speed,
        ) as simulator:
            began = clock.now()
            client = bare_client(
                client_id=simulator.client_id,
                client_secret=simulator.client_secret,
                base_url=simulator.url,
                token_url=simulator.token_url,
                budget=budget,
            )
            async with closing(client) as depot:
                now = datetime.now(UTC)
                workload = Workload(
                    depot,
                    # The simulator's names; the API has no call that lists chargers.
                    chargers=tuple(f"CP-{number}" for number in range(1, arguments.chargers + 1)),
                    connectors=arguments.connectors,
                    measured_charger=f"CP-{min(_MEASURED, arguments.chargers)}",
                    since=now - _DAY,
                    until=now,
                    on_answer=lambda: screen.show(view()),
                )

                def view() -> View:
                    return View(workload.bars(), budget.status(), clock.now() - began, clock.speed)

                await alongside(workload.run(), _showing(screen, view))
                screen.finish()
                taken = clock.now() - began
            report = await _fetch_report(simulator)
        screen.table(_summary(workload, report, budget.status().granted, taken, clock.speed))
    return 1 if report["refusals"] else 0


def _beginning(arguments: argparse.Namespace, budget: Budget) -> str:
    chargers, connectors = (
        _counted(arguments.chargers, "charger"),
        _counted(arguments.connectors, "connector"),
    )
    window = seconds_text(budget.window, budget.clock.speed)
    return f"Simulated depot: {chargers}, {connectors} each; limit {budget.limit} requests in {window}"


async def _showing(screen: Screen, view: Callable[[], View]) -> None:
    while True:
        screen.show(view())
        await asyncio.sleep(_FRAME)


async def _fetch_report(simulator: SimulatorAddress) -> _Report:
    # Not through the client: it is no call of the API, and must not take a slot of the budget it judges.
    async with aiohttp.request("GET", f"{simulator.url}/_simulator/report") as response:
        report: _Report = await response.json()
        return report


def _summary(workload: Workload, report: _Report, granted: int, taken: float, speed: float) -> Table:
    power = [value for value in (workload.power.values if workload.power else ()) if isinstance(value, float)]
    peak = max(power, default=0.0)
    transactions = _counted(workload.transactions, "transaction")
    rows = (
        ("chargers", _by_status(workload.charger_statuses)),
        ("connectors", _by_status(workload.connector_statuses)),
        ("energy delivered", f"{workload.energy / 1000:,.1f} kWh in the last day's {transactions}"),
        ("peak power", f"{peak / 1000:,.1f} kW at {workload.measured_charger}, of {len(power)} points"),
        ("requests spent", f"{granted} by the client's count, {report['requests']} by the simulator's log"),
        (
            "busiest window",
            f"{report['busiest_window']} requests in {report['window']:g} s, {report['limit']} are allowed",
        ),
        ("refusals", str(report["refusals"])),
        ("time taken", f"{taken:.1f} s" + (f" ({taken / speed:.1f} s real)" if speed != 1 else "")),
    )
    return Table((Column(""), Column("")), rows, has_header=False, has_frame=True)


def _by_status(statuses: Counter[str]) -> str:
    return ", ".join(f"{count} {status}" for status, count in statuses.most_common())


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
