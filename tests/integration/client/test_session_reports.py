"""Session reports of the simulator, in plain JSON and as JSON:API: they agree with the transactions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from depotfinity_async import BadRequestError, DepotFinity, SessionReport, StatusWord
from depotfinity_async.simulator import Simulator
from tests.support.clients import still
from tests.support.simulated import NOW

JSON_API = "application/vnd.api+json"


@pytest.fixture
async def standing() -> AsyncIterator[Simulator]:
    async with Simulator(chargers=6, connectors=2, days=7, now=NOW, speed=0, limit=1000) as simulator:
        yield simulator


@pytest.fixture(params=["application/json", JSON_API])
async def depot(standing: Simulator, request: pytest.FixtureRequest) -> AsyncIterator[DepotFinity]:
    async with still(standing, media_type=request.param) as depot:
        yield depot


async def first_reports(depot: DepotFinity, **options: Any) -> list[SessionReport]:
    """All reports of connector 1 of the first charger that has any."""
    for number in range(1, 7):
        found = [report async for report in depot.session_reports.list(f"CP-{number}", 1, **options)]
        if found:
            return found
    raise AssertionError("no charger has reports")


async def test_reports_agree_with_the_transactions(depot: DepotFinity) -> None:
    reports = await first_reports(depot, limit=10)
    charger = reports[0].charger.id
    transactions = {
        each.id: each async for each in depot.transactions.list(charger_id=charger, connector_id=1)
    }
    assert {report.id for report in reports} == transactions.keys()
    for report in reports:
        transaction = transactions[report.id]
        assert report.charger.identifier == transaction.charger.identifier
        assert report.connector.identifier == transaction.connector.identifier
        assert report.vehicle.identifier == transaction.vehicle.identifier
        assert all(isinstance(event.value, StatusWord) for event in report.detail_statuses)
        assert all(event.status.is_known for event in report.ocpp_statuses)
        assert all(event.device.is_known for event in report.device_statuses)


async def test_every_page_brings_other_reports(depot: DepotFinity, standing: Simulator) -> None:
    reports = await first_reports(depot, limit=10)
    charger = reports[0].charger.id
    by_three = [report.id async for report in depot.session_reports.list(charger, 1)]
    assert by_three == [report.id for report in reports]
    first = await depot.session_reports.list(charger, 1)
    assert len(first) == 3 < len(reports)


async def test_a_window_of_time(depot: DepotFinity) -> None:
    reports = await first_reports(depot, limit=10)
    began = (await depot.transactions.get(reports[0].id)).started_at
    assert began is not None
    charger = reports[0].charger.id
    before = depot.session_reports.list(charger, 1, end=began - timedelta(milliseconds=1), limit=10)
    assert [each.id async for each in before] == [report.id for report in reports[1:]]
    after = depot.session_reports.list(charger, 1, start=began, limit=10)
    assert [each.id async for each in after] == [reports[0].id]


async def test_a_refusal_names_the_contradiction(depot: DepotFinity, standing: Simulator) -> None:
    standing.faults.add(path="/v1/sessionReports", status=400)
    with pytest.raises(BadRequestError, match="contradicts itself on limit"):
        await depot.session_reports.list("CP-1", 1, limit=2)


async def test_what_is_included_has_its_status(standing: Simulator) -> None:
    async with still(standing, media_type=JSON_API) as depot:
        report = (await first_reports(depot, include=["connector.charger", "vehicle"]))[0]
        charger = report.connector.get().charger.get()
        assert charger is report.charger.get()
        assert charger.availability == await depot.chargers.availability(charger.id)
        assert charger.connectivity == await depot.chargers.connectivity(charger.id)
        assert report.connector.get().availability == await depot.chargers.connector_availability(
            charger.id, 1
        )
