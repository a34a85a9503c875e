import asyncio
import gzip
import time
import tracemalloc
from urllib.parse import unquote

import pytest
from aiohttp import web
from attrs import evolve

from depotfinity_async import errors
from depotfinity_async.http import Call, expand, retry
from tests.integration.http.conftest import READ, SPEED, WRITE, Make
from tests.integration.http.service import Service, says
from tests.support.polling import until


async def test_what_goes_out_is_what_the_call_says(service: Service, make: Make) -> None:
    side = make(user_agent_suffix="night-poll/2")
    call = Call(
        operation="things.put",
        method="PUT",
        path="/v1/things/a%2Fb%3Fc",
        query=(("from", "2022-11-22T19:54:10.143Z"), ("note", "a&b=c d+é")),
        body=b'{"x":1}',
        content_type="application/json",
        repeatable=True,
        headers=(("X-Extra", "1"),),
    )
    service.answers.append(says(201, {"message": "made"}))
    reply = await side.transport.send(call)
    seen = service.seen[0]
    assert seen.method == "PUT"
    assert seen.target == (
        "/v1/things/a%2Fb%3Fc?from=2022-11-22T19%3A54%3A10.143Z&note=a%26b%3Dc%20d%2B%C3%A9"
    )
    assert seen.body == b'{"x":1}'
    assert seen.headers["Content-Type"] == "application/json"
    assert seen.headers["Accept"] == "application/json"
    assert seen.headers["Authorization"] == "Bearer token-1"
    assert seen.headers["X-Extra"] == "1"
    assert seen.headers["User-Agent"].startswith("depotfinity-async/")
    assert seen.headers["User-Agent"].endswith(" night-poll/2")
    assert "Cookie" not in seen.headers
    assert (reply.status, reply.body, reply.attempts) == (201, b'{"message": "made"}', 1)
    assert reply.headers["content-type"].startswith("application/json")
    assert reply.url == service.base_url + seen.target


@pytest.mark.parametrize("call", [READ, WRITE], ids=["read", "write"])
@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_success_statuses(service: Service, make: Make, call: Call, status: int) -> None:
    service.answers.append(says(status, b"" if status == 204 else b"{}"))
    reply = await make().transport.send(call)
    assert (reply.status, reply.body) == (status, b"" if status == 204 else b"{}")
    assert len(service.seen) == 1


@pytest.mark.parametrize(
    ("status", "kind", "tries_read", "tries_write", "maybe"),
    [
        (400, errors.BadRequestError, 1, 1, False),
        (401, errors.AuthenticationError, 2, 2, False),
        (403, errors.PermissionDeniedError, 1, 1, False),
        (404, errors.NotFoundError, 1, 1, False),
        (405, errors.BadRequestError, 1, 1, False),
        (406, errors.BadRequestError, 1, 1, False),
        (408, errors.BadRequestError, 3, 1, True),
        (409, errors.ConflictError, 1, 1, False),
        (413, errors.BadRequestError, 1, 1, False),
        (429, errors.RateLimitedError, 3, 3, False),
        (500, errors.ServerError, 3, 1, True),
        (501, errors.ServerError, 1, 1, False),
        (502, errors.ServerError, 3, 1, True),
        (503, errors.ServiceUnavailableError, 3, 3, False),
        (504, errors.ServerError, 3, 1, True),
    ],
)
async def test_error_statuses(
    service: Service,
    make: Make,
    status: int,
    kind: type[errors.StatusError],
    tries_read: int,
    tries_write: int,
    maybe: bool,
) -> None:
    service.always = says(status, {"code": status, "message": "No.\x07 Reason"})
    for call, tries in ((READ, tries_read), (WRITE, tries_write)):
        side = make()
        service.seen.clear()
        service.token_calls.clear()
        with pytest.raises(kind) as caught:
            await side.transport.send(call)
        error = caught.value
        assert type(error) is kind
        assert len(service.seen) == error.attempts == tries
        assert (error.status, error.code, error.message) == (status, status, "No.\\x07 Reason")
        assert (error.operation, error.maybe_processed) == (call.operation, maybe)
        assert error.headers["content-type"].startswith("application/json")
        assert f"{call.method} {call.path}" in str(error)
        # Each try took a slot, the token calls too, and none is in use any more.
        status_now = side.budget.status()
        assert status_now.granted == tries + len(service.token_calls)
        assert status_now.leased == 0
        assert len(service.token_calls) == (2 if status == 401 else 1)


