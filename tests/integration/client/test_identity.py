"""One object for one charger: what lists of transactions name, status calls fill."""

from __future__ import annotations

import gc
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from depotfinity_async import Charger, Connector, DepotFinity, SessionReport, Transaction
from depotfinity_async.jsonapi import IdentityMap, NotIncludedError, State
from depotfinity_async.simulator import Simulator
from tests.integration.http.service import Service, says
from tests.support import golden
from tests.support.clients import CREDENTIALS, still
from tests.support.simulated import NOW


@pytest.fixture
async def standing() -> AsyncIterator[Simulator]:
    async with Simulator(chargers=3, connectors=2, now=NOW, speed=0, limit=1000) as simulator:
        yield simulator


def client(service: Service, identity: IdentityMap | None, **options: Any) -> DepotFinity:
    return DepotFinity(
        **CREDENTIALS,
        base_url=service.base_url,
        token_url=service.token_url,
        identity=identity,
        **options,
    )


def availability(minute: int, status: str) -> dict[str, Any]:
    return {"timeStamp": f"2026-03-01T10:{minute:02}:00.000Z", "status": status, "errorCode": "NoError"}


async def test_polling_status_fills_the_chargers_of_listed_transactions(standing: Simulator) -> None:
    async with still(standing, identity=IdentityMap()) as depot:
        transactions = await depot.transactions.list(charger_id="CP-2")
        charger = transactions[0].charger.get()
        assert all(transaction.charger.get() is charger for transaction in transactions)
        assert (charger.id, charger.availability, charger.connectivity) == ("CP-2", None, None)
        newest = await depot.chargers.availability("CP-2")
        connectivity = await depot.chargers.connectivity("CP-2")
        assert newest is not None
        assert (charger.availability, charger.connectivity) == (newest, connectivity)
        assert transactions[0].connector.get().charger.get() is charger


async def test_polling_status_fills_the_connectors_of_listed_transactions(standing: Simulator) -> None:
    async with still(standing, identity=IdentityMap()) as depot:
        transactions = await depot.transactions.list(charger_id="CP-2")
        connector = transactions[0].connector.get()
        assert connector.id.startswith("CP-2/")
        assert (connector.availability, connector.number) == (None, None)
        found = await depot.chargers.connector_availability("CP-2", int(connector.id[-1]))
        assert found is not None
        assert connector.availability == found
        assert connector.number == int(connector.id[-1])


async def test_without_a_map_every_answer_stands_alone(standing: Simulator) -> None:
    async with still(standing) as depot:
        transaction = (await depot.transactions.list())[0]
        await depot.chargers.availability(transaction.charger.id)
        with pytest.raises(NotIncludedError):
            transaction.charger.get()
        again = await depot.transactions.get(transaction.id)
        assert again is not transaction


async def test_one_transaction_is_one_object_that_is_brought_up_to_date(service: Service) -> None:
    running, ended = golden.load("transaction"), golden.load("transaction")
    running |= {"EndAt": None, "EndSoC": None, "EndResult": None}
    service.answers.extend([says(200, [running]), says(200, ended), says(200, [ended])])
    async with client(service, IdentityMap()) as depot:
        (listed,) = await depot.transactions.list()
        charger, driver = listed.charger.get(), listed.driver.get()
        assert listed.is_running
        assert await depot.transactions.get(listed.id) is listed
        assert (listed.is_running, listed.end_soc) == (False, 95)
        (again,) = await depot.transactions.list()
    assert again is listed
    assert (again.charger.get(), again.driver.get()) == (charger, driver)
    assert again.vehicle.get().id == "BUS-001"


async def test_a_weak_map_forgets_what_nobody_holds(service: Service) -> None:
    identity = IdentityMap()
    service.answers.append(says(200, {"items": [availability(1, "Available")]}))
    service.answers.append(says(200, golden.load("transactions")))
    async with client(service, identity) as depot:
        await depot.chargers.availability("XYZ")
        gc.collect()
        assert len(identity) == 0
        page = await depot.transactions.list()
        assert {type(item).__name__ for item in identity} == {
            "Transaction",
            "Charger",
            "Connector",
            "Vehicle",
            "Driver",
        }
        del page
        gc.collect()
        assert len(identity) == 0


