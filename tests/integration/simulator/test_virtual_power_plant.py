"""Energy prices are read back as they were written, and what is no list of prices changes nothing."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from depotfinity_async.simulator import Simulator
from tests.support.golden import load, shape
from tests.support.simulated import NOW, Caller, calling

PATH = "/v1/vppController/SITE-1/energyPrices"
BLOCK = {"start": "2026-03-10T15:00:00.000Z", "duration": 60, "price": 0.31}
NONE: dict[str, Any] = {"PricesJsonStr": {"blocks": []}}


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with calling(Simulator(now=NOW, speed=0, limit=1000)) as caller:
        yield caller


def wrapped(*blocks: object) -> dict[str, Any]:
    return {"PricesJsonStr": {"blocks": list(blocks)}}


def changed(**members: object) -> dict[str, object]:
    return {name: value for name, value in {**BLOCK, **members}.items() if value is not ...}


async def test_prices_are_read_back_as_they_were_written(caller: Caller) -> None:
    assert caller.simulator.depot.site_id == "SITE-1"
    assert (await caller.get(PATH)).body == NONE
    golden = load("energy_prices")
    reply = await caller.call("POST", PATH, json=golden)
    assert (reply.status, reply.body) == (200, load("energy_prices_updated"))
    again = (await caller.get(PATH)).body
    assert again == golden
    assert shape(again) == shape(golden), "an integer comes back as one"


async def test_a_new_set_replaces_the_one_before_and_keeps_its_order(caller: Caller) -> None:
    await caller.call("POST", PATH, json=wrapped(BLOCK))
    late = changed(start="2026-03-11T00:00:00.000Z", duration=0.5)
    early = changed(start="2026-03-10T23:00:00.000Z", price=-1)
    assert (await caller.call("POST", PATH, json=wrapped(late, early))).status == 200
    assert (await caller.get(PATH)).body == wrapped(late, early)


async def test_times_are_utc_with_milliseconds(caller: Caller) -> None:
    await caller.call("POST", PATH, json=wrapped(changed(start="2026-03-10T16:00:00.0009+01:00")))
    assert (await caller.get(PATH)).body == wrapped(BLOCK)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], "body"),
        ({}, "PricesJsonStr"),
        ({"PricesJsonStr": "[]"}, "PricesJsonStr"),
        (wrapped(), "PricesJsonStr.blocks"),
        ({"PricesJsonStr": {"blocks": {}}}, "PricesJsonStr.blocks"),
        (wrapped(BLOCK, 7), "PricesJsonStr.blocks[1]"),
        (wrapped(changed(start=...)), "PricesJsonStr.blocks[0].start"),
        (wrapped(changed(start="today")), "PricesJsonStr.blocks[0].start"),
        (wrapped(changed(duration=...)), "PricesJsonStr.blocks[0].duration"),
        (wrapped(changed(duration=0)), "PricesJsonStr.blocks[0].duration"),
        (wrapped(changed(duration=True)), "PricesJsonStr.blocks[0].duration"),
        (wrapped(changed(price=...)), "PricesJsonStr.blocks[0].price"),
        (wrapped(changed(price="0.31")), "PricesJsonStr.blocks[0].price"),
        (wrapped(changed(price=float("nan"))), "PricesJsonStr.blocks[0].price"),
        (wrapped(changed(price=10**400)), "PricesJsonStr.blocks[0].price"),
        (wrapped(changed(start="2026-03-10T15:59:59.999Z"), BLOCK), "PricesJsonStr.blocks"),
        (wrapped(BLOCK, BLOCK), "PricesJsonStr.blocks"),
        (wrapped(changed(duration=1e15), changed(start="9999-12-31T23:59:59Z")), "PricesJsonStr.blocks"),
    ],
)
async def test_what_are_no_prices_is_refused_by_its_name(caller: Caller, body: object, field: str) -> None:
    reply = await caller.call("POST", PATH, json=body)
    assert (reply.status, reply.body["code"], reply.body["message"].partition(":")[0]) == (400, 400, field)
    assert (await caller.get(PATH)).body == NONE


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_unknown_site(caller: Caller, method: str) -> None:
    reply = await caller.call(method, PATH.replace("SITE-1", "SITE-2"), json=wrapped(BLOCK))
    assert (reply.status, reply.body) == (404, {"code": 404, "message": "Site SITE-2 not found."})


@pytest.mark.parametrize(("package", "status"), [("Basic", 403), ("Advanced", 403), ("Premium", 200)])
async def test_the_package(package: str, status: int) -> None:
    async with calling(Simulator(package=package)) as caller:
        assert (await caller.get(PATH)).status == status
        assert (await caller.call("POST", PATH, json=wrapped(BLOCK))).status == status
