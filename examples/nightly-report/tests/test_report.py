"""The report against a simulated depot: what it says is what happened there."""

from datetime import timedelta

import pytest
from nightly_report import make_report, render
from nightly_report.report import NIGHT

from depotfinity_async import DepotFinity, ServiceUnavailableError
from depotfinity_async.simulator import Simulator

pytestmark = pytest.mark.asyncio


def charger_ids(server: Simulator) -> list[str]:
    return [charger.id for charger in server.depot.chargers]


async def test_every_vehicle_that_charged_has_its_energy(
    depotfinity_server: Simulator, depotfinity_client: DepotFinity
) -> None:
    now = depotfinity_server.clock.now()
    report = await make_report(depotfinity_client, [], now)
    happened = [each for each in depotfinity_server.depot.transactions(now) if each.end_at >= now - NIGHT]
    assert {night.vehicle for night in report.vehicles} == {each.vehicle_id for each in happened}
    assert sum(night.charges for night in report.vehicles) == len(happened)
    delivered = sum(each.energy(now) for each in happened) / 1000
    assert sum(night.energy for night in report.vehicles) == pytest.approx(delivered, abs=0.1)


async def test_a_charge_that_runs_has_no_state_of_charge_yet(
    depotfinity_server: Simulator, depotfinity_client: DepotFinity
) -> None:
    report = await make_report(depotfinity_client, [], depotfinity_server.clock.now())
    assert any(night.soc is None for night in report.vehicles)
    assert "charging" in render(report)


async def test_a_charger_that_is_offline_is_named(
    depotfinity_server: Simulator, depotfinity_client: DepotFinity
) -> None:
    chargers, now = charger_ids(depotfinity_server), depotfinity_server.clock.now()
    before = await make_report(depotfinity_client, chargers, now)
    connected = next(each for each in chargers if each not in before.offline)
    await depotfinity_client.force_termination.force_terminate(connected)
    depotfinity_server.clock.advance(60)
    after = await make_report(depotfinity_client, chargers, depotfinity_server.clock.now())
    assert set(after.offline) - set(before.offline) == {connected}
    assert f"Not connected: {connected}" in render(after)


@pytest.mark.depotfinity(days=30, chargers=10)
async def test_unusual_ends_are_named(depotfinity_server: Simulator, depotfinity_client: DepotFinity) -> None:
    now = depotfinity_server.clock.now()
    nights = [
        await make_report(depotfinity_client, [], now - night * timedelta(days=1)) for night in range(9)
    ]
    unusual = [line for night in nights for line in night.unusual]
    assert unusual
    assert any(f"Look at {unusual[0]}" in render(night) for night in nights)


async def test_a_service_that_is_away(depotfinity_server: Simulator, depotfinity_client: DepotFinity) -> None:
    depotfinity_server.begin_maintenance()
    with pytest.raises(ServiceUnavailableError):
        await make_report(depotfinity_client, [], depotfinity_server.clock.now())


@pytest.mark.depotfinity(speed=3000.0, limit=100)
async def test_more_chargers_than_the_limit_allows_at_once(
    depotfinity_server: Simulator, depotfinity_client: DepotFinity
) -> None:
    chargers = charger_ids(depotfinity_server) * 25
    await make_report(depotfinity_client, chargers, depotfinity_server.clock.now())
    assert len(depotfinity_server.log) > 150
    assert depotfinity_server.log.refusals == 0