async def test_a_strong_map_keeps_what_was_polled_before_it_is_named(service: Service) -> None:
    identity = IdentityMap("strong")
    service.answers.append(says(200, {"items": [availability(1, "Available")]}))
    service.answers.append(says(200, golden.load("transactions")))
    async with client(service, identity) as depot:
        await depot.chargers.availability("XYZ")
        page = await depot.transactions.list()
    charger = page[-1].charger.get()
    assert charger is identity.get(Charger, "XYZ")
    assert charger.availability is not None
    assert charger.availability.status == "Available"


async def test_older_records_do_not_take_the_place_of_newer_ones(service: Service) -> None:
    identity = IdentityMap("strong")
    answers = [
        [availability(5, "Faulted"), availability(3, "Available")],
        [availability(2, "Available")],
        [],
        [availability(5, "Unavailable")],
    ]
    service.answers.extend(says(200, {"items": items}) for items in answers)
    newest: list[Any] = []
    async with client(service, identity) as depot:
        for _ in answers:
            await depot.chargers.availability_history("CP-7")
            charger = identity.get(Charger, "CP-7")
            assert charger is not None
            assert charger.availability is not None
            newest.append(charger.availability.status)
    assert newest == ["Faulted", "Faulted", "Faulted", "Unavailable"]


async def test_session_reports_point_to_the_same_objects(service: Service) -> None:
    identity = IdentityMap()
    service.answers.append(says(200, golden.load("transactions")))
    service.answers.append(says(200, golden.load("session_reports")))
    service.answers.append(says(200, golden.load("session_reports")))
    async with client(service, identity) as depot:
        transaction = (await depot.transactions.list())[-1]
        (report,) = await depot.session_reports.list("XYZ", 1)
        assert (await depot.session_reports.list("XYZ", 1))[0] is report
    assert report.charger.get() is transaction.charger.get()
    assert report.connector.get() is transaction.connector.get()
    assert report.vehicle.get() is transaction.vehicle.get()
    assert identity.get(SessionReport, 123456789) is report


async def test_what_is_not_named_has_no_object(service: Service) -> None:
    identity = IdentityMap()
    row = {"TransactionID": 7, "ChargerID": None, "ConnectorID": 1, "VehicleID": None}
    service.answers.append(says(200, [row]))
    async with client(service, identity) as depot:
        (transaction,) = await depot.transactions.list()
    assert transaction.charger.is_null
    assert transaction.vehicle.is_null
    assert transaction.driver.state is State.NOT_LOADED
    assert list(identity) == [transaction]


async def test_documents_of_json_api_meet_in_the_same_objects(service: Service) -> None:
    identity = IdentityMap()
    kind = {"Content-Type": "application/vnd.api+json"}
    for name in (
        "document_transactions",
        "document_charger_availability",
        "document_connector_availability",
        "document_session_reports",
    ):
        service.answers.append(says(200, json.dumps(golden.load(name)), kind))
    async with client(service, identity, media_type="application/vnd.api+json") as depot:
        first, second = await depot.transactions.list()
        charger = first.charger.get()
        assert charger.availability is not None
        assert charger.availability.timestamp == datetime(2019, 12, 20, 10, tzinfo=UTC)
        assert await depot.chargers.availability("CP-7") == charger.availability
        assert charger.availability.timestamp.year == 2022
        record = await depot.chargers.connector_availability("CP-7", 1)
        (report,) = await depot.session_reports.list("CP-7", 1)
    assert first.connector.get().availability == record
    assert report.charger.get() is second.charger.get() is charger
    assert report.vehicle.get() is first.vehicle.get()
    assert identity.get(Transaction, 123456) is first
    assert identity.get(Connector, "CP-7/2") is second.connector.get()
    assert second.connector.get().charger.get() is charger
