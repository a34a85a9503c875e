"""What commands do to the depot. They change what has not happened yet, never what has.

Nothing here looks at HTTP. A command's chance (how full a vehicle arrives, how long a charger stays away) is
drawn from the seed, the place and the time, so the same commands at the same times make the same depot.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import Enum
from random import Random

from depotfinity_async.simulator.times import to_milliseconds

from .curve import ChargingCurve
from .days import depot_day
from .model import Charger, Connector, Interruption, Transaction, Vehicle
from .power import PowerGroup, PowerWindow
from .reservations import Reservation
from .state import GAP, Depot
from .tags import Tag

HORIZON = timedelta(hours=12)
"""How far ahead a command reaches: over `LONGEST`, so no day planned later meets a charge started now."""

LONGEST = timedelta(hours=10)
"""A charge that a command has started is over by then."""


class Rejection(Enum):
    """Why a charger, or the backend for it, refuses; the values are words for a person."""

    NOT_CONNECTED = "the charger is not connected"
    OUT_OF_ORDER = "the charger is faulted or unavailable"
    NO_CONNECTOR = "the charger has no such connector"
    TAG = "the tag is unknown or disabled"
    OCCUPIED = "the connector is occupied"
    RESERVED = "the connector is reserved for another tag"
    NO_VEHICLE = "no vehicle is at the connector"
    NO_CHARGE = "no charge is running"


def start_charging(
    depot: Depot, charger: Charger, number: int, tag_value: str, now: datetime
) -> Transaction | Rejection:
    """Start a charge of the vehicle that belongs to the connector today; it begins a few seconds later."""
    now = depot.prepare(now, HORIZON)
    connector, tag = charger.connector(number), depot.tags.get(tag_value)
    if depot.interruption_at(charger.id, now, connected=False):
        return Rejection.NOT_CONNECTED
    if connector is None:
        return Rejection.NO_CONNECTOR
    if tag is None or not tag.enabled:
        return Rejection.TAG
    reserved = depot.reservations.at(connector, now)
    if reserved is not None and reserved.tag != tag_value:
        return Rejection.RESERVED
    if depot.timelines.plugged_in(connector, now):
        return Rejection.OCCUPIED
    random = Random(f"{depot.seed}/start/{charger.id}/{number}/{now.isoformat()}")
    start = to_milliseconds(now + timedelta(seconds=random.uniform(2, 5)))
    if any(depot.interruption_at(charger.id, moment, connected=True) for moment in (now, start)):
        return Rejection.OUT_OF_ORDER
    vehicle = depot.vehicle_at(connector, depot_day(start))
    before = _last_of(depot, vehicle, connector, start)
    if before is not None and before.end_at > now:
        return Rejection.NO_VEHICLE
    transaction = _charge(depot, connector, tag, vehicle, before, random, now, start)
    if reserved is not None:
        reserved.over_at = start
    return transaction


def stop_charging(depot: Depot, charger: Charger, number: int, now: datetime) -> Transaction | Rejection:
    """End the charge that runs on a connector."""
    now = depot.prepare(now, HORIZON)
    connector = charger.connector(number)
    if depot.interruption_at(charger.id, now, connected=False):
        return Rejection.NOT_CONNECTED
    if connector is None:
        return Rejection.NO_CONNECTOR
    running = depot.timelines.plugged_in(connector, now)
    if running is None or running.start_at >= now:
        return Rejection.NO_CHARGE
    running.end_at, running.end_result = now, "Remote"
    running.charged_at = min(running.charged_at, now)
    depot.end_changed(running)
    return running


def take_offline(depot: Depot, charger: Charger, now: datetime) -> Interruption | Rejection:
    """End a charger's connection; back after 5 to 20 minutes (assumed), it tells what happened meanwhile."""
    now = depot.prepare(now, HORIZON)
    if depot.interruption_at(charger.id, now, connected=False):
        return Rejection.NOT_CONNECTED
    random = Random(f"{depot.seed}/offline/{charger.id}/{now.isoformat()}")
    end = to_milliseconds(now + timedelta(minutes=random.uniform(5, 20)))
    # Planned to lose its connection meanwhile, it only comes back from that.
    planned = depot.next_interruption(charger.id, now, connected=False)
    if planned is not None and planned.start <= end:
        end = max(end, planned.end)
    outage = Interruption("NotConnected", now, end, "NoError", 0)
    depot.interrupt(charger.id, outage)
    for connector in charger.connectors:
        for transaction in depot.timelines.on(connector):
            if not transaction.id and transaction.start_at < end:
                delay = timedelta(milliseconds=random.randint(100, 900))
                depot.timelines.stamp(transaction, max(end + delay, transaction.inserted_at))
    return outage