async def test_a_later_try_can_succeed(service: Service, make: Make) -> None:
    service.answers.extend([says(500), says(503), says(429)])
    side = make(max_retries=3)
    reply = await side.transport.send(READ)
    assert reply.attempts == 4
    assert side.budget.status().granted == 5


async def test_a_retry_goes_before_those_who_have_not_had_their_turn(
    service: Service, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Long enough for the others to take the last slot and to queue, short enough for the window.
    monkeypatch.setattr(retry, "delay", lambda *_, **__: 100.0)
    side = make(limit=3)
    service.answers.append(says(500))
    first = asyncio.create_task(side.transport.send(evolve(READ, path="/v1/first")))
    await until(lambda: service.seen)
    others = [asyncio.create_task(side.transport.send(evolve(READ, path=f"/v1/other/{n}"))) for n in range(4)]
    await asyncio.gather(first, *others)
    # Three slots: the token call, the first call, one of the others. The next one is for the retry.
    assert [seen.target for seen in service.seen].index("/v1/first", 1) == 2


async def test_cookies_are_not_kept(service: Service, make: Make) -> None:
    # Not the address: aiohttp's usual cookie jar takes no cookies from addresses.
    side = make(base_url=service.base_url.replace("127.0.0.1", "localhost"))
    service.answers.append(says(200, headers={"Set-Cookie": "session=1; Path=/"}))
    await side.transport.send(READ)
    await side.transport.send(READ)
    assert [seen.headers.get("Cookie") for seen in service.seen] == [None, None]


async def test_a_write_that_may_have_been_processed_stays_so(service: Service, make: Make) -> None:
    service.answers.extend([says(502), says(404)])
    call = Call(operation="limit.set", method="PUT", path="/v1/limit", repeatable=True)
    with pytest.raises(errors.NotFoundError) as caught:
        await make().transport.send(call)
    assert caught.value.maybe_processed


async def test_429_holds_everybody_for_as_long_as_asked(service: Service, make: Make) -> None:
    side = make()
    await side.transport.send(READ)
    times: list[float] = []

    async def clocked(request: web.Request) -> web.StreamResponse:
        times.append(time.monotonic())
        return web.json_response({})

    service.answers.append(says(429, headers={"Retry-After": "120"}))
    service.always = clocked
    first = asyncio.create_task(side.transport.send(READ))
    await until(lambda: side.budget.status().hold)
    held = time.monotonic()
    status = side.budget.status()
    assert 60 < status.hold <= 125
    assert status.hold_reason == "too many requests"
    await asyncio.gather(first, *(side.transport.send(READ) for _ in range(5)))
    assert len(times) == 6
    assert min(times) - held >= (status.hold - 1) / SPEED


@pytest.mark.parametrize(("status", "lowest", "highest"), [(429, 29, 30), (503, 89, 99)], ids=["429", "503"])
async def test_without_retry_after_the_own_figures_hold(
    service: Service, make: Make, status: int, lowest: float, highest: float
) -> None:
    service.always = says(status)
    side = make(max_retries=0, speed=1.0)
    with pytest.raises(errors.StatusError):
        await side.transport.send(READ)
    assert lowest < side.budget.status().hold <= highest


async def test_a_retry_after_above_the_cap_is_raised_at_once(service: Service, make: Make) -> None:
    service.always = says(429, headers={"Retry-After": "901"})
    side = make(speed=1.0)
    with pytest.raises(errors.RateLimitedError) as caught:
        await side.transport.send(READ)
    assert caught.value.retry_after == 901
    assert len(service.seen) == 1
    assert 899 < side.budget.status().hold <= 900


@pytest.mark.parametrize("status", [429, 503])
async def test_a_retry_after_above_the_deadline_is_raised_at_once(
    service: Service, make: Make, status: int
) -> None:
    service.always = says(status, headers={"Retry-After": "60"})
    side = make(speed=1.0, deadline=30.0)
    with pytest.raises(errors.StatusError) as caught:
        await side.transport.send(READ)
    assert (caught.value.retry_after, caught.value.status) == (60, status)
    assert len(service.seen) == 1


async def test_a_deadline_that_cannot_be_met_fails_before_anything_is_sent(
    service: Service, make: Make
) -> None:
    side = make(limit=2, speed=1.0, deadline=10.0)
    await side.transport.send(READ)
    with pytest.raises(errors.DeadlineError) as caught:
        await side.transport.send(READ)
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.retry_after == pytest.approx(300, abs=5)
    assert (caught.value.attempts, caught.value.maybe_processed) == (0, False)
    assert len(service.seen) == 1


async def test_a_deadline_that_cannot_be_met_spends_no_token_call(service: Service, make: Make) -> None:
    side = make(speed=1.0)
    side.budget.hold(100, "test")
    with pytest.raises(errors.DeadlineError) as caught:
        await side.transport.send(evolve(READ, deadline=10.0))
    assert caught.value.retry_after == pytest.approx(100, abs=1)
    assert service.token_calls == []


async def test_a_deadline_ends_a_try_on_the_wire(service: Service, make: Make) -> None:
    hang = asyncio.Event()

    async def never(request: web.Request) -> web.StreamResponse:
        await hang.wait()
        return web.Response()

    service.always = never
    side = make()
    with pytest.raises(errors.DeadlineError) as caught:
        await side.transport.send(evolve(WRITE, deadline=100.0))
    hang.set()
    assert caught.value.maybe_processed
    assert caught.value.attempts == 1
    assert side.budget.status().leased == 0
    assert side.budget.status().used == 2


async def test_the_callers_timeout_and_cancellation_pass_unchanged(service: Service, make: Make) -> None:
    hang = asyncio.Event()

    async def never(request: web.Request) -> web.StreamResponse:
        await hang.wait()
        return web.Response()

    service.always = never
    side = make(deadline=1e6)
    with pytest.raises(TimeoutError) as caught:
        async with asyncio.timeout(0.05):
            await side.transport.send(READ)
    assert not isinstance(caught.value, errors.DepotFinityError)
    task = asyncio.create_task(side.transport.send(READ))
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    hang.set()
    assert side.budget.status().leased == 0


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
async def test_redirects_are_not_followed(service: Service, make: Make, status: int) -> None:
    service.always = says(status, b"", headers={"Location": "/v1/elsewhere"})
    with pytest.raises(errors.UnexpectedResponseError) as caught:
        await make().transport.send(READ)
    assert caught.value.status == status
    assert [seen.target for seen in service.seen] == ["/v1/things"]


@pytest.mark.parametrize("call", [READ, WRITE], ids=["read", "write"])
async def test_a_body_above_the_limit_is_not_read_to_its_end(
    service: Service, make: Make, call: Call
) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while sent < 50_000_000:
            await response.write(b"x" * 10_000)
            sent += 10_000
        return response

    service.always = endless
    side = make(max_response_bytes=100_000)
    with pytest.raises(errors.UnexpectedResponseError, match="longer than 100000 bytes") as caught:
        await side.transport.send(call)
    assert caught.value.maybe_processed
    assert len(service.seen) == 1
    assert sent < 20_000_000


async def test_a_gzip_bomb_stops_at_the_limit_counted_after_decompression(
    service: Service, make: Make
) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    service.always = says(200, bomb, headers={"Content-Encoding": "gzip"})
    side = make(max_response_bytes=8_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(errors.UnexpectedResponseError, match="longer than 8000000 bytes"):
            await side.transport.send(READ)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Of the 50 MB; the service's own share of this process is in it.
    assert peak < 2 * 8_000_000


async def test_a_body_at_the_limit_is_taken(service: Service, make: Make) -> None:
    service.always = says(200, gzip.compress(b"x" * 1000), headers={"Content-Encoding": "gzip"})
    assert (await make(max_response_bytes=1000).transport.send(READ)).body == b"x" * 1000


async def test_the_body_of_an_error_is_cut_and_tells_its_beginning(service: Service, make: Make) -> None:
    service.always = says(404, b"y" * 1_000_000)
    with pytest.raises(errors.NotFoundError) as caught:
        await make().transport.send(READ)
    assert 0 < len(caught.value.body) <= 64 * 1024
    assert len(caught.value.message or "") == 500


@pytest.mark.parametrize(
    "value",
    ["a/../../admin", "a?x=1", "a#f", "%2e%2e", "a;b", "a%2Fb", "ä ü", "a\\b", "http://evil/", "...", "@h:1"],
)
async def test_an_id_is_one_segment_on_the_wire(service: Service, make: Make, value: str) -> None:
    path = expand("/v1/things/{id}/state", {"id": value})
    await make().transport.send(evolve(READ, path=path))
    parts = service.seen[0].target.split("/")
    assert parts[:3] == ["", "v1", "things"]
    assert unquote(parts[3]) == value
    assert parts[4:] == ["state"]
