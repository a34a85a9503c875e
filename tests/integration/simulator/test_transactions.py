from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from depotfinity_async.simulator import Simulator
from tests.support.simulated import NOW, Caller, calling

PATH = "/v2/transactions"


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with calling(Simulator(now=NOW, speed=0, max_page_size=150, limit=1000)) as caller:
        yield caller


@pytest.fixture
async def everything(caller: Caller) -> list[dict[str, Any]]:
    """All transactions, newest id first."""
    rows: list[dict[str, Any]] = []
    page = 1
    while chunk := (await caller.get(PATH, page=page)).body:
        rows += chunk
        page += 1
    return rows


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def printed(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def test_pages_hold_everything_once(caller: Caller, everything: list[dict[str, Any]]) -> None:
    ids = [row["TransactionID"] for row in everything]
    assert ids == sorted(set(ids), reverse=True)
    assert len(ids) == len(caller.simulator.depot.transactions(NOW)) > 250
    assert len((await caller.get(PATH)).body) == 100
    assert (await caller.get(PATH, page=99)).body == []


async def test_a_page_size_above_the_maximum_is_cut_silently(caller: Caller) -> None:
    assert len((await caller.get(PATH, limit=120)).body) == 120
    assert len((await caller.get(PATH, limit=1000)).body) == 150
    second = (await caller.get(PATH, limit=1000, page=2)).body
    assert second[0]["TransactionID"] == (await caller.get(PATH, limit=150, page=2)).body[0]["TransactionID"]


async def test_filters(caller: Caller, everything: list[dict[str, Any]]) -> None:
    def chosen(**wanted: object) -> list[dict[str, Any]]:
        return [row for row in everything if all(row[key] == value for key, value in wanted.items())]

    assert (await caller.get(PATH, chargerId="CP-7")).body == chosen(ChargerID="CP-7") != []
    assert (await caller.get(PATH, chargerId="CP-7", connectorId=2)).body == chosen(
        ChargerID="CP-7", ConnectorID=2
    )
    assert (await caller.get(PATH, vehicleId="BUS-003")).body == chosen(VehicleID="BUS-003") != []
    assert (await caller.get(PATH, chargerId="CP-700")).body == []


@pytest.mark.parametrize("key", ["TransactionID", "StartAt", "EndAt"])
async def test_order(caller: Caller, key: str) -> None:
    async def values(order: str) -> list[Any]:
        rows = [
            row
            for page in (1, 2, 3)
            for row in (await caller.get(PATH, orderBy=key, order=order, page=page, limit=150)).body
        ]
        return [row[key] for row in rows]

    ascending, descending = await values("asc"), await values("desc")
    assert ascending == sorted(ascending, key=lambda value: (value is None, value or 0))
    assert descending == ascending[::-1]


@pytest.mark.parametrize("key", ["StartAt", "EndAt", "InsertedAt"])
async def test_bounds_are_inclusive_and_may_stand_alone(
    caller: Caller, everything: list[dict[str, Any]], key: str
) -> None:
    ended = [row for row in everything if row["EndAt"]]
    low, high = sorted(row[key] for row in ended)[40:80:39]
    for bounds in ({"from": low, "to": high}, {"from": high}, {"to": low}):
        expected = [
            row
            for row in everything
            if row[key] and bounds.get("from", "") <= row[key] <= bounds.get("to", "9999")
        ]
        rows: list[Any] = []
        for page in (1, 2, 3):
            reply = await caller.call(
                "GET", PATH, params={**bounds, "filterBy": key, "page": str(page), "limit": "150"}
            )
            rows += reply.body
        assert rows == expected
        assert rows


async def test_inserted_at_is_the_default_filter(caller: Caller, everything: list[dict[str, Any]]) -> None:
    stored = everything[50]["InsertedAt"]
    reply = await caller.call("GET", PATH, params={"from": stored, "to": stored})
    assert reply.body == [everything[50]]


async def test_overlapping_takes_what_was_under_way(caller: Caller, everything: list[dict[str, Any]]) -> None:
    low, high = printed(NOW - timedelta(hours=6)), printed(NOW - timedelta(hours=5))
    rows = (
        await caller.call(
            "GET", PATH, params={"from": low, "to": high, "filterBy": "Overlapping", "limit": "150"}
        )
    ).body
    assert rows == [
        row for row in everything if row["StartAt"] <= high and (row["EndAt"] is None or row["EndAt"] >= low)
    ]
    assert any(row["StartAt"] < low for row in rows)
    assert any(row["EndAt"] is None or row["EndAt"] > high for row in rows)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("limit", "0"),
        ("limit", "many"),
        ("page", "0"),
        ("page", "-1"),
        ("connectorId", "one"),
        ("orderBy", "ChargerID"),
        ("order", "up"),
        ("filterBy", "Start"),
        ("from", "yesterday"),
        ("to", "2026-03-10T12:00:00 01:00"),
    ],
)
async def test_a_bad_parameter_is_named(caller: Caller, field: str, value: str) -> None:
    reply = await caller.call("GET", PATH, params={field: value})
    assert (reply.status, reply.body["message"].split(":")[0]) == (400, field)


async def test_from_after_to(caller: Caller) -> None:
    reply = await caller.call("GET", PATH, params={"from": printed(NOW), "to": printed(NOW - timedelta(1))})
    assert (reply.status, reply.body["message"].split(":")[0]) == (400, "from")


async def test_one_transaction_and_those_that_are_not_there(caller: Caller) -> None:
    assert (await caller.get(f"{PATH}/100001")).body["TransactionID"] == 100001
    assert (await caller.get(f"{PATH}/99")).status == 404
    bad = await caller.get(f"{PATH}/first")
    assert (bad.status, bad.body["message"].split(":")[0]) == (400, "transactionID")


async def test_a_running_transaction_goes_on_and_ends_as_time_passes(caller: Caller) -> None:
    simulator = caller.simulator
    running = next(
        row
        for row in (await caller.get(PATH, limit=150)).body
        if row["EndAt"] is None
        and simulator.depot.transaction(row["TransactionID"], NOW).charged_at > NOW + timedelta(minutes=5)  # type: ignore[union-attr]  # it was just served
        and simulator.depot.known_until(row["ChargerID"], NOW + timedelta(hours=20))
        > NOW + timedelta(hours=19)
    )
    assert (running["EndSoC"], running["EndResult"]) == (None, None)
    path = f"{PATH}/{running['TransactionID']}"
    simulator.clock.advance(120)
    later = (await caller.get(path)).body
    assert later["EnergyDelivered"] > running["EnergyDelivered"]
    simulator.clock.advance(20 * 3600)
    caller.token = (await caller.ask_token()).body["access_token"]
    ended = (await caller.get(path)).body
    assert moment(ended["EndAt"]) > NOW
    assert ended["EndSoC"] > ended["InitialSoC"]
    assert ended["EndResult"]
    assert {**ended, "EndAt": None, "EndSoC": None, "EndResult": None, "EnergyDelivered": 0} == {
        **running,
        "EnergyDelivered": 0,
    }


async def test_energy_agrees_with_the_battery(caller: Caller, everything: list[dict[str, Any]]) -> None:
    capacity = {vehicle.id: vehicle.capacity for vehicle in caller.simulator.depot.vehicles}
    for row in everything:
        if row["EndAt"]:
            gained = (row["EndSoC"] - row["InitialSoC"]) / 100 * capacity[row["VehicleID"]]
            assert row["EnergyDelivered"] == pytest.approx(gained, abs=0.0051 * capacity[row["VehicleID"]])
