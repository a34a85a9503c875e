import pytest

from depotfinity_async.simulator.packages import MATRIX, PACKAGES, allows, api_of

PATHS = {
    "/v1/chargerStatus/chargers/CP-1/availabilityStatus": "Charger Status",
    "/v1/chargerStatus/chargers/CP-1/connectors/1/availabilityStatus": "Charger Status",
    "/v2/transactions": "Transactions",
    "/v2/transactions/7": "Transactions",
    "/v1/sessionReports": "Session Reports",
    "/v1/timeSeries/chargers/CP-1/connectors/1": "Time Series",
    "/v1/chargerControl/CP-1/forceTerminateConnection": "Force Termination",
    "/v2/rfid": "RFID Management",
    "/v2/rfid/89C4704A/true": "RFID Management",
    "/v1/chargerControl/chargers/CP-1/remoteCommands/startChargingSession": "Remote Commands",
    "/v2/chargerControl/chargers/CP-1/remoteCommands/startChargingSession": "Remote Commands",
    "/v1/reservations/chargers/CP-1/connectors/1": "Reservations",
    "/v1/chargerControl/chargerGroups/G/externalPowerLimits": "Charger Control",
    "/v1/chargerGroup/powergroups": "Charger Control",
    "/v1/vppController/S/energyPrices": "Virtual Power Plant",
    "/vdv": "VDV-261",
    "/v1/vdv": "VDV-261",
}


@pytest.mark.parametrize(("path", "api"), PATHS.items())
def test_every_path_has_its_api(path: str, api: str) -> None:
    assert api_of(path) == api


def test_every_api_has_a_path() -> None:
    assert set(PATHS.values()) == set(MATRIX)


def test_other_paths_have_none() -> None:
    assert api_of("/v1/transactions") is None
    assert api_of("/") is None


def test_each_package_holds_as_many_apis_as_the_vendor_says() -> None:
    assert {package: sum(allows(package, api) for api in MATRIX) for package in PACKAGES} == {
        "Basic": 5,
        "Advanced": 8,
        "Premium": 11,
    }
    assert not allows("Basic", "RFID Management")
    assert not allows("Advanced", "Charger Control")
