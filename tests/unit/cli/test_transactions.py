import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from depotfinity_async import jsonapi
from depotfinity_async.cli import main
from depotfinity_async.cli.transactions import fields_of
from depotfinity_async.jsonapi import flat_object
from depotfinity_async.models.transactions import Transaction
from depotfinity_async.resources.decoding import decoder
from depotfinity_async.simulator import Simulator


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    out, err = capsys.readouterr()
    assert err == ""
    return [json.loads(line) for line in out.splitlines()]


def test_all_pages_are_listed(simulator: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["transactions", "--limit", "7"]) == 0
    ids = [line["id"] for line in _lines(capsys)]
    assert ids == sorted(
        (known.id for known in simulator.depot.transactions(simulator.clock.now())), reverse=True
    )
    assert len(ids) > 14


def test_options_are_sent(simulator: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    options = "--charger CP-1 --connector 2 --vehicle BUS-1 --until 2026-03-10T00:00Z --order asc --limit 9"
    assert (
        main(["transactions", *options.split(), "--since", "2026-03-09T02:00+02:00", "--order-by", "EndAt"])
        == 0
    )
    (entry,) = [entry for entry in simulator.log if entry.kind == "api"]
    assert parse_qs(entry.query) == {
        "chargerId": ["CP-1"],
        "connectorId": ["2"],
        "vehicleId": ["BUS-1"],
        "from": ["2026-03-09T00:00:00.000Z"],
        "to": ["2026-03-10T00:00:00.000Z"],
        "filterBy": ["StartAt"],
        "orderBy": ["EndAt"],
        "order": ["asc"],
        "limit": ["9"],
    }
    assert _lines(capsys) == []


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ([], None),
        (["--since", "1d"], ["StartAt"]),
        (["--until", "1d"], ["StartAt"]),
        (["--since", "1d", "--filter-by", "InsertedAt"], ["InsertedAt"]),
    ],
)
def test_window_is_of_the_start_unless_said_otherwise(
    options: list[str], sent: list[str] | None, simulator: Simulator
) -> None:
    assert main(["transactions", "--max", "1", *options]) == 0
    entry = next(entry for entry in simulator.log if entry.kind == "api")
    assert parse_qs(entry.query).get("filterBy") == sent


@pytest.mark.parametrize(("most", "requests"), [(3, 1), (4, 1), (5, 2)])
def test_it_stops_at_the_most_and_asks_for_no_more(
    most: int, requests: int, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["transactions", "--limit", "4", "--max", str(most)]) == 0
    assert len(_lines(capsys)) == most
    assert simulator.log.count(kind="api") == requests


def test_table_has_one_header(simulator: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["transactions", "--limit", "4", "--max", "6", "--format", "table"]) == 0
    header, *rows = capsys.readouterr().out.splitlines()
    assert re.split("  +", header.strip()) == [
        "id",
        "connector",
        "started (UTC)",
        "duration",
        "kWh",
        "SoC %",
        "vehicle",
        "end",
    ]
    assert len(rows) == 6
    assert all(re.match(r"10\d{4}  CP-\d/\d ", row) for row in rows)
    assert any(re.search(r" \d:\d\d +\d+\.\d +\d+-\d+  BUS-\d+", row) for row in rows) or "running" in rows[0]


def test_start_after_the_end_is_refused(simulator: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["transactions", "--since", "1d", "--until", "2d"]) == 2
    assert "end must not lie before start" in capsys.readouterr().err
    assert len(simulator.log) == 0


def test_service_that_does_not_page_is_told(simulator: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"TransactionID": 1, "ChargerID": "CP-1", "ConnectorID": 1}
    simulator.faults.add(path="/v2/transactions", body=[row], times=None)
    assert main(["transactions", "--limit", "1"]) == 30
    out, err = capsys.readouterr()
    assert json.loads(out)["id"] == 1
    assert err.startswith("depotfinity: transactions.list: page 2 repeats page 1")


def test_fields_have_the_names_of_the_sdk() -> None:
    body = (
        b'{"TransactionID": 5, "ChargerID": "CP-1", "ConnectorID": 2, "StartAt": "2026-03-10T15:30:00.123Z",'
        b' "DriverID": null, "EnergyDelivered": 1500, "EndResult": "NewWord"}'
    )
    transaction: Transaction = decoder().decode(body, flat_object(Transaction)).data
    assert fields_of(transaction) == {
        "id": 5,
        "charger": "CP-1",
        "connector": "CP-1/2",
        "started_at": datetime(2026, 3, 10, 15, 30, 0, 123000, UTC),
        "ended_at": None,
        "initial_soc": None,
        "end_soc": None,
        "energy_delivered": 1500.0,
        "end_result": "NewWord",
        "vehicle": None,
        "driver": None,
        "inserted_at": None,
    }
    assert isinstance(transaction.charger, jsonapi.ToOne)
