"""`depotfinity verify`: does a deployment answer as the SDK expects? The report can be shown to others."""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Final

import attrs

from depotfinity_async._version import __version__
from depotfinity_async.cli import running
from depotfinity_async.cli.arguments import at_least_one
from depotfinity_async.cli.checks import Finding, findings
from depotfinity_async.cli.connection import add_connection_options, settings_of
from depotfinity_async.cli.running import alongside, closing
from depotfinity_async.cli.signals import Signals
from depotfinity_async.cli.waiting import tell
from depotfinity_async.client import DepotFinity
from depotfinity_async.resources.paths import templates

DIFFERS: Final = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--charger", metavar="ID", help="charger to ask about (default: of a transaction)")
    parser.add_argument("--connector", metavar="N", type=at_least_one, help="its connector (likewise)")
    parser.add_argument("--transaction", metavar="ID", type=at_least_one, help="transaction (likewise)")
    parser.add_argument("--site", metavar="ID", help="site to ask the energy prices of")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    add_connection_options(parser)


def run(arguments: argparse.Namespace, signals: Signals) -> int:
    """Call every read-only endpoint once; nothing is changed."""
    return running.run(_verify(arguments), signals)


async def _verify(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)
    given = {
        "charger_id": arguments.charger,
        "connector_id": arguments.connector,
        "transaction_id": arguments.transaction,
        "site_id": arguments.site,
    }
    values: dict[str, str | int] = {name: value for name, value in given.items() if value is not None}
    async with closing(DepotFinity.from_settings(settings)) as depot:
        found = await alongside(
            findings(depot, templates(settings.paths), values, arguments.profile or "default"),
            tell(depot.budget, sys.stderr.write),
        )
    sys.stdout.write(_json(found) if arguments.json else _text(found))
    return 0 if all(finding.is_fine for finding in found) else DIFFERS


def _text(found: Sequence[Finding]) -> str:
    widths = [max(len(cells[column]) for cells in map(_cells, found)) for column in range(3)]
    lines: list[str] = []
    for finding in found:
        cells = [cell.ljust(width) for cell, width in zip(_cells(finding), widths, strict=True)]
        lines += [f"{'  '.join(cells)}  {finding.request}", *(f"    {note}" for note in finding.notes)]
    fine = sum(finding.outcome == "confirmed" for finding in found)
    lines.append(
        f"depotfinity-async {__version__}: {fine} of {len(found)} confirmed. No value is shown above."
    )
    return "\n".join(lines) + "\n"


def _cells(finding: Finding) -> tuple[str, str, str]:
    return finding.operation, finding.outcome, finding.certainty


def _json(found: Sequence[Finding]) -> str:
    return json.dumps({"version": __version__, "findings": [attrs.asdict(each) for each in found]}) + "\n"
