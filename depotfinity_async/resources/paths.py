"""Every path template of the vendor's API, in one place, since some of them are assumed.

A client takes replacements by operation name: ``DepotFinity(paths={"transactions.get": "/v3/…"})``.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import attrs

from depotfinity_async.errors import ConfigurationError
from depotfinity_async.http.paths import placeholders


@attrs.frozen
class Endpoint:
    """How an operation is asked for; ``documented`` by the vendor, or ``assumed`` from the others' pattern.

    ``repeatable``: whether it may be sent again when nobody knows if it was carried out. Reads may; a write
    only if doing it twice is the same as doing it once.
    """

    method: Literal["GET", "POST", "PUT", "DELETE"]
    template: str
    certainty: Literal["documented", "assumed"]
    repeatable: bool = attrs.field(
        default=attrs.Factory(lambda endpoint: endpoint.method == "GET", takes_self=True), kw_only=True
    )


ENDPOINTS: Mapping[str, Endpoint] = MappingProxyType(
    {
        "charger_status.availability": Endpoint(
            "GET", "/v1/chargerStatus/chargers/{charger_id}/availabilityStatus", "documented"
        ),
        "charger_status.connector_availability": Endpoint(
            "GET",
            "/v1/chargerStatus/chargers/{charger_id}/connectors/{connector_id}/availabilityStatus",
            "assumed",
        ),
        "charger_status.connectivity": Endpoint(
            "GET", "/v1/chargerStatus/chargers/{charger_id}/connectivityStatus", "assumed"
        ),
        "transactions.list": Endpoint("GET", "/v2/transactions", "documented"),
        "transactions.get": Endpoint("GET", "/v2/transactions/{transaction_id}", "assumed"),
        "session_reports.list": Endpoint("GET", "/v1/sessionReports", "documented"),
        "time_series.charger": Endpoint("GET", "/v1/timeSeries/chargers/{charger_id}", "documented"),
        "time_series.connector": Endpoint(
            "GET", "/v1/timeSeries/chargers/{charger_id}/connectors/{connector_id}", "assumed"
        ),
        "rfid.import_tags": Endpoint("POST", "/v2/rfid", "documented"),
        "rfid.switch": Endpoint("POST", "/v2/rfid/{tag}/{status}", "documented", repeatable=True),
        "remote_commands.send": Endpoint(
            "POST", "/v1/chargerControl/chargers/{charger_id}/remoteCommands/{command}", "documented"
        ),
        "force_termination.force_terminate": Endpoint(
            "PUT", "/v1/chargerControl/{charger_id}/forceTerminateConnection", "documented"
        ),
        "reservations.add": Endpoint(
            "POST", "/v1/reservations/chargers/{charger_id}/connectors/{connector_id}", "documented"
        ),
        "reservations.list": Endpoint(
            "GET", "/v1/reservations/chargers/{charger_id}/connectors/{connector_id}", "assumed"
        ),
        "reservations.cancel": Endpoint(
            "DELETE",
            "/v1/reservations/chargers/{charger_id}/connectors/{connector_id}/{reservation_id}",
            "assumed",
            repeatable=True,
        ),
        "charger_control.set_external_power_limit": Endpoint(
            "PUT",
            "/v1/chargerControl/chargerGroups/{group_id}/externalPowerLimits",
            "documented",
            repeatable=True,
        ),
        "charger_control.power_groups": Endpoint("GET", "/v1/chargerGroup/powergroups", "documented"),
        "virtual_power_plant.set_energy_prices": Endpoint(
            "POST", "/v1/vppController/{site_id}/energyPrices", "documented", repeatable=True
        ),
        "virtual_power_plant.energy_prices": Endpoint(
            "GET", "/v1/vppController/{site_id}/energyPrices", "assumed"
        ),
        # The vendor's reference has `{server}/vdv`. The same report twice says the same.
        "vdv261.report": Endpoint("POST", "/v1/vdv", "assumed", repeatable=True),
    }
)
"""Operation name to endpoint."""


def templates(replacements: Mapping[str, str]) -> Mapping[str, str]:
    """All templates by operation, with the caller's ``replacements``.

    Raises :class:`ConfigurationError` for an operation that does not exist, and for a template whose
    placeholders are not those of the operation.
    """
    for operation, template in replacements.items():
        known = ENDPOINTS.get(operation)
        if known is None:
            near = difflib.get_close_matches(operation, ENDPOINTS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(ENDPOINTS)}."
            raise ConfigurationError(f"paths: there is no operation {operation!r}; {hint}")
        if sorted(placeholders(template)) != sorted(placeholders(known.template)):
            wanted = ", ".join(f"{{{name}}}" for name in placeholders(known.template)) or "none"
            raise ConfigurationError(
                f"paths[{operation!r}] must have the placeholders of {known.template}: {wanted}."
            )
    return {operation: endpoint.template for operation, endpoint in ENDPOINTS.items()} | dict(replacements)
