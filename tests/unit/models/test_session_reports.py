"""Session reports beside the sample: what is new to the package is kept, what is missing is empty."""

from __future__ import annotations

import json
from typing import Any

import pytest

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import State, flat_items
from depotfinity_async.models.conversions import StatusWord
from depotfinity_async.models.session_reports import DetailStatusEvent, SessionReport
from depotfinity_async.resources.decoding import decoder

WHEN = "2022-05-10T08:00:00.000Z"


def report(**members: Any) -> SessionReport:
    body = {"items": [{"sessionId": 1, **members}]}
    (found,) = decoder().decode(json.dumps(body), flat_items(SessionReport)).data
    return found


def word(value: str) -> DetailStatusEvent:
    (event,) = report(
        detailStatus=[{"key": "systemStatus", "value": value, "eventTimestamp": WHEN}]
    ).detail_statuses
    return event


def test_an_empty_report() -> None:
    empty = report()
    parts = (empty.ocpp_statuses, empty.detail_statuses, empty.device_statuses, empty.charge_parameters)
    assert parts == ((), (), (), ())
    assert empty.battery_alignment is None
    assert empty.dc_breaker_opening is None
    assert empty.vehicle.state is empty.charger.state is empty.connector.state is State.NOT_LOADED


def test_no_reports() -> None:
    assert decoder().decode(b'{"items": []}', flat_items(SessionReport)).data == []


def test_unknown_names_are_kept_as_text() -> None:
    found = report(
        ocppStatus=[{"value": "Rebooting", "eventTimestamp": WHEN}],
        detailStatus=[{"key": "coolingStatus", "value": "0x1", "eventTimestamp": WHEN}],
        deviceStatus=[
            {
                "deviceId": "Fan",
                "status": "SPINNING",
                "eventTimestamp": WHEN,
                "errorCodes": [{"errorCode": "XY-?"}],
            }
        ],
        chargeParameters=[{"eventTimestamp": WHEN, "paramType": "Depot"}],
    )
    (device,) = found.device_statuses
    assert (device.device, device.device.is_known, device.status) == ("Fan", False, "SPINNING")
    assert [(error.code, error.timestamp) for error in device.errors] == [("XY-?", None)]
    assert found.ocpp_statuses[0].status == "Rebooting"
    assert found.detail_statuses[0].key == "coolingStatus"
    assert found.charge_parameters[0].param_type == "Depot"


def test_unknown_members_are_reachable() -> None:
    assert jsonapi.extra(report(coolant={"flow": 3})) == {"coolant": {"flow": 3}}
    error = {"errorCode": "WA0001", "eventTimestamp": WHEN, "severity": 2}
    device = {"deviceId": "Breaker", "status": "OPEN", "eventTimestamp": WHEN, "errorCodes": [error]}
    found = report(deviceStatus=[device])
    assert jsonapi.members(found)["deviceStatus"][0]["errorCodes"][0]["severity"] == 2


@pytest.mark.parametrize(
    ("given", "number"),
    [("0x0000784B", 0x784B), ("0xFFFFFFFF", 2**32 - 1), ("0x0", 0), ("0X0000784b", 0x784B)],
)
def test_a_status_word_is_a_number_that_is_shown_in_hex(given: str, number: int) -> None:
    value = word(given).value
    assert isinstance(value, StatusWord)
    assert value == number
    assert repr(value) == str(value) == f"0x{number:08X}"


@pytest.mark.parametrize("given", ["", "784B", "0x", "0x123456789", "-0x1", "0x7_8", "n/a"])
def test_what_is_no_32_bit_word_stays_text(given: str) -> None:
    assert word(given).value == given
    assert type(word(given).value) is str
