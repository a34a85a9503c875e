"""Which URL and query each resource method asks for. The wire is not real here; that is tested elsewhere."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from aioresponses import aioresponses
from yarl import URL

from depotfinity_async import (
    AssumptionWarning,
    BadRequestError,
    DepotFinity,
    FilterBy,
    InvalidArgumentError,
    Measurand,
    Order,
    Phase,
)
from tests.support import golden
from tests.support.clients import CREDENTIALS

START = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
END = datetime(2026, 3, 2, tzinfo=UTC)
FROM = "from=2026-03-01T10:00:00.123Z"
TO = "to=2026-03-02T00:00:00.000Z"
STATUS = "/v1/chargerStatus/chargers/CP-7"
AVAILABILITY = f"{STATUS}/availabilityStatus"
CONNECTIVITY = f"{STATUS}/connectivityStatus"
SERIES = "/v1/timeSeries/chargers/CP-7"

ALL_PARAMETERS = (
    "/v2/transactions?chargerId=CP%207%2F%C3%BC%26b%3Dc&connectorId=2&vehicleId=BUS%2B1"
    f"&{FROM}&{TO}&filterBy=Overlapping&orderBy=StartAt&order=asc&page=3&limit=50"
)

Ask = Callable[[DepotFinity], Awaitable[Any]]


@pytest.mark.parametrize(
    ("body", "ask", "expected"),
    [
        ("transactions", lambda depot: depot.transactions.list(), "/v2/transactions"),
        (
            "transactions",
            lambda depot: depot.transactions.list(
                charger_id="CP 7/ü&b=c",
                connector_id=2,
                vehicle_id="BUS+1",
                start=START,
                end=END,
                filter_by=FilterBy.OVERLAPPING,
                order_by="StartAt",
                order=Order.ASCENDING,
                page=3,
                limit=50,
            ),
            ALL_PARAMETERS,
        ),
        (
            "transactions",
            lambda depot: depot.transactions.list(filter_by="SomethingNew"),
            "/v2/transactions?filterBy=SomethingNew",
        ),
        ("transaction", lambda depot: depot.transactions.get(123456), "/v2/transactions/123456"),
        (
            "charger_availability",
            lambda depot: depot.chargers.availability("CP-7"),
            AVAILABILITY,
        ),
        (
            "charger_availability",
            lambda depot: depot.chargers.availability_history("CP-7", start=START, end=END),
            f"{STATUS}/availabilityStatus?{FROM}&{TO}",
        ),
        (
            "charger_availability",
            lambda depot: depot.chargers.availability_history("CP-7", start=END, end=END),
            f"{STATUS}/availabilityStatus?from=2026-03-02T00:00:00.000Z&{TO}",
        ),
        (
            "connector_availability",
            lambda depot: depot.chargers.connector_availability("CP-7", 2),
            f"{STATUS}/connectors/2/availabilityStatus",
        ),
        (
            "connector_availability",
            lambda depot: depot.chargers.connector_availability_history("CP-7", 2, end=END),
            f"{STATUS}/connectors/2/availabilityStatus?{TO}",
        ),
        (
            "charger_connectivity",
            lambda depot: depot.chargers.connectivity("CP-7"),
            CONNECTIVITY,
        ),
        (
            "charger_connectivity",
            lambda depot: depot.chargers.connectivity_history("../x", start=START),
            f"/v1/chargerStatus/chargers/..%2Fx/connectivityStatus?{FROM}",
        ),
        (
            "time_series_charger",
            lambda depot: depot.time_series.charger("CP-7", "ActivePowerImport", start=START),
            f"{SERIES}?measurand=ActivePowerImport&{FROM}",
        ),
        (
            "time_series_charger",
            lambda depot: depot.time_series.charger("CP-7", Measurand.VOLTAGE, phase=Phase.L1_N),
            f"{SERIES}?measurand=Voltage&phase=L1-N",
        ),
        (
            "time_series_connector",
            lambda depot: depot.time_series.connector("CP-7", 1, "Voltage", phase="L1-N", end=END),
            f"{SERIES}/connectors/1?measurand=Voltage&phase=L1-N&{TO}",
        ),
        (
            "session_reports",
            lambda depot: depot.session_reports.list("CP 7", 2),
            "/v1/sessionReports?chargerId=CP%207&connectorId=2",
        ),
        (
            "session_reports",
            lambda depot: depot.session_reports.list("CP-7", 1, start=START, end=END, page=2, limit=3),
            f"/v1/sessionReports?chargerId=CP-7&connectorId=1&{FROM}&{TO}&page=2&limit=3",
        ),
        (
            "reservations",
            lambda depot: depot.reservations.list("CP-7", 2),
            "/v1/reservations/chargers/CP-7/connectors/2",
        ),
        (
            "power_groups",
            lambda depot: depot.charger_control.power_groups(),
            "/v1/chargerGroup/powergroups",
        ),
        (
            "energy_prices",
            lambda depot: depot.virtual_power_plant.energy_prices("a/b"),
            "/v1/vppController/a%2Fb/energyPrices",
        ),
    ],
)
async def test_url_and_query(responses: aioresponses, body: str, ask: Ask, expected: str) -> None:
    responses.post(re.compile(".*oauth2.*"), payload=golden.load("token"))
    responses.get(re.compile(".*/v[12]/.*"), payload=golden.load(body))
    async with DepotFinity(**CREDENTIALS) as depot:
        await ask(depot)
    (url,) = [url for method, url in responses.requests if method == "GET"]
    assert str(url.origin()) == "https://api.eu.depot.emobility.io"
    wanted = URL(expected, encoded=True)
    assert url.raw_path == wanted.raw_path
    # The recorder sorts a query; on the wire it is in the order given here.
    assert sorted(url.query.items()) == sorted(wanted.query.items())


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda depot: depot.transactions.list(start=datetime(2026, 3, 1)), "start carries no time zone"),  # noqa: DTZ001
        (lambda depot: depot.transactions.list(start=START, end=datetime(2026, 3, 1)), "end carries no time"),  # noqa: DTZ001
        (lambda depot: depot.transactions.list(end="yesterday"), "end must be a datetime"),
        (lambda depot: depot.transactions.list(start=END, end=START), "end must not lie before start"),
        (lambda depot: depot.transactions.list(page=0), "page must be a whole number, at least 1"),
        (lambda depot: depot.transactions.list(limit=True), "limit must be a whole number"),
        (lambda depot: depot.transactions.list(connector_id=1.5), "connector_id must be a whole number"),
        (lambda depot: depot.transactions.list(charger_id=""), "charger_id must not be empty"),
        (lambda depot: depot.transactions.list(filter_by=""), "filter_by must not be empty"),
        (
            lambda depot: depot.chargers.connector_availability("CP-7", 0),
            "connector_id must be a whole number",
        ),
        (lambda depot: depot.time_series.connector("CP-7", -1, "SoC"), "connector_id must be a whole number"),
        (lambda depot: depot.session_reports.list("", 1), "charger_id must be a text that is not empty"),
        (lambda depot: depot.session_reports.list("CP-7", 0), "connector_id must be a whole number"),
        (lambda depot: depot.session_reports.list("CP-7", 1, limit=0), "limit must be a whole number"),
        (lambda depot: depot.session_reports.list("CP-7", 1, page=0), "page must be a whole number"),
        (lambda depot: depot.session_reports.list("CP-7", 1, start=END, end=START), "end must not lie"),
        (lambda depot: depot.time_series.charger("CP-7", None), "measurand must be a text"),
        (lambda depot: depot.time_series.charger("CP-7", "Voltage", phase=""), "phase must be a text"),
        (lambda depot: depot.request("GET", "/x", query={"a": None}), "query['a'] must be a text"),
        (lambda depot: depot.request("GET", "/x", query={"a": True}), "query['a'] must be a text"),
        (lambda depot: depot.transactions.get(".."), "transaction_id must not be '..'"),
        (lambda depot: depot.chargers.availability(""), "charger_id must not be ''"),
        (lambda depot: depot.chargers.availability("CP\n7"), "charger_id must not hold control characters"),
        (
            lambda depot: depot.time_series.charger("CP-7", "SoC"),
            "a charger has no 'SoC'; known are",
        ),
        (
            lambda depot: depot.time_series.charger("CP-7", "ActivePowerimport"),
            "did you mean 'ActivePowerImport'?",
        ),
        (
            lambda depot: depot.time_series.charger("CP-7", "CurrentImport", phase="L1-N"),
            "phase: for CurrentImport the service takes one of L1, L2, L3, not 'L1-N'",
        ),
        (
            lambda depot: depot.time_series.charger("CP-7", "Temperature", phase="L1"),
            "phase: for Temperature the service takes none, not 'L1'",
        ),
    ],
)
async def test_bad_arguments_are_refused_by_name_before_anything_is_sent(
    responses: aioresponses, ask: Ask, sentence: str
) -> None:
    async with DepotFinity(**CREDENTIALS) as depot:
        with pytest.raises(InvalidArgumentError) as caught:
            await ask(depot)
        assert sentence in str(caught.value)
    assert not responses.requests


async def test_a_replaced_path_is_used(responses: aioresponses) -> None:
    responses.post(re.compile(".*oauth2.*"), payload=golden.load("token"))
    responses.get(re.compile(".*/v[123]/.*"), payload=golden.load("transaction"), repeat=True)
    async with DepotFinity(**CREDENTIALS, paths={"transactions.get": "/v3/tx/{transaction_id}"}) as depot:
        await depot.transactions.get(1)
        copy = depot.with_options(paths={"transactions.get": "/v2/other/{transaction_id}"})
        await copy.transactions.get(2)
        await depot.transactions.get(3)
        await copy.with_options(deadline=9).transactions.get(4)
        await depot.with_options(paths={"transactions.list": "/v2/tx"}).transactions.get(5)
        both = copy.with_options(paths={"transactions.list": "/v8/list"})
        await both.transactions.get(4)
    paths = [url.path for method, url in responses.requests if method == "GET"]
    assert paths == ["/v3/tx/1", "/v2/other/2", "/v3/tx/3", "/v2/other/4", "/v3/tx/5"]


@pytest.mark.parametrize(
    ("measurand", "phase", "sentence"),
    [
        ("Humidity", None, "measurand: a connector has no 'Humidity'; known are ActivePowerExport,"),
        ("Soc", None, "did you mean 'SoC'?"),
        ("SoC", "L1", "phase: for SoC the service takes none, not 'L1'."),
        ("CurrentImport", "L1-N", "phase: for CurrentImport the service takes one of L1, L2, L3"),
    ],
)
async def test_what_is_not_assumed_of_a_connector_is_sent_with_a_warning_to_the_caller(
    responses: aioresponses, measurand: str, phase: str | None, sentence: str
) -> None:
    responses.post(re.compile(".*oauth2.*"), payload=golden.load("token"))
    responses.get(re.compile(".*/v1/.*"), payload=golden.load("time_series_connector"))
    async with DepotFinity(**CREDENTIALS) as depot:
        with pytest.warns(AssumptionWarning) as caught:
            series = await depot.time_series.connector("CP-7", 1, measurand, phase=phase)
    (warning,) = caught
    assert sentence in str(warning.message)
    assert "assumed, not documented" in str(warning.message)
    assert warning.filename == __file__
    assert len(series) == 1


@pytest.mark.parametrize("measurand", list(Measurand))
async def test_what_is_assumed_of_a_connector_is_sent_without_a_word(
    responses: aioresponses, measurand: Measurand
) -> None:
    responses.post(re.compile(".*oauth2.*"), payload=golden.load("token"))
    responses.get(re.compile(".*/v1/.*"), payload=golden.load("time_series_connector"))
    async with DepotFinity(**CREDENTIALS) as depot:
        await depot.time_series.connector("CP-7", 1, measurand)


async def test_a_refused_session_report_explains_the_limits(responses: aioresponses) -> None:
    responses.post(re.compile(".*oauth2.*"), payload=golden.load("token"))
    responses.get(re.compile(".*/v1/.*"), status=400, payload=golden.load("error_400"))
    async with DepotFinity(**CREDENTIALS) as depot:
        with pytest.raises(BadRequestError, match="contradicts itself on limit: 3 unless asked for, but at"):
            await depot.session_reports.list("CP-7", 1, limit=5)
