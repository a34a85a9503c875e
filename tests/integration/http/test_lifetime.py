import asyncio
import gc
import os
import subprocess
import sys
import textwrap
import warnings
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from depotfinity_async import errors
from depotfinity_async.config import Secret, Settings
from depotfinity_async.http import Transport
from depotfinity_async.http.statuses import Answer
from depotfinity_async.http.wire import Wire
from depotfinity_async.ratelimit import Budget, Clock
from tests.integration.http.conftest import READ, WRITE, Make
from tests.integration.http.service import RawService, Service, says, writes
from tests.support.polling import until


class Hang:
    """Makes the service wait with its answers, and tells how many requests wait."""

    def __init__(self, service: Service) -> None:
        self.waiting = 0
        self.go = asyncio.Event()
        service.always = self._answer

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.waiting += 1
        await self.go.wait()
        return web.json_response({})

    async def until(self, count: int) -> None:
        await until(lambda: self.waiting >= count)


@pytest.fixture
async def hang(service: Service) -> AsyncIterator[Hang]:
    hang = Hang(service)
    yield hang
    hang.go.set()


async def test_closing_ends_the_calls_in_flight_with_an_error_of_ours(
    service: Service, make: Make, hang: Hang
) -> None:
    side = make(limit=3, speed=1.0)
    # Two are on the wire, one waits for a slot.
    tasks = [asyncio.create_task(side.transport.send(WRITE)) for _ in range(3)]
    await hang.until(2)
    await side.transport.aclose()
    assert all(task.done() for task in tasks)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [errors.ClientStateError] * 3
    assert sorted(
        result.maybe_processed for result in results if isinstance(result, errors.ClientStateError)
    ) == [
        False,
        True,
        True,
    ]
    assert all(task.cancelling() == 0 for task in tasks)
    assert side.budget.status().leased == 0
    assert side.budget.status().waiting == 0


async def test_closing_ends_a_token_call_in_flight(service: Service, make: Make) -> None:
    entered, go = asyncio.Event(), asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        entered.set()
        await go.wait()
        return web.json_response({"access_token": "x"})

    service.token_answers.append(slow)
    side = make()
    task = asyncio.create_task(side.transport.send(READ))
    await entered.wait()
    await side.transport.aclose()
    # Nothing of it is left, not even for one more turn of the loop.
    assert [running for running in asyncio.all_tasks() if running.get_name() == "depotfinity token"] == []
    go.set()
    with pytest.raises(errors.ClientStateError):
        await task


async def test_closing_twice_and_at_the_same_time_is_fine(make: Make, hang: Hang) -> None:
    side = make()
    task = asyncio.create_task(side.transport.send(READ))
    await hang.until(1)
    await asyncio.gather(side.transport.aclose(), side.transport.aclose())
    await side.transport.aclose()
    with pytest.raises(errors.ClientStateError):
        await task


