import contextlib
import re
from collections.abc import AsyncIterator

import pytest

from depotfinity_async.cli import demo, main
from depotfinity_async.cli.child import SimulatorAddress
from depotfinity_async.simulator import Simulator
from tests.support.commands import ROOT, simulator_in_thread


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_it_sums_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--chargers", "2", "--connectors", "1", "--seed", "3", "--speed", "2"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert (
        lines[0] == "Simulated depot: 2 chargers, 1 connector each; limit 100 requests in 300 s (150 s real)"
    )
    summary = {line[:18].strip(): line[18:] for line in lines[-8:]}
    assert list(summary) == [
        "chargers",
        "connectors",
        "energy delivered",
        "peak power",
        "requests spent",
        "busiest window",
        "refusals",
        "time taken",
    ]
    assert summary["requests spent"] == "7 by the client's count, 7 by the simulator's log"
    assert summary["refusals"] == "0"
    assert re.fullmatch(r"\d+\.\d s \(\d+\.\d s real\)", summary["time taken"])


def test_refusal_is_a_failure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    async def report(_: object) -> dict[str, float]:
        return {"requests": 101, "refusals": 1, "busiest_window": 101, "limit": 100, "window": 300.0}

    monkeypatch.setattr(demo, "_fetch_report", report)
    assert main(["demo", "--chargers", "1"]) == 1
    assert re.search(r"^refusals +1$", capsys.readouterr().out, re.MULTILINE)


def test_error_of_a_call_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with simulator_in_thread(chargers=1) as simulator:
        simulator.faults.add(path="/v2/transactions", status=403, times=None)
        _use(monkeypatch, simulator)
        assert main(["demo", "--chargers", "1"]) == 23
    out, err = capsys.readouterr()
    assert "refusals" not in out
    assert err.startswith("depotfinity: transactions.list: ")
    assert err.count("\n") == 1


def _use(monkeypatch: pytest.MonkeyPatch, simulator: Simulator) -> None:
    @contextlib.asynccontextmanager
    async def there(**options: object) -> AsyncIterator[SimulatorAddress]:
        yield SimulatorAddress(
            simulator.url, simulator.token_url, simulator.client_id, simulator.client_secret
        )

    monkeypatch.setattr(demo, "simulator_process", there)
