"""The client that asks for JSON:API, against a service that has it and one that has not."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from depotfinity_async import (
    BadRequestError,
    ConnectorAvailability,
    DepotFinity,
    InvalidArgumentError,
    UnexpectedResponseError,
)
from depotfinity_async.jsonapi import NotIncludedError, links
from tests.integration.http.service import Handler, Service, says
from tests.support import golden
from tests.support.clients import CREDENTIALS

JSON_API = "application/vnd.api+json"


def document(name: str, status: int = 200) -> Handler:
    body = json.dumps(golden.load(name))
    return says(status, body, {"Content-Type": f'{JSON_API}; profile="https://a.example/p"'})


def client(service: Service, **options: Any) -> DepotFinity:
    return DepotFinity(**CREDENTIALS, base_url=service.base_url, token_url=service.token_url, **options)


@pytest.fixture
async def depot(service: Service) -> AsyncIterator[DepotFinity]:
    async with client(service, media_type=JSON_API) as depot:
        yield depot


def asked(service: Service) -> list[tuple[str, dict[str, str]]]:
    parts = [urlsplit(seen.target) for seen in service.seen]
    return [(part.path, dict(parse_qsl(part.query))) for part in parts]


async def test_the_setting_decides_what_is_asked_for(service: Service, depot: DepotFinity) -> None:
    service.answers.extend([says(200, []), says(200, []), says(201), says(200, [])])
    await depot.transactions.list()
    await depot.with_options(deadline=60).transactions.list()
    await depot.rfid.import_tags(["89C4704A"])
    async with client(service) as plain:
        await plain.transactions.list()
    wanted = f"{JSON_API}, application/json;q=0.5"
    assert [seen.headers["Accept"] for seen in service.seen] == [wanted, wanted, wanted, "application/json"]
    assert service.seen[2].headers["Content-Type"] == "application/json"
    assert {seen.headers["Accept"] for seen in service.token_calls} == {"application/json"}


async def test_transactions_with_what_they_belong_to(service: Service, depot: DepotFinity) -> None:
    service.answers.append(document("document_transactions"))
    page = await depot.transactions.list(limit=2, include=("charger", "connector"))
    assert asked(service) == [("/v2/transactions", {"include": "charger,connector", "limit": "2"})]
    first, second = page
    assert (first.id, first.energy_delivered, first.vehicle.id) == (123456, 1500, "BUS-12")
    assert first.driver.is_null
    assert second.is_running
    charger = first.charger.get()
    assert charger is second.charger.get() is second.connector.get().charger.get()
    assert charger.availability is not None
    assert charger.availability.timestamp == datetime(2019, 12, 20, 10, tzinfo=UTC)
    assert charger.connectivity is not None
    assert charger.connectivity.status == "Connected"
    assert second.connector.get().number == 2
    newest = second.connector.get().availability
    assert newest is not None
    assert newest.status is ConnectorAvailability.CHARGING
    with pytest.raises(NotIncludedError, match="vehicles/BUS-12"):
        first.vehicle.get()
    assert page.next_position == 2
    self = links(first)["self"]
    assert self is not None
    assert self.href == "/v2/transactions/123456"


async def test_all_pages_up_to_the_one_whose_link_says_that_it_is_the_last(
    service: Service, depot: DepotFinity
) -> None:
    pages = [golden.load("document_transactions") for _ in range(3)]
    for number, page in enumerate(pages):
        page["links"]["next"] = None if page is pages[-1] else "https://evil.example/v2/transactions?page=9"
        for row in page["data"]:
            row["id"] = str(int(row["id"]) + 10 * number)
        service.answers.append(says(200, json.dumps(page), {"Content-Type": JSON_API}))
    found = [transaction.id async for transaction in depot.transactions.list(limit=2)]
    assert found == [123456, 123455, 123466, 123465, 123476, 123475]
    assert [query.get("page") for _, query in asked(service)] == [None, "2", "3"]


async def test_one_transaction(service: Service, depot: DepotFinity) -> None:
    body = golden.load("document_transactions")
    body["data"] = body["data"][0]
    service.answers.append(says(200, json.dumps(body), {"Content-Type": JSON_API}))
    transaction = await depot.transactions.get(123456, include=["connector.charger"])
    assert asked(service) == [("/v2/transactions/123456", {"include": "connector.charger"})]
    assert transaction.connector.get().charger.get() is transaction.charger.get()


async def test_charger_status(service: Service, depot: DepotFinity) -> None:
    service.answers.append(document("document_charger_availability"))
    record = await depot.chargers.availability("CP-7")
    assert record is not None
    assert (record.status, record.vendor_error_code, record.vendor_id) == ("Available", 1, 23)
    service.answers.append(document("document_connector_availability"))
    (connector,) = await depot.chargers.connector_availability_history("CP-7", 1)
    assert connector.status is ConnectorAvailability.CHARGING
    body = golden.load("document_charger_availability")
    records = [
        {"timeStamp": f"2022-10-18T08:0{minute}:00.000Z", "status": status}
        for minute, status in [(2, "NotConnected"), (1, "Connected")]
    ]
    body["data"]["attributes"] = {"connectivityStatus": records}
    service.answers.append(says(200, json.dumps(body), {"Content-Type": JSON_API}))
    history = await depot.chargers.connectivity_history("CP-7")
    assert [record.status for record in history] == ["Connected", "NotConnected"]


async def test_session_reports(service: Service, depot: DepotFinity) -> None:
    service.answers.append(document("document_session_reports"))
    (report,) = await depot.session_reports.list("CP-7", 1, limit=10, include=["vehicle"])
    assert asked(service) == [
        (
            "/v1/sessionReports",
            {"chargerId": "CP-7", "connectorId": "1", "include": "vehicle", "limit": "10"},
        )
    ]
    assert (report.id, report.detail_statuses[0].value) == (123456789, 0)
    assert [str(each.identifier) for each in (report.charger, report.connector, report.vehicle)] == [
        "chargers/CP-7",
        "connectors/CP-7/1",
        "vehicles/BUS-12",
    ]


async def test_a_service_that_answers_plain_json_all_the_same(service: Service, depot: DepotFinity) -> None:
    for name in ("transactions", "charger_availability", "charger_connectivity", "session_reports"):
        service.answers.append(says(200, golden.load(name)))
    page = await depot.transactions.list(include="charger")
    assert asked(service)[0][1] == {"include": "charger"}
    assert not page[0].charger.is_included
    assert (await depot.chargers.availability("CP-7")) is not None
    assert len(await depot.chargers.connectivity_history("CP-7")) == 2
    assert [report.id async for report in depot.session_reports.list("XYZ", 1)] == [123456789]


async def test_a_service_that_says_json_and_sends_a_document(service: Service) -> None:
    service.answers.append(says(200, golden.load("document_transactions")))
    async with client(service) as depot:
        assert [transaction.id for transaction in await depot.transactions.list()] == [123456, 123455]


async def test_an_error_of_json_api_is_told(service: Service, depot: DepotFinity) -> None:
    service.answers.append(document("document_error_400", 400))
    with pytest.raises(BadRequestError, match="there is no relationship 'site'") as caught:
        await depot.transactions.list()
    assert caught.value.message == "Bad Request: include: there is no relationship 'site'."


async def test_a_document_of_something_else_is_unexpected(service: Service, depot: DepotFinity) -> None:
    service.always = document("document_connector_availability")
    with pytest.raises(UnexpectedResponseError, match="expected a Charger, got"):
        await depot.chargers.availability("CP-7")


@pytest.mark.parametrize(
    ("include", "sentence"),
    [
        (["chargr"], "did you mean 'charger'?"),
        (["started_at"], "has no relationship 'started_at'"),
        (["charger.site"], "has no relationship 'site'"),
        ([""], "has an empty step"),
    ],
)
async def test_a_path_that_leads_nowhere_is_refused_before_anything_is_sent(
    service: Service, depot: DepotFinity, include: list[str], sentence: str
) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        depot.transactions.list(include=include)
    assert sentence in str(caught.value)
    assert not service.seen


async def test_include_without_the_setting_names_the_setting(service: Service) -> None:
    async with client(service) as depot:
        for ask in (
            lambda: depot.transactions.list(include=["charger"]),
            lambda: depot.session_reports.list("CP-7", 1, include=["charger"]),
        ):
            with pytest.raises(ValueError, match=r"media_type='application/vnd\.api\+json'"):
                ask()
        with pytest.raises(InvalidArgumentError, match="DEPOTFINITY_MEDIA_TYPE"):
            await depot.transactions.get(1, include=["charger"])
        depot.transactions.list(include=[])
    assert not service.seen
