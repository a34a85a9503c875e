"""`depotfinity poll`: the newest availability and connectivity of named chargers, once or at intervals."""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import attrs
import msgspec

from depotfinity_async.cli import running
from depotfinity_async.cli.arguments import above_zero, at_least_one
from depotfinity_async.cli.connection import add_connection_options, client_of
from depotfinity_async.cli.running import alongside, closing, first_of
from depotfinity_async.cli.screen import Column, Screen, Table, is_terminal, open_screen
from depotfinity_async.cli.signals import Signals
from depotfinity_async.cli.waiting import tell
from depotfinity_async.client import DepotFinity
from depotfinity_async.errors import DepotFinityError
from depotfinity_async.models.charger_status import (
    ChargerAvailabilityRecord,
    ConnectivityRecord,
    ConnectorAvailabilityRecord,
    ErrorCode,
)

_NONE: Final = "-"


@attrs.frozen
class ChargerState:
    """What was asked about one charger in one round; None where the service has no record."""

    charger_id: str
    polled_at: datetime
    connectivity: ConnectivityRecord | None
    availability: ChargerAvailabilityRecord | None
    connectors: Mapping[int, ConnectorAvailabilityRecord | None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("chargers", metavar="CHARGER", nargs="+", help="id of a charger, such as CP-7")
    parser.add_argument(
        "--connectors",
        metavar="N",
        type=at_least_one,
        default=0,
        help="ask for the connectors 1 to N of each charger as well",
    )
    parser.add_argument(
        "--interval",
        metavar="SECONDS",
        type=above_zero,
        help="go on, with this much time from the beginning of one round to the next (default: one round)",
    )
    parser.add_argument(
        "--format", choices=("table", "jsonl"), help="default: table on a terminal, else JSON lines"
    )
    add_connection_options(parser)


def run(arguments: argparse.Namespace, signals: Signals) -> int:
    """Poll until it is done or interrupted."""
    return running.run(_poll(arguments), signals)


async def _poll(arguments: argparse.Namespace) -> int:
    as_table = (arguments.format or ("table" if is_terminal(sys.stdout) else "jsonl")) == "table"
    # Opened first: without rich nothing should be asked.
    screen = open_screen(sys.stdout) if as_table else None
    async with closing(client_of(arguments)) as depot:
        await alongside(_rounds(depot, arguments, screen), tell(depot.budget, sys.stderr.write))
    return 0


async def _rounds(depot: DepotFinity, arguments: argparse.Namespace, screen: Screen | None) -> None:
    while True:
        began = time.monotonic()
        if screen is None:
            await poll_once(depot, arguments.chargers, arguments.connectors, _write_line)
        else:
            await _show_round(depot, arguments, screen)
        if arguments.interval is None:
            return
        await asyncio.sleep(began + arguments.interval - time.monotonic())


async def _show_round(depot: DepotFinity, arguments: argparse.Namespace, screen: Screen) -> None:
    states: list[ChargerState] = []
    try:
        await poll_once(depot, arguments.chargers, arguments.connectors, states.append)
    except DepotFinityError:
        # What did come is shown before the error is told.
        if states:
            screen.table(table_of(states, arguments.connectors))
        raise
    screen.table(table_of(states, arguments.connectors))


async def poll_once(
    depot: DepotFinity, chargers: Sequence[str], connectors: int, emit: Callable[[ChargerState], object]
) -> None:
    """Ask about all chargers at once.

    Args:
        depot: the client.
        chargers: ids.
        connectors: how many connectors of each to ask for, from number 1 on; may be 0.
        emit: gets each state as soon as it and all before it are there, in the order of `chargers`.

    Raises:
        DepotFinityError: of the first charger that failed, after all others were emitted.
    """
    failed: DepotFinityError | None = None
    async with asyncio.TaskGroup() as group:
        for asked in [group.create_task(_ask(depot, charger, connectors)) for charger in chargers]:
            answer = await asked
            if isinstance(answer, ChargerState):
                emit(answer)
            else:
                failed = failed or answer
    if failed is not None:
        raise failed


async def _ask(depot: DepotFinity, charger_id: str, connectors: int) -> ChargerState | DepotFinityError:
    try:
        async with asyncio.TaskGroup() as group:
            connectivity = group.create_task(depot.chargers.connectivity(charger_id))
            availability = group.create_task(depot.chargers.availability(charger_id))
            numbered = {
                number: group.create_task(depot.chargers.connector_availability(charger_id, number))
                for number in range(1, connectors + 1)
            }
    except ExceptionGroup as failures:
        failure = first_of(failures)
        if isinstance(failure, DepotFinityError):
            return failure
        raise
    return ChargerState(
        charger_id,
        datetime.now(UTC),
        connectivity.result(),
        availability.result(),
        {number: asked.result() for number, asked in numbered.items()},
    )


def _write_line(state: ChargerState) -> None:
    sys.stdout.write(msgspec.json.encode(fields_of(state)).decode() + "\n")
    sys.stdout.flush()


def fields_of(state: ChargerState) -> dict[str, Any]:
    """The state as one JSON object: the fields of the records have the names of the SDK."""
    connectivity = state.connectivity
    return {
        "charger": state.charger_id,
        "polled_at": state.polled_at,
        "connectivity": connectivity and {"timestamp": connectivity.timestamp, "status": connectivity.status},
        "availability": state.availability and _fields(state.availability),
        "connectors": [
            {"connector": number, "availability": record and _fields(record)}
            for number, record in state.connectors.items()
        ],
    }


def _fields(record: ChargerAvailabilityRecord | ConnectorAvailabilityRecord) -> dict[str, Any]:
    return {
        "timestamp": record.timestamp,
        "status": record.status,
        "error_code": record.error_code,
        "vendor_error_code": record.vendor_error_code,
        "vendor_id": record.vendor_id,
    }


def table_of(states: Sequence[ChargerState], connectors: int) -> Table:
    """One row per charger, one column per connector."""
    names = ["charger", "connectivity", "availability", "since"]
    names += [f"no. {number}" for number in range(1, connectors + 1)]
    rows = [
        (
            state.charger_id,
            _status(state.connectivity),
            _status(state.availability),
            f"{state.availability.timestamp:%Y-%m-%d %H:%M}" if state.availability else _NONE,
            *map(_status, state.connectors.values()),
        )
        for state in states
    ]
    return Table([Column(name) for name in names], rows, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")


def _status(
    record: ConnectivityRecord | ChargerAvailabilityRecord | ConnectorAvailabilityRecord | None,
) -> str:
    if record is None:
        return _NONE
    code = None if isinstance(record, ConnectivityRecord) else record.error_code
    has_error = code is not None and code != ErrorCode.NO_ERROR
    return f"{record.status} ({code})" if has_error else record.status.value
