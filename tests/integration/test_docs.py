"""What the pages of docs/ show runs as it stands, from top to bottom of a page."""

from __future__ import annotations

import argparse
import inspect
import re
from pathlib import Path
from typing import Any

import attrs
import pytest

from depotfinity_async.simulator import Deferrals, FaultSwitchboard, Simulator, admin, command

DOCS = Path(__file__).parents[2] / "docs"


def run(name: str, *, snippets: int) -> None:
    """Run what a page shows, all of it, in one namespace."""
    page = (DOCS / name).read_text()
    found = re.findall(r"<!-- test: run -->\n```python\n(.*?)```", page, re.DOTALL)
    assert len(found) == page.count("```python") == snippets
    names: dict[str, Any] = {"__name__": "page"}
    for snippet in found:
        exec(compile(snippet, name, "exec", dont_inherit=True), names)


def test_the_page_on_the_mapper(capsys: pytest.CaptureFixture[str]) -> None:
    run("jsonapi.md", snippets=8)
    printed = capsys.readouterr().out
    assert "comments/12" in printed
    assert "'author': {'type': 'people', 'id': '9'}" in printed
    assert "not a fault in it" in printed
    assert "1 {'title': ('JSON:API paints my bikeshed!', 'JSON:API paints my house!')}" in printed
    assert '"attributes":{"title":"Changed"}' in printed
    assert "include=author,comments.author&fields%5Bpeople%5D=firstName&sort=-published" in printed


def test_the_page_on_objects(capsys: pytest.CaptureFixture[str]) -> None:
    run("objects.md", snippets=2)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "None"
    assert re.fullmatch(r"\['\w+', '\w+'\]", printed[1])
    assert printed[2:] == ["True True", "True True"]


def test_the_page_on_the_budget(capsys: pytest.CaptureFixture[str]) -> None:
    run("budget.md", snippets=3)
    printed = capsys.readouterr().out
    assert "of 3 used" in printed
    assert "the next slot for a poll is free in 60 s" in printed
    assert "kept in host, shared by 1 process" in printed
    assert "3 of 3 slots used in 60 s" in printed


def test_the_page_on_the_simulator(capsys: pytest.CaptureFixture[str]) -> None:
    run("simulator.md", snippets=2)
    printed = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"[1-9]\d* vehicles charge, True", printed[0])
    assert re.fullmatch(r"[1-9]\d* calls, 0 refused", printed[1])
    assert printed[2:] == [
        "409: Taken.",
        "accepted, not finished: 202",
        "404: it was refused when it was processed",
        "503: back in 90.0 s",
    ]


def test_the_page_on_the_simulator_names_all_there_is() -> None:
    page = (DOCS / "simulator.md").read_text()
    fields = attrs.fields(Simulator)
    parser = argparse.ArgumentParser(add_help=False)
    command.add_arguments(parser)
    wanted = [f"| `{field.name}` |" for field in fields if field.init]
    wanted += [f"`{option}`" for action in parser._actions for option in action.option_strings]
    wanted += [f"| `{route.method} {route.path}` |" for route in admin.ROUTES]
    wanted += [
        f"| `{name}` |" for name in inspect.signature(FaultSwitchboard.add).parameters if name != "self"
    ]
    wanted += [f"`{name}`" for name in inspect.signature(Deferrals.add).parameters if name != "self"]
    assert [each for each in wanted if each not in page] == []


def test_the_defaults_on_the_page_on_the_simulator_are_true() -> None:
    page = (DOCS / "simulator.md").read_text()
    shown = dict(re.findall(r"^\| `(\w+)` \|[^|]*\| ([^|]+) \|", page, re.MULTILINE))
    names = {True: "yes", False: "no", None: "real time"}
    for field in attrs.fields(Simulator):
        if field.init:
            default = field.default
            text = names[default] if default is None or isinstance(default, bool) else f"{default}"
            assert shown[field.name].strip("`").strip() == text.removesuffix(".0"), field.name


def test_the_page_on_testing(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (DOCS / "testing.md").read_text()
    (suite,) = re.findall(r"<!-- test: run with pytest -->\n```python\n(.*?)```", page, re.DOTALL)
    (conftest,) = re.findall(r"<!-- test: conftest -->\n```python\n(.*?)```", page, re.DOTALL)
    assert page.count("```python") == 2
    pytester.makepyfile(suite)
    pytester.makeconftest(conftest)
    monkeypatch.setenv("PYTHONPATH", str(DOCS.parent))
    options = ("-p", "no:depotfinity", "-p", "depotfinity_async.testing", "--strict-markers")
    ran = pytester.runpytest_subprocess(*options, "-o", "asyncio_default_fixture_loop_scope=function")
    ran.assert_outcomes(passed=3)
