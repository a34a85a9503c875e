from datetime import timedelta
from typing import Any

import pytest

from depotfinity_async.simulator import Simulator
from depotfinity_async.simulator.depot.status import charger_availability
from tests.support.simulated import NOW, Caller, calling

BASE = "/v1/chargerStatus/chargers"


def stamps(body: dict[str, Any]) -> list[str]:
    return [item["timeStamp"] for item in body["items"]]


async def test_the_last_day_oldest_first() -> None:
    async with calling(Simulator(now=NOW, speed=0)) as caller:
        for path in ("availabilityStatus", "connectors/1/availabilityStatus", "connectivityStatus"):
            times = stamps((await caller.get(f"{BASE}/CP-1/{path}")).body)
            assert times == sorted(times)
            assert times[0] >= (NOW - timedelta(days=1)).isoformat()[:19]
            assert len(times) >= 3


async def test_newest_first_if_wished() -> None:
    async with (
        calling(Simulator(now=NOW, speed=0)) as usual,
        calling(Simulator(now=NOW, speed=0, newest_first=True)) as turned,
    ):
        path = f"{BASE}/CP-1/connectors/1/availabilityStatus"
        assert (await turned.get(path)).body["items"] == (await usual.get(path)).body["items"][::-1]


async def test_bounds_pages_and_limits() -> None:
    async with calling(Simulator(now=NOW, speed=0, max_page_size=3)) as caller:
        path = f"{BASE}/CP-1/connectors/1/availabilityStatus"
        whole = await caller.call("GET", path, params={"from": "2026-03-01T00:00:00Z"})
        assert stamps(whole.body)[0] < stamps((await caller.get(path)).body)[0]
        middle = {"from": stamps(whole.body)[2], "to": stamps(whole.body)[6]}
        assert (await caller.call("GET", path, params=middle)).body["items"] == whole.body["items"][2:7]
        early = await caller.call("GET", path, params={"to": stamps(whole.body)[1]})
        assert early.body["items"] == whole.body["items"][:2]
        pages = [
            (await caller.call("GET", path, params={**middle, "page": page, "limit": "9"})).body["items"]
            for page in "123"
        ]
        assert pages == [whole.body["items"][2:5], whole.body["items"][5:7], []]
        assert (await caller.get(path, limit=0)).status == 400


async def test_the_status_in_force_is_served_for_every_charger_at_any_time() -> None:
    async with calling(Simulator(now=NOW, speed=0, chargers=40, limit=1000)) as caller:
        simulator = caller.simulator
        simulator.clock.advance(3 * 3600 - 1)
        caller.token = (await caller.ask_token()).body["access_token"]
        now = simulator.clock.now()
        assert any(simulator.depot.known_until(charger.id, now) < now for charger in simulator.depot.chargers)
        for charger in simulator.depot.chargers:
            body = (await caller.get(f"{BASE}/{charger.id}/availabilityStatus")).body
            newest = charger_availability(simulator.depot, charger, now)[-1]
            assert body["items"][-1]["status"] == newest.status


async def test_an_empty_window_is_an_empty_list() -> None:
    async with calling(Simulator(now=NOW, speed=0)) as caller:
        reply = await caller.call(
            "GET", f"{BASE}/CP-1/availabilityStatus", params={"from": "2030-01-01T00:00:00Z"}
        )
        assert (reply.status, reply.body) == (200, {"items": []})


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("CP-0/availabilityStatus", 404),
        ("cp-1/availabilityStatus", 404),
        ("CP-1%2F..%2FCP-2/availabilityStatus", 404),
        ("CP-0/connectivityStatus", 404),
        ("CP-0/connectors/1/availabilityStatus", 404),
        ("CP-1/connectors/3/availabilityStatus", 404),
        ("CP-1/connectors/0/availabilityStatus", 400),
        ("CP-1/connectors/one/availabilityStatus", 400),
        ("CP-1/status", 404),
    ],
)
async def test_what_is_not_there(path: str, status: int) -> None:
    async with calling(Simulator(now=NOW, speed=0)) as caller:
        reply = await caller.get(f"{BASE}/{path}")
        assert (reply.status, reply.body["code"]) == (status, status)


async def test_running_transactions_and_statuses_agree_over_the_wire() -> None:
    async with calling(Simulator(now=NOW, speed=0, limit=1000)) as caller:
        running = await _running(caller)
        for charger in caller.simulator.depot.chargers:
            for connector in charger.connectors:
                path = f"{BASE}/{charger.id}/connectors/{connector.number}/availabilityStatus"
                status = (await caller.get(path)).body["items"][-1]["status"]
                assert (status in ("Charging", "SuspendedEV")) is ((charger.id, connector.number) in running)


async def _running(caller: Caller) -> set[tuple[str, int]]:
    rows = (await caller.get("/v2/transactions", limit=2000)).body
    return {(row["ChargerID"], row["ConnectorID"]) for row in rows if row["EndAt"] is None}
