"""What the README shows runs as it stands."""

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

README = (Path(__file__).parents[2] / "README.md").read_text()
SNIPPETS = re.findall(r"<!-- test: run -->\n```python\n(.*?)```", README, re.DOTALL)


async def run(source: str) -> dict[str, Any]:
    """Execute source with top-level await, as a notebook does; gives its names."""
    names: dict[str, Any] = {}
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
    assert len(SNIPPETS) == README.count("```python") == 3


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


async def test_what_you_get_back(settings: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    await run(SNIPPETS[2])
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("404 ")
    assert printed[1].startswith("1 [{}, ")
    assert "timeStamp" in printed[-1]


def test_the_table_of_paths_is_the_codes() -> None:
    rows = re.findall(r"^\| `depot\.[^|]+ \| `(\S+)` \| (.*?) \|", README, re.MULTILINE)
    assert {(path, documented.startswith("path")) for path, documented in rows} == {
        (endpoint.template, endpoint.certainty == "documented") for endpoint in ENDPOINTS.values()
    }


def test_errors_it_names_exist() -> None:
    for name in re.findall(r"`(\w+Error)`", README):
        assert name in depotfinity_async.__all__
