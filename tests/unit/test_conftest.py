"""The fixtures that every test gets."""

import os
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from aioresponses import CallbackResult, aioresponses
from yarl import URL


def test_home_is_an_empty_folder(isolated_environment: Path) -> None:
    assert Path.home() == isolated_environment
    assert list(isolated_environment.iterdir()) == []
    assert os.environ["XDG_CONFIG_HOME"] == str(isolated_environment / ".config")


def test_no_setting_of_the_user_is_seen(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPOTFINITY_CLIENT_SECRET", "of the user")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    test = "import os\ndef test(isolated_environment): assert 'DEPOTFINITY_CLIENT_SECRET' not in os.environ\n"
    module = pytester.makepyfile(test)
    options = ["-q", "-p", "tests.conftest", "-c", str(Path(__file__).parents[2] / "pyproject.toml")]
    command = [sys.executable, "-m", "pytest", *options, f"--rootdir={pytester.path}", str(module)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


async def test_canned_reply(responses: aioresponses) -> None:
    responses.get("http://depot.example/chargers?page=2", payload=[1, 2])
    url = "http://depot.example/chargers"
    async with aiohttp.ClientSession() as session, session.get(url, params={"page": "2"}) as reply:
        assert await reply.json() == [1, 2]
    assert [(method, str(url)) for method, url in responses.requests] == [
        ("GET", "http://depot.example/chargers?page=2")
    ]


async def test_canned_reply_of_a_callback(responses: aioresponses) -> None:
    def answer(url: URL, **sent: object) -> CallbackResult:
        return CallbackResult(status=201, payload={"sent": sent["json"]})

    responses.post("http://depot.example/limits", callback=answer)
    async with (
        aiohttp.ClientSession() as session,
        session.post("http://depot.example/limits", json=7) as reply,
    ):
        assert (reply.status, await reply.json()) == (201, {"sent": 7})
