"""Reports and answers of vehicles: what fits, and what "not available" is in each field."""

from __future__ import annotations

import json
from typing import Any

import pytest

from depotfinity_async import (
    HvacPreparation,
    InvalidArgumentError,
    Preconditioning,
    VehicleAnswer,
    VehicleReport,
)
from depotfinity_async.jsonapi import flat_object
from depotfinity_async.models.vdv261 import NOT_AVAILABLE, VehicleAnswerBody
from depotfinity_async.resources.decoding import decoder
from tests.support import golden

MAC = "0011AABBCCDD"


def answer(raw: bytes) -> VehicleAnswer:
    return VehicleAnswer.of(decoder().decode(raw, flat_object(VehicleAnswerBody)).data)


def test_a_report_has_the_vendors_names_in_the_vendors_order() -> None:
    report = VehicleReport(
        evccid=MAC,
        odo=812345,
        bat_reqtime=40,
        bat_eamount=120,
        bprec_eamount=0,
        prec_reqtime=30,
        prec_eamount=5,
        chrg_stat=1,
    )
    assert list(report.members().items()) == [
        ("evccid", MAC),
        ("odo", 812345),
        ("bat_reqtime", 40),
        ("bat_eamount", 120),
        ("bprec_eamount", 0),
        ("prec_reqtime", 30),
        ("prec_eamount", 5),
        ("chrg_stat", 1),
    ]


def test_what_is_not_available_is_the_largest_value_of_its_field() -> None:
    assert VehicleReport(evccid=MAC).members() == {
        "evccid": MAC,
        "odo": 4294967295,
        "bat_reqtime": 65535,
        "bat_eamount": 65535,
        "bprec_eamount": 65535,
        "prec_reqtime": 65535,
        "prec_eamount": 65535,
        "chrg_stat": 255,
    }


@pytest.mark.parametrize("evccid", [MAC, "00:11:aa:bb:cc:dd", "00-11-AA-BB-CC-DD"])
def test_forms_of_a_mac_address(evccid: str) -> None:
    assert VehicleReport(evccid=evccid).members()["evccid"] == evccid


@pytest.mark.parametrize("evccid", ["", "0011AABBCCD", "0011AABBCCDDE", "0011AABBCCDG", MAC + "\n", None, 5])
def test_what_is_no_mac_address(evccid: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="evccid must be a MAC address of 12 hexadecimal digits"):
        VehicleReport(evccid=evccid)


@pytest.mark.parametrize("name", NOT_AVAILABLE)
def test_the_range_of_each_number(name: str) -> None:
    largest = NOT_AVAILABLE[name]
    for value in (0, largest):
        assert VehicleReport(evccid=MAC, **{name: value}).members()[name] == value
    wrong: tuple[Any, ...] = (-1, largest + 1, 1.0, True, "1")
    for value in wrong:
        with pytest.raises(InvalidArgumentError, match=f"^{name} must be a whole number from 0 to {largest}"):
            VehicleReport(evccid=MAC, **{name: value})


def test_the_body_of_the_facts() -> None:
    told = answer(json.dumps(golden.load("vdv_answer")).encode())
    assert told == VehicleAnswer(
        driveoff=None,
        prec_dsrd=Preconditioning.DESIRED,
        prec_hvac=HvacPreparation.AUTOMATIC,
        ambienttemp=None,
        seq=0,
        vin="WDF00000000000122",
    )


def test_the_vendors_sample_has_a_number_for_the_vin() -> None:
    raw = b'{"seq":0,"driveoff":65535,"prec_dsrd":1,"prec_hvac":3,"ambienttemp":255,"vin":122}'
    assert answer(raw).vin == "122"


def test_not_available_is_per_field() -> None:
    told = answer(b'{"seq":255,"driveoff":255,"prec_dsrd":255,"prec_hvac":255,"ambienttemp":65535,"vin":"X"}')
    assert (told.seq, told.driveoff, told.ambienttemp) == (255, 255, 65535)
    assert (told.prec_dsrd, told.prec_hvac) == (None, None)


def test_numbers_that_are_not_known_are_kept() -> None:
    told = answer(b'{"prec_dsrd":2,"prec_hvac":9,"ambienttemp":0,"driveoff":0}')
    assert (told.prec_dsrd, told.prec_hvac) == (2, 9)
    assert (told.ambienttemp, told.driveoff, told.seq, told.vin) == (0, 0, None, None)


def test_numbers_that_are_known_have_names() -> None:
    raw = b'{"prec_dsrd":%d,"prec_hvac":%d}'
    assert [answer(raw % (n, n)).prec_hvac for n in range(4)] == list(HvacPreparation)
    assert [type(answer(raw % (n, n)).prec_dsrd) for n in range(3)] == [Preconditioning, Preconditioning, int]
