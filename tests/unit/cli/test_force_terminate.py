import io

import pytest

from depotfinity_async.cli import main
from depotfinity_async.simulator import Simulator

WARNING = "This ends the connection of charger CP-1: the charger goes offline"


def sent(simulator: Simulator) -> list[str]:
    return [f"{entry.method} {entry.path}" for entry in simulator.log if entry.kind == "api"]


def answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.mark.parametrize("text", ["y\n", "YES\n", " yes \n"])
def test_it_says_what_it_does_asks_and_does_it(
    text: str, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(monkeypatch, text)
    assert main(["force-terminate", "CP-1"]) == 0
    out, err = capsys.readouterr()
    assert out == "Charger Accepted.\n"
    assert err.startswith(WARNING)
    assert err.endswith("Take it offline? [y/N] ")
    assert sent(simulator) == ["PUT /v1/chargerControl/CP-1/forceTerminateConnection"]


@pytest.mark.parametrize("text", ["", "\n", "n\n", "no\n", "yess\n"])
def test_without_a_yes_nothing_is_sent(
    text: str, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(monkeypatch, text)
    assert main(["force-terminate", "CP-1"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("depotfinity: not confirmed, nothing was sent\n")
    assert len(simulator.log) == 0


def test_with_yes_it_does_not_ask(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(monkeypatch, "n\n")
    assert main(["force-terminate", "CP-1", "--yes"]) == 0
    out, err = capsys.readouterr()
    assert out == "Charger Accepted.\n"
    assert err.startswith(WARNING)
    assert "[y/N]" not in err
    assert main(["force-terminate", "CP-1", "--yes"]) == 25


def test_accepted_only_is_told(simulator: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    simulator.faults.add(path="/v1/chargerControl/*", status=202, body=b"")
    assert main(["force-terminate", "CP-1", "--yes"]) == 0
    assert capsys.readouterr().out == "Accepted, not done yet, and may still be refused.\n"


def test_it_is_sent_once(simulator: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    simulator.faults.add(path="/v1/chargerControl/*", drop=True)
    assert main(["force-terminate", "CP-1", "--yes"]) == 13
    assert len(sent(simulator)) == 1
    assert "may have acted" in capsys.readouterr().err
