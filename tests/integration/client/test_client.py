"""The client against the simulator, over real sockets: what a user would try first."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import warnings
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from depotfinity_async import (
    AuthenticationError,
    BadRequestError,
    Budget,
    ClientStateError,
    ConfigurationError,
    ConnectorAvailability,
    DeadlineError,
    DepotFinity,
    InvalidArgumentError,
    MissingCredentialsError,
    NoResponseError,
    NotFoundError,
    PermissionDeniedError,
    Secret,
    Settings,
    Transaction,
    UnexpectedResponseError,
)
from depotfinity_async.simulator import Simulator
from tests.support import golden
from tests.support.clients import CREDENTIALS, simulated
from tests.support.simulated import NOW


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator(chargers=12, connectors=2, now=NOW) as simulator:
        yield simulator


class TestCalls:
    async def test_charger_status(self, simulator: Simulator) -> None:
        async with simulated(simulator) as depot:
            newest = await depot.chargers.availability("CP-7")
            history = await depot.chargers.availability_history("CP-7")
            connector = await depot.chargers.connector_availability("CP-7", 2)
            connectivity = await depot.chargers.connectivity("CP-7")
        assert newest in history[-2:]  # time goes on between the calls
        assert history == sorted(history, key=lambda record: record.timestamp)
        assert connector is not None
        assert connector.status in list(ConnectorAvailability)
        assert connectivity is not None
        assert connectivity.status.is_known

    async def test_the_newest_record_is_found_by_time_whatever_the_order(self) -> None:
        found = []
        for newest_first in (False, True):
            async with (
                Simulator(chargers=2, now=NOW, newest_first=newest_first) as simulator,
                simulated(simulator) as depot,
            ):
                found.append(await depot.chargers.connector_availability("CP-1", 1))
        assert found[0] == found[1] is not None

    async def test_no_record_is_none(self, simulator: Simulator) -> None:
        simulator.faults.add(path="/v1/chargerStatus/*", body={"items": []})
        async with simulated(simulator) as depot:
            assert await depot.chargers.availability("CP-7") is None

    async def test_all_transactions_of_a_window_come_once(self, simulator: Simulator) -> None:
        start = NOW - timedelta(days=1)
        async with simulated(simulator) as depot:
            listing = depot.transactions.list(start=start, filter_by="StartAt", limit=10)
            found = [transaction async for transaction in listing]
            first = await listing
            again = await depot.transactions.list(start=start, filter_by="StartAt", page=2, limit=10)
        ids = [transaction.id for transaction in found]
        assert len(ids) == len(set(ids)) > 30
        assert [transaction.id for transaction in first] == ids[:10]
        assert [transaction.id for transaction in again] == ids[10:20]
        assert all(transaction.started_at and transaction.started_at >= start for transaction in found)

    async def test_a_silently_clamped_page_loses_nothing(self) -> None:
        async with Simulator(chargers=60, now=NOW, days=2, max_page_size=150) as simulator:
            async with simulated(simulator) as depot:
                all_ids = [transaction.id async for transaction in depot.transactions.list()]
                clamped = [transaction.id async for transaction in depot.transactions.list(limit=500)]
            assert clamped == all_ids
            assert len(all_ids) > 300

    async def test_transactions_of_one_charger(self, simulator: Simulator) -> None:
        async with simulated(simulator) as depot:
            found = [
                transaction
                async for transaction in depot.transactions.list(charger_id="CP-7", connector_id=2)
            ]
            # One that is running delivers more from call to call.
            ended = next(transaction for transaction in found if not transaction.is_running)
            single = await depot.transactions.get(ended.id)
        assert {transaction.connector.id for transaction in found} == {"CP-7/2"}
        assert repr(single) == repr(ended)

    async def test_series_agree_with_transactions(self, simulator: Simulator) -> None:
        async with simulated(simulator) as depot:
            start = NOW - timedelta(days=1)
            power = await depot.time_series.charger("CP-7", "ActivePowerImport", start=start)
            soc = await depot.time_series.connector("CP-7", 1, "SoC", start=start)
            found = [
                transaction
                async for transaction in depot.transactions.list(
                    charger_id="CP-7", start=start, filter_by="Overlapping"
                )
            ]
        assert power.unit == "W"
        assert soc.unit == "Percent"
        for point in power:
            charging = any(
                transaction.started_at
                and transaction.started_at <= point.timestamp
                and (transaction.ended_at is None or point.timestamp <= transaction.ended_at)
                for transaction in found
            )
            assert isinstance(point.value, float)
            assert charging or point.value == 0
        assert max(value for value in power.values if isinstance(value, float)) > 10_000

    async def test_any_endpoint(self, simulator: Simulator) -> None:
        async with simulated(simulator) as depot:
            reply = await depot.request(
                "GET",
                "/v1/chargerStatus/chargers/{charger}/availabilityStatus",
                values={"charger": "CP-7"},
            )
            page = await depot.request("GET", "/v2/transactions", query={"page": 1, "limit": 3})
            assert simulator.log.entries[-1].query == "page=1&limit=3"
            assert reply.status == 200
            assert reply.json()["items"][0]["status"]
            assert len(page.json()) == 3
            simulator.faults.add(path="/v2/transactions", body="<html>")
            with pytest.raises(UnexpectedResponseError, match=r"status 200\) is no JSON"):
                (await depot.request("GET", "/v2/transactions")).json()
            with pytest.raises(NotFoundError, match="GET /v9/nothing"):
                await depot.request("GET", "/v9/nothing")
            with pytest.raises(InvalidArgumentError, match="json cannot be written as JSON"):
                await depot.request("POST", "/v2/rfid", json={"x": object()})
            with pytest.raises(BadRequestError, match="405"):
                await depot.request("POST", "/v2/transactions", json={"a": 1})


class TestRepeating:
    """A request whose answer is lost is sent again only where that does no harm."""

    PATH = "/v2/transactions"

    async def asked(self, method: str, repeatable: bool | None) -> int:
        async with Simulator(chargers=1, now=NOW, speed=200) as simulator, simulated(simulator) as depot:
            simulator.faults.add(path=self.PATH, drop=True)
            with contextlib.suppress(NoResponseError, BadRequestError):
                await depot.request(method, self.PATH, repeatable=repeatable)
            return simulator.log.count(path=self.PATH)

    @pytest.mark.parametrize(
        ("method", "repeatable", "times"),
        [
            ("GET", None, 2),
            ("HEAD", None, 2),
            ("OPTIONS", None, 2),
            ("POST", None, 1),
            ("PUT", None, 1),
            ("PATCH", None, 1),
            ("DELETE", None, 1),
            ("POST", True, 2),
            ("GET", False, 1),
        ],
    )
    async def test_any_endpoint(self, method: str, repeatable: bool | None, times: int) -> None:
        assert await self.asked(method, repeatable) == times

    async def test_reads_are_repeated(self) -> None:
        async with Simulator(chargers=1, now=NOW, speed=200) as simulator, simulated(simulator) as depot:
            simulator.faults.add(path=self.PATH, drop=True)
            assert await depot.transactions.list()
            assert simulator.log.count(path=self.PATH) == 2


class TestErrors:
    @pytest.mark.parametrize("body", [{"data": None}, {"meta": {}}])
    async def test_a_document_without_the_resource(self, simulator: Simulator, body: Any) -> None:
        simulator.faults.add(path="/v2/transactions/*", body=body)
        async with simulated(simulator) as depot:
            with pytest.raises(UnexpectedResponseError, match="/data: expected a Transaction, got nothing"):
                await depot.transactions.get(1)

    async def test_unknown_charger(self, simulator: Simulator) -> None:
        async with simulated(simulator) as depot:
            with pytest.raises(NotFoundError) as caught:
                await depot.chargers.availability("CP-99")
        assert caught.value.operation == "charger_status.availability"
        assert caught.value.status == 404

    async def test_wrong_secret(self, simulator: Simulator) -> None:
        async with simulated(simulator, client_secret="canary-7f3a") as depot:
            with pytest.raises(AuthenticationError) as caught:
                await depot.transactions.list()
        assert "canary" not in f"{caught.value!r} {caught.value.__dict__} {depot!r}"
        assert simulator.log.count(kind="token") == 1

    async def test_api_outside_the_package(self, simulator: Simulator) -> None:
        async with Simulator(chargers=1, now=NOW, package="Basic") as basic, simulated(basic) as depot:
            with pytest.raises(PermissionDeniedError):
                await depot.request("POST", "/v2/rfid", json={"interimVehicleIDs": ["89C4704A"]})

    @pytest.mark.parametrize(
        ("body", "sentence"),
        [
            ("<html>It works!</html>", "not JSON"),
            ("", "empty"),
            ({"message": "fine"}, "expected an array, got an object"),
            ([{"TransactionID": "x"}], "/0/TransactionID: expected an integer, got a string"),
            ({"errors": [{"title": "No", "detail": "not today"}]}, "No: not today"),
        ],
    )
    async def test_a_body_of_the_wrong_kind(self, simulator: Simulator, body: Any, sentence: str) -> None:
        simulator.faults.add(path="/v2/transactions", body=body)
        async with simulated(simulator) as depot:
            with pytest.raises(UnexpectedResponseError) as caught:
                await depot.transactions.list()
        assert sentence in str(caught.value)
        assert caught.value.operation == "transactions.list"
        assert caught.value.status == 200

    async def test_a_service_that_does_not_page(self, simulator: Simulator) -> None:
        async with simulated(simulator) as depot:
            page = (await depot.request("GET", "/v2/transactions", query={"limit": 100})).body.decode()
            simulator.faults.add(path="/v2/transactions", times=2, body=page)
            with pytest.raises(UnexpectedResponseError, match="page 2 repeats page 1"):
                _ = [transaction async for transaction in depot.transactions.list()]

    async def test_a_body_of_the_wrong_kind_is_shown_in_part(self) -> None:
        async with Simulator(chargers=1, now=NOW, speed=200) as simulator, simulated(simulator) as depot:
            simulator.faults.add(path="/v2/transactions", status=500)
            simulator.faults.add(path="/v2/transactions", body="<" + "x" * 10_000)
            with pytest.raises(UnexpectedResponseError) as caught:
                await depot.transactions.list()
        assert caught.value.attempts == 2
        assert caught.value.body == b"<" + b"x" * 1999

    async def test_a_failing_page_says_where_to_resume(self, simulator: Simulator) -> None:
        async with simulated(simulator) as depot:
            items = aiter(depot.transactions.list(limit=10))
            found = [await anext(items) for _ in range(10)]
            simulator.faults.add(path="/v2/transactions", status=400)
            with pytest.raises(BadRequestError) as caught:
                await anext(items)
            assert "While fetching page 2; begin again there" in caught.value.__notes__[0]
            rest = [transaction async for transaction in depot.transactions.list(limit=10, page=2)]
        everything = [*found, *rest]
        assert len({transaction.id for transaction in everything}) == len(everything) > 90


def drop(clients: list[DepotFinity]) -> None:
    """Let go of clients without closing them."""
    clients.clear()
    gc.collect()


class TestLifetime:
    async def test_like_in_a_notebook(self, simulator: Simulator) -> None:
        depot = DepotFinity(**CREDENTIALS, base_url=simulator.url, token_url=simulator.token_url)
        page = await depot.transactions.list(limit=5)
        assert isinstance(page[0], Transaction)
        await depot.aclose()
        await depot.aclose()
        with pytest.raises(ClientStateError, match="closed: make a new one"):
            await depot.chargers.availability("CP-1")

    async def test_a_client_that_is_never_closed_says_so(self, simulator: Simulator) -> None:
        clients = [DepotFinity(**CREDENTIALS, base_url=simulator.url, token_url=simulator.token_url)]
        await clients[0].chargers.connectivity("CP-1")
        with pytest.warns(ResourceWarning, match="never closed: use `async with`") as caught:
            drop(clients)
        await asyncio.sleep(0)
        assert len(caught) == 1

    def test_making_and_dropping_a_client_needs_no_loop(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            DepotFinity(**CREDENTIALS)
            gc.collect()

    async def test_a_session_of_the_callers_is_used_and_not_closed(self, simulator: Simulator) -> None:
        async with aiohttp.ClientSession() as session:
            async with simulated(simulator, session=session) as depot:
                await depot.chargers.connectivity("CP-1")
            assert not session.closed

    async def test_settings_made_before(self, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DEPOTFINITY_PROXY", "http://127.0.0.1:9")
        settings = Settings(
            client_id="demo",
            client_secret=Secret("demo-secret"),
            base_url=simulator.url,
            token_url=simulator.token_url,
        )
        async with DepotFinity.from_settings(settings) as depot:
            assert await depot.chargers.connectivity("CP-1")

    async def test_credentials_from_the_environment(
        self, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in {
            "CLIENT_ID": "demo",
            "CLIENT_SECRET": "demo-secret",
            "BASE_URL": simulator.url,
            "TOKEN_URL": simulator.token_url,
            "REGION": "",
        }.items():
            monkeypatch.setenv(f"DEPOTFINITY_{name}", value)
        async with DepotFinity() as depot:
            assert await depot.chargers.connectivity("CP-1")

    def test_without_credentials_all_the_ways_are_told(self) -> None:
        with pytest.raises(MissingCredentialsError) as caught:
            DepotFinity()
        for way in ("client_id", "DEPOTFINITY_CLIENT_ID", "DEPOTFINITY_CLIENT_SECRET_FILE", "config.toml"):
            assert way in str(caught.value)

    def test_a_wrong_path_name_is_refused_at_once(self) -> None:
        with pytest.raises(ConfigurationError, match=r"no operation 'transactions\.lst'"):
            DepotFinity(**CREDENTIALS, paths={"transactions.lst": "/x"})


class TestCopies:
    async def test_share_connections_token_and_budget(self, simulator: Simulator) -> None:
        async with simulated(simulator) as depot:
            copy = depot.with_options(deadline=30)
            await depot.chargers.connectivity("CP-1")
            await copy.chargers.connectivity("CP-1")
            await copy.request("GET", "/v2/transactions")
            assert copy.budget is depot.budget
            assert copy.budget.status().used == 4
            with pytest.raises(ClientStateError, match="close the original"):
                await copy.aclose()
        assert simulator.log.count(kind="token") == 1
        with pytest.raises(ClientStateError):
            await copy.chargers.connectivity("CP-1")
        with pytest.raises(ClientStateError):
            await copy.request("GET", "/v2/transactions")

    async def test_are_of_the_same_class(self) -> None:
        class Own(DepotFinity):
            pass

        async with Own(**CREDENTIALS) as depot:
            assert type(depot.with_options(deadline=5)) is Own

    async def test_keep_the_options_that_are_not_given(self, simulator: Simulator) -> None:
        async with simulated(simulator, budget=Budget(limit=2), deadline=5) as depot:
            await depot.chargers.connectivity("CP-1")
            copies = [
                depot,
                depot.with_options(paths={}),
                depot.with_options(deadline=9).with_options(paths={}),
            ]
            for each in copies:
                with pytest.raises(DeadlineError):
                    await each.chargers.connectivity("CP-1")
                with pytest.raises(DeadlineError):
                    await each.request("GET", "/v2/transactions")
        assert len(simulator.log) == 2

    async def test_have_a_deadline_of_their_own(self, simulator: Simulator) -> None:
        budget = Budget(limit=2)
        async with simulated(simulator, budget=budget) as depot:
            await depot.chargers.connectivity("CP-1")
            with pytest.raises(DeadlineError) as caught:
                await depot.with_options(deadline=5).chargers.connectivity("CP-1")
            with pytest.raises(DeadlineError):
                await depot.request("GET", "/v2/transactions", deadline=5)
        assert caught.value.retry_after is not None
        assert caught.value.retry_after > 290
        assert len(simulator.log) == 2


async def test_clients_of_one_deployment_share_a_budget(simulator: Simulator) -> None:
    settings = {**CREDENTIALS, "base_url": simulator.url, "token_url": simulator.token_url}
    async with DepotFinity(**settings) as one, DepotFinity(**settings) as other:
        assert one.budget is other.budget
    async with DepotFinity(**settings) as later, DepotFinity(**CREDENTIALS) as elsewhere:
        assert later.budget is one.budget
        assert elsewhere.budget is not one.budget


async def test_the_same_calls_read_json_api(simulator: Simulator) -> None:
    flat = golden.load("transaction")
    attributes = {name: value for name, value in flat.items() if not name.endswith("ID")}
    body = {
        "data": {
            "type": "transactions",
            "id": "123456",
            "attributes": attributes,
            "relationships": {"charger": {"data": {"type": "chargers", "id": "XYZ"}}},
        },
        "included": [{"type": "chargers", "id": "XYZ"}],
    }
    simulator.faults.add(path="/v2/transactions/*", body=json.dumps(body))
    async with simulated(simulator) as depot:
        transaction = await depot.transactions.get(123456)
    assert (transaction.id, transaction.energy_delivered) == (123456, 1500)
    assert transaction.charger.get().id == "XYZ"
