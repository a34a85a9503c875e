"""`depot.token()`: the token of the calls, and nothing of it where it is not asked for."""

from __future__ import annotations

import asyncio
import logging
import traceback
from datetime import UTC, datetime, timedelta

import pytest

from depotfinity_async import AuthenticationError, Budget, ClientStateError, Clock, DeadlineError, DepotFinity
from depotfinity_async.simulator import Simulator
from tests.support.clients import still


def token_calls(simulator: Simulator) -> int:
    return simulator.log.count(kind="token")


async def test_it_is_the_token_of_the_calls(standing: Simulator, depot: DepotFinity) -> None:
    token = await depot.token()
    assert token.claims["sub"] == "demo"
    assert token.expires_at is not None
    assert token.expires_at > datetime.fromtimestamp(0, UTC)
    assert token.expires_at - standing.clock.now() == timedelta(seconds=3600, microseconds=877000)
    await depot.transactions.list()
    again = await depot.token()
    assert again.reveal() == token.reveal()
    assert token_calls(standing) == 1
    reply = await depot.request("GET", "/v2/transactions")
    assert reply.status == 200


async def test_many_at_once_are_one_token_call(standing: Simulator, depot: DepotFinity) -> None:
    tokens = await asyncio.gather(*(depot.token() for _ in range(20)))
    assert token_calls(standing) == 1
    assert len({token.reveal() for token in tokens}) == 1


async def test_it_is_renewed_when_it_is_due(standing: Simulator) -> None:
    clock = Clock(100_000)
    async with still(standing, clock=clock, budget=Budget(1000, clock=clock)) as depot:
        first = await depot.token()
        await clock.sleep(3600)
        assert (await depot.token()).reveal() != first.reveal()
    assert token_calls(standing) == 2


async def test_it_goes_through_the_budget(standing: Simulator) -> None:
    clock = Clock(1)
    budget = Budget(1, 3600, clock=clock)
    async with still(standing, clock=clock, budget=budget, deadline=0.05) as depot:
        lease = await budget.acquire()
        with pytest.raises(
            DeadlineError, match=r"token: POST /oauth2/token can't be done before its deadline"
        ):
            await depot.token()
        lease.close()
        await depot.token()
        assert budget.status().used == 1
    assert token_calls(standing) == 1


async def test_it_has_the_deadline_of_the_copy(standing: Simulator) -> None:
    clock = Clock(1)
    budget = Budget(1, 3600, clock=clock)
    async with still(standing, clock=clock, budget=budget) as depot, asyncio.timeout(10):
        with await budget.acquire(), pytest.raises(DeadlineError):
            await depot.with_options(deadline=0.01).token()


async def test_refused_credentials(standing: Simulator) -> None:
    refused = DepotFinity(
        client_id="demo", client_secret="wrong", base_url=standing.url, token_url=standing.token_url
    )
    async with refused as depot:
        with pytest.raises(AuthenticationError, match="refused the credentials with 403"):
            await depot.token()


async def test_a_closed_client_has_none(standing: Simulator) -> None:
    depot = still(standing)
    async with depot:
        pass
    with pytest.raises(ClientStateError):
        await depot.token()


async def test_nothing_of_it_is_shown(
    standing: Simulator, depot: DepotFinity, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = await depot.token()
    texts = [repr(token), str(token), repr(depot), repr(vars(depot))]
    standing.faults.add(path="/v2/*", status=400, body=token.reveal().encode())
    try:
        await depot.transactions.list()
    except Exception as error:  # noqa: BLE001  # whatever it is, it must not show the token
        texts += [str(error), repr(vars(error))]
        texts += traceback.TracebackException.from_exception(error, capture_locals=True).format()
    assert "token: POST" in caplog.text
    for text in (*texts, caplog.text):
        for part in token.reveal().split("."):
            assert part not in text
        assert str(token.claims["jti"]) not in text
