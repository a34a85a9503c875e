"""What `depotfinity verify` asks a deployment, and how it judges the answers. No output.

A finding names operations, paths, members and kinds of values; never a value, so it can be shown to others.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import attrs

from depotfinity_async.client import DepotFinity
from depotfinity_async.errors import (
    AuthenticationError,
    DepotFinityError,
    NotFoundError,
    PermissionDeniedError,
    StatusError,
)
from depotfinity_async.http import Reply
from depotfinity_async.jsonapi import DecodeError, Shape, flat_array, flat_items, flat_object
from depotfinity_async.models.charger_control import PowerGroup
from depotfinity_async.models.charger_status import (
    ChargerAvailabilityRecord,
    ConnectivityRecord,
    ConnectorAvailabilityRecord,
)
from depotfinity_async.models.reservations import Reservation
from depotfinity_async.models.session_reports import SessionReport
from depotfinity_async.models.time_series import TimeSeriesRecord
from depotfinity_async.models.transactions import Transaction
from depotfinity_async.models.virtual_power_plant import EnergyPricesBody
from depotfinity_async.resources.decoding import decoder
from depotfinity_async.resources.paths import ENDPOINTS

Outcome = Literal["confirmed", "no rows", "differs", "refused", "failed", "not asked"]


@attrs.frozen
class Check:
    """One read-only operation: the query it is asked with, and the shape its answer should have."""

    shape: Shape[Any]
    query: Mapping[str, str | int] = attrs.field(factory=dict[str, str | int])
    query_values: Mapping[str, str] = attrs.field(factory=dict[str, str])
    """Parameters whose values are taken from what is asked about: name in the query to name of the value."""
    forms: bool = False
    """Whether the body may have several forms, so that members of the others are absent."""


CHECKS: Final[Mapping[str, Check]] = {
    "transactions.list": Check(flat_array(Transaction), {"limit": 100}),
    "transactions.get": Check(flat_object(Transaction)),
    "charger_status.availability": Check(flat_items(ChargerAvailabilityRecord)),
    "charger_status.connector_availability": Check(flat_items(ConnectorAvailabilityRecord)),
    "charger_status.connectivity": Check(flat_items(ConnectivityRecord)),
    "time_series.charger": Check(flat_items(TimeSeriesRecord), {"measurand": "ActivePowerImport"}),
    "time_series.connector": Check(flat_items(TimeSeriesRecord), {"measurand": "SoC"}),
    "session_reports.list": Check(
        flat_items(SessionReport),
        {"limit": 10},
        query_values={"chargerId": "charger_id", "connectorId": "connector_id"},
    ),
    "reservations.list": Check(flat_array(Reservation)),
    "charger_control.power_groups": Check(flat_array(PowerGroup)),
    "virtual_power_plant.energy_prices": Check(flat_object(EnergyPricesBody), forms=True),
}
"""By operation; the first one tells what the others can be asked about."""

WHERE_FROM: Final[Mapping[str, str]] = {
    "charger_id": "--charger",
    "connector_id": "--connector",
    "transaction_id": "--transaction",
    "site_id": "--site",
}
"""The option for each placeholder of a path."""


@attrs.frozen(kw_only=True)
class Finding:
    """What came of one check.

    Attributes:
        operation: its name.
        request: method and path template.
        certainty: whether that is documented or assumed.
        outcome: in a word.
        status: of the answer; None if there was none.
        notes: sentences: what differs, and what mends it.
    """

    operation: str
    request: str
    certainty: str
    outcome: Outcome
    status: int | None = None
    notes: Sequence[str] = ()

    @property
    def is_fine(self) -> bool:
        """Whether nothing speaks against the SDK."""
        return self.outcome in ("confirmed", "no rows", "not asked")


async def findings(
    depot: DepotFinity, templates: Mapping[str, str], values: dict[str, str | int], profile: str
) -> list[Finding]:
    """Ask for each operation once.

    Args:
        depot: the client to ask with.
        templates: path templates by operation.
        values: for the placeholders of the templates; what is missing is taken from the first transaction.
        profile: name of the profile whose settings mend what differs.
    """
    found: list[Finding] = []
    for operation, check in CHECKS.items():
        template = templates[operation]
        wanted = dict.fromkeys((*re.findall(r"{(\w+)}", template), *check.query_values.values()))
        missing = [name for name in wanted if name not in values]
        if missing:
            options = " and ".join(WHERE_FROM[name] for name in missing)
            notes = [f"No transaction tells what to ask about: give {options}."]
            found.append(_finding(operation, template, "not asked", notes=notes))
            continue
        used = {name: value for name, value in values.items() if f"{{{name}}}" in template}
        try:
            query = {**check.query, **{name: values[of] for name, of in check.query_values.items()}}
            reply = await depot.request("GET", template, values=used, query=query)
        except AuthenticationError:
            raise  # nothing can be asked
        except StatusError as error:
            found.append(_refused(depot, operation, template, error, profile))
        except DepotFinityError as error:
            notes = [f"{type(error).__name__}: no answer that could be read."]
            found.append(_finding(operation, template, "failed", notes=notes))
        else:
            if operation == "transactions.list":
                values = _learned(reply) | values
            found.append(_judged(operation, template, check, reply))
    return found


def _finding(
    operation: str, template: str, outcome: Outcome, *, status: int | None = None, notes: Sequence[str] = ()
) -> Finding:
    endpoint = ENDPOINTS[operation]
    return Finding(
        operation=operation,
        request=f"{endpoint.method} {template}",
        certainty=endpoint.certainty if template == endpoint.template else "set",
        outcome=outcome,
        status=status,
        notes=notes,
    )


def _refused(depot: DepotFinity, operation: str, template: str, error: StatusError, profile: str) -> Finding:
    if isinstance(error, PermissionDeniedError):
        notes = [depot.packages.advice(operation)]
        return _finding(operation, template, "refused", status=error.status, notes=notes)
    notes = [f"Answered with {error.status}."]
    if isinstance(error, NotFoundError):
        names = ", ".join(re.findall(r"{\w+}", template)) or "no placeholder"
        notes = [
            "Answered with 404: what was asked about is not there, or the path is another one. Set it with",
            f"[profiles.{profile}.paths]",
            f'"{operation}" = "/…"  # with {names}',
        ]
    return _finding(operation, template, "differs", status=error.status, notes=notes)


def _judged(operation: str, template: str, check: Check, reply: Reply) -> Finding:
    try:
        drift = decoder().drift(reply.body, check.shape)
        notes = [
            *_listed("Members that the SDK does not know (`jsonapi.extra` has them):", drift.undeclared),
            *_listed("Members that no row has:", () if check.forms else drift.absent),
            *_faults(check.shape, reply.body),
        ]
        empty = not notes and check.shape.many and not decoder().decode(reply.body, check.shape).data
    except DecodeError as error:
        notes, empty = [f"The body has another shape: {_without_indices(str(error))}"], False
    outcome: Outcome = "differs" if notes else "no rows" if empty else "confirmed"
    if reply.status != 200:
        notes.append(f"Answered with {reply.status} instead of 200.")
        outcome = "differs"
    return _finding(operation, template, outcome, status=reply.status, notes=notes)


def _listed(sentence: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        yield f"{sentence} {', '.join(names)}."


def _faults(shape: Shape[Any], body: bytes) -> list[str]:
    try:
        decoder().decode(body, shape)
    except DecodeError as error:
        # One row is like the other; without its number each fault is told once.
        return list(dict.fromkeys(_without_indices(str(fault)) for fault in error.faults))
    return []


def _without_indices(text: str) -> str:
    return re.sub(r"/\d+(?=[/:])", "/[]", text)


def _learned(reply: Reply) -> dict[str, str | int]:
    """What the first transaction tells of where to ask."""
    try:
        first = next(iter(decoder().decode(reply.body, flat_array(Transaction)).data), None)
    except DecodeError:
        return {}
    if first is None:
        return {}
    connector = first.connector.id.rpartition("/")[2]
    return {"transaction_id": first.id, "charger_id": first.charger.id, "connector_id": int(connector)}
