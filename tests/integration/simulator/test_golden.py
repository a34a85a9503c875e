"""Each body of the simulator has the golden one's shape: keys, their order, kinds of values, time format."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from depotfinity_async.simulator import Simulator
from tests.support.golden import FOLDER, load, shape
from tests.support.simulated import NOW, Caller, calling


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with calling(Simulator(now=NOW, speed=0, package="Basic", limit=200)) as caller:
        yield caller


async def test_token(caller: Caller) -> None:
    granted, refused = await caller.ask_token(), await caller.ask_token(secret="wrong")
    assert shape(granted.body) == shape(load("token"))
    assert granted.body["token_type"] == load("token")["token_type"]
    assert granted.body["expires_in"] == load("token")["expires_in"]
    assert refused.body == load("token_refused")


@pytest.mark.parametrize(
    ("path", "golden"),
    [
        ("/v1/chargerStatus/chargers/{}/availabilityStatus", "charger_availability"),
        ("/v1/chargerStatus/chargers/{}/connectors/1/availabilityStatus", "connector_availability"),
        ("/v1/chargerStatus/chargers/{}/connectivityStatus", "charger_connectivity"),
        ("/v1/timeSeries/chargers/{}?measurand=ActivePowerImport", "time_series_charger"),
        ("/v1/timeSeries/chargers/{}?measurand=AlarmCode&from=2026-03-01T00:00:00Z", "time_series_charger"),
        ("/v1/timeSeries/chargers/{}/connectors/2?measurand=SoC", "time_series_connector"),
    ],
)
async def test_lists_of_items(caller: Caller, path: str, golden: str) -> None:
    for charger in caller.simulator.depot.chargers:
        reply = await caller.get(path.format(charger.id))
        assert reply.status == 200
        if reply.body["items"] or ("AlarmCode" not in path and "SoC" not in path):
            assert shape(reply.body) == shape(load(golden))


async def test_transactions_running_and_ended(caller: Caller) -> None:
    reply = await caller.get("/v2/transactions", limit=500)
    assert shape(reply.body) == shape(load("transactions"))
    ended = next(body for body in reply.body if body["EndAt"])
    one = await caller.get(f"/v2/transactions/{ended['TransactionID']}")
    assert shape(one.body) == shape(load("transaction"))
    assert one.body == ended


async def test_session_reports_running_ended_and_cut_by_a_fault() -> None:
    golden = load("session_reports")
    (wanted,) = golden["items"]
    async with calling(Simulator(now=NOW, speed=0, seed=3, days=12, package="Basic")) as caller:
        found: list[dict[str, Any]] = []
        for connector in caller.simulator.depot.places:
            query: dict[str, Any] = {
                "chargerId": connector.charger_id,
                "connectorId": connector.number,
                "limit": 2000,
            }
            reply = await caller.get("/v1/sessionReports", **query)
            assert shape({**reply.body, "items": []}) == shape({**golden, "items": []})
            found += reply.body["items"]
    cut = [item for item in found if any(device["errorCodes"] for device in item["deviceStatus"])]
    running = [item for item in found if item["dcBreakerOpenConditions"] is None]
    assert cut
    assert running
    for item in found:
        assert list(item) == list(wanted)
        for name, value in item.items():
            if item in cut or name not in ("deviceStatus", "dcBreakerOpenConditions"):
                assert shape(value) == shape(wanted[name]), name
            elif name == "deviceStatus":
                assert {shape(device) for device in value} < shape(wanted[name])


async def test_energy_prices() -> None:
    path, prices = "/v1/vppController/SITE-1/energyPrices", load("energy_prices")
    async with calling(Simulator(now=NOW, speed=0)) as caller:
        assert (await caller.call("POST", path, json=prices)).body == load("energy_prices_updated")
        assert (await caller.get(path)).body == prices


@pytest.mark.parametrize(
    ("path", "golden"),
    [
        ("/v1/chargerStatus/chargers/CP-7/availabilityStatus", "document_charger_availability"),
        (
            "/v1/chargerStatus/chargers/CP-7/connectors/1/availabilityStatus?include=charger",
            "document_connector_availability",
        ),
        ("/v2/transactions?limit=50&include=charger%2Cconnector", "document_transactions"),
        ("/v2/transactions?include=site", "document_error_400"),
    ],
)
async def test_documents(caller: Caller, path: str, golden: str) -> None:
    reply = await caller.get(path, {"Accept": "application/vnd.api+json"})
    assert shape(without_linkage(reply.body)) == shape(without_linkage(load(golden)))


async def test_documents_of_session_reports() -> None:
    golden = load("document_session_reports")
    async with calling(Simulator(now=NOW, speed=0)) as caller:
        charger = next(charger for charger in caller.simulator.depot.chargers if charger.is_hpc)
        path = f"/v1/sessionReports?chargerId={charger.id}&connectorId=1&limit=10"
        reply = await caller.get(path, {"Accept": "application/vnd.api+json"})
    (wanted,) = golden["data"]
    assert list(reply.body) == list(golden)
    assert shape(reply.body["links"]) == shape(golden["links"])
    assert reply.body["data"]
    for each in reply.body["data"]:
        assert list(each) == list(wanted)
        assert list(each["attributes"]) == list(wanted["attributes"])
        assert shape(each["relationships"]) == shape(wanted["relationships"])


def without_linkage(body: Any) -> Any:
    """The body with null for what relationships lead to: some lead nowhere."""
    if isinstance(body, list):
        return [without_linkage(each) for each in body]
    if isinstance(body, dict):
        emptied = {name: {"data": None} for name in body.get("relationships", {})}
        return {
            name: emptied if name == "relationships" else without_linkage(value)
            for name, value in body.items()
        }
    return body


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v2/transactions?limit=0", 400),
        ("/v1/chargerControl/chargers/CP-1/remoteCommands/startChargingSession", 403),
        ("/v1/chargerStatus/chargers/CP-0/availabilityStatus", 404),
    ],
)
async def test_errors(caller: Caller, path: str, status: int) -> None:
    reply = await caller.get(path)
    assert (reply.status, reply.body) == (status, load(f"error_{status}"))


async def test_error_without_a_good_token(caller: Caller) -> None:
    caller.token = "x"
    assert (await caller.get("/v2/transactions")).body == load("error_401")


async def test_error_above_the_limit() -> None:
    async with calling(Simulator(now=NOW, speed=0, limit=1)) as caller:
        assert (await caller.get("/v2/transactions")).body == load("error_429")


def test_the_folder_and_its_readme_name_the_same_bodies() -> None:
    readme = (FOLDER / "README.md").read_text()
    assert all(f"`{file.name}`" in readme for file in FOLDER.glob("*.json"))


def test_the_documented_samples_are_word_for_word() -> None:
    assert load("charger_availability") == {
        "items": [
            {
                "timeStamp": "2022-10-18T08:37:44.210Z",
                "errorCode": "NoError",
                "vendorErrorCode": 1,
                "vendorId": 23,
                "status": "Available",
            }
        ]
    }
    assert load("time_series_charger") == {
        "items": [{"timeStamp": "2022-08-18T05:23:04.334Z", "value": "true"}]
    }
    assert load("transactions")[1] == load("transaction")
