from datetime import datetime

import pytest

from depotfinity_async.simulator import Simulator
from depotfinity_async.simulator.apis.time_series import CHARGER_MEASURANDS, CONNECTOR_MEASURANDS
from tests.support.simulated import NOW, calling

CHARGER = "/v1/timeSeries/chargers/CP-1"
CONNECTOR = f"{CHARGER}/connectors/2"


async def test_the_default_is_the_previous_calendar_day() -> None:
    async with calling(Simulator(now=NOW, speed=0, seed=2)) as caller:
        items = (await caller.get(CHARGER, measurand="ActivePowerImport")).body["items"]
        assert len(items) == 288
        assert items[0]["timeStamp"] == "2026-03-09T00:00:00.000Z"
        assert items[-1]["timeStamp"] == "2026-03-09T23:55:00.000Z"
        assert all(isinstance(item["value"], str) and float(item["value"]) >= 0 for item in items)


async def test_bounds() -> None:
    async with calling(Simulator(now=NOW, speed=0)) as caller:

        async def stamps(**bounds: str) -> list[str]:
            reply = await caller.call(
                "GET",
                CHARGER,
                params={"measurand": "Voltage", **{key.rstrip("_"): bounds[key] for key in bounds}},
            )
            return [item["timeStamp"] for item in reply.body["items"]]

        both = await stamps(from_="2026-03-09T10:00:00Z", to="2026-03-09T10:10:00Z")
        assert both == [f"2026-03-09T10:{minute}:00.000Z" for minute in ("00", "05", "10")]
        assert (await stamps(to="2026-03-08T16:00:00Z"))[0] == "2026-03-08T15:35:00.000Z", "the depot begins"
        depot = caller.simulator.depot
        known = depot.known_until("CP-1", NOW)
        newest = (await stamps(from_="2026-03-09T10:00:00Z"))[-1]
        assert abs((known - datetime.fromisoformat(newest)).total_seconds()) < 300
        assert await stamps(from_="2030-01-01T00:00:00Z") == []


@pytest.mark.parametrize(
    ("base", "table"), [(CHARGER, CHARGER_MEASURANDS), (CONNECTOR, CONNECTOR_MEASURANDS)]
)
async def test_every_measurand_with_every_phase(base: str, table: dict[str, tuple[str, ...]]) -> None:
    async with calling(Simulator(now=NOW, speed=0)) as caller:
        for measurand, phases in table.items():
            for phase in ({}, *({"phase": phase} for phase in phases)):
                reply = await caller.call("GET", base, params={"measurand": measurand, **phase})
                assert reply.status == 200


@pytest.mark.parametrize(
    ("base", "query", "field"),
    [
        (CHARGER, {}, "measurand"),
        (CHARGER, {"measurand": "SoC"}, "measurand"),
        (CHARGER, {"measurand": "activepowerimport"}, "measurand"),
        (CHARGER, {"measurand": "ActivePowerImport", "phase": "L1"}, "phase"),
        (CHARGER, {"measurand": "CurrentImport", "phase": "L1-N"}, "phase"),
        (CHARGER, {"measurand": "Voltage", "from": "noon"}, "from"),
        (CONNECTOR, {"measurand": "SoC", "phase": "L1"}, "phase"),
        (f"{CHARGER}/connectors/x", {"measurand": "SoC"}, "connectorId"),
    ],
)
async def test_a_bad_parameter_is_named(base: str, query: dict[str, str], field: str) -> None:
    async with calling(Simulator(now=NOW, speed=0)) as caller:
        reply = await caller.call("GET", base, params=query)
        assert (reply.status, reply.body["message"].split(":")[0]) == (400, field)


async def test_unknown_places() -> None:
    async with calling(Simulator(now=NOW, speed=0)) as caller:
        assert (await caller.get("/v1/timeSeries/chargers/CP-0", measurand="Voltage")).status == 404
        assert (await caller.get(f"{CHARGER}/connectors/3", measurand="SoC")).status == 404
