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
    """A path template; ``documented`` by the vendor, or ``assumed`` from the pattern of the others."""

    template: str
    certainty: Literal["documented", "assumed"]


ENDPOINTS: Mapping[str, Endpoint] = MappingProxyType(
    {
        "charger_status.availability": Endpoint(
            "/v1/chargerStatus/chargers/{charger_id}/availabilityStatus", "documented"
        ),
        "charger_status.connector_availability": Endpoint(
            "/v1/chargerStatus/chargers/{charger_id}/connectors/{connector_id}/availabilityStatus", "assumed"
        ),
        "charger_status.connectivity": Endpoint(
            "/v1/chargerStatus/chargers/{charger_id}/connectivityStatus", "assumed"
        ),
        "transactions.list": Endpoint("/v2/transactions", "documented"),
        "transactions.get": Endpoint("/v2/transactions/{transaction_id}", "assumed"),
        "time_series.charger": Endpoint("/v1/timeSeries/chargers/{charger_id}", "documented"),
        "time_series.connector": Endpoint(
            "/v1/timeSeries/chargers/{charger_id}/connectors/{connector_id}", "assumed"
        ),
        "rfid.import_tags": Endpoint("/v2/rfid", "documented"),
        "rfid.switch": Endpoint("/v2/rfid/{tag}/{status}", "documented"),
        "remote_commands.send": Endpoint(
            "/v1/chargerControl/chargers/{charger_id}/remoteCommands/{command}", "documented"
        ),
        "force_termination.force_terminate": Endpoint(
            "/v1/chargerControl/{charger_id}/forceTerminateConnection", "documented"
        ),
        "reservations.add": Endpoint(
            "/v1/reservations/chargers/{charger_id}/connectors/{connector_id}", "documented"
        ),
        "reservations.list": Endpoint(
            "/v1/reservations/chargers/{charger_id}/connectors/{connector_id}", "assumed"
        ),
        "reservations.cancel": Endpoint(
            "/v1/reservations/chargers/{charger_id}/connectors/{connector_id}/{reservation_id}", "assumed"
        ),
        "charger_control.set_external_power_limit": Endpoint(
            "/v1/chargerControl/chargerGroups/{group_id}/externalPowerLimits", "documented"
        ),
        "charger_control.power_groups": Endpoint("/v1/chargerGroup/powergroups", "documented"),
        "virtual_power_plant.set_energy_prices": Endpoint(
            "/v1/vppController/{site_id}/energyPrices", "documented"
        ),
        "virtual_power_plant.energy_prices": Endpoint("/v1/vppController/{site_id}/energyPrices", "assumed"),
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
