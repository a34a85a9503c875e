"""The foreign project of examples/: its suite passes with nothing but the installed package."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.wheels import ROOT, build_wheel, install_wheel, run

PROJECT = ROOT / "examples" / "nightly-report"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An environment that the package is installed in."""
    home = tmp_path_factory.mktemp("home")
    install_wheel(build_wheel(tmp_path_factory.mktemp("dist")), home)
    yield home
    shutil.rmtree(home)


def suite(home: Path, folder: Path, *options: str) -> str:
    """What pytest prints in `folder`; it passes, or this fails."""
    python = str(home / "bin" / "python")
    return run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, cwd=folder)


def test_the_suite_of_the_project_passes(home: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("__pycache__"))
    printed = suite(home, project)
    tests = (PROJECT / "tests" / "test_report.py").read_text().count("async def test_")
    assert f"{tests} passed" in printed


def test_the_job_runs_as_a_command(home: Path) -> None:
    printed = run(str(home / "bin" / "python"), "-m", "nightly_report", "--help", cwd=PROJECT)
    assert "chargers whose connection is looked at" in printed


def test_the_project_asks_for_the_package_and_names_no_other_source() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    assert project["project"]["dependencies"] == ["depotfinity-async"]
    assert "tool" not in project or set(project["tool"]) == {"pytest"}


def test_a_project_that_uses_no_fixture_pays_nothing(home: Path, tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text(
        "import sys\n"
        "def test_what_is_loaded(pytestconfig):\n"
        "    assert pytestconfig.pluginmanager.has_plugin('depotfinity')\n"
        "    ours = {name for name in sys.modules if name.startswith('depotfinity_async')}\n"
        "    assert ours == {'depotfinity_async', 'depotfinity_async._version',\n"
        "                    'depotfinity_async.testing', 'depotfinity_async.testing.fixtures'}\n"
        "    assert not {'aiohttp', 'msgspec', 'cattrs', 'backoff', 'attrs'} & set(sys.modules)\n"
    )
    # Hypothesis is a plugin of the test's own environment, and loads attrs.
    assert "1 passed" in suite(home, tmp_path, "-p", "no:hypothesispytest")


def test_without_pytest_asyncio_the_plugin_does_no_harm(home: Path, tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text(
        "import pytest\n"
        "@pytest.mark.depotfinity(chargers=1)\n"
        "def test_nothing(pytestconfig):\n"
        "    assert not pytestconfig.pluginmanager.has_plugin('depotfinity-fixtures')\n"
    )
    assert "1 passed" in suite(home, tmp_path, "-p", "no:asyncio", "--strict-markers")
