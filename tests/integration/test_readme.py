"""What the README and the page on the APIs show runs as it stands."""

from __future__ import annotations

import ast
import inspect
import re
import types
from pathlib import Path
from typing import Any

import pytest

import depotfinity_async
from depotfinity_async.resources.paths import ENDPOINTS
from depotfinity_async.simulator import Simulator

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
APIS = (ROOT / "docs" / "apis.md").read_text()


def snippets_of(page: str) -> list[str]:
    return re.findall(r"<!-- test: run -->\n```python\n(.*?)```", page, re.DOTALL)


SNIPPETS = snippets_of(README)


async def run(source: str, names: dict[str, Any] | None = None) -> dict[str, Any]:
    """Execute source with top-level await, as a notebook does; gives its names."""
    names = {} if names is None else names
    code = compile(source, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    coroutine = types.FunctionType(code, names)()
    if inspect.iscoroutine(coroutine):
        await coroutine
    return names


@pytest.fixture
async def settings(monkeypatch: pytest.MonkeyPatch) -> Any:
    async with Simulator(chargers=10) as simulator:
        for name, value in {
            "CLIENT_ID": "demo",
            "CLIENT_SECRET": "demo-secret",
            "BASE_URL": simulator.url,
            "TOKEN_URL": simulator.token_url,
        }.items():
            monkeypatch.setenv(f"DEPOTFINITY_{name}", value)
        yield simulator


def test_every_python_block_is_run() -> None:
    assert len(SNIPPETS) == README.count("```python") == 4
    assert len(snippets_of(APIS)) == APIS.count("```python") == 13


async def test_ten_lines(settings: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    names = await run(SNIPPETS[0])
    printed = capsys.readouterr().out.splitlines()
    assert printed
    assert all(line.endswith(" CP-7") for line in printed)
    assert len(names["page"]) == 50
    assert names["status"].status in depotfinity_async.ChargerAvailability
    assert len(names["series"]) > 250


async def test_notebook(settings: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    await run(SNIPPETS[1])
    record, status = capsys.readouterr().out.splitlines()
    assert record.startswith("ConnectivityRecord(")
    assert status in SNIPPETS[1]


async def test_every_api(settings: Simulator) -> None:
    await run(SNIPPETS[2])
    paths = {entry.path for entry in settings.log if entry.method != "GET"}
    assert {"/v2/rfid", "/v1/vppController/SITE-1/energyPrices"} <= paths
    assert len(paths) == 6  # with the token


async def test_what_you_get_back(settings: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    await run(SNIPPETS[3])
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("404 ")
    assert printed[1].startswith("1 [{}, ")
    assert "timeStamp" in printed[-1]


async def test_the_page_on_the_apis(settings: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    onboard = next(iter(settings.depot.onboards))
    names: dict[str, Any] = {"vehicle_credentials": (onboard.vin, onboard.password)}
    for snippet in snippets_of(APIS):
        await run(snippet, names)
    printed = capsys.readouterr().out
    assert "W " in printed
    assert "89C4704A" in printed
    assert names["answer"].vin == onboard.vin
    assert names["answer"].seq == 0
    called = {entry.path for entry in settings.log}
    assert "/v1/sessionReports" in called
    assert "/v1/vdv" in called


def test_the_table_of_paths_is_the_codes() -> None:
    rows = re.findall(r"^\| `depot\.[^|]+ \| `(\S+)` \| (.*?) \|", APIS, re.MULTILINE)
    assert {(path, documented.startswith("path")) for path, documented in rows} == {
        (endpoint.template, endpoint.certainty == "documented") for endpoint in ENDPOINTS.values()
    }


def test_errors_it_names_exist() -> None:
    for name in re.findall(r"`(\w+Error)`", README):
        assert name in depotfinity_async.__all__