def reserve(
    depot: Depot, connector: Connector, start: datetime, end: datetime, tag: str, now: datetime
) -> Reservation | Rejection:
    """Keep a connector for a tag; planned charges of others in that time do not happen."""
    now = depot.prepare(now, HORIZON)
    if not depot.tags.may_charge(tag):
        return Rejection.TAG
    if depot.reservations.overlapping(connector, max(now, start), end):
        return Rejection.RESERVED
    # It cannot have been in force before it was made.
    start = max(now, start)
    if start == now and depot.timelines.plugged_in(connector, now):
        return Rejection.OCCUPIED
    _drop(
        depot,
        (
            each
            for each in depot.timelines.on(connector)
            if each.plugged_at > now
            and each.plugged_at < end
            and each.end_at > start
            and _tag_of(depot, each) != tag
        ),
    )
    return depot.reservations.add(connector, start, end, tag)


def cancel(depot: Depot, reservation: Reservation, now: datetime) -> None:
    """End a reservation, whether or not it has begun."""
    reservation.over_at = depot.prepare(now, HORIZON)


def switch_tag(depot: Depot, tag: Tag, now: datetime, *, enabled: bool) -> None:
    """Enable or disable a tag; the planned charges of a disabled one do not happen, running ones go on."""
    now = depot.prepare(now, HORIZON)
    tag.enabled = enabled
    if not enabled and tag.driver_id is not None:
        day = depot_day(now)
        for place in depot.places_of_driver(tag.driver_id, [day, day + 1]):
            mine = (each for each in depot.timelines.on(place) if each.driver_id == tag.driver_id)
            _drop(depot, (each for each in mine if each.plugged_at > now))


def limit_power(
    depot: Depot, group: PowerGroup, source: str, windows: Sequence[PowerWindow], now: datetime
) -> None:
    """Replace the limits of a group, from now on."""
    now = depot.prepare(now, HORIZON)
    group.source, group.limited_at, group.windows = source, now, tuple(windows)
    for charger in group.chargers:
        for connector in charger.connectors:
            for transaction in depot.timelines.on(connector):
                if transaction.charged_at > now:
                    depot.limit(transaction, now)


def _charge(
    depot: Depot,
    connector: Connector,
    tag: Tag,
    vehicle: Vehicle,
    before: Transaction | None,
    random: Random,
    now: datetime,
    start: datetime,
) -> Transaction:
    """Let the vehicle charge from `start` on; what was planned for the place and the vehicle gives way."""
    stop = depot.next_interruption(connector.charger_id, start, connected=True)
    reserved = [
        each.start
        for each in depot.reservations.on(connector)
        if each.start > start and each.ends_at > each.start and each.tag != tag.value
    ]
    latest = min(start + LONGEST, *reserved, stop.start if stop else start + LONGEST)
    soc = random.randint(20, 60)
    if before is not None:
        driven = (start - before.end_at) / timedelta(hours=1)
        soc = max(10, min(90, int(100 * before.soc(before.end_at) - driven * random.uniform(6, 14))))
    goal = max(soc + 5, random.randint(80, 100)) / 100
    curve = ChargingCurve(vehicle.capacity, min(connector.max_power, vehicle.max_power), soc / 100)
    charged = min(start + timedelta(seconds=curve.seconds_to(goal)), latest)
    end = to_milliseconds(min(charged + timedelta(minutes=random.uniform(10, 40)), latest))
    result = random.choice(("Local", "EVDisconnected"))
    if stop is not None and end == stop.start:
        result = "PowerLoss" if stop.kind == "Faulted" else "Remote"
    outage = depot.interruption_at(connector.charger_id, start, connected=False)
    transaction = Transaction(
        id=0,
        charger_id=connector.charger_id,
        connector_id=connector.number,
        vehicle_id=vehicle.id,
        driver_id=tag.driver_id,
        start_at=start,
        charged_at=to_milliseconds(charged),
        end_at=end,
        inserted_at=to_milliseconds(
            (outage.end if outage else start) + timedelta(seconds=random.uniform(0.1, 0.9))
        ),
        curve=curve,
        end_result=result,
        goal_soc=goal,
        preparing=start - now,
    )
    day = depot_day(start)
    for place in (connector, *depot.places_of_vehicle(vehicle, [day, day + 1])):
        _drop(
            depot,
            (
                each
                for each in depot.timelines.after(place, now)
                if each.plugged_at < end + GAP and (place == connector or each.vehicle_id == vehicle.id)
            ),
        )
    depot.timelines.add(transaction)
    depot.limit(transaction, start)
    return transaction


def _last_of(depot: Depot, vehicle: Vehicle, connector: Connector, moment: datetime) -> Transaction | None:
    """The latest transaction of a vehicle that began up to `moment`, today or the day before."""
    places = {connector, *depot.places_of_vehicle(vehicle, [depot_day(moment) - 1])}
    begun = [
        each
        for place in places
        for each in depot.timelines.until(place, moment)[-9:]
        if each.vehicle_id == vehicle.id
    ]
    return max(begun, key=lambda each: each.start_at, default=None)


def _tag_of(depot: Depot, transaction: Transaction) -> str | None:
    return depot.tags.of_driver(transaction.driver_id).value if transaction.driver_id else None


def _drop(depot: Depot, transactions: Iterable[Transaction]) -> None:
    for each in list(transactions):
        depot.timelines.drop(each)
