import pytest

from depotfinity_async.simulator import Simulator
from depotfinity_async.simulator.apis.vdv import LARGEST
from depotfinity_async.simulator.server import _is_loopback
from tests.support.simulated import NOW, basic, calling


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
        assert (await caller.get("/_simulator/vehicles")).status == 404
        assert (await caller.call("POST", "/_simulator/faults", json={"status": 503})).status == 404


def test_which_addresses_are_loopback() -> None:
    assert all(map(_is_loopback, ("127.0.0.1", "127.8.9.1", "::1", "localhost")))
    assert not any(map(_is_loopback, ("0.0.0.0", "::", "10.0.0.1", "example.org", "")))


async def test_a_maintenance_from_another_process() -> None:
    async with calling(Simulator(now=NOW, speed=0)) as caller:
        path = "/_simulator/maintenance"
        begun = await caller.call("POST", path, json={})
        assert (begun.status, begun.body) == (201, {"seconds": 90.0})
        assert (await caller.get("/v2/transactions")).headers["Retry-After"] == "90"
        silent = await caller.call("POST", path, json={"seconds": 5, "retry_after": False})
        assert silent.body == {"seconds": 5.0}
        assert "Retry-After" not in (await caller.get("/v2/transactions")).headers
        assert (await caller.call("DELETE", path)).body == {"seconds": 0.0}
        assert (await caller.get("/v2/transactions")).status == 200


async def test_deferrals_from_another_process() -> None:
    async with calling(Simulator(now=NOW, speed=0)) as caller:
        path, write = "/_simulator/deferrals", "/v1/chargerControl/CP-1/forceTerminateConnection"
        added = await caller.call("POST", path, json={"times": 2, "after": 0})
        assert (added.status, added.body) == (201, [])
        assert (await caller.call("PUT", write)).status == 202
        assert (await caller.get(path)).body == [
            {
                "method": "PUT",
                "path": write,
                "accepted_at": caller.simulator.clock.time(),
                "outcome": "refused",
            }
        ]
        assert (await caller.call("DELETE", path)).body == []
        assert (await caller.call("PUT", write)).status in (200, 409), "carried out again"


async def test_the_limit_is_changed_by_another_process() -> None:
    async with calling(Simulator(now=NOW, speed=0)) as caller:
        path = "/_simulator/limit"
        before = (await caller.get(path)).body
        assert before == {
            "policy": "sliding-window",
            "limit": 100,
            "window": 300.0,
            "count_refused": False,
            "retry_after": True,
            "count_vehicles": False,
        }
        changes = {"policy": "token-bucket", "limit": 1, "retry_after": False, "count_vehicles": True}
        assert (await caller.call("PATCH", path, json=changes)).body == {**before, **changes}
        assert (await caller.get("/v2/transactions")).status == 200
        refused = await caller.get("/v2/transactions")
        assert (refused.status, "Retry-After" in refused.headers) == (429, False)
        assert (await caller.call("POST", "/vdv")).status == 429
        again = await caller.call("PATCH", path, json={"window": 60, "count_refused": True})
        assert again.body == {**before, **changes, "window": 60, "count_refused": True}
        assert (await caller.get("/v2/transactions")).status == 200, "nothing of the new limit is used"


async def test_the_clock_is_stepped_by_another_process() -> None:
    async with calling(Simulator(now=NOW, speed=0)) as caller:
        path = "/_simulator/clock"
        assert (await caller.get(path)).body == {"now": "2026-03-10T15:30:00.123Z", "speed": 0}
        stepped = await caller.call("POST", path, json={"seconds": 61.5})
        assert stepped.body == {"now": "2026-03-10T15:31:01.623Z", "speed": 0}


async def test_the_vehicles_are_told_with_their_passwords() -> None:
    async with calling(Simulator(now=NOW, speed=0, chargers=3), authorized=False) as caller:
        first, *others = (await caller.get("/_simulator/vehicles")).body
        assert (first["vehicleId"], first["seq"], first["signals"], len(others)) == ("BUS-001", None, None, 5)
        body = {"vin": first["vin"], "seq": 0, "evccid": "001122334455"} | dict.fromkeys(LARGEST, 1)
        headers = {"Authorization": basic(first["vin"], first["password"])}
        assert (await caller.call("POST", "/vdv", headers, json=body)).status == 200
        after = (await caller.get("/_simulator/vehicles")).body[0]
        assert (after["seq"], after["signals"]["odo"]) == (0, 1)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "maintenance", {"seconds": -1}),
        ("POST", "maintenance", {"now": 1}),
        ("POST", "maintenance", []),
        ("POST", "deferrals", {"times": 0}),
        ("POST", "deferrals", {"path": 1}),
        ("PATCH", "limit", {"policy": "leaky"}),
        ("PATCH", "limit", {"limit": 0}),
        ("PATCH", "limit", {"window": "1"}),
        ("PATCH", "limit", {"size": 1}),
        ("POST", "clock", {"seconds": -1}),
        ("POST", "clock", {}),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(method: str, path: str, body: object) -> None:
    async with calling(Simulator(now=NOW, speed=0)) as caller:
        before = (await caller.get("/_simulator/limit")).body
        reply = await caller.call(method, f"/_simulator/{path}", json=body)
        assert (reply.status, reply.body["code"]) == (400, 400)
        assert (await caller.get("/_simulator/limit")).body == before
        assert (await caller.get("/v2/transactions")).status == 200
