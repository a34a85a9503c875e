"""`depotfinity transactions`: transactions as JSON lines or as a table, written page by page."""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from depotfinity_async.cli import running
from depotfinity_async.cli.arguments import at_least_one, moment
from depotfinity_async.cli.connection import add_connection_options, client_of
from depotfinity_async.cli.running import alongside, closing
from depotfinity_async.cli.screen import Column, Screen, Table, fitted, is_terminal, open_screen
from depotfinity_async.cli.signals import Signals
from depotfinity_async.cli.waiting import tell
from depotfinity_async.client import DepotFinity
from depotfinity_async.jsonapi import State, ToOne
from depotfinity_async.models.transactions import FilterBy, Order, OrderBy, Transaction

_NONE: Final = "-"
_COLUMNS: Final = (
    Column("id", is_number=True),
    Column("connector"),
    Column("started (UTC)"),
    Column("duration", is_number=True),
    Column("kWh", is_number=True),
    Column("SoC %", is_number=True),
    Column("vehicle"),
    Column("end"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--charger", metavar="ID", help="of this charger only")
    parser.add_argument(
        "--connector", metavar="N", type=at_least_one, help="of the connectors with this number only"
    )
    parser.add_argument("--vehicle", metavar="ID", help="of this vehicle only")
    parser.add_argument(
        "--since", metavar="TIME", type=moment, help="2026-01-01T00:00Z, or how long ago: 90m, 24h, 7d, 2w"
    )
    parser.add_argument("--until", metavar="TIME", type=moment, help="likewise")
    parser.add_argument(
        "--filter-by",
        choices=[choice.value for choice in FilterBy],
        help="what --since and --until apply to (default: StartAt)",
    )
    parser.add_argument(
        "--order-by", choices=[choice.value for choice in OrderBy], help="default: TransactionID"
    )
    parser.add_argument("--order", choices=[choice.value for choice in Order], help="default: desc")
    parser.add_argument("--limit", metavar="N", type=at_least_one, help="rows per request (default: 100)")
    parser.add_argument("--max", metavar="N", type=at_least_one, help="stop after so many transactions")
    parser.add_argument(
        "--format", choices=("jsonl", "table"), help="default: table on a terminal, else JSON lines"
    )
    add_connection_options(parser)


def run(arguments: argparse.Namespace, signals: Signals) -> int:
    """List until the last page, or until interrupted."""
    return running.run(_transactions(arguments), signals)


async def _transactions(arguments: argparse.Namespace) -> int:
    as_table = (arguments.format or ("table" if is_terminal(sys.stdout) else "jsonl")) == "table"
    # Opened first: without rich nothing should be asked.
    write = _TableWriter(open_screen(sys.stdout)).write if as_table else _write_lines
    async with closing(client_of(arguments)) as depot:
        await alongside(_list(depot, arguments, write), tell(depot.budget, sys.stderr.write))
    return 0


async def _list(
    depot: DepotFinity, arguments: argparse.Namespace, write: Callable[[Sequence[Transaction]], object]
) -> None:
    has_window = arguments.since is not None or arguments.until is not None
    found = depot.transactions.list(
        charger_id=arguments.charger,
        connector_id=arguments.connector,
        vehicle_id=arguments.vehicle,
        start=arguments.since,
        end=arguments.until,
        filter_by=arguments.filter_by or (FilterBy.START_AT if has_window else None),
        order_by=arguments.order_by,
        order=arguments.order,
        limit=arguments.limit,
    )
    left: int | None = arguments.max
    async for page in found.pages():
        write(page[:left])
        if left is not None:
            left -= len(page)
            if left <= 0:
                return


def _write_lines(transactions: Sequence[Transaction]) -> None:
    for transaction in transactions:
        sys.stdout.write(msgspec.json.encode(fields_of(transaction)).decode() + "\n")
    sys.stdout.flush()


def fields_of(transaction: Transaction) -> dict[str, Any]:
    """The transaction as one JSON object: fields by their names in the SDK, relations by the target's id.

    A relation is null where the service did not send it.
    """
    return {
        "id": transaction.id,
        "charger": _id(transaction.charger),
        "connector": _id(transaction.connector),
        "started_at": transaction.started_at,
        "ended_at": transaction.ended_at,
        "initial_soc": transaction.initial_soc,
        "end_soc": transaction.end_soc,
        "energy_delivered": transaction.energy_delivered,
        "end_result": transaction.end_result,
        "vehicle": _id(transaction.vehicle),
        "driver": _id(transaction.driver),
        "inserted_at": transaction.inserted_at,
    }


def _id(relation: ToOne[Any]) -> str | None:
    return relation.id if relation.state is State.PRESENT else None


class _TableWriter:
    """One table in pieces: the header comes with the first page, whose widths the others keep."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._columns: Sequence[Column] = ()

    def write(self, transactions: Sequence[Transaction]) -> None:
        rows = [_row(transaction) for transaction in transactions]
        has_header = not self._columns
        if has_header:
            self._columns = fitted(_COLUMNS, rows)
        self._screen.table(Table(self._columns, rows, has_header=has_header))


def _row(transaction: Transaction) -> tuple[str, ...]:
    energy = transaction.energy_delivered
    return (
        str(transaction.id),
        _id(transaction.connector) or _NONE,
        f"{transaction.started_at:%Y-%m-%d %H:%M}" if transaction.started_at else _NONE,
        _duration_text(transaction),
        _NONE if energy is None else f"{energy / 1000:,.1f}",
        f"{_percent(transaction.initial_soc)}-{_percent(transaction.end_soc)}",
        _id(transaction.vehicle) or _NONE,
        transaction.end_result.value if transaction.end_result else _NONE,
    )


def _duration_text(transaction: Transaction) -> str:
    if transaction.duration is None:
        return "running" if transaction.is_running else _NONE
    minutes = round(transaction.duration.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02}"


def _percent(share: float | None) -> str:
    return "?" if share is None else f"{share:.0f}"
