"""Status records of chargers and connectors, derived from what happened there. Oldest first.

At a connector an interruption counts before a vehicle, and a vehicle before a reservation.
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import zip_longest

import attrs

from depotfinity_async.simulator.times import to_milliseconds

from .model import PLUG_IN, PLUG_OUT, Charger, Connector, Interruption, Transaction
from .state import Depot

REPORT_EVERY = timedelta(hours=4)
"""Chargers repeat their status this often, so that there are several records a day."""

EVER = datetime.min.replace(tzinfo=UTC)

_MIDNIGHT = datetime(1970, 1, 1, tzinfo=UTC)


@attrs.frozen
class StatusRecord:
    """One record: from `at` on the status holds. The codes are OCPP 1.6's and the maker's; 0 is no error."""

    at: datetime
    status: str
    error_code: str = "NoError"
    vendor_error_code: int = 0


def charger_availability(
    depot: Depot, charger: Charger, now: datetime, since: datetime = EVER
) -> list[StatusRecord]:
    """What the backend knows at `now`, from `since` on: Available, Unavailable, Faulted."""
    until = depot.known_until(charger.id, now)
    changes = _while_interrupted(depot.interruptions(charger.id, until))
    return _reported(changes, depot.begin, until, since)


def connector_availability(
    depot: Depot, connector: Connector, now: datetime, since: datetime = EVER
) -> list[StatusRecord]:
    """What the backend knows at `now`, from `since` on, in the statuses of OCPP 1.6."""
    until = depot.known_until(connector.charger_id, now)
    interruptions = depot.interruptions(connector.charger_id, until)
    stops = [each for each in interruptions if each.kind != "NotConnected"]
    # A vehicle is plugged in before its transaction starts: look a little ahead.
    visits = depot.on_connector(connector, until + PLUG_IN)
    reservations = depot.reservations.on(connector)

    def is_free(moment: datetime) -> bool:
        return not (
            any(each.start <= moment < each.end for each in stops)
            or any(each.plugged_at <= moment < each.end_at + PLUG_OUT for each in visits)
        )

    def released(moment: datetime) -> StatusRecord:
        reserved = depot.reservations.at(connector, moment)
        return StatusRecord(moment, "Reserved" if reserved else "Available")

    changes: list[StatusRecord] = []
    for reservation in reservations:
        changes += [released(at) for at in (reservation.start, reservation.ends_at) if is_free(at)]
    for stop in stops:
        changes.append(StatusRecord(stop.start, stop.kind, stop.error_code, stop.vendor_error_code))
        changes.append(released(stop.end))
    cut = {stop.start for stop in stops}
    for visit, following in zip_longest(visits, visits[1:]):
        changes += _while_charging(visit)
        if visit.end_at in cut:
            continue
        changes.append(StatusRecord(visit.end_at, "Finishing"))
        if following is None or following.plugged_at > visit.end_at + PLUG_OUT:
            changes.append(released(visit.end_at + PLUG_OUT))
    return _reported(changes, depot.begin, until, since)


def charger_connectivity(
    depot: Depot, charger: Charger, now: datetime, since: datetime = EVER
) -> list[StatusRecord]:
    """Connected and NotConnected from `since` on; the backend sees a loss by itself: `now` is its limit."""
    changes: list[StatusRecord] = []
    for outage in depot.interruptions(charger.id, now):
        if outage.kind == "NotConnected":
            changes += [StatusRecord(outage.start, "NotConnected"), StatusRecord(outage.end, "Connected")]
    return _reported(changes, depot.begin, now, since, resting="Connected")


def _while_interrupted(interruptions: Iterable[Interruption]) -> list[StatusRecord]:
    changes: list[StatusRecord] = []
    for each in interruptions:
        if each.kind != "NotConnected":
            changes.append(StatusRecord(each.start, each.kind, each.error_code, each.vendor_error_code))
            changes.append(StatusRecord(each.end, "Available"))
    return changes


def _while_charging(transaction: Transaction) -> list[StatusRecord]:
    records = [
        StatusRecord(transaction.plugged_at, "Preparing"),
        StatusRecord(transaction.start_at, "Charging"),
    ]
    for segment in transaction.segments:
        at = to_milliseconds(transaction.start_at + timedelta(seconds=segment.after))
        if at < transaction.charged_at:
            records.append(StatusRecord(at, "Charging" if segment.curve.power else "SuspendedEVSE"))
    if transaction.charged_at < transaction.end_at:
        records.append(StatusRecord(transaction.charged_at, "SuspendedEV"))
    return records


def _reported(
    changes: Iterable[StatusRecord],
    begin: datetime,
    until: datetime,
    since: datetime,
    resting: str = "Available",
) -> list[StatusRecord]:
    """The changes from `begin` to `until`, with the status in force repeated at the regular reports.

    Only those from `since` on are returned, and reports before it are not even made.
    """
    # Keyed by time: of two records of one moment the later change is the true one.
    known = {begin: StatusRecord(begin, resting)}
    known |= {
        change.at: change
        for change in sorted(changes, key=lambda change: change.at)
        if begin <= change.at <= until
    }
    moments = sorted(known)
    report = _MIDNIGHT + ((max(begin, since) - _MIDNIGHT) // REPORT_EVERY) * REPORT_EVERY
    if report <= begin:
        report += REPORT_EVERY
    while report <= until:
        in_force = known[moments[bisect_right(moments, report) - 1]]
        known[report] = attrs.evolve(in_force, at=report)
        report += REPORT_EVERY
    return [known[moment] for moment in sorted(known) if moment >= since]
