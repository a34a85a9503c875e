from depotfinity_async.simulator import Simulator
from depotfinity_async.simulator.server import _is_loopback
from tests.support.simulated import NOW, calling


async def test_the_report_needs_no_token_and_counts_for_nothing() -> None:
    async with calling(Simulator(now=NOW, speed=0, limit=3)) as caller:
        caller.simulator.clock.advance(1)
        for _ in range(3):
            await caller.get("/v2/transactions")
        caller.token = None
        reports = [(await caller.get("/_simulator/report")).body for _ in range(5)]
        assert reports == 5 * [
            {
                "requests": 3,
                "refusals": 1,
                "busiest_window": 3,
                "limit": 3,
                "window": 300.0,
                "by_path": {"/v2/transactions": 3},
            }
        ]


async def test_faults_are_set_and_cleared_by_another_process() -> None:
    async with calling(Simulator()) as caller:
        path, fault = "/_simulator/faults", {"status": 503, "times": 2, "path": "/v2/"}
        added = await caller.call("POST", path, json=fault)
        assert (added.status, added.body) == (201, {"pending": 1})
        assert (await caller.get("/v2/transactions")).status == 503
        assert (await caller.call("DELETE", path)).body == {"pending": 0}
        assert (await caller.get("/v2/transactions")).status == 200


async def test_a_fault_that_cannot_be_is_refused() -> None:
    async with calling(Simulator()) as caller:
        for data in (
            b"",
            b"{",
            b"[]",
            b"\xff",
            b"{}",
            b'{"status":"503"}',
            b'{"state":503}',
            b'{"delay":"1"}',
        ):
            reply = await caller.call(
                "POST", "/_simulator/faults", {"Content-Type": "application/json"}, data=data
            )
            assert (reply.status, reply.body["code"]) == (400, 400)
        assert not caller.simulator.faults.pending


async def test_other_admin_paths_are_not_there() -> None:
    async with calling(Simulator()) as caller:
        assert (await caller.get("/_simulator/")).status == 404
        assert (await caller.call("PUT", "/_simulator/report")).status == 405


async def test_there_are_no_admin_calls_on_an_open_address() -> None:
    async with calling(Simulator(host="0.0.0.0")) as caller:
        assert (await caller.get("/_simulator/report")).status == 404
        assert (await caller.call("POST", "/_simulator/faults", json={"status": 503})).status == 404


def test_which_addresses_are_loopback() -> None:
    assert all(map(_is_loopback, ("127.0.0.1", "127.8.9.1", "::1", "localhost")))
    assert not any(map(_is_loopback, ("0.0.0.0", "::", "10.0.0.1", "example.org", "")))
