import asyncio
import base64
import json
from typing import Any

import pytest
from aiohttp import web
from attrs import evolve

from depotfinity_async import errors
from depotfinity_async.http import Transport
from tests.integration.http.conftest import READ, SECRET, Make, Side
from tests.integration.http.service import Service, says
from tests.support.polling import until


def _token_source(transport: Transport) -> Any:
    return transport._tokens


async def test_the_token_call_is_as_documented(service: Service, make: Make) -> None:
    await make().transport.send(READ)
    call = service.token_calls[0]
    assert (call.method, call.target) == ("POST", "/oauth2/token")
    assert (
        call.headers["Authorization"] == "Basic " + base64.b64encode(b"depot-1:" + SECRET.encode()).decode()
    )
    assert call.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert call.headers["Accept"] == "application/json"
    assert call.body == b"grant_type=client_credentials"


async def test_fifty_coroutines_without_a_token_make_one_token_call(service: Service, make: Make) -> None:
    side = make()
    await asyncio.gather(*(side.transport.send(READ) for _ in range(50)))
    assert len(service.token_calls) == 1
    assert len(service.seen) == 50
    assert {seen.headers["Authorization"] for seen in service.seen} == {"Bearer token-1"}


async def test_a_token_is_renewed_before_it_ends(service: Service, make: Make) -> None:
    service.expires_in = 100
    side = make()
    source = _token_source(side.transport)
    token = await source.valid()
    assert await source.valid() is token
    left = token.renew_at - side.clock.now()
    assert 0 < left <= 90
    await until(lambda: source.current() is None)
    await side.transport.send(READ)
    assert [seen.headers["Authorization"] for seen in service.seen] == ["Bearer token-2"]


class _Gate:
    """A token endpoint that answers when it is told to."""

    def __init__(self, service: Service) -> None:
        self.entered = asyncio.Event()
        self.open = asyncio.Event()
        service.token_answers.append(self._answer)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.entered.set()
        await self.open.wait()
        return web.json_response({"access_token": "gated", "expires_in": 3600})


@pytest.mark.parametrize("cancelled", [0, 1, 2], ids=["the owner", "the second", "the last"])
async def test_a_cancelled_waiter_leaves_the_token_call_to_the_others(
    service: Service, make: Make, cancelled: int
) -> None:
    gate = _Gate(service)
    side = make()
    tasks = [asyncio.create_task(side.transport.send(READ)) for _ in range(3)]
    await gate.entered.wait()
    tasks[cancelled].cancel()
    gate.open.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(results.pop(cancelled), asyncio.CancelledError)
    assert [result.status for result in results if not isinstance(result, BaseException)] == [200, 200]
    assert len(service.token_calls) == 1
    assert len(service.seen) == 2


async def test_when_the_last_waiter_is_cancelled_the_token_call_ends(service: Service, make: Make) -> None:
    gate = _Gate(service)
    side = make()
    tasks = [asyncio.create_task(side.transport.send(READ)) for _ in range(3)]
    await gate.entered.wait()
    others = asyncio.all_tasks()
    for task in tasks:
        task.cancel()
    assert all(
        isinstance(result, asyncio.CancelledError)
        for result in await asyncio.gather(*tasks, return_exceptions=True)
    )
    for _ in range(3):
        await asyncio.sleep(0)
    assert [task for task in others if task.get_name() == "depotfinity token" and not task.done()] == []
    assert side.budget.status().leased == 0
    gate.open.set()
    # The next caller is not left with the ended one.
    assert (await side.transport.send(READ)).status == 200


