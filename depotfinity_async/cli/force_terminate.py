"""`depotfinity force-terminate`: takes a charger offline, after asking."""

import argparse
import sys
from typing import Final

from depotfinity_async.cli import running
from depotfinity_async.cli.connection import add_connection_options, client_of
from depotfinity_async.cli.running import alongside, closing
from depotfinity_async.cli.signals import Signals
from depotfinity_async.cli.waiting import tell
from depotfinity_async.models.acknowledgement import Acknowledgement

NOT_CONFIRMED: Final = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("charger", metavar="CHARGER", help="id of the charger")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    add_connection_options(parser)


def run(arguments: argparse.Namespace, signals: Signals) -> int:
    """Say what it does, ask unless told not to, do it once."""
    sys.stderr.write(
        f"This ends the connection of charger {arguments.charger}: the charger goes offline, and no command "
        "reaches it until it connects again.\n"
    )
    if not (arguments.yes or _confirmed()):
        sys.stderr.write("depotfinity: not confirmed, nothing was sent\n")
        return NOT_CONFIRMED
    return running.run(_terminate(arguments), signals)


def _confirmed() -> bool:
    sys.stderr.write("Take it offline? [y/N] ")
    sys.stderr.flush()
    # At the end of the input this is an empty text: nobody has said yes.
    return sys.stdin.readline().strip().lower() in ("y", "yes")


async def _terminate(arguments: argparse.Namespace) -> int:
    async with closing(client_of(arguments)) as depot:
        told: Acknowledgement = await alongside(
            depot.force_termination.force_terminate(arguments.charger),
            tell(depot.budget, sys.stderr.write),
        )
    if told.is_finished:
        sys.stdout.write(f"{told.message or 'Done.'}\n")
    else:
        sys.stdout.write(
            f"Accepted, not done yet, and may still be refused. {told.message or ''}".rstrip() + "\n"
        )
    return 0
