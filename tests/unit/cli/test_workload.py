from collections import Counter
from datetime import timedelta

import pytest

from depotfinity_async import DepotFinity, NotFoundError
from depotfinity_async.cli.running import first_of
from depotfinity_async.cli.workload import NO_RECORD, Workload
from depotfinity_async.ratelimit import Budget
from depotfinity_async.simulator import Simulator
from tests.support.simulated import NOW


def _client(simulator: Simulator) -> DepotFinity:
    return DepotFinity(
        client_id=simulator.client_id,
        client_secret=simulator.client_secret,
        base_url=simulator.url,
        token_url=simulator.token_url,
        budget=Budget(1000),
    )


def _workload(depot: DepotFinity, *chargers: str) -> Workload:
    since = NOW - timedelta(days=1)
    return Workload(depot, chargers, 2, chargers[0], since, NOW, on_answer=lambda: None)


async def test_all_is_fetched_and_counted() -> None:
    async with Simulator(chargers=40, now=NOW, speed=0, limit=1000) as simulator, _client(simulator) as depot:
        workload = _workload(depot, *(f"CP-{number}" for number in range(1, 41)))
        answers = list[int]()
        workload.on_answer = lambda: answers.append(sum(bar.done for bar in workload.bars()))
        await workload.run()
        begun = [
            known
            for known in simulator.depot.transactions(NOW)
            if NOW - timedelta(days=1) <= known.start_at <= NOW
        ]
        asked = len(simulator.log)
    assert len(begun) > 100
    assert workload.transactions == len(begun)
    assert workload.energy == pytest.approx(sum(known.energy(NOW) for known in begun), rel=0.2)
    assert workload.charger_statuses.total() == 40
    assert workload.connector_statuses.total() == 80
    assert workload.power is not None
    assert [(bar.label, bar.done, bar.total) for bar in workload.bars()] == [
        ("chargers", 40, 40),
        ("connectors", 80, 80),
        ("transactions", 2, 2),
        ("power", 1, 1),
    ]
    # One request more: the token.
    assert answers == list(range(1, 124))
    assert asked == 124


async def test_end_of_the_pages_is_not_known_before() -> None:
    async with Simulator(chargers=1, now=NOW, speed=0) as simulator, _client(simulator) as depot:
        workload = _workload(depot, "CP-1")
        assert [bar.total for bar in workload.bars()] == [1, 2, None, 1]
        assert workload.bars()[2].note == "0 in 0 pages"


async def test_charger_without_a_record_is_counted_as_such() -> None:
    async with Simulator(chargers=1, now=NOW, speed=0) as simulator, _client(simulator) as depot:
        path = "/v1/chargerStatus/chargers/CP-1"
        simulator.faults.add(path=f"{path}/availabilityStatus", body={"items": []})
        simulator.faults.add(path=f"{path}/connectors/1/availabilityStatus", body={"items": []})
        workload = _workload(depot, "CP-1")
        await workload.run()
    assert workload.charger_statuses == Counter({NO_RECORD: 1})
    assert workload.connector_statuses[NO_RECORD] == 1


async def test_first_failure_ends_it() -> None:
    async with Simulator(chargers=1, now=NOW, speed=0) as simulator, _client(simulator) as depot:
        with pytest.raises(ExceptionGroup) as failed:
            await _workload(depot, "CP-1", "CP-2").run()
    assert isinstance(first_of(failed.value), NotFoundError)
