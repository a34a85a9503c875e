"""Transactions API: the list with its filters, and one transaction (vendor page Transactions, reference).

Assumed, not documented: the path of the single call, the fields after `EndResult`, `InsertedAt` as default of
`filterBy`, inclusive bounds, and that running transactions have no end and so meet no filter by `EndAt`.
"""

from datetime import datetime
from typing import Final

import attrs
from aiohttp import web

from depotfinity_async.simulator import parameters
from depotfinity_async.simulator.depot import Depot, Search, Transaction
from depotfinity_async.simulator.depot.ledger import SortKey, TimeField
from depotfinity_async.simulator.jsonapi import Kind
from depotfinity_async.simulator.replies import Refusal
from depotfinity_async.simulator.times import print_time
from depotfinity_async.simulator.world import WORLD

from .documents import Page, reply

DEFAULT_LIMIT = 100
FILTERS: Final[tuple[TimeField, ...]] = ("StartAt", "EndAt", "InsertedAt", "Overlapping")
SORT_KEYS: Final[tuple[SortKey, ...]] = ("TransactionID", "StartAt", "EndAt")

_PATH = "/v2/transactions"
_KIND = Kind("transactions", "TransactionID", {"VehicleID": "vehicle", "DriverID": "driver"}, _PATH)
_PATHS = ("charger", "connector", "connector.charger", "vehicle", "driver")


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
    page = parameters.integer(query, "page", 1)
    size = min(parameters.integer(query, "limit", DEFAULT_LIMIT), world.max_page_size)
    start, end = parameters.between(query)
    search = Search(
        charger_id=query.get("chargerId"),
        connector_id=parameters.integer(query, "connectorId"),
        vehicle_id=query.get("vehicleId"),
        time_field=parameters.choice(query, "filterBy", FILTERS, "InsertedAt"),
        start=start,
        end=end,
        sort_key=parameters.choice(query, "orderBy", SORT_KEYS, "TransactionID"),
        descending=parameters.choice(query, "order", ("asc", "desc"), "desc") == "desc",
    )
    found = world.depot.search(search, now, first=(page - 1) * size, count=size + 1)
    rows = [_known(world.depot, transaction, now).body() for transaction in found[:size]]
    return reply(
        request,
        rows,
        lambda: [_KIND.resource(row) for row in rows],
        _PATHS,
        Page(page, more=len(found) > size),
    )


async def get_transaction(request: web.Request) -> web.Response:
    """One transaction (assumed, not documented)."""
    world = request.app[WORLD]
    transaction_id = parameters.whole_number("transactionID", request.match_info["transaction_id"])
    now = world.clock.now()
    transaction = world.depot.transaction(transaction_id, now)
    if transaction is None:
        raise Refusal(404, f"Transaction {transaction_id} not found.")
    row = _known(world.depot, transaction, now).body()
    return reply(request, row, lambda: _KIND.resource(row), _PATHS)


ROUTES = (
    web.get(_PATH, list_transactions, allow_head=False),
    web.get(f"{_PATH}/{{transaction_id}}", get_transaction, allow_head=False),
)
