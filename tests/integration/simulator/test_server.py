import asyncio
import socket
import time
from datetime import datetime
from typing import Any

import aiohttp
import pytest

from depotfinity_async.simulator import Simulator
from tests.support.simulated import NOW, arrived, calling


async def test_start_and_stop_and_again() -> None:
    simulator = Simulator()
    with pytest.raises(RuntimeError, match="not running"):
        _ = simulator.url
    for _ in range(2):
        await simulator.start()
        assert simulator.token_url == simulator.url + "/oauth2/token"
        with pytest.raises(RuntimeError, match="already"):
            await simulator.start()
        await simulator.stop()
        await simulator.stop()
    with pytest.raises(RuntimeError, match="not running"):
        _ = simulator.token_url


async def test_a_new_start_knows_nothing_of_the_one_before() -> None:
    simulator = Simulator(limit=2)
    async with calling(simulator) as caller:
        token = caller.token
        assert (await caller.get("/v2/transactions")).status == 200
    async with calling(simulator, authorized=False) as caller:
        caller.token = token
        assert (await caller.get("/v2/transactions")).status == 401


async def test_a_port_in_use_is_an_os_error_and_leaves_nothing_behind() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        simulator = Simulator(port=taken.getsockname()[1])
        with pytest.raises(OSError, match=r"in use"):
            await simulator.start()
    await simulator.start()
    await simulator.stop()


async def test_the_url_of_an_ipv6_address() -> None:
    async with calling(Simulator(host="::1")) as caller:
        assert caller.simulator.url.startswith("http://[::1]:")
        assert (await caller.get("/v2/transactions")).status == 200


async def test_stopping_ends_replies_held_back() -> None:
    async with aiohttp.ClientSession() as session:
        simulator = Simulator(speed=0, now=NOW)
        await simulator.start()
        simulator.faults.add(delay=1000)
        task = asyncio.create_task(session.post(simulator.token_url))
        await arrived(simulator, 1)
        started = time.monotonic()
        await simulator.stop()
        assert time.monotonic() - started < 3
        with pytest.raises(aiohttp.ClientError):
            await task


async def test_same_seed_and_same_now_give_the_same_answers() -> None:
    paths = (
        "/v2/transactions",
        "/v1/chargerStatus/chargers/CP-3/connectors/1/availabilityStatus",
        "/v1/timeSeries/chargers/CP-3?measurand=Temperature",
    )

    async def bodies(seed: int) -> list[Any]:
        async with calling(Simulator(seed=seed, now=NOW, speed=0)) as caller:
            return [(await caller.get(path)).body for path in paths]

    first = await bodies(1)
    assert first == await bodies(1)
    assert first[0] != (await bodies(2))[0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"chargers": 0},
        {"connectors": 0},
        {"days": 0},
        {"days": 1e9},
        {"port": 65536},
        {"port": -1},
        {"days": float("nan")},
        {"speed": -1},
        {"limit": 0},
        {"window": 0},
        {"package": "Gold"},
        {"token_lifetime": 0.5},
        {"token_lifetime": float("inf")},
        {"max_page_size": 0},
        {"now": datetime(2026, 3, 10)},  # noqa: DTZ001  # a time without zone is what is refused
    ],
)
def test_options_outside_their_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong)) if "now" not in wrong else "zone"):
        Simulator(**wrong)
