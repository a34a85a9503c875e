"""Remote Commands API: start and stop a charge (vendor page Remote Command, versions 1 and 2).

Assumed, not documented: the path of version 2, `stopChargingSession`, the body of 404 and of 504 for a
charger that is not connected, and that a charger rejects a connector it does not have.
"""

import contextlib
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from depotfinity_async.simulator.depot import Rejection
from depotfinity_async.simulator.depot.live import start_charging, stop_charging
from depotfinity_async.simulator.replies import Refusal, json_reply
from depotfinity_async.simulator.world import WORLD

from .bodies import read_object
from .places import CHARGER, charger_of

START = "startChargingSession"
STOP = "stopChargingSession"

_MAX_TAG = 20


async def send_command(request: web.Request) -> web.Response:
    """Send a command to a charger; the answer tells what the charger said, documented but for 404 and 504."""
    world, command = request.app[WORLD], request.match_info["command"]
    try:
        charger = charger_of(request)
    except Refusal:
        return _reply(404, command, "", "Operation denied: Charger not found.")
    body: Mapping[str, Any] = {}
    with contextlib.suppress(Refusal):
        body = await read_object(request)
    if not _is_valid(command, body):
        return _reply(400, command, "", "Operation denied: Invalid Payload.")
    now, number = world.clock.now(), body["connectorId"]
    if command == START:
        outcome = start_charging(world.depot, charger, number, body["idTag"], now)
    else:
        outcome = stop_charging(world.depot, charger, number, now)
    if outcome is Rejection.NOT_CONNECTED:
        return _reply(504, command, "", "Operation denied: No answer from the charger.")
    if isinstance(outcome, Rejection):
        return _reply(400, command, "Rejected", "Operation denied: Rejected by the charger.")
    done = "Start" if command == START else "Stop"
    return _reply(
        200, command, "Accepted", f"Operation successful: {done} charging request has been accepted."
    )


def _is_valid(command: str, body: Mapping[str, Any]) -> bool:
    connector, tag = body.get("connectorId"), body.get("idTag")
    if command not in (START, STOP) or body.get("idTagType", "RFID") != "RFID":
        return False
    if isinstance(connector, bool) or not isinstance(connector, int) or connector < 1:
        return False
    if command == STOP and tag is None:
        return True
    return isinstance(tag, str) and 1 <= len(tag) <= _MAX_TAG


def _reply(http_status: int, command: str, status: str, message: str) -> web.Response:
    return json_reply(
        {"commandType": command, "response": {"status": status, "message": message}}, http_status
    )


_PATH = f"chargerControl/{CHARGER}/remoteCommands/{{command}}"

ROUTES = (web.post(f"/v1/{_PATH}", send_command), web.post(f"/v2/{_PATH}", send_command))
