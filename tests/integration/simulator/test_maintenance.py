"""503 on demand for everybody, and writes that are accepted with 202 and refused later."""

from depotfinity_async.simulator import Simulator
from tests.support.simulated import NOW, calling

PATH = "/v2/transactions"


async def test_a_maintenance_of_90_seconds_for_every_call() -> None:
    async with calling(Simulator(now=NOW, speed=0)) as caller:
        caller.simulator.begin_maintenance()
        replies = [
            await caller.get(PATH),
            await caller.ask_token(),
            await caller.call("POST", "/v2/rfid", json={"interimVehicleIDs": ["A1"]}),
            await caller.call("POST", "/v1/vdv", json={}),
        ]
        assert [reply.status for reply in replies] == 4 * [503]
        assert all(reply.headers["Retry-After"] == "90" for reply in replies)
        caller.simulator.clock.advance(89.5)
        assert (await caller.get(PATH)).headers["Retry-After"] == "1"
        caller.simulator.clock.advance(0.5)
        assert (await caller.get(PATH)).status == 200
        assert caller.simulator.depot.tags.get("A1") is None, "nothing was processed meanwhile"


async def test_a_maintenance_that_says_nothing_and_is_ended() -> None:
    async with calling(Simulator(now=NOW, speed=0)) as caller:
        caller.simulator.begin_maintenance(1000, retry_after=False)
        reply = await caller.get(PATH)
        assert (reply.status, "Retry-After" in reply.headers) == (503, False)
        caller.simulator.begin_maintenance(0)
        assert (await caller.get(PATH)).status == 200


async def test_requests_in_a_maintenance_use_up_the_limit() -> None:
    async with calling(Simulator(now=NOW, speed=0, limit=3)) as caller:
        caller.simulator.begin_maintenance(10)
        assert [(await caller.get(PATH)).status for _ in range(3)] == [503, 503, 429]


async def test_what_was_accepted_is_refused_later_and_the_state_shows_it() -> None:
    async with calling(Simulator(now=NOW, speed=0)) as caller:
        caller.simulator.deferrals.add(path="/v2/rfid", after=5)
        accepted = await caller.call("POST", "/v2/rfid", json={"interimVehicleIDs": ["A1"]})
        assert (accepted.status, accepted.body) == (202, {"code": 202, "message": "Accepted."})
        (kept,) = (await caller.get("/_simulator/deferrals")).body
        assert (kept["method"], kept["path"], kept["outcome"]) == ("POST", "/v2/rfid", "pending")
        caller.simulator.clock.advance(5)
        (kept,) = (await caller.get("/_simulator/deferrals")).body
        assert kept["outcome"] == "refused"
        assert (await caller.call("POST", "/v2/rfid/A1/false")).status == 404, "the tag is not there"
        again = await caller.call("POST", "/v2/rfid", json={"interimVehicleIDs": ["A1"]})
        assert again.status == 201, "one write was asked for"


async def test_only_writes_that_could_be_are_accepted() -> None:
    async with calling(Simulator(now=NOW, speed=0, package="Basic")) as caller:
        caller.simulator.deferrals.add()
        token, caller.token = caller.token, None
        statuses = [(await caller.call("POST", "/v2/rfid")).status, (await caller.ask_token()).status]
        caller.token = token
        statuses += [
            (await caller.get(PATH)).status,
            (await caller.call("POST", "/v2/rfid")).status,
            (await caller.call("POST", "/v2/nothing")).status,
            (await caller.call("PUT", PATH)).status,
            (await caller.call("PUT", "/v1/chargerControl/CP-1/forceTerminateConnection")).status,
        ]
        assert statuses == [401, 200, 200, 403, 404, 405, 202]


async def test_a_page_that_is_too_large_is_cut_without_a_word() -> None:
    async with calling(Simulator(now=NOW, speed=0, max_page_size=7)) as caller:
        reply = await caller.get(PATH, limit=1_000_000)
        assert (reply.status, len(reply.body)) == (200, 7)
        assert reply.body == (await caller.get(PATH, limit=7)).body
