"""`depotfinity budget`: what the programs that share a request budget have used of it. It sends nothing."""

import argparse
import json
import math
import sys
import time

from depotfinity_async.cli.arguments import above_zero
from depotfinity_async.cli.connection import add_connection_options, settings_of
from depotfinity_async.cli.signals import Signals
from depotfinity_async.config import Settings
from depotfinity_async.errors import BudgetUnavailableError, ConfigurationError
from depotfinity_async.http import store_of
from depotfinity_async.ratelimit import BudgetStatus, StoreError, look


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--json", action="store_true", help="one JSON object a look")
    parser.add_argument(
        "--watch",
        metavar="SECONDS",
        type=above_zero,
        nargs="?",
        const=2.0,
        help="look again and again (default: every 2 s)",
    )
    add_connection_options(parser)


def run(arguments: argparse.Namespace, signals: Signals) -> int:
    """Look once, or until the program is ended."""
    settings = settings_of(arguments, sends=False)
    while True:
        place, status = _look(settings)
        text = _json(place, status) if arguments.json else f"{status.report()}\nthe shared state is {place}"
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
        if arguments.watch is None:
            return 0
        time.sleep(arguments.watch)
        if not arguments.json:
            sys.stdout.write("\n")


def _look(settings: Settings) -> tuple[str, BudgetStatus]:
    """Where the state is, and what it looks like."""
    store = store_of(settings, 1.0)
    if store is None:
        raise ConfigurationError(
            "The budget is kept in each process, so there is nothing to see from outside: "
            "give --budget host, the path of a file, or the URL of a server."
        )
    try:
        return str(store), look(store)
    except StoreError as error:
        raise BudgetUnavailableError(f"budget: {str(error).rstrip('.')}.") from None


def _json(place: str, status: BudgetStatus) -> str:
    return json.dumps(
        {
            "limit": status.limit,
            "window": status.window,
            "used": status.used,
            "free": status.free,
            "leased": status.leased,
            "next_slot": status.next_slot,
            "hold": status.hold,
            "hold_reason": status.hold_reason,
            "mode": status.mode,
            "spaced": None if math.isinf(status.spaced) else status.spaced,
            "cap": status.cap,
            "refused": status.refused,
            "unexplained": status.unexplained,
            "store": status.store,
            "place": place,
            "members": status.members,
            "standby": status.standby,
        }
    )
