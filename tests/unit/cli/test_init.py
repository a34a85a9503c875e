import argparse
import sys
from types import SimpleNamespace

import pytest

from depotfinity_async import __version__, errors
from depotfinity_async.cli import COMMANDS, exits, main
from depotfinity_async.cli.signals import Signals


@pytest.fixture
def poll_raises(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """What is put in here is raised by `depotfinity poll`."""
    raised: list[BaseException] = []

    def run(arguments: argparse.Namespace, signals: Signals) -> int:
        raise raised[0]

    fake = SimpleNamespace(add_arguments=lambda parser: None, run=run)
    monkeypatch.setitem(sys.modules, "depotfinity_async.cli.poll", fake)
    return raised


@pytest.mark.parametrize("kind", exits.CODES)
def test_each_error_is_one_line_and_its_exit_code(
    kind: type[errors.DepotFinityError],
    poll_raises: list[BaseException],
    capsys: pytest.CaptureFixture[str],
) -> None:
    poll_raises.append(kind("what happened"))
    assert main(["poll"]) == exits.CODES[kind]
    assert capsys.readouterr() == ("", "depotfinity: what happened\n")


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (BrokenPipeError(), 141, ""),
        (KeyboardInterrupt(), 130, ""),
        (OSError(28, "No space left on device"), 1, "depotfinity: [Errno 28] No space left on device\n"),
    ],
)
def test_errors_of_the_machine(
    error: BaseException,
    code: int,
    told: str,
    poll_raises: list[BaseException],
    capsys: pytest.CaptureFixture[str],
) -> None:
    poll_raises.append(error)
    assert main(["poll"]) == code
    assert capsys.readouterr() == ("", told)


def test_fault_of_the_command_itself_shows_where_it_is(
    poll_raises: list[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    poll_raises.append(ZeroDivisionError("a fault"))
    assert main(["poll"]) == 1
    assert capsys.readouterr().err.endswith("ZeroDivisionError: a fault\n")


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["--nothing"], ["poll"], ["demo", "--speed", "0"]])
def test_wrong_command_line_is_told_with_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("usage: depotfinity")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"depotfinity {__version__}\n"


def test_help_names_the_commands_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    assert exits.TABLE in told
    for name, purpose in COMMANDS.items():
        assert f"  {name}" in told
        assert purpose in told


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_the_exit_codes(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"usage: depotfinity {command} ")
    assert exits.TABLE in told
