"""Every case of the table, and that the table covers the rules."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from depotfinity_async.jsonapi import Decoder, Lid, Resource, ToMany
from depotfinity_async.jsonapi.strict import check, read

from .__main__ import main
from .case import Case
from .table import ACCEPTING, CASES, REJECTING

RULES = Path(__file__).parents[4] / "docs" / "jsonapi-rules.md"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_document(case: Case) -> None:
    reading = read(json.dumps(case.body))
    assert reading.faults == ()
    found = check(reading.tree, **case.options)
    assert {(fault.rule, fault.pointer) for fault in found} == case.faults
    assert len(found) == len(case.faults)


@pytest.mark.parametrize(
    "case", [case for case in CASES if not (case.faults or case.options)], ids=lambda case: case.name
)
def test_what_strict_mode_accepts_default_mode_maps(case: Case) -> None:
    Decoder().decode(json.dumps(case.body))


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.rule in ("D9", "R2") and "request" in case.options and not case.faults],
    ids=lambda case: case.name,
)
def test_local_ids_that_strict_mode_accepts_default_mode_maps(case: Case) -> None:
    """Resources and linkage by lid (D9, R2)."""
    document = Decoder().decode(json.dumps(case.body))
    assert document.data.id == Lid(case.body["data"]["lid"])
    for held in document.data.relationships.values():
        targets = held if isinstance(held, ToMany) else [held.get()]
        assert all(isinstance(target, Resource) for target in targets)


def test_each_rule_accepts_and_rejects_something() -> None:
    accepted = {case.rule for case in CASES if not case.faults}
    rejected = {case.rule for case in CASES if case.faults}
    assert accepted >= {*REJECTING, *ACCEPTING}
    assert rejected >= set(REJECTING)
    assert rejected.isdisjoint(ACCEPTING)


def test_names_of_cases_are_unique() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)


def test_the_command_lists_every_rule(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    listed = re.findall(r"^([DCR][0-9]+)$", capsys.readouterr().out, re.MULTILINE)
    assert set(listed) >= {*REJECTING, *ACCEPTING}


def test_the_documentation_has_a_row_for_each_rule() -> None:
    rows = re.findall(r"^\| ([DCR][0-9]+) \|", RULES.read_text(encoding="utf-8"), re.MULTILINE)
    expected = [
        f"{letter}{number}"
        for letter, last in (("D", 31), ("C", 15), ("R", 10))
        for number in range(1, last + 1)
    ]
    assert rows == expected
