import asyncio
from typing import Literal

import aiohttp
import pytest

from depotfinity_async.simulator import Simulator
from tests.support.simulated import NOW, arrived, calling

PATH = "/v2/transactions"


async def test_a_status_for_the_next_requests_of_a_path() -> None:
    async with calling(Simulator()) as caller:
        caller.simulator.faults.add(status=503, times=2, path=PATH, headers={"Retry-After": "90"})
        other = await caller.get("/v1/chargerStatus/chargers/CP-1/connectivityStatus")
        replies = [await caller.get(PATH) for _ in range(3)]
        assert [reply.status for reply in (other, *replies)] == [200, 503, 503, 200]
        assert replies[0].headers["Retry-After"] == "90"
        assert replies[0].body == {"code": 503, "message": "Fault set on the simulator."}
        assert caller.simulator.log.count(status=503) == 2


async def test_bodies_of_every_kind() -> None:
    async with calling(Simulator()) as caller:
        faults, url = caller.simulator.faults, caller.simulator.url + PATH
        faults.add(body="<html>sorry</html>", headers={"Content-Type": "text/html"})
        faults.add(body=b"\xff\xfe", status=502)
        faults.add(body={"error": "invalid_client"}, status=400)
        faults.add(body=[], status=200)
        seen = []
        for _ in range(4):
            async with caller.session.get(url) as response:
                seen.append((response.status, response.content_type, await response.read()))
        assert seen == [
            (200, "text/html", b"<html>sorry</html>"),
            (502, "application/octet-stream", b"\xff\xfe"),
            (400, "application/json", b'{"error":"invalid_client"}'),
            (200, "application/json", b"[]"),
        ]


async def test_headers_alone_leave_the_answer_as_it_is() -> None:
    async with calling(Simulator()) as caller:
        caller.simulator.faults.add(headers={"X-Odd": "1"})
        reply = await caller.get(PATH, limit=3)
        assert (reply.status, len(reply.body), reply.headers["X-Odd"]) == (200, 3, "1")


async def test_a_delay_passes_in_simulated_time() -> None:
    async with calling(Simulator(now=NOW, speed=0)) as caller:
        caller.simulator.faults.add(delay=30)
        task = asyncio.create_task(caller.get(PATH))
        await arrived(caller.simulator, 1)
        caller.simulator.clock.advance(29)
        await asyncio.sleep(0.01)
        assert not task.done()
        caller.simulator.clock.advance(1)
        assert (await task).status == 200


async def test_the_limit_goes_by_arrivals_not_by_delayed_replies() -> None:
    async with calling(Simulator(now=NOW, speed=0, limit=4)) as caller:
        delays = iter([30.0, 0.0, 15.0])
        caller.simulator.faults.add(delay=lambda: next(delays), times=3)
        tasks = [asyncio.create_task(caller.get(PATH, limit=1)) for _ in range(3)]
        await arrived(caller.simulator, 3)
        assert (await caller.get(PATH)).status == 429
        caller.simulator.clock.advance(30)
        assert [reply.status for reply in await asyncio.gather(*tasks)] == [200, 200, 200]
        assert caller.simulator.log.busiest_window(0) == 4


@pytest.mark.parametrize("before", ["read", "reply"])
async def test_a_dropped_connection(before: Literal["read", "reply"]) -> None:
    async with calling(Simulator()) as caller:
        caller.simulator.faults.add(drop=True, before=before, path=PATH)
        with pytest.raises(aiohttp.ClientConnectionError):
            # POST, since aiohttp itself sends a dropped GET again.
            await caller.call("POST", PATH)
        (entry,) = caller.simulator.log
        assert entry.status is None
        assert (await caller.get(PATH)).status == 200


@pytest.mark.parametrize(("before", "later"), [("read", 429), ("reply", 200)])
async def test_only_a_drop_before_the_reply_is_processed(
    before: Literal["read", "reply"], later: int
) -> None:
    async with calling(Simulator(now=NOW, speed=0, limit=1)) as caller:
        caller.simulator.clock.advance(200)
        caller.simulator.faults.add(drop=True, before=before)
        with pytest.raises(aiohttp.ClientConnectionError):
            await caller.call("POST", PATH)
        caller.simulator.clock.advance(101)
        # Processed, it was refused and used up no place; unprocessed, it was on the wire and counts.
        assert (await caller.get(PATH)).status == later


async def test_a_truncated_body() -> None:
    async with calling(Simulator()) as caller:
        caller.simulator.faults.add(truncate=True)
        async with caller.session.get(
            caller.simulator.url + PATH, headers={"Authorization": f"Bearer {caller.token}"}
        ) as response:
            assert response.status == 200
            announced = int(response.headers["Content-Length"])
            with pytest.raises(aiohttp.ClientPayloadError):
                await response.read()
            assert 0 < response.content.total_bytes == announced // 2
        assert (await caller.get(PATH)).status == 200


async def test_an_answer_of_the_switchboard_counts_towards_the_limit_unless_it_is_a_429() -> None:
    async with calling(Simulator(now=NOW, speed=0, limit=3)) as caller:
        caller.simulator.faults.add(status=429, headers={"Retry-After": "7"})
        caller.simulator.faults.add(status=503)
        assert [(await caller.get(PATH)).status for _ in range(4)] == [429, 503, 200, 429]


async def test_a_caller_that_gives_up_ends_the_reply_held_back() -> None:
    async with calling(Simulator(now=NOW, speed=0)) as caller:
        caller.simulator.faults.add(delay=1000)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await caller.get(PATH)
        # Two round trips: by then the server has seen the connection close.
        assert [(await caller.get(PATH)).status for _ in range(2)] == [200, 200]
        caller.simulator.clock.advance(1000)
        await caller.get(PATH)
        assert caller.simulator.log.entries[0].status is None
