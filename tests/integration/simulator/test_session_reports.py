"""Session reports over the wire: whose they are, their pages, and that they agree with the other APIs."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from depotfinity_async.simulator import Simulator
from tests.support.simulated import NOW, Caller, Reply, calling

PATH = "/v1/sessionReports"


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with calling(Simulator(now=NOW, speed=0, days=6, limit=1000)) as caller:
        yield caller


def hpc(caller: Caller) -> str:
    return next(charger.id for charger in caller.simulator.depot.chargers if charger.is_hpc)


async def reports(caller: Caller, charger: str, **query: Any) -> Reply:
    return await caller.get(PATH, chargerId=charger, connectorId=1, **query)


async def transactions(caller: Caller, charger: str) -> list[dict[str, Any]]:
    """Of connector 1, latest start first."""
    body: list[dict[str, Any]] = (
        await caller.get("/v2/transactions", chargerId=charger, connectorId=1, orderBy="StartAt")
    ).body
    return body


async def test_three_newest_unless_more_are_wished(caller: Caller) -> None:
    charger = hpc(caller)
    ids = [row["TransactionID"] for row in await transactions(caller, charger)]
    assert len(ids) > 4

    async def seen(**query: int) -> list[int]:
        reply = await reports(caller, charger, **query)
        assert (reply.status, reply.body["ChargerID"], reply.body["ConnectorID"]) == (200, charger, 1)
        return [item["sessionId"] for item in reply.body["items"]]

    assert await seen() == ids[:3]
    assert await seen(page=2) == ids[3:6]
    assert await seen(limit=1, page=2) == ids[1:2]
    assert await seen(limit=2000) == ids
    assert await seen(limit=999_999) == ids
    assert await seen(page=99) == []


async def test_a_page_size_above_the_maximum_is_cut_silently() -> None:
    async with calling(Simulator(now=NOW, speed=0, days=6, max_page_size=2)) as caller:
        queries: list[dict[str, Any]] = [{}, {"limit": 2000}]
        for query in queries:
            assert len((await reports(caller, hpc(caller), **query)).body["items"]) == 2


async def test_bounds_are_about_the_start(caller: Caller) -> None:
    charger = hpc(caller)
    rows = await transactions(caller, charger)
    window: dict[str, Any] = {"from_": rows[3]["StartAt"], "to": rows[1]["StartAt"]}
    found = await reports(caller, charger, limit=10, **window)
    assert [item["sessionId"] for item in found.body["items"]] == [row["TransactionID"] for row in rows[1:4]]
    earlier = await reports(caller, charger, to=window["from_"], limit=1)
    assert earlier.body["items"][0]["sessionId"] == rows[3]["TransactionID"]


async def test_only_high_power_chargers_report(caller: Caller) -> None:
    for charger in caller.simulator.depot.chargers:
        for connector in charger.connectors:
            query: dict[str, Any] = {"chargerId": charger.id, "connectorId": connector.number}
            items = (await caller.get(PATH, **query)).body["items"]
            assert bool(items) is charger.is_hpc


async def test_a_report_agrees_with_its_transaction_and_the_status(caller: Caller) -> None:
    charger = hpc(caller)
    rows = {row["TransactionID"]: row for row in await transactions(caller, charger)}
    path = f"/v1/chargerStatus/chargers/{charger}/connectors/1/availabilityStatus"
    records = (await caller.get(path, from_="2026-03-01T00:00:00Z")).body["items"]
    known = {(record["timeStamp"], record["status"]) for record in records}
    for item in (await reports(caller, charger, limit=2000)).body["items"]:
        row = rows.pop(item["sessionId"])
        assert item["vehicleId"] == row["VehicleID"]
        assert {(each["eventTimestamp"], each["value"]) for each in item["ocppStatus"]} <= known
        begun = [each["eventTimestamp"] for each in item["ocppStatus"] if each["value"] == "Charging"]
        assert row["StartAt"] in begun
        opening = item["dcBreakerOpenConditions"]
        assert (opening and opening["eventTimestamp"]) == row["EndAt"]
        _, *opened = [
            each["eventTimestamp"] for each in item["deviceStatus"] if each["deviceId"] == "Breaker"
        ]
        assert opened == ([row["EndAt"]] if row["EndAt"] else [])
        (power,) = {each["maxPower"] for each in item["chargeParameters"] if each["paramType"] == "Station"}
        series = await caller.get(
            f"/v1/timeSeries/chargers/{charger}/connectors/1",
            measurand="PowerOffered",
            from_=row["StartAt"],
            to=row["EndAt"] or "2026-03-10T15:30:00Z",
        )
        assert {float(each["value"]) for each in series.body["items"]} <= {power}
    assert not rows


async def test_a_charge_started_by_command_is_reported_while_it_runs(caller: Caller) -> None:
    depot, clock = caller.simulator.depot, caller.simulator.clock
    tag = depot.tags.of_driver(depot.drivers[0]).value
    for charger in depot.chargers:
        if charger.is_hpc:
            started = await caller.call(
                "POST",
                f"/v1/chargerControl/chargers/{charger.id}/remoteCommands/startChargingSession",
                json={"connectorId": 1, "idTag": tag},
            )
            if started.status == 200:
                break
    else:
        raise AssertionError("no High Power Charger is free")
    clock.advance(60)
    (item,) = (await reports(caller, charger.id, limit=1)).body["items"]
    (row,) = (await caller.get("/v2/transactions", limit=1, chargerId=charger.id)).body
    assert (item["sessionId"], row["EndAt"], item["dcBreakerOpenConditions"]) == (
        row["TransactionID"],
        None,
        None,
    )
    assert [each["value"] for each in item["ocppStatus"]][-2:] == ["Preparing", "Charging"]
    clock.advance(120)
    stopped = await caller.call(
        "POST",
        f"/v1/chargerControl/chargers/{charger.id}/remoteCommands/stopChargingSession",
        json={"connectorId": 1},
    )
    assert stopped.status == 200
    at = (NOW + timedelta(seconds=180)).isoformat(timespec="milliseconds")[:23] + "Z"
    clock.advance(120)
    (item,) = (await reports(caller, charger.id, limit=1)).body["items"]
    assert item["dcBreakerOpenConditions"]["eventTimestamp"] == at
    assert [each["value"] for each in item["ocppStatus"]][-2:] == ["Finishing", "Available"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"connectorId": 1}, "chargerId"),
        ({"chargerId": "", "connectorId": 1}, "chargerId"),
        ({"chargerId": "CP-1"}, "connectorId"),
        ({"chargerId": "CP-1", "connectorId": "one"}, "connectorId"),
        ({"chargerId": "CP-1", "connectorId": 1, "limit": 0}, "limit"),
        ({"chargerId": "CP-1", "connectorId": 1, "page": 0}, "page"),
        ({"chargerId": "CP-1", "connectorId": 1, "from_": "x"}, "from"),
        ({"chargerId": "CP-1", "connectorId": 1, "to": "x"}, "to"),
    ],
)
async def test_a_wrong_parameter_is_named(caller: Caller, query: dict[str, Any], field: str) -> None:
    reply = await caller.get(PATH, **query)
    assert (reply.status, reply.body["message"].partition(":")[0]) == (400, field)


@pytest.mark.parametrize(
    ("charger", "connector", "message"),
    [
        ("CP-0", 1, "Charger CP-0 not found."),
        ("CP-1", 3, "Connector 3 of charger CP-1 not found."),
    ],
)
async def test_unknown_places(caller: Caller, charger: str, connector: int, message: str) -> None:
    reply = await caller.get(PATH, chargerId=charger, connectorId=connector)
    assert (reply.status, reply.body["message"]) == (404, message)


async def test_every_package_has_them() -> None:
    async with calling(Simulator(package="Basic")) as caller:
        assert (await reports(caller, "CP-1")).status == 200
