"""The package as others get it: the built wheel, and the versions it says it needs."""

import email
import itertools
import re
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.support.wheels import build_wheel, install_wheel, run

_ROOT = Path(__file__).parents[2]
_PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[0-9][A-Za-z0-9.]*)")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by the build backend itself: nothing is fetched."""
    return build_wheel(tmp_path_factory.mktemp("dist"))


def test_wheel_holds_the_package_and_its_type_marker_only(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "depotfinity_async/py.typed" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"depotfinity_async"}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_wheel_says_what_it_needs(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    metadata = email.message_from_bytes(archive.read(name))
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"
    needed = {_name(line) for line in metadata.get_all("Requires-Dist", []) if "extra" not in line}
    assert needed == {"aiohttp", "attrs", "backoff", "cattrs", "msgspec"}


def test_installed_wheel_is_imported_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "venv"
    site_packages = install_wheel(wheel, home)

    script = (
        "import importlib.metadata, depotfinity_async\n"
        "from depotfinity_async._version import __version__\n"
        "found = importlib.metadata.distribution('depotfinity-async').entry_points\n"
        "(command,) = found.select(group='console_scripts')\n"
        "(plugin,) = found.select(group='pytest11')\n"
        "print(depotfinity_async.__file__, __version__, command.name, callable(command.load()))\n"
        "print(len(found), plugin.name, plugin.load().__name__)\n"
    )
    printed = run(str(home / "bin" / "python"), "-c", script, cwd=tmp_path).split()
    imported = site_packages / "depotfinity_async" / "__init__.py"
    assert printed[:4] == [str(imported), _version(), "depotfinity", "True"]
    assert printed[4:] == ["2", "depotfinity", "depotfinity_async.testing"]
    assert (home / "bin" / "depotfinity").exists()


def test_lowest_versions_are_those_of_the_ranges() -> None:
    lower_bounds = {}
    for requirement in _ranges():
        bound = re.match(r"([a-z]+)>=([0-9.]+)", requirement)
        assert bound, requirement
        lower_bounds[bound[1]] = bound[2]
    assert _pins("lowest.txt") == lower_bounds


def test_test_tools_are_pinned_and_hold_every_runtime_dependency() -> None:
    pins = _pins("test.txt")
    assert {_name(requirement) for requirement in _ranges()} <= set(pins)


def _ranges() -> list[str]:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    return [*project["dependencies"], *itertools.chain.from_iterable(extras)]


def _name(requirement: str) -> str:
    return re.split(r"[<>=]", requirement)[0]


def _pins(file: str) -> dict[str, str]:
    pins = {}
    for line in (_ROOT / "requirements" / file).read_text().splitlines():
        if line.startswith("#"):
            continue
        pin = _PINNED.fullmatch(line)
        assert pin, f"{file}: not an exact version: {line!r}"
        pins[pin["name"]] = pin["version"]
    return pins


def _version() -> str:
    found = re.search(r'__version__ = "(.+)"', (_ROOT / "depotfinity_async" / "_version.py").read_text())
    assert found
    return found[1]
