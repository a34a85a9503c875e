"""Commands over the wire: what they answer, and that state and status tell the same story afterwards."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from depotfinity_async.simulator import Simulator
from tests.support.golden import load, shape
from tests.support.simulated import NOW, Caller, Reply, calling

START = "startChargingSession"
STOP = "stopChargingSession"
HOUR = timedelta(hours=1)


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with calling(Simulator(now=NOW, speed=0, limit=1000)) as caller:
        yield caller


def printed(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def tag_of(caller: Caller, driver: int = 0) -> str:
    depot = caller.simulator.depot
    return depot.tags.of_driver(depot.drivers[driver]).value


async def available(caller: Caller) -> tuple[str, int]:
    """A charger and a connector that is free and connected for a while."""
    depot = caller.simulator.depot
    for charger in depot.chargers:
        if any(depot.interruption_at(charger.id, NOW, connected=each) for each in (True, False)):
            continue
        if any(depot.next_interruption(charger.id, NOW, connected=each) for each in (True, False)):
            continue
        for connector in charger.connectors:
            if not depot.timelines.plugged_in(connector, NOW + HOUR / 60) and (
                await status(caller, charger.id, connector.number) == "Available"
            ):
                return charger.id, connector.number
    raise AssertionError("no connector is free")


async def status(caller: Caller, charger: str, connector: int) -> str:
    path = f"/v1/chargerStatus/chargers/{charger}/connectors/{connector}/availabilityStatus"
    text: str = (await caller.get(path)).body["items"][-1]["status"]
    return text


async def command(caller: Caller, charger: str, kind: str, version: str = "v1", **body: Any) -> Reply:
    path = f"/{version}/chargerControl/chargers/{charger}/remoteCommands/{kind}"
    return await caller.call("POST", path, json=body)


async def test_start_and_stop_make_a_transaction(caller: Caller) -> None:
    charger, connector = await available(caller)
    before = (await caller.get("/v2/transactions", limit=1)).body[0]
    started = await command(caller, charger, START, connectorId=connector, idTag=tag_of(caller))
    assert (started.status, started.body) == (200, load("remote_command"))
    caller.simulator.clock.advance(600)
    running = (await caller.get("/v2/transactions", chargerId=charger, connectorId=connector)).body[0]
    assert running["TransactionID"] > before["TransactionID"]
    assert (running["EndAt"], running["DriverID"]) == (None, caller.simulator.depot.drivers[0])
    assert running["EnergyDelivered"] > 1000
    assert await status(caller, charger, connector) == "Charging"
    stopped = await command(caller, charger, STOP, version="v2", connectorId=connector)
    assert stopped.body["response"] == {
        "status": "Accepted",
        "message": "Operation successful: Stop charging request has been accepted.",
    }
    ended = (await caller.get(f"/v2/transactions/{running['TransactionID']}")).body
    assert (ended["EndAt"], ended["EndResult"]) == (printed(caller.simulator.clock.now()), "Remote")
    assert ended["EndSoC"] >= ended["InitialSoC"]
    register = (
        await caller.call(
            "GET",
            f"/v1/timeSeries/chargers/{charger}/connectors/{connector}",
            params={"measurand": "ActiveEnergyImport", "from": printed(NOW - HOUR)},
        )
    ).body["items"]
    caller.simulator.clock.advance(300)
    later = await caller.call(
        "GET",
        f"/v1/timeSeries/chargers/{charger}/connectors/{connector}",
        params={"measurand": "ActiveEnergyImport", "from": printed(NOW)},
    )
    gained = float(later.body["items"][-1]["value"]) - float(register[0]["value"])
    assert gained == pytest.approx(ended["EnergyDelivered"], rel=0.3)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("makeCoffee", {"connectorId": 1, "idTag": "A"}),
        (START, {"connectorId": 1}),
        (START, {"connectorId": 0, "idTag": "A"}),
        (START, {"connectorId": True, "idTag": "A"}),
        (START, {"connectorId": "1", "idTag": "A"}),
        (START, {"connectorId": 1, "idTag": "A" * 21}),
        (START, {"connectorId": 1, "idTag": "A", "idTagType": "PIN"}),
        (STOP, {}),
        (STOP, {"connectorId": 1, "idTag": 7}),
    ],
)
async def test_an_invalid_command(caller: Caller, kind: str, body: dict[str, Any]) -> None:
    reply = await command(caller, "CP-1", kind, **body)
    assert reply.status == 400
    assert reply.body == {
        "commandType": kind,
        "response": {"status": "", "message": "Operation denied: Invalid Payload."},
    }


async def test_a_command_without_json_or_charger(caller: Caller) -> None:
    path = f"/v1/chargerControl/chargers/CP-1/remoteCommands/{START}"
    broken = await caller.call("POST", path, data=b"{")
    assert broken.body["response"]["message"] == "Operation denied: Invalid Payload."
    missing = await command(caller, "CP-0", START, connectorId=1, idTag="A")
    assert (missing.status, shape(missing.body)) == (404, shape(load("remote_command")))


async def test_a_disabled_tag_cannot_start(caller: Caller) -> None:
    charger, connector = await available(caller)
    tag = tag_of(caller)
    switched = await caller.call("POST", f"/v2/rfid/{tag}/false")
    assert (switched.status, shape(switched.body)) == (201, shape(load("rfid_import")))
    rejected = await command(caller, charger, START, connectorId=connector, idTag=tag)
    assert rejected.status == 400
    assert rejected.body["response"] == {
        "status": "Rejected",
        "message": "Operation denied: Rejected by the charger.",
    }
    assert (await caller.call("POST", f"/v2/rfid/{tag}/true")).status == 201
    assert (await command(caller, charger, START, connectorId=connector, idTag=tag)).status == 200


async def test_imported_tags(caller: Caller) -> None:
    charger, connector = await available(caller)
    imported = await caller.call("POST", "/v2/rfid", json={"interimVehicleIDs": ["89C4704A", "59170C5D"]})
    assert (imported.status, imported.body) == (201, load("rfid_import"))
    assert (
        await caller.call("POST", "/v2/rfid", json={"interimVehicleIDs": ["N", "59170C5D"]})
    ).status == 409
    assert (await caller.call("POST", "/v2/rfid/N/true")).status == 404
    assert (await command(caller, charger, START, connectorId=connector, idTag="59170C5D")).status == 200


@pytest.mark.parametrize("values", [None, [], "A", [1], [""], ["A" * 21], ["A\n"], ["A", "A"]])
async def test_bad_imports_name_the_field(caller: Caller, values: object) -> None:
    reply = await caller.call("POST", "/v2/rfid", json={"interimVehicleIDs": values})
    assert (reply.status, reply.body["message"][:17]) == (400, "interimVehicleIDs")


async def test_a_status_that_is_no_boolean(caller: Caller) -> None:
    reply = await caller.call("POST", f"/v2/rfid/{tag_of(caller)}/yes")
    assert (reply.status, reply.body["message"][:7]) == (400, "status:")


async def test_force_termination(caller: Caller) -> None:
    charger, connector = await available(caller)
    path = f"/v1/chargerControl/{charger}/forceTerminateConnection"
    done = await caller.call("PUT", path)
    assert (done.status, done.body) == (200, load("force_termination"))
    connectivity = f"/v1/chargerStatus/chargers/{charger}/connectivityStatus"
    assert (await caller.get(connectivity)).body["items"][-1]["status"] == "NotConnected"
    assert (await caller.call("PUT", path)).status == 409
    unanswered = await command(caller, charger, START, connectorId=connector, idTag=tag_of(caller))
    assert (unanswered.status, shape(unanswered.body)) == (504, shape(load("remote_command")))
    caller.simulator.clock.advance(20 * 60)
    assert (await caller.get(connectivity)).body["items"][-1]["status"] == "Connected"
    assert (await caller.call("PUT", "/v1/chargerControl/CP-0/forceTerminateConnection")).status == 404


def reservation(start: datetime, end: datetime, tag: str) -> dict[str, str]:
    return {
        "ReservationStart": printed(start),
        "ReservationEnd": printed(end),
        "AuthorizationType": "RFID",
        "AuthorizationValue": tag,
    }


async def test_reservations(caller: Caller) -> None:
    charger, connector = await available(caller)
    path = f"/v1/reservations/chargers/{charger}/connectors/{connector}"
    body = reservation(NOW, NOW + HOUR, tag_of(caller))
    added = await caller.call("POST", path, json=body)
    assert (added.status, added.body) == (201, load("reservation_added"))
    assert await status(caller, charger, connector) == "Reserved"
    other = await command(caller, charger, START, connectorId=connector, idTag=tag_of(caller, 1))
    assert (other.status, other.body["response"]["status"]) == (400, "Rejected")
    assert (await caller.call("POST", path, json=body)).status == 409
    assert (await caller.get(path)).body == [{"ReservationID": 1, **body}]
    assert (await caller.call("DELETE", f"{path}/1")).status == 204
    assert (await caller.call("DELETE", f"{path}/1")).status == 404
    assert (await caller.get(path)).body == []
    assert await status(caller, charger, connector) == "Available"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"ReservationStart": "soon"}, 400, "ReservationStart"),
        ({"ReservationEnd": None}, 400, "ReservationEnd"),
        ({"ReservationEnd": printed(NOW)}, 400, "ReservationEnd"),
        ({"ReservationStart": printed(NOW - HOUR), "ReservationEnd": printed(NOW)}, 400, "ReservationEnd"),
        ({"AuthorizationType": "PIN"}, 400, "AuthorizationType"),
        ({"AuthorizationValue": ""}, 400, "AuthorizationValue"),
        ({"AuthorizationValue": "unknown"}, 404, "RFID unknown"),
    ],
)
async def test_bad_reservations_name_the_field(
    caller: Caller, change: dict[str, Any], code: int, field: str
) -> None:
    body = {**reservation(NOW, NOW + HOUR, tag_of(caller)), **change}
    reply = await caller.call("POST", "/v1/reservations/chargers/CP-1/connectors/1", json=body)
    assert (reply.status, reply.body["message"].split(":")[0]) == (code, field)


async def test_a_reservation_where_nothing_is(caller: Caller) -> None:
    body = reservation(NOW, NOW + HOUR, tag_of(caller))
    for place in ("CP-0/connectors/1", "CP-1/connectors/3"):
        reply = await caller.call("POST", f"/v1/reservations/chargers/{place}", json=body)
        assert reply.status == 404


def limit(*windows: tuple[datetime, datetime, object], unit: str = "W") -> dict[str, Any]:
    return {
        "source": "energy management",
        "externalPowerRateUnit": unit,
        "dynamicPowerLimit": [
            {"fromDate": printed(start), "toDate": printed(end), "externalPowerLimit": power}
            for start, end, power in windows
        ],
    }


async def test_power_groups_and_limits(caller: Caller) -> None:
    groups = await caller.get("/v1/chargerGroup/powergroups")
    assert [group["PowerGroupID"] for group in groups.body] == [1, 2, 3]
    ignored = {"CreatedOn", "ModifiedOn", "LastAlgorithmTriggeredTime"}
    for group in groups.body:
        assert list(group) == list(load("power_groups")[0])
        assert {key: shape(value) for key, value in group.items() if key not in ignored} == {
            key: shape(value) for key, value in load("power_groups")[0].items() if key not in ignored
        }
        assert not group["CreatedOn"].endswith("Z")
    path = f"/v1/chargerControl/chargerGroups/{groups.body[0]['ID']}/externalPowerLimits"
    saved = await caller.call("PUT", path, json=limit((NOW, NOW + HOUR, 20e3)))
    assert (saved.status, saved.body) == (200, load("external_power_limit"))
    changed = (await caller.get("/v1/chargerGroup/powergroups")).body[0]["LastPowerLimits"]
    assert changed["ClientID"] == "energy management"
    points = [each["PowerSetPoint"] for result in changed["Result"] for each in result["Connectors"]]
    assert points == [1000] * 20
    caller.simulator.clock.advance(1800)
    total = 0.0
    for result in changed["Result"]:
        series = await caller.call(
            "GET",
            f"/v1/timeSeries/chargers/{result['ChargerID']}",
            params={"measurand": "ActivePowerImport", "from": printed(NOW + HOUR / 3)},
        )
        total += sum(float(item["value"]) for item in series.body["items"][-1:])
    assert 0 < total <= 20e3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (limit(), "dynamicPowerLimit"),
        ({**limit((NOW, NOW + HOUR, 1)), "source": None}, "source"),
        (limit((NOW, NOW + HOUR, 1), unit="A"), "externalPowerRateUnit"),
        (limit((NOW, NOW, 1)), "dynamicPowerLimit[0].toDate"),
        (limit((NOW, NOW + HOUR, -1)), "dynamicPowerLimit[0].externalPowerLimit"),
        (limit((NOW, NOW + HOUR, True)), "dynamicPowerLimit[0].externalPowerLimit"),
        (limit((NOW, NOW + HOUR, "1")), "dynamicPowerLimit[0].externalPowerLimit"),
        (limit((NOW, NOW + HOUR, 1), (NOW + HOUR / 2, NOW + 2 * HOUR, 1)), "dynamicPowerLimit"),
        ({**limit(), "dynamicPowerLimit": [1]}, "dynamicPowerLimit[0]"),
        ([], "body"),
    ],
)
async def test_bad_limits_name_the_field(caller: Caller, body: object, field: str) -> None:
    group = caller.simulator.depot.power_groups[0]
    path = f"/v1/chargerControl/chargerGroups/{group.id}/externalPowerLimits"
    reply = await caller.call("PUT", path, json=body)
    assert (reply.status, reply.body["message"].split(":")[0]) == (400, field)
    assert not group.windows


async def test_a_limit_on_a_group_that_is_not_there(caller: Caller) -> None:
    path = "/v1/chargerControl/chargerGroups/none/externalPowerLimits"
    assert (await caller.call("PUT", path, json=limit((NOW, NOW + HOUR, 1)))).status == 404
