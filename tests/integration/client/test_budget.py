"""The budget under load: the simulator's own log says whether the limit held. Time is sped up."""

from __future__ import annotations

import asyncio
import random

from depotfinity_async import DepotFinity
from depotfinity_async.simulator import Simulator
from tests.support.clients import simulated

SPEED = 200
"""A window of 300 s lasts 1.5 s."""


async def charger_of_newest_transaction(depot: DepotFinity, charger_id: str) -> str:
    page = await depot.transactions.list(charger_id=charger_id, limit=1)
    return page[0].charger.id


async def test_500_coroutines_ask_for_250_chargers_through_one_client() -> None:
    randomness = random.Random(7)
    async with Simulator(chargers=250, connectors=2, speed=SPEED, now=None) as simulator:
        simulator.faults.add(times=None, delay=lambda: randomness.uniform(0, 30), headers={"X-Delayed": "1"})
        wanted = [f"CP-{number % 250 + 1}" for number in range(500)]
        async with simulated(simulator) as depot:
            found = await asyncio.gather(*(charger_of_newest_transaction(depot, each) for each in wanted))
        assert found == wanted
        assert simulator.log.refusals == 0
        assert simulator.log.busiest_window(300) == 100
        assert len(simulator.log) == 501


async def test_a_token_that_expires_while_all_slots_are_in_use_and_500_coroutines_wait() -> None:
    async with Simulator(chargers=5, speed=SPEED, token_lifetime=320) as simulator:
        async with simulated(simulator) as depot, asyncio.timeout(60):
            await asyncio.gather(*(depot.chargers.connectivity("CP-1") for _ in range(500)))
        assert (
            simulator.log.count(path="/v1/chargerStatus/chargers/CP-1/connectivityStatus", status=200) == 500
        )
        assert simulator.log.count(kind="token") >= 4
        assert simulator.log.refusals == 0
        assert simulator.log.busiest_window(300) <= 100
