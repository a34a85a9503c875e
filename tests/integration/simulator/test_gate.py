import asyncio
from datetime import timedelta

import pytest

from depotfinity_async.simulator import Simulator
from tests.support.simulated import NOW, calling

PATH = "/v2/transactions"


async def test_token_and_api_calls_share_the_limit() -> None:
    async with calling(Simulator(now=NOW, speed=0, limit=3)) as caller:
        clock, log = caller.simulator.clock, caller.simulator.log
        clock.advance(10)
        assert (await caller.get(PATH)).status == 200
        assert (await caller.ask_token()).status == 200
        refused = await caller.get(PATH)
        assert (refused.status, refused.headers["Retry-After"]) == (429, "291")
        assert (await caller.ask_token()).status == 429
        clock.advance(290)
        assert (await caller.get(PATH)).status == 429
        clock.advance(1)
        assert (await caller.get(PATH)).status == 200
        assert (log.refusals, len(log), log.count(kind="token")) == (3, 6, 2)
        assert log.busiest_window(300) == 6


async def test_429_without_retry_after() -> None:
    async with calling(Simulator(now=NOW, speed=0, limit=1, retry_after=False)) as caller:
        refused = await caller.get(PATH)
        assert refused.status == 429
        assert "Retry-After" not in refused.headers


async def test_refused_requests_may_count() -> None:
    async with calling(Simulator(now=NOW, speed=0, limit=1, count_refused=True)) as caller:
        caller.simulator.clock.advance(200)
        assert (await caller.get(PATH)).status == 429
        caller.simulator.clock.advance(101)
        assert (await caller.get(PATH)).status == 429


async def test_the_order_of_the_checks() -> None:
    async with calling(Simulator(now=NOW, speed=0, package="Basic", limit=6)) as caller:
        token, caller.token = caller.token, None
        status = [(await caller.get("/v2/rfid")).status]
        caller.token = token
        status += [
            (await caller.get("/v2/rfid")).status,
            (await caller.get("/v2/nothing", limit=0)).status,
            (await caller.get(PATH, limit=0)).status,
            (await caller.get(PATH)).status,
        ]
        caller.token = None
        status.append((await caller.get(PATH)).status)
        caller.simulator.faults.add(status=503)
        status.append((await caller.get(PATH)).status)
        assert status == [401, 403, 404, 400, 200, 429, 503]


@pytest.mark.parametrize(("package", "status"), [("Basic", 403), ("Advanced", 200), ("Premium", 200)])
async def test_an_api_outside_the_package(package: str, status: int) -> None:
    async with calling(Simulator(package=package)) as caller:
        assert (await caller.get("/v1/reservations/chargers/CP-1/connectors/1")).status == status


async def test_a_wrong_method_names_the_right_one() -> None:
    async with calling(Simulator()) as caller:
        reply = await caller.call("PUT", PATH)
        assert (reply.status, reply.headers["Allow"], reply.body["code"]) == (405, "GET", 405)


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("*/*", 200),
        ("application/*;q=0.1", 200),
        ("text/html, application/json;q=0.5", 200),
        ("text/html", 406),
        ("application/json;q=0, */*", 406),
        ("application/json;q=x", 406),
        ("application/vnd.api+json", 200),
        ("", 200),
    ],
)
async def test_accept(accept: str, status: int) -> None:
    async with calling(Simulator()) as caller:
        reply = await caller.get(PATH, {"Accept": accept})
        assert reply.status == status


async def test_the_log_says_what_came() -> None:
    async with calling(Simulator(now=NOW, speed=0)) as caller:
        caller.simulator.clock.advance(1.5)
        await caller.get(PATH, page=2, chargerId="CP 1")
        (entry,) = caller.simulator.log
        assert entry.arrival == (NOW + timedelta(seconds=1.5)).timestamp()
        assert (entry.client, entry.method, entry.path, entry.kind) == ("127.0.0.1", "GET", PATH, "api")
        assert (entry.query, entry.status, entry.refused) == ("page=2&chargerId=CP 1", 200, False)


async def test_hundreds_at_once_are_counted_rightly() -> None:
    async with calling(Simulator(now=NOW, speed=0, limit=50)) as caller:
        replies = await asyncio.gather(
            *(caller.get("/v1/chargerStatus/chargers/CP-1/connectivityStatus") for _ in range(120))
        )
        assert sum(reply.status == 200 for reply in replies) == 49, "the token took one"
        assert caller.simulator.log.refusals == 71
