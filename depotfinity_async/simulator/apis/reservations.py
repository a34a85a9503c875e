"""Reservations API: keep a connector for a tag (vendor page Reservations).

Assumed, not documented: 201 with `ReservationID`, 400 for a time that is over or upside down, 404 for a tag
that is unknown or disabled, 409 for a connector that is reserved or occupied. List and cancel are extensions.
"""

from aiohttp import web

from depotfinity_async.simulator import parameters
from depotfinity_async.simulator.depot import Connector, Rejection, Reservation
from depotfinity_async.simulator.depot.live import cancel, reserve
from depotfinity_async.simulator.replies import Refusal, json_reply
from depotfinity_async.simulator.times import print_time, to_milliseconds
from depotfinity_async.simulator.world import WORLD

from .bodies import moment, read_object, text
from .places import CHARGER, CONNECTOR, charger_of, connector_of


async def add_reservation(request: web.Request) -> web.Response:
    """Add a reservation; path and body are documented, the reply is assumed."""
    world, connector = request.app[WORLD], connector_of(request, charger_of(request))
    body, now = await read_object(request), world.clock.now()
    start = to_milliseconds(moment(body, "ReservationStart"))
    end = to_milliseconds(moment(body, "ReservationEnd"))
    if text(body, "AuthorizationType") != "RFID":
        raise Refusal(400, "AuthorizationType: must be RFID")
    tag = text(body, "AuthorizationValue")
    if end <= start:
        raise Refusal(400, "ReservationEnd: must be later than ReservationStart")
    if end <= now:
        raise Refusal(400, "ReservationEnd: must not be over")
    outcome = reserve(world.depot, connector, start, end, tag, now)
    if outcome is Rejection.TAG:
        raise Refusal(404, f"RFID {tag}: {outcome.value}.")
    if isinstance(outcome, Rejection):
        where = f"Connector {connector.number} of charger {connector.charger_id}"
        raise Refusal(409, f"{where}: {outcome.value}.")
    return json_reply(
        {"message": "Reservation has been created successfully.", "ReservationID": outcome.id}, 201
    )


async def list_reservations(request: web.Request) -> web.Response:
    """The reservations of a connector that are not over (an extension: assumed, not documented)."""
    return json_reply([_body(each) for each in _open(request, connector_of(request, charger_of(request)))])


async def cancel_reservation(request: web.Request) -> web.Response:
    """End a reservation (an extension: assumed, not documented)."""
    world, connector = request.app[WORLD], connector_of(request, charger_of(request))
    wanted = parameters.whole_number("reservationId", request.match_info["reservation_id"])
    found = next((each for each in _open(request, connector) if each.id == wanted), None)
    if found is None:
        raise Refusal(404, f"Reservation {wanted} not found.")
    cancel(world.depot, found, world.clock.now())
    return web.Response(status=204)


def _open(request: web.Request, connector: Connector) -> list[Reservation]:
    world = request.app[WORLD]
    now = world.clock.now()
    return [each for each in world.depot.reservations.on(connector) if each.ends_at > now]


def _body(reservation: Reservation) -> dict[str, object]:
    return {
        "ReservationID": reservation.id,
        "ReservationStart": print_time(reservation.start),
        "ReservationEnd": print_time(reservation.end),
        "AuthorizationType": "RFID",
        "AuthorizationValue": reservation.tag,
    }


_BASE = f"/v1/reservations/{CHARGER}/{CONNECTOR}"

ROUTES = (
    web.post(_BASE, add_reservation),
    web.get(_BASE, list_reservations, allow_head=False),
    web.delete(f"{_BASE}/{{reservation_id}}", cancel_reservation),
)
