"""Status records of chargers and connectors, derived from interruptions and transactions. Oldest first."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import attrs

from .model import Charger, Connector, Interruption, Transaction
from .state import Depot

REPORT_EVERY = timedelta(hours=4)
"""Chargers repeat their status this often, so that there are several records a day."""

_MIDNIGHT = datetime(1970, 1, 1, tzinfo=UTC)
_PLUG_IN = timedelta(seconds=40)
_PLUG_OUT = timedelta(seconds=60)


@attrs.frozen
class StatusRecord:
    """One record: from `at` on the status holds. The codes are OCPP 1.6's and the maker's; 0 is no error."""

    at: datetime
    status: str
    error_code: str = "NoError"
    vendor_error_code: int = 0


def charger_availability(depot: Depot, charger: Charger, now: datetime) -> list[StatusRecord]:
    """What the backend knows at `now`: Available, Unavailable, Faulted."""
    until = depot.known_until(charger.id, now)
    changes = _while_interrupted(depot.interruptions(charger.id, until))
    return _reported(changes, depot.begin, until)


def connector_availability(depot: Depot, connector: Connector, now: datetime) -> list[StatusRecord]:
    """What the backend knows at `now`, in the statuses of OCPP 1.6."""
    until = depot.known_until(connector.charger_id, now)
    interruptions = depot.interruptions(connector.charger_id, until)
    changes = _while_interrupted(interruptions)
    cut = {interruption.start for interruption in interruptions if interruption.kind != "NotConnected"}
    # A vehicle is plugged in before its transaction starts: look a little ahead.
    for transaction in depot.on_connector(connector, until + _PLUG_IN):
        changes += _around(transaction, cut_short=transaction.end_at in cut)
    return _reported(changes, depot.begin, until)


def charger_connectivity(depot: Depot, charger: Charger, now: datetime) -> list[StatusRecord]:
    """Connected and NotConnected; the backend sees a loss by itself, so it knows all up to `now`."""
    changes: list[StatusRecord] = []
    for outage in depot.interruptions(charger.id, now):
        if outage.kind == "NotConnected":
            changes += [StatusRecord(outage.start, "NotConnected"), StatusRecord(outage.end, "Connected")]
    return _reported(changes, depot.begin, now, resting="Connected")


def _while_interrupted(interruptions: Iterable[Interruption]) -> list[StatusRecord]:
    changes: list[StatusRecord] = []
    for each in interruptions:
        if each.kind != "NotConnected":
            changes.append(StatusRecord(each.start, each.kind, each.error_code, each.vendor_error_code))
            changes.append(StatusRecord(each.end, "Available"))
    return changes


def _around(transaction: Transaction, *, cut_short: bool) -> list[StatusRecord]:
    records = [
        StatusRecord(transaction.start_at - _PLUG_IN, "Preparing"),
        StatusRecord(transaction.start_at, "Charging"),
    ]
    if transaction.charged_at < transaction.end_at:
        records.append(StatusRecord(transaction.charged_at, "SuspendedEV"))
    if not cut_short:
        records.append(StatusRecord(transaction.end_at, "Finishing"))
        records.append(StatusRecord(transaction.end_at + _PLUG_OUT, "Available"))
    return records


def _reported(
    changes: Iterable[StatusRecord], begin: datetime, until: datetime, resting: str = "Available"
) -> list[StatusRecord]:
    """The changes from `begin` to `until`, with the status in force repeated at the regular reports."""
    # Keyed by time: of two records of one moment the later change is the true one.
    known = {begin: StatusRecord(begin, resting)}
    known |= {
        change.at: change
        for change in sorted(changes, key=lambda change: change.at)
        if begin <= change.at <= until
    }
    moments = sorted(known)
    report = _MIDNIGHT + ((begin - _MIDNIGHT) // REPORT_EVERY + 1) * REPORT_EVERY
    while report <= until:
        in_force = known[moments[bisect_right(moments, report) - 1]]
        known[report] = attrs.evolve(in_force, at=report)
        report += REPORT_EVERY
    return [known[moment] for moment in sorted(known)]