async def test_a_token_call_that_somebody_else_ends_is_taken_over(service: Service, make: Make) -> None:
    gate = _Gate(service)
    side = make()
    task = asyncio.create_task(side.transport.send(READ))
    await gate.entered.wait()
    _token_source(side.transport)._refresh.task.cancel()
    gate.open.set()
    assert (await task).status == 200
    assert len(service.token_calls) == 2


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_refused_credentials_are_never_tried_again(service: Service, make: Make, status: int) -> None:
    body = {"error": "invalid_client", "error_description": "Unknown client."}
    service.token_answers.append(says(status, body))
    side = make()
    with pytest.raises(errors.AuthenticationError, match="refused the credentials") as caught:
        await side.transport.send(READ)
    assert (caught.value.status, caught.value.code) == (status, "invalid_client")
    assert caught.value.operation == "token"
    assert len(service.token_calls) == 1
    assert service.seen == []


async def test_a_failed_token_call_gives_each_waiter_its_own_error_and_is_not_remembered(
    service: Service, make: Make
) -> None:
    service.token_answers.append(says(403))
    side = make()
    results = await asyncio.gather(*(side.transport.send(READ) for _ in range(20)), return_exceptions=True)
    assert {type(result) for result in results} == {errors.AuthenticationError}
    assert len({id(result) for result in results}) == 20
    assert len({str(result) for result in results}) == 1
    assert len(service.token_calls) == 1
    assert (await side.transport.send(READ)).status == 200


async def test_another_4xx_of_the_token_call_is_not_about_credentials(service: Service, make: Make) -> None:
    service.token_answers.append(says(405))
    with pytest.raises(errors.BadRequestError):
        await make().transport.send(READ)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
async def test_other_failures_of_the_token_call_follow_the_table(
    service: Service, make: Make, status: int
) -> None:
    service.token_answers.extend([says(status), says(status)])
    side = make()
    assert (await side.transport.send(READ)).attempts == 1
    assert len(service.token_calls) == 3
    assert side.budget.status().granted == 4


async def test_a_token_endpoint_that_stays_away_is_an_error_of_the_call(service: Service, make: Make) -> None:
    service.token_answers.extend([says(404), *[says(503)] * 3])
    side = make()
    with pytest.raises(errors.NotFoundError):
        await side.transport.send(READ)
    with pytest.raises(errors.ServiceUnavailableError):
        await side.transport.send(READ)
    assert service.seen == []


async def test_the_secret_does_not_follow_a_redirect(service: Service, make: Make) -> None:
    service.token_answers.append(says(307, b"", headers={"Location": service.base_url + "/thief"}))
    with pytest.raises(errors.UnexpectedResponseError):
        await make().transport.send(READ)
    assert service.seen == []
    assert len(service.token_calls) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"<html><title>CANARY-in-body</title></html>",
        b"",
        b"[]",
        b"null",
        b'"CANARY-in-body"',
        b"{}",
        b'{"access_token": 5}',
        b'{"access_token": ""}',
        b'{"access_token": null, "x": "CANARY-in-body"}',
        json.dumps({"access_token": "CANARY-in-body\r\nX-Evil: 1"}).encode(),
        json.dumps({"access_token": "CANARY-in-body ä"}).encode(),
        b'{"access_token": "CANARY-in-body", "expires_in": NaN}',
        b'{"access_token": "CANARY-in-body"',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
async def test_a_reply_without_a_usable_token_is_a_typed_error_that_does_not_show_it(
    service: Service, make: Make, body: bytes
) -> None:
    service.token_answers.append(says(200, body))
    with pytest.raises(errors.UnexpectedResponseError, match="no access token") as caught:
        await make().transport.send(READ)
    assert "CANARY" not in repr(caught.value) + str(vars(caught.value))
    assert service.seen == []


@pytest.mark.parametrize("life", ["absent", 0, -1, "3600", None, 1e18, 10**18, True, [], {}])
async def test_no_expires_in_leads_to_a_busy_loop(service: Service, make: Make, life: object) -> None:
    reply: dict[str, object] = {"access_token": "x", "expires_in": life}
    if life == "absent":
        del reply["expires_in"]
    service.token_answers.append(says(200, json.dumps(reply)))
    side = make(speed=1.0)
    for _ in range(3):
        await side.transport.send(READ)
    assert len(service.token_calls) == 1
    token = _token_source(side.transport).current()
    assert 26 < token.renew_at - side.clock.now() <= 86400 - 60


