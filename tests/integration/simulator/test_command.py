"""The command as a process: what it prints, and that each way of ending it is clean."""

import asyncio
import json
import os
import signal
import socket
import sys
import threading
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from depotfinity_async.simulator.command import main
from tests.support.simulated import basic

ROOT = Path(__file__).parents[3]
START = "import sys; from depotfinity_async.simulator.command import main; sys.exit(main())"


@asynccontextmanager
async def started(*arguments: str, **environment: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        START,
        *arguments,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line(process: Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), 30)).decode()


async def ended(process: Process) -> tuple[int | None, bytes]:
    """The exit code and what was written to standard error."""
    assert process.stderr is not None
    errors = await asyncio.wait_for(process.stderr.read(), 30)
    return await asyncio.wait_for(process.wait(), 30), errors


async def test_the_ready_lines_are_enough_to_take_a_token() -> None:
    async with started("--chargers", "2") as process:
        lines = [await line(process) for _ in range(5)]
        url = lines[0].split()[2]
        assert lines[0] == f"DepotFinity simulator: {url} (token {url}/oauth2/token)\n"
        assert lines[1:] == [
            f"export DEPOTFINITY_BASE_URL={url}\n",
            f"export DEPOTFINITY_TOKEN_URL={url}/oauth2/token\n",
            "export DEPOTFINITY_CLIENT_ID=demo\n",
            "export DEPOTFINITY_CLIENT_SECRET=demo-secret\n",
        ]
        assert await token_status(f"{url}/oauth2/token", "demo-secret") == 200
        process.send_signal(signal.SIGTERM)
        assert await ended(process) == (0, b"")


async def test_a_secret_of_ones_own_comes_from_the_environment_and_is_not_printed() -> None:
    async with started("--client-id", "my depot", DEPOTFINITY_SIMULATOR_SECRET="canary") as process:
        lines = [await line(process) for _ in range(5)]
        assert "canary" not in "".join(lines)
        assert lines[3:] == [
            "export DEPOTFINITY_CLIENT_ID='my depot'\n",
            'export DEPOTFINITY_CLIENT_SECRET="$DEPOTFINITY_SIMULATOR_SECRET"\n',
        ]
        url = lines[0].split()[2]
        assert await token_status(f"{url}/oauth2/token", "canary", "my depot") == 200
        assert await token_status(f"{url}/oauth2/token", "demo-secret", "my depot") == 403


async def token_status(url: str, secret: str, client_id: str = "demo") -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            url,
            data={"grant_type": "client_credentials"},
            headers={"Authorization": basic(client_id, secret)},
        ) as response,
    ):
        return response.status


async def test_the_ready_line_as_json() -> None:
    async with started("--ready-json") as process:
        ready = json.loads(await line(process))
        assert set(ready) == {"url", "token_url", "client_id"}
        assert ready["token_url"] == ready["url"] + "/oauth2/token"
        process.send_signal(signal.SIGINT)
        assert await ended(process) == (130, b"")


@pytest.mark.parametrize("milliseconds", [0, 1, 2, 5, 20, 50])
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
async def test_a_signal_at_any_moment_after_the_ready_line(milliseconds: int, sent: int, code: int) -> None:
    async with started("--chargers", "1", "--ready-json") as process:
        await line(process)
        await asyncio.sleep(milliseconds / 1000)
        process.send_signal(sent)
        process.send_signal(sent)
        assert await ended(process) == (code, b"")


async def test_a_signal_with_a_call_in_flight() -> None:
    async with started("--ready-json") as process, aiohttp.ClientSession() as session:
        url = json.loads(await line(process))["url"]
        async with session.post(f"{url}/_simulator/faults", json={"delay": 1000, "times": 5}) as response:
            assert response.status == 201
        call = asyncio.create_task(session.get(f"{url}/v2/transactions"))
        await asyncio.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert await ended(process) == (130, b"")
        with pytest.raises(aiohttp.ClientError):
            await call


async def test_ends_with_its_parent() -> None:
    async with started("--exit-with-parent", "--ready-json") as process:
        await line(process)
        assert process.stdin is not None
        process.stdin.write(b"still here\n")
        await process.stdin.drain()
        await asyncio.sleep(0.02)
        assert process.returncode is None
        process.stdin.close()
        assert await ended(process) == (0, b"")


async def test_lives_on_without_that_option_when_standard_input_ends() -> None:
    async with started("--ready-json") as process:
        await line(process)
        assert process.stdin is not None
        process.stdin.close()
        await asyncio.sleep(0.05)
        assert process.returncode is None


async def test_the_options_reach_the_simulator() -> None:
    options = [
        "--limit",
        "2",
        "--no-retry-after",
        "--max-page-size",
        "3",
        "--package",
        "Basic",
        "--chargers",
        "4",
    ]
    async with (
        started(*options, "--token-lifetime", "77", "--ready-json") as process,
        aiohttp.ClientSession() as session,
    ):
        ready = json.loads(await line(process))
        async with session.post(
            ready["token_url"],
            data={"grant_type": "client_credentials"},
            headers={"Authorization": basic("demo", "demo-secret")},
        ) as response:
            token = await response.json()
        assert token["expires_in"] == 77
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        async with session.get(ready["url"] + "/v2/transactions", headers=headers) as response:
            assert len(await response.json()) == 3
        async with session.get(ready["url"] + "/v2/transactions", headers=headers) as response:
            assert (response.status, "Retry-After" in response.headers) == (429, False)


async def test_the_options_of_the_limit_reach_the_simulator() -> None:
    options = ["--limit-policy", "token-bucket", "--window", "60", "--count-refused", "--count-vehicles"]
    async with started(*options, "--ready-json") as process, aiohttp.ClientSession() as session:
        url = json.loads(await line(process))["url"]
        async with session.get(f"{url}/_simulator/limit") as response:
            assert await response.json() == {
                "policy": "token-bucket",
                "limit": 100,
                "window": 60.0,
                "count_refused": True,
                "retry_after": True,
                "count_vehicles": True,
            }


@pytest.fixture
def signals() -> Iterator[None]:
    """Gives back the handlers that the command leaves ignored."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals")
@pytest.mark.parametrize("options", [[], ["--ready-json"]])
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_in_this_process(
    capsys: pytest.CaptureFixture[str], sent: int, code: int, options: list[str]
) -> None:
    timer = threading.Timer(0.3, os.kill, (os.getpid(), sent))
    timer.start()
    assert main(["--chargers", "1", *options]) == code
    timer.join()
    assert "http://127.0.0.1:" in capsys.readouterr().out


@pytest.mark.usefixtures("signals")
def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["--port", str(taken.getsockname()[1])]) == 1
    assert "in use" in capsys.readouterr().err


def test_an_interrupt_before_the_handlers_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("depotfinity_async.simulator.command.Simulator", interrupted)
    assert main([]) == 130


def test_an_option_outside_its_range(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--chargers", "0"]) == 2
    assert capsys.readouterr().err.startswith("simulate: 'chargers' must be >= 1")
