"""The charger and the connector a path names, or a refusal with 404, for every API with such paths."""

from aiohttp import web

from depotfinity_async.simulator.depot import Charger, Connector
from depotfinity_async.simulator.parameters import whole_number
from depotfinity_async.simulator.replies import Refusal
from depotfinity_async.simulator.world import WORLD

CHARGER = "chargers/{charger_id}"
CONNECTOR = "connectors/{connector_id}"


def charger_of(request: web.Request) -> Charger:
    """The charger named in the path."""
    charger_id = request.match_info["charger_id"]
    charger = request.app[WORLD].depot.charger(charger_id)
    if charger is None:
        raise Refusal(404, f"Charger {charger_id} not found.")
    return charger


def connector_of(request: web.Request, charger: Charger) -> Connector:
    """The connector of `charger` named in the path."""
    number = whole_number("connectorId", request.match_info["connector_id"])
    connector = charger.connector(number)
    if connector is None:
        raise Refusal(404, f"Connector {number} of charger {charger.id} not found.")
    return connector