async def test_a_try_that_swallows_the_closing_is_not_followed_by_another(
    make: Make, hang: Hang, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Wire.send

    async def swallows(*arguments: Any) -> Answer:
        try:
            return await real(*arguments)
        except asyncio.CancelledError:
            raise errors.NoResponseError("The timeout came in the same moment.") from None

    monkeypatch.setattr(Wire, "send", swallows)
    side = make(speed=1.0)
    task = asyncio.create_task(side.transport.send(READ))
    await hang.until(1)
    async with asyncio.timeout(0.5):
        await side.transport.aclose()
    with pytest.raises(errors.NoResponseError):
        await task
    assert task.cancelling() == 0


async def test_a_ca_bundle_that_holds_no_certificate_is_named(make: Make, tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    for content in (None, "no certificate"):
        if content is not None:
            bundle.write_text(content)
        with pytest.raises(errors.ConfigurationError, match=r"ca\.pem can't be used"):
            await make(ca_bundle=bundle).transport.send(READ)


async def test_a_cancellation_of_the_callers_goes_before_closing(make: Make, hang: Hang) -> None:
    side = make()
    task = asyncio.create_task(side.transport.send(READ))
    await hang.until(1)
    task.cancel()
    await side.transport.aclose()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_closed_client_says_so(make: Make) -> None:
    side = make()
    await side.transport.aclose()
    with pytest.raises(errors.ClientStateError, match="make a new one"):
        await side.transport.send(READ)


async def test_a_session_of_the_callers_is_used_and_not_closed(service: Service, make: Make) -> None:
    async with aiohttp.ClientSession(
        raise_for_status=True, auto_decompress=False, headers={"X-Own": "1"}
    ) as session:
        side = make(session=session)
        service.answers.append(says(404))
        with pytest.raises(errors.NotFoundError):
            await side.transport.send(READ)
        assert service.seen[0].headers["X-Own"] == "1"
        await side.transport.aclose()
        assert not session.closed
    other = make(session=session)
    with pytest.raises(errors.ClientStateError, match="session given to this client is closed"):
        await other.transport.send(READ)


@pytest.mark.usefixtures("ready_token")
async def test_with_a_session_of_the_callers_losses_are_counted_alike(raw: RawService, make: Make) -> None:
    async def closes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        return

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
        raw.scripts.extend([closes, writes(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")])
        side = make(session=session, base_url=raw.base_url)
        assert (await side.transport.send(READ)).attempts == 2
        await raw.stop()
        before = side.budget.status()
        assert (before.used, before.leased) == (2, 0)
        with pytest.raises(errors.ConnectionFailedError):
            await side.transport.send(WRITE)
        after = side.budget.status()
        assert after.granted == before.granted + 3
        assert (after.used <= 2, after.leased) == (True, 0)


@pytest.mark.usefixtures("ready_token")
async def test_with_a_session_of_the_callers_a_cut_body_is_a_lost_answer(raw: RawService, make: Make) -> None:
    raw.scripts.append(writes(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"))
    async with aiohttp.ClientSession() as session:
        side = make(session=session, base_url=raw.base_url)
        with pytest.raises(errors.NoResponseError):
            await side.transport.send(WRITE)
        assert (side.budget.status().used, side.budget.status().leased) == (1, 0)


async def test_closing_waits_for_a_token_call_that_takes_its_time_to_end(
    service: Service, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered = asyncio.Event()

    async def lingers(*arguments: Any) -> Answer:
        entered.set()
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(10):
                await asyncio.sleep(0)
        raise AssertionError

    monkeypatch.setattr(Wire, "send", lingers)
    side = make()
    task = asyncio.create_task(side.transport.send(READ))
    await entered.wait()
    await side.transport.aclose()
    assert [left for left in asyncio.all_tasks() if left.get_name() == "depotfinity token"] == []
    assert side.budget.status().leased == 0
    with pytest.raises(errors.ClientStateError):
        await task


def _transport(base_url: str) -> Transport:
    clock = Clock()
    settings = Settings(
        client_id="a", client_secret=Secret("b"), base_url=base_url, token_url=base_url + "/oauth2/token"
    )
    return Transport(settings, budget=Budget(clock=clock), clock=clock)


async def test_another_event_loop_is_refused(service: Service, make: Make) -> None:
    side = make()
    await side.transport.send(READ)

    def elsewhere() -> None:
        with pytest.raises(errors.ClientStateError, match=r"one client for each asyncio\.run"):
            asyncio.run(side.transport.send(READ))
        with pytest.raises(errors.ClientStateError, match="event loop"):
            asyncio.run(side.transport.aclose())

    await asyncio.to_thread(elsewhere)
    await asyncio.get_running_loop().shutdown_default_executor()
    assert (await side.transport.send(READ)).status == 200


async def test_another_process_is_refused(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    side = make()
    await side.transport.send(READ)
    with monkeypatch.context() as child:
        child.setattr(os, "getpid", lambda: 1)
        with pytest.raises(errors.ClientStateError, match="in each process"):
            await side.transport.send(READ)
        with pytest.raises(errors.ClientStateError, match="in each process"):
            await side.transport.aclose()


async def test_a_client_that_was_never_used_needs_no_closing(service: Service) -> None:
    transport = _transport(service.base_url)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        del transport
        gc.collect()
    assert caught == []


async def test_a_client_that_was_never_closed_gives_one_warning(service: Service) -> None:
    transport = _transport(service.base_url)
    await transport.send(READ)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        del transport
        gc.collect()
        await asyncio.sleep(0.01)
        gc.collect()
    assert [warning.category for warning in caught] == [ResourceWarning]
    assert "await client.aclose()" in str(caught[0].message)


FORGETFUL = """
    import asyncio, sys
    from aiohttp import web
    from depotfinity_async.config import Secret, Settings
    from depotfinity_async.http import Call, Transport
    from depotfinity_async.ratelimit import Budget, Clock

    async def token(request): return web.json_response({"access_token": "x"})
    async def call(request): return web.json_response({})

    async def main():
        global transport
        application = web.Application()
        application.router.add_post("/token", token)
        application.router.add_get("/v1/things", call)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        base = "http://127.0.0.1:%d" % runner.addresses[0][1]
        clock = Clock()
        secret = Secret("b")
        settings = Settings(client_id="a", client_secret=secret, base_url=base, token_url=base + "/token")
        transport = Transport(settings, budget=Budget(clock=clock), clock=clock)
        await transport.send(Call(operation="x", method="GET", path="/v1/things", repeatable=True))
        await runner.cleanup()

    asyncio.run(main())
    if "drop" in sys.argv: del transport
"""


@pytest.mark.parametrize("arguments", [[], ["drop"]], ids=["at exit", "after the loop"])
def test_a_client_that_outlives_its_loop_gives_one_warning_and_no_unclosed_line(arguments: list[str]) -> None:
    result = subprocess.run(
        [sys.executable, "-W", "always::ResourceWarning", "-c", textwrap.dedent(FORGETFUL), *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert result.stderr.count("A DepotFinity client was never closed") == 1
    assert "Unclosed" not in result.stderr
    assert "Traceback" not in result.stderr
    assert "was never awaited" not in result.stderr


@pytest.mark.parametrize("turns", range(40))
async def test_cancelled_in_any_turn_of_the_loop_leaves_nothing_behind(
    service: Service, make: Make, turns: int
) -> None:
    side = make(limit=16)
    before = asyncio.all_tasks()
    tasks = [asyncio.create_task(side.transport.send(READ)) for _ in range(6)]
    for _ in range(turns):
        await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        assert isinstance(result, asyncio.CancelledError) or not isinstance(result, BaseException)
    for _ in range(3):
        await asyncio.sleep(0)
    left = [task for task in asyncio.all_tasks() - before if task.get_name() == "depotfinity token"]
    assert left == []
    status = side.budget.status()
    assert (status.leased, status.waiting) == (0, 0)
    assert (await side.transport.send(READ)).status == 200


@pytest.mark.parametrize("milliseconds", range(0, 12, 2))
async def test_cancelled_at_any_moment_leaves_nothing_behind(
    service: Service, make: Make, milliseconds: int
) -> None:
    service.answers.extend([says(500), says(429), says(401)])
    side = make()
    task = asyncio.create_task(side.transport.send(READ))
    await asyncio.sleep(milliseconds / 1000)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    for _ in range(3):
        await asyncio.sleep(0)
    status = side.budget.status()
    assert (status.leased, status.waiting) == (0, 0)


@pytest.mark.usefixtures("ready_token")
async def test_cancelled_while_connecting_the_slot_is_free_at_once(raw: RawService, make: Make) -> None:
    # The server accepts and never answers the TLS handshake.
    side = make(base_url=raw.base_url.replace("http:", "https:"))
    task = asyncio.create_task(side.transport.send(WRITE))
    await until(lambda: raw.connections)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert side.budget.status().used == 0
