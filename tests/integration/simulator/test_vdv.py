"""Vehicles that report by VDV 261: who may, what is checked, and that the answer follows report and plan."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from depotfinity_async.simulator import Simulator
from depotfinity_async.simulator.depot import Transaction
from depotfinity_async.simulator.depot.onboard import Onboard
from tests.support.golden import load, shape
from tests.support.simulated import NOW, Caller, Reply, basic, calling

PATH = "/v1/vdv"
FULL: dict[str, Any] = {
    "evccid": "0011AABBCCDD",
    "odo": 812_345,
    "bat_reqtime": 40,
    "bat_eamount": 120,
    "bprec_eamount": 0,
    "prec_reqtime": 30,
    "prec_eamount": 5,
    "chrg_stat": 1,
}


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with calling(Simulator(now=NOW, speed=0, limit=5), authorized=False) as caller:
        yield caller


def at_the_depot(caller: Caller) -> tuple[Onboard, Transaction]:
    """A vehicle that is plugged in and stays for over an hour."""
    depot = caller.simulator.depot
    for place in depot.places:
        depot.on_connector(place, NOW)
        visit = depot.timelines.plugged_in(place, NOW)
        if visit is not None and visit.end_at > NOW + timedelta(hours=1):
            return next(each for each in depot.onboards if each.vehicle.id == visit.vehicle_id), visit
    raise AssertionError("no vehicle stays")


def first(caller: Caller) -> Onboard:
    return next(iter(caller.simulator.depot.onboards))


async def send(caller: Caller, onboard: Onboard, path: str = PATH, **body: Any) -> Reply:
    headers = {"Authorization": basic(onboard.vin, onboard.password)}
    return await caller.call("POST", path, headers, json={"vin": onboard.vin, **body})


@pytest.mark.parametrize("path", ["/v1/vdv", "/vdv"])
async def test_a_report_is_answered_with_its_seq_and_vin(caller: Caller, path: str) -> None:
    onboard = first(caller)
    reply = await send(caller, onboard, path, seq=0, **FULL)
    assert (reply.status, reply.body["seq"], reply.body["vin"]) == (200, 0, onboard.vin)
    assert shape(reply.body) == shape(load("vdv_answer"))
    assert (await send(caller, onboard, path, seq=255)).body["seq"] == 255


async def test_the_answer_follows_report_and_plan(caller: Caller) -> None:
    onboard, visit = at_the_depot(caller)
    stays = (visit.end_at - NOW) // timedelta(minutes=1)
    reply = await send(caller, onboard, seq=0, **FULL)
    assert reply.body["driveoff"] == stays + 1
    assert (reply.body["prec_dsrd"], reply.body["prec_hvac"]) == (0, 3), "it is too early"
    assert 10 <= reply.body["ambienttemp"] <= 26
    early = await send(caller, onboard, seq=1, prec_reqtime=stays + 1, bat_reqtime=0)
    assert (early.body["prec_dsrd"], early.body["prec_hvac"] != 3) == (1, True)
    unsaid = await send(caller, onboard, seq=2, prec_reqtime=65535)
    assert (unsaid.body["prec_dsrd"], unsaid.body["prec_hvac"]) == (255, 3)
    caller.simulator.clock.advance((visit.end_at - NOW).total_seconds())
    gone = await send(caller, onboard, seq=3)
    assert {name: gone.body[name] for name in ("driveoff", "prec_dsrd", "prec_hvac", "ambienttemp")} == {
        "driveoff": 65535,
        "prec_dsrd": 255,
        "prec_hvac": 3,
        "ambienttemp": 255,
    }


async def test_each_vehicle_has_a_state_of_its_own(caller: Caller) -> None:
    one, other, *_ = caller.simulator.depot.onboards
    assert (await send(caller, one, seq=0, **FULL)).status == 200
    refused = await send(caller, other, seq=1)
    assert refused.status == 400
    assert refused.body["message"].startswith("seq: ")
    assert (await send(caller, one, seq=7, odo=1)).status == 200
    assert one.signals == {**FULL, "odo": 1}
    assert other.signals is None


@pytest.mark.parametrize(
    "authorization",
    ["", "Basic", "Basic !!!", "Basic /w==", "Bearer x", basic("X" * 17, "x"), basic("", ""), "Basic eA=="],
)
async def test_without_right_credentials(caller: Caller, authorization: str) -> None:
    onboard = first(caller)
    headers = {"Authorization": authorization}
    reply = await caller.call("POST", PATH, headers, json={"vin": onboard.vin, "seq": 0, **FULL})
    assert (reply.status, reply.body["code"]) == (401, 401)
    assert reply.headers["WWW-Authenticate"].startswith("Basic ")


async def test_with_the_password_of_another_vehicle(caller: Caller) -> None:
    one, other, *_ = caller.simulator.depot.onboards
    headers = {"Authorization": basic(one.vin, other.password)}
    reply = await caller.call("POST", PATH, headers, json={"vin": one.vin, "seq": 0, **FULL})
    assert reply.status == 401


async def test_a_bearer_token_does_not_help(caller: Caller) -> None:
    caller.token = (await caller.ask_token()).body["access_token"]
    assert (await caller.call("POST", PATH, json={"seq": 0})).status == 401


async def test_the_vin_of_another_vehicle(caller: Caller) -> None:
    one, other, *_ = caller.simulator.depot.onboards
    reply = await send(caller, one, **{"vin": other.vin, "seq": 0, **FULL})
    assert reply.status == 403
    assert one.signals is other.signals is None


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("seq", {"seq": None}),
        ("seq", {"seq": -1}),
        ("seq", {"seq": 256}),
        ("seq", {"seq": True}),
        ("seq", {"seq": "0"}),
        ("seq", {"seq": 1}),
        ("vin", {"vin": None}),
        ("vin", {"vin": "1234567890"}),
        ("vin", {"vin": "123456789012345678"}),
        ("evccid", {"evccid": "00"}),
        ("evccid", {"evccid": None}),
        ("odo", {"odo": 2**32}),
        ("odo", {"odo": 1.5}),
        ("bat_reqtime", {"bat_reqtime": 65536}),
        ("bat_eamount", {"bat_eamount": -1}),
        ("bprec_eamount", {"bprec_eamount": "5"}),
        ("prec_reqtime", {"prec_reqtime": None}),
        ("prec_eamount", {"prec_eamount": True}),
        ("chrg_stat", {"chrg_stat": 256}),
    ],
)
async def test_a_field_that_is_wrong_is_named(
    caller: Caller, field: str, changes: Mapping[str, object]
) -> None:
    onboard = first(caller)
    reply = await send(caller, onboard, **{"seq": 0, **FULL, **changes})
    assert reply.status == 400
    assert reply.body["message"].startswith(f"{field}: ")
    assert onboard.signals is None


@pytest.mark.parametrize("field", FULL)
async def test_the_full_set_is_due_at_seq_0_and_only_there(caller: Caller, field: str) -> None:
    onboard = first(caller)
    rest = {name: value for name, value in FULL.items() if name != field}
    refused = await send(caller, onboard, seq=0, **rest)
    assert refused.status == 400
    assert refused.body["message"].startswith(f"{field}: ")
    await send(caller, onboard, seq=0, **FULL)
    assert (await send(caller, onboard, seq=1, **rest)).status == 200


async def test_the_largest_values_are_taken(caller: Caller) -> None:
    largest: dict[str, Any] = dict.fromkeys(FULL, 65535) | {
        "evccid": "aa:bb-cc:dd:ee:ff",
        "chrg_stat": 255,
        "odo": 2**32 - 1,
    }
    assert (await send(caller, first(caller), seq=0, **largest)).status == 200


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff"])
async def test_a_body_that_is_no_object(caller: Caller, data: bytes) -> None:
    onboard = first(caller)
    reply = await caller.call(
        "POST", PATH, {"Authorization": basic(onboard.vin, onboard.password)}, data=data
    )
    assert reply.status == 400
    assert reply.body["message"].startswith("body: ")


async def test_reports_are_outside_the_limit(caller: Caller) -> None:
    onboard = first(caller)
    await send(caller, onboard, seq=0, **FULL)
    caller.simulator.faults.add(status=500)
    await send(caller, onboard, seq=0, **FULL)
    statuses = [(await send(caller, onboard, seq=1)).status for _ in range(10)]
    assert statuses == 10 * [200]
    assert [(await caller.ask_token()).status for _ in range(6)] == [*5 * [200], 429]
    assert caller.simulator.log.count(kind="vehicle") == 12
    assert caller.simulator.log.busiest_window(300) == 6


async def test_reports_may_count() -> None:
    simulator = Simulator(now=NOW, speed=0, limit=2, count_vehicles=True)
    async with calling(simulator, authorized=False) as caller:
        onboard = first(caller)
        statuses = [(await send(caller, onboard, seq=0, **FULL)).status for _ in range(3)]
        assert statuses == [200, 200, 429]
        assert (await caller.ask_token()).status == 429
        assert caller.simulator.log.busiest_window(300) == 4


@pytest.mark.parametrize(("package", "status"), [("Basic", 403), ("Advanced", 403), ("Premium", 200)])
async def test_it_is_a_part_of_the_premium_package(package: str, status: int) -> None:
    async with calling(Simulator(package=package), authorized=False) as caller:
        assert (await send(caller, first(caller), seq=0, **FULL)).status == status


async def test_other_methods(caller: Caller) -> None:
    assert (await caller.get(PATH)).status == 405
