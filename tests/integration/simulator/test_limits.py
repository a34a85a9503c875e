"""The limit on the wire: its three policies, and that each client address is counted for itself."""

import aiohttp
import pytest

from depotfinity_async.simulator import Simulator
from depotfinity_async.simulator.limit import POLICIES, Policy
from tests.support.simulated import NOW, Caller, calling

PATH = "/v2/transactions"


@pytest.mark.parametrize(
    ("policy", "admitted"),
    [
        ("sliding-window", [10, 20, 301]),
        # NOW is 0.123 s after a full five minutes, where a window begins.
        ("fixed-window", [10, 20, 301, 302, 303]),
        ("token-bucket", [10, 20, 140, 301, 302]),
    ],
)
async def test_each_policy(policy: Policy, admitted: list[int]) -> None:
    # The token takes the first of the three.
    async with calling(Simulator(now=NOW, speed=0, limit=3, limit_policy=policy)) as caller:
        clock = caller.simulator.clock
        statuses = {}
        for seconds in (10, 20, 30, 140, 150, 301, 302, 303):
            clock.advance(seconds - clock.elapsed())
            statuses[seconds] = (await caller.get(PATH)).status
        assert [seconds for seconds, status in statuses.items() if status == 200] == admitted
        assert set(statuses.values()) == {200, 429}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("retry_after", [True, False])
async def test_retry_after_is_right_under_each_policy(policy: Policy, retry_after: bool) -> None:
    simulator = Simulator(now=NOW, speed=0, limit=2, limit_policy=policy, retry_after=retry_after)
    async with calling(simulator) as caller:
        await caller.get(PATH)
        refused = await caller.get(PATH)
        assert refused.status == 429
        assert ("Retry-After" in refused.headers) is retry_after
        if retry_after:
            simulator.clock.advance(int(refused.headers["Retry-After"]))
            assert (await caller.get(PATH)).status == 200


@pytest.mark.parametrize("policy", POLICIES)
async def test_each_address_has_a_limit_of_its_own(policy: Policy) -> None:
    async with calling(Simulator(now=NOW, speed=0, limit=2, limit_policy=policy)) as caller:
        assert [(await caller.get(PATH)).status for _ in range(2)] == [200, 429]
        connector = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0))
        async with aiohttp.ClientSession(connector=connector) as session:
            other = Caller(caller.simulator, session, caller.token)
            assert [(await other.get(PATH)).status for _ in range(3)] == [200, 200, 429]
        assert {entry.client for entry in caller.simulator.log} == {"127.0.0.1", "127.0.0.2"}


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
async def test_what_a_client_says_of_its_address_is_not_believed(header: str) -> None:
    async with calling(Simulator(now=NOW, speed=0, limit=3)) as caller:
        replies = [await caller.get(PATH, {header: f"for=10.0.0.{last}"}) for last in range(3)]
        assert [reply.status for reply in replies] == [200, 200, 429]
        assert {entry.client for entry in caller.simulator.log} == {"127.0.0.1"}


def test_a_policy_that_is_not_known() -> None:
    with pytest.raises(ValueError, match="limit_policy"):
        Simulator(limit_policy="leaky")  # type: ignore[arg-type]  # what a caller without a checker may do
