"""Transactions API: the list with its filters, and one transaction (vendor page Transactions, reference).

Assumed, not documented: the path of the single call, the fields after `EndResult`, `InsertedAt` as default of
`filterBy`, inclusive bounds, and that running transactions have no end and so meet no filter by `EndAt`.
"""

from collections.abc import Callable
from datetime import datetime

import attrs
from aiohttp import web

from depotfinity_async.simulator import parameters
from depotfinity_async.simulator.depot import Depot, Transaction
from depotfinity_async.simulator.replies import Refusal, json_reply
from depotfinity_async.simulator.times import print_time
from depotfinity_async.simulator.world import WORLD

DEFAULT_LIMIT = 100
FILTERS = ("StartAt", "EndAt", "InsertedAt", "Overlapping")
SORT_KEYS = ("TransactionID", "StartAt", "EndAt")


@attrs.frozen
class _Known:
    """A transaction as the backend knows it at a moment: a running one has no end yet."""

    transaction: Transaction
    known_until: datetime
    end_at: datetime | None

    def body(self) -> dict[str, object]:
        each, ended = self.transaction, self.end_at is not None
        return {
            "TransactionID": each.id,
            "ChargerID": each.charger_id,
            "ConnectorID": each.connector_id,
            "StartAt": print_time(each.start_at),
            "EndAt": print_time(self.end_at) if self.end_at is not None else None,
            "InitialSoC": round(100 * each.curve.initial_soc),
            "EndSoC": round(100 * each.soc(each.end_at)) if ended else None,
            "EnergyDelivered": round(each.energy(self.known_until)),
            "EndResult": each.end_result if ended else None,
            "VehicleID": each.vehicle_id,
            "DriverID": each.driver_id,
            "InsertedAt": print_time(each.inserted_at),
        }


def _known(depot: Depot, transaction: Transaction, now: datetime) -> _Known:
    until = depot.known_until(transaction.charger_id, now)
    return _Known(transaction, until, transaction.end_at if transaction.end_at <= until else None)


async def list_transactions(request: web.Request) -> web.Response:
    """The list: a bare array, filtered, sorted, one page of it."""
    world, query = request.app[WORLD], request.query
    now = world.clock.now()
    charger_id, vehicle_id = query.get("chargerId"), query.get("vehicleId")
    connector_id = parameters.integer(query, "connectorId")
    page = parameters.integer(query, "page", 1)
    size = min(parameters.integer(query, "limit", DEFAULT_LIMIT), world.max_page_size)
    sort_key = _sort_key(parameters.choice(query, "orderBy", SORT_KEYS, "TransactionID"))
    descending = parameters.choice(query, "order", ("asc", "desc"), "desc") == "desc"
    within = _time_filter(
        parameters.choice(query, "filterBy", FILTERS, "InsertedAt"), *parameters.between(query)
    )
    chosen = [
        known
        for transaction in world.depot.transactions(now)
        if (charger_id is None or transaction.charger_id == charger_id)
        and (connector_id is None or transaction.connector_id == connector_id)
        and (vehicle_id is None or transaction.vehicle_id == vehicle_id)
        and within(known := _known(world.depot, transaction, now))
    ]
    chosen.sort(key=sort_key, reverse=descending)
    first = (page - 1) * size
    return json_reply([known.body() for known in chosen[first : first + size]])


async def get_transaction(request: web.Request) -> web.Response:
    """One transaction (assumed, not documented)."""
    world = request.app[WORLD]
    transaction_id = parameters.whole_number("transactionID", request.match_info["transaction_id"])
    now = world.clock.now()
    transaction = world.depot.transaction(transaction_id, now)
    if transaction is None:
        raise Refusal(404, f"Transaction {transaction_id} not found.")
    return json_reply(_known(world.depot, transaction, now).body())


def _time_filter(filter_by: str, start: datetime | None, end: datetime | None) -> Callable[[_Known], bool]:
    def from_to(known: _Known) -> tuple[datetime | None, datetime | None]:
        """The first and the last moment of the transaction, as far as the filter looks at it."""
        each = known.transaction
        match filter_by:
            case "StartAt":
                return each.start_at, each.start_at
            case "EndAt":
                return known.end_at, known.end_at
            case "InsertedAt":
                return each.inserted_at, each.inserted_at
            case _:
                return each.start_at, known.end_at or datetime.max.replace(tzinfo=each.start_at.tzinfo)

    def within(known: _Known) -> bool:
        if start is None and end is None:
            return True
        first, last = from_to(known)
        if first is None or last is None:
            return False
        return (end is None or first <= end) and (start is None or last >= start)

    return within


def _sort_key(order_by: str) -> Callable[[_Known], tuple[bool, datetime | int, int]]:
    """The key of a sort; the id breaks ties, and running transactions stand behind all ends."""
    match order_by:
        case "StartAt":
            return lambda known: (False, known.transaction.start_at, known.transaction.id)
        case "EndAt":
            return lambda known: (
                known.end_at is None,
                known.end_at or known.known_until,
                known.transaction.id,
            )
        case _:
            return lambda known: (False, known.transaction.id, known.transaction.id)


ROUTES = (
    web.get("/v2/transactions", list_transactions, allow_head=False),
    web.get("/v2/transactions/{transaction_id}", get_transaction, allow_head=False),
)
