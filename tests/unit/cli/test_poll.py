import asyncio
import json
import types
from datetime import UTC, datetime

import pytest

from depotfinity_async.cli import main
from depotfinity_async.cli.poll import ChargerState, fields_of, table_of
from depotfinity_async.models.charger_status import (
    ChargerAvailability,
    ChargerAvailabilityRecord,
    Connectivity,
    ConnectivityRecord,
    ConnectorAvailability,
    ConnectorAvailabilityRecord,
    ErrorCode,
)
from depotfinity_async.simulator import Simulator

TIME = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)
STATE = ChargerState(
    "CP-1",
    TIME,
    ConnectivityRecord(timestamp=TIME, status=Connectivity("Asleep")),
    ChargerAvailabilityRecord(
        timestamp=TIME,
        status=ChargerAvailability.FAULTED,
        error_code=ErrorCode.GROUND_FAILURE,
        vendor_error_code=101,
        vendor_id=23,
    ),
    {1: None, 2: ConnectorAvailabilityRecord(timestamp=TIME, status=ConnectorAvailability.CHARGING)},
)


def test_json_lines_come_in_the_order_asked_for(
    simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["poll", "CP-3", "CP-1", "--connectors", "2"]) == 0
    out, err = capsys.readouterr()
    first, second = map(json.loads, out.splitlines())
    assert err == ""
    assert (first["charger"], second["charger"]) == ("CP-3", "CP-1")
    assert first["connectivity"].keys() == {"timestamp", "status"}
    assert first["availability"].keys() == {
        "timestamp",
        "status",
        "error_code",
        "vendor_error_code",
        "vendor_id",
    }
    assert [each["connector"] for each in first["connectors"]] == [1, 2]
    # The token, then four calls for each charger.
    assert len(simulator.log) == 9


def test_table(simulator: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["poll", "CP-1", "CP-2", "--connectors", "1", "--format", "table"]) == 0
    title, header, *rows = capsys.readouterr().out.splitlines()
    assert title.endswith(" UTC")
    assert header.split("  ")[0] == "charger"
    assert [row.split()[0] for row in rows] == ["CP-1", "CP-2"]


@pytest.mark.parametrize("form", ["jsonl", "table"])
def test_one_failure_leaves_the_others(
    form: str, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["poll", "CP-1", "NONE", "CP-2", "--format", form]) == 24
    out, err = capsys.readouterr()
    assert "CP-1" in out
    assert "CP-2" in out
    assert "NONE" in err
    assert err.count("\n") == 1


def test_table_of_nothing_but_failures_is_not_shown(
    simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["poll", "NONE", "--format", "table"]) == 24
    assert capsys.readouterr().out == ""


def test_rounds_begin_at_the_interval(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    slept = list[float]()

    class Enough(OSError):
        pass

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            raise Enough("enough")

    replaced = types.SimpleNamespace(**{**vars(asyncio), "sleep": sleep})
    monkeypatch.setattr("depotfinity_async.cli.poll.asyncio", replaced)
    assert main(["poll", "CP-1", "--interval", "1000"]) == 1
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 3
    assert err == "depotfinity: enough\n"
    assert all(900 < seconds <= 1000 for seconds in slept)


def test_state_as_json_fields() -> None:
    assert fields_of(STATE) == {
        "charger": "CP-1",
        "polled_at": TIME,
        "connectivity": {"timestamp": TIME, "status": "Asleep"},
        "availability": {
            "timestamp": TIME,
            "status": "Faulted",
            "error_code": "GroundFailure",
            "vendor_error_code": 101,
            "vendor_id": 23,
        },
        "connectors": [
            {"connector": 1, "availability": None},
            {
                "connector": 2,
                "availability": {
                    "timestamp": TIME,
                    "status": "Charging",
                    "error_code": None,
                    "vendor_error_code": None,
                    "vendor_id": None,
                },
            },
        ],
    }


def test_state_as_a_row() -> None:
    table = table_of([STATE, ChargerState("CP-2", TIME, None, None, {1: None, 2: None})], 2)
    names = [column.name for column in table.columns]
    assert names == ["charger", "connectivity", "availability", "since", "no. 1", "no. 2"]
    assert table.rows == [
        ("CP-1", "Asleep", "Faulted (GroundFailure)", "2026-03-10 15:30", "-", "Charging"),
        ("CP-2", "-", "-", "-", "-", "-"),
    ]
