import json
from pathlib import Path

import pytest

from depotfinity_async.cli import main
from depotfinity_async.cli.checks import CHECKS, WHERE_FROM
from depotfinity_async.http.paths import placeholders
from depotfinity_async.resources.paths import ENDPOINTS
from depotfinity_async.simulator import Simulator

CONNECTIVITY = "/v1/chargerStatus/chargers/*/connectivityStatus"
CANARY = "canary-5e1f"

Capture = pytest.CaptureFixture[str]


def verify(capsys: Capture, *arguments: str) -> tuple[int, dict[str, dict[str, object]]]:
    code = main(["verify", "--json", *arguments])
    found = json.loads(capsys.readouterr().out)["findings"]
    return code, {finding["operation"]: finding for finding in found}


def profile(home: Path, text: str) -> None:
    config = home / ".config" / "depotfinity" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(text)


def test_every_reading_operation_is_checked() -> None:
    assert CHECKS.keys() == {name for name, endpoint in ENDPOINTS.items() if endpoint.method == "GET"}
    wanted = {name for operation in CHECKS for name in placeholders(ENDPOINTS[operation].template)}
    assert wanted == set(WHERE_FROM)


def test_the_simulator_is_as_the_sdk_expects(simulator: Simulator, capsys: Capture) -> None:
    assert main(["verify"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["transactions.list", "confirmed", "documented", "GET", "/v2/transactions"]
    assert "    No transaction tells what to ask about: give --site." in lines
    assert " confirmed. No value is shown above." in lines[-1]
    asked = [entry for entry in simulator.log if entry.kind == "api"]
    assert {entry.method for entry in asked} == {"GET"}
    assert len(asked) == len({entry.path for entry in asked}) == len(CHECKS) - 1


def test_what_is_given_is_asked_about(simulator: Simulator, capsys: Capture) -> None:
    arguments = ("--charger", "CP-2", "--connector", "2", "--transaction", "999999999")
    code, found = verify(capsys, *arguments)
    paths = [entry.path for entry in simulator.log]
    assert "/v1/timeSeries/chargers/CP-2/connectors/2" in paths
    assert "/v2/transactions/999999999" in paths
    assert (code, found["transactions.get"]["outcome"]) == (1, "differs")


def test_another_path_is_told_with_the_setting_that_mends_it(simulator: Simulator, capsys: Capture) -> None:
    simulator.faults.add(path=CONNECTIVITY, status=404)
    code, found = verify(capsys)
    assert code == 1
    finding = found["charger_status.connectivity"]
    assert (finding["outcome"], finding["status"]) == ("differs", 404)
    assert finding["notes"] == [
        "Answered with 404: what was asked about is not there, or the path is another one. Set it with",
        "[profiles.default.paths]",
        '"charger_status.connectivity" = "/…"  # with {charger_id}',
    ]


def test_a_path_that_was_set_is_asked_for(
    simulator: Simulator, capsys: Capture, isolated_environment: Path
) -> None:
    paths = '[profiles.mine.paths]\n"transactions.get" = "/v9/transactions/{transaction_id}"\n'
    profile(isolated_environment, paths)
    code, found = verify(capsys, "--profile", "mine")
    finding = found["transactions.get"]
    assert (finding["request"], finding["certainty"]) == ("GET /v9/transactions/{transaction_id}", "set")
    assert (code, finding["status"]) == (1, 404)


def test_members_and_kinds_that_differ_are_named_and_no_value(simulator: Simulator, capsys: Capture) -> None:
    row = {"timeStamp": CANARY, "state": CANARY}
    simulator.faults.add(path=CONNECTIVITY, body=json.dumps({"items": [row, row]}).encode())
    code = main(["verify"])
    out, err = capsys.readouterr()
    assert code == 1
    assert "Members that the SDK does not know (`jsonapi.extra` has them): state." in out
    assert "Members that no row has: status." in out
    assert out.count("/items/[]/timeStamp: ") == 1
    assert CANARY not in out + err


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<html>", "The body has another shape: "),
        (b'{"results": []}', "The body has another shape: /items: expected an array of members, got null"),
    ],
)
def test_a_body_of_another_shape(body: bytes, told: str, simulator: Simulator, capsys: Capture) -> None:
    simulator.faults.add(path=CONNECTIVITY, body=body)
    assert main(["verify"]) == 1
    assert told in capsys.readouterr().out


def test_a_list_without_rows_confirms_no_members(simulator: Simulator, capsys: Capture) -> None:
    simulator.faults.add(path=CONNECTIVITY, body=b'{"items": []}')
    code, found = verify(capsys)
    assert (code, found["charger_status.connectivity"]["outcome"]) == (0, "no rows")


def test_without_transactions_it_asks_what_it_can(simulator: Simulator, capsys: Capture) -> None:
    simulator.faults.add(path="/v2/transactions", body=b"[]")
    code, found = verify(capsys)
    assert code == 0
    assert found["charger_control.power_groups"]["outcome"] == "confirmed"
    assert found["time_series.connector"]["notes"] == [
        "No transaction tells what to ask about: give --charger and --connector."
    ]


def test_a_refusal_names_the_packages(simulator: Simulator, capsys: Capture) -> None:
    simulator.faults.add(path="/v1/chargerGroup/powergroups", status=403)
    code, found = verify(capsys)
    finding = found["charger_control.power_groups"]
    assert (code, finding["outcome"], finding["status"]) == (1, "refused", 403)
    assert "Charger Control belongs to Premium" in str(finding["notes"])


def test_other_statuses_and_lost_answers_are_told(
    simulator: Simulator, capsys: Capture, isolated_environment: Path
) -> None:
    profile(isolated_environment, "[profiles.default]\nmax_retries = 0\n")
    simulator.faults.add(path="/v1/chargerGroup/powergroups", status=418)
    simulator.faults.add(path=CONNECTIVITY, drop=True, times=None)
    code, found = verify(capsys)
    assert code == 1
    assert found["charger_control.power_groups"]["notes"] == ["Answered with 418."]
    lost = found["charger_status.connectivity"]
    assert (lost["outcome"], lost["status"]) == ("failed", None)
    assert lost["notes"] == ["NoResponseError: no answer that could be read."]


def test_accepted_instead_of_done_is_told(simulator: Simulator, capsys: Capture) -> None:
    simulator.faults.add(path="/v1/chargerGroup/powergroups", status=202, body=b"[]")
    code, found = verify(capsys)
    assert code == 1
    assert "Answered with 202 instead of 200." in str(found["charger_control.power_groups"]["notes"])


def test_without_a_token_nothing_can_be_asked(
    simulator: Simulator, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPOTFINITY_CLIENT_SECRET", CANARY)
    assert main(["verify"]) == 22
    out, err = capsys.readouterr()
    assert out == ""
    assert CANARY not in err