async def test_401_renews_the_token_once_and_replays(service: Service, make: Make) -> None:
    service.answers.append(says(401))
    side = make()
    reply = await side.transport.send(READ)
    assert reply.attempts == 2
    assert [seen.headers["Authorization"] for seen in service.seen] == ["Bearer token-1", "Bearer token-2"]


async def test_a_late_401_for_a_replaced_token_replays_with_the_new_one(service: Service, make: Make) -> None:
    entered, answer = asyncio.Event(), asyncio.Event()

    async def late(request: web.Request) -> web.StreamResponse:
        entered.set()
        await answer.wait()
        return web.json_response({}, status=401)

    service.answers.extend([late, says(401)])
    side = make()
    slow = asyncio.create_task(side.transport.send(READ))
    await entered.wait()
    await side.transport.send(READ)
    assert len(service.token_calls) == 2
    answer.set()
    assert (await slow).attempts == 2
    assert len(service.token_calls) == 2
    assert service.seen[-1].headers["Authorization"] == "Bearer token-2"


async def _rush(side: Side, count: int) -> None:
    async with asyncio.timeout(20):
        replies = await asyncio.gather(
            *(side.transport.send(evolve(READ, path=f"/v1/things/{n}")) for n in range(count))
        )
    assert {reply.status for reply in replies} == {200}


async def test_a_token_that_ends_while_hundreds_wait_for_slots_stops_nobody(
    service: Service, make: Make
) -> None:
    # 500 calls need 20 windows of 3 clock seconds; a token serves 27 of them, so several end in the queue.
    service.expires_in = 30
    side = make(limit=25, window=3.0, speed=20.0)
    await _rush(side, 500)
    status = side.budget.status()
    assert status.granted >= 500 + len(service.token_calls)
    assert len(service.token_calls) > 1
    assert len(service.seen) == 500
    assert (status.leased, status.waiting) == (0, 0)


async def test_the_token_call_goes_before_those_who_wait_for_it(service: Service, make: Make) -> None:
    side = make(limit=1, window=10_000.0)
    side.budget.hold(20, "test")
    ordinary = asyncio.create_task(side.budget.acquire())
    await until(lambda: side.budget.status().waiting)
    task = asyncio.create_task(side.transport.send(READ))
    await until(lambda: service.token_calls)
    assert not ordinary.done()
    for waiter in (ordinary, task):
        waiter.cancel()
    await asyncio.gather(ordinary, task, return_exceptions=True)


@pytest.mark.parametrize("turns", range(5))
async def test_a_failure_that_nobody_waits_for_any_more_is_not_reported_as_lost(
    make: Make, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    go = asyncio.Event()
    source = _token_source(make().transport)

    async def fails() -> None:
        await go.wait()
        raise errors.AuthenticationError("No.")

    monkeypatch.setattr(source, "_fetch", fails)
    waiter = asyncio.create_task(source.valid())
    await asyncio.sleep(0)
    go.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    waiter.cancel()
    # The fixtures fail the test if the loop reports the error of the task.
    result = (await asyncio.gather(waiter, return_exceptions=True))[0]
    assert isinstance(result, asyncio.CancelledError | errors.AuthenticationError)


async def test_with_one_slot_alone_the_token_call_still_comes_through(service: Service, make: Make) -> None:
    side = make(limit=1, window=1.0, speed=100.0)
    await _rush(side, 20)
    assert len(service.token_calls) == 1


async def test_a_slot_is_given_back_when_the_token_ends_in_the_queue(service: Service, make: Make) -> None:
    service.expires_in = 30
    side = make(limit=2, window=100.0, speed=500.0)
    await side.transport.send(READ)
    # Both slots are used: the next call waits longer than the token lives.
    await side.transport.send(READ)
    assert len(service.token_calls) == 2
    assert len(service.seen) == 2
    # Granted: two token calls, two calls, and one that went back unused.
    assert side.budget.status().granted == 5
