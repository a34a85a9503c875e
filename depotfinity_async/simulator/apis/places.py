"""The charger and the connector a request names, or a refusal with 404, for every API that needs them."""

from aiohttp import web

from depotfinity_async.simulator.depot import Charger, Connector, Depot
from depotfinity_async.simulator.parameters import whole_number
from depotfinity_async.simulator.replies import Refusal
from depotfinity_async.simulator.world import WORLD

CHARGER = "chargers/{charger_id}"
CONNECTOR = "connectors/{connector_id}"


def charger_of(request: web.Request) -> Charger:
    """The charger named in the path."""
    return find_charger(request.app[WORLD].depot, request.match_info["charger_id"])


def connector_of(request: web.Request, charger: Charger) -> Connector:
    """The connector of `charger` named in the path."""
    return find_connector(charger, whole_number("connectorId", request.match_info["connector_id"]))


def find_charger(depot: Depot, charger_id: str) -> Charger:
    """The charger with this id."""
    charger = depot.charger(charger_id)
    if charger is None:
        raise Refusal(404, f"Charger {charger_id} not found.")
    return charger


def find_connector(charger: Charger, number: int) -> Connector:
    """The connector of `charger` with this number."""
    connector = charger.connector(number)
    if connector is None:
        raise Refusal(404, f"Connector {number} of charger {charger.id} not found.")
    return connector
