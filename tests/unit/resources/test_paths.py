"""Path templates: replaced by operation name, and checked."""

from __future__ import annotations

import pytest

from depotfinity_async import ConfigurationError
from depotfinity_async.resources.paths import ENDPOINTS, templates


def test_without_replacements_they_are_the_built_in_ones() -> None:
    assert templates({}) == {operation: endpoint.template for operation, endpoint in ENDPOINTS.items()}


def test_documented_paths_are_the_vendors() -> None:
    documented = {endpoint.template for endpoint in ENDPOINTS.values() if endpoint.certainty == "documented"}
    assert documented == {
        "/v1/chargerStatus/chargers/{charger_id}/availabilityStatus",
        "/v2/transactions",
        "/v1/sessionReports",
        "/v1/timeSeries/chargers/{charger_id}",
        "/v2/rfid",
        "/v2/rfid/{tag}/{status}",
        "/v1/chargerControl/chargers/{charger_id}/remoteCommands/{command}",
        "/v1/chargerControl/{charger_id}/forceTerminateConnection",
        "/v1/reservations/chargers/{charger_id}/connectors/{connector_id}",
        "/v1/chargerControl/chargerGroups/{group_id}/externalPowerLimits",
        "/v1/chargerGroup/powergroups",
        "/v1/vppController/{site_id}/energyPrices",
    }


@pytest.mark.parametrize(
    ("replacement", "sentence"),
    [
        (
            {"transaction.get": "/x/{transaction_id}"},
            "'transaction.get'; did you mean 'transactions.get'?",
        ),
        ({"zzz": "/x"}, "known are charger_status.availability,"),
        ({"transactions.get": "/x"}, "must have the placeholders of .*: {transaction_id}"),
        ({"transactions.get": "/{transaction_id}/{transaction_id}"}, "uses a placeholder twice"),
        ({"transactions.list": "/x/{id}"}, "must have the placeholders of /v2/transactions: none"),
        ({"transactions.list": "no-slash"}, "must begin with a slash"),
    ],
)
def test_wrong_replacements_are_refused(replacement: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        templates(replacement)
