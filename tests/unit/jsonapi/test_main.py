"""The command line of the mapper: verdicts, exit codes, and output that is safe to print."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from depotfinity_async.jsonapi.__main__ import main

Write = Callable[..., str]
GOOD = {"data": {"type": "songs", "id": "1", "attributes": {"title": "Una"}}}


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a body to a file of the working folder and gives its name."""
    monkeypatch.chdir(tmp_path)

    def written(name: str, body: Any) -> str:
        (tmp_path / name).write_bytes(body if isinstance(body, bytes) else json.dumps(body).encode())
        return name

    return written


def test_a_right_document(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", write("a.json", GOOD)]) == 0
    assert capsys.readouterr().out == "a.json: right\n  resources: songs 1\n"


def test_each_file_is_told_and_the_worst_decides(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    files = [write("a.json", GOOD), write("b.json", {"data": {"type": "songs"}}), write("c.json", GOOD)]
    assert main(["check", *files]) == 1
    assert capsys.readouterr().out == (
        "a.json: right\n"
        "  resources: songs 1\n"
        "b.json: wrong, 1 fault\n"
        "  /data/id: a resource object needs a string 'id': it is missing [D8]\n"
        "  resources: songs 1\n"
        "c.json: right\n"
        "  resources: songs 1\n"
    )


def test_a_file_that_cannot_be_read(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    wrong, broken = write("wrong.json", {}), write("broken.json", b"<html>")
    assert main(["check", "none.json", broken, wrong]) == 2
    out = capsys.readouterr().out
    assert "none.json: unreadable\n  (document): No such file or directory\n" in out
    assert "broken.json: unreadable\n  (document): not JSON" in out
    assert "wrong.json: wrong" in out


def test_default_mode_tells_its_notes(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    file = write("a.json", {"data": [GOOD["data"], GOOD["data"]]})
    assert main(["check", file]) == 0
    assert "  note: /data/1: songs/1 stands in the document already" in capsys.readouterr().out
    assert main(["check", "--strict", file]) == 1
    assert "[D10]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("body", "options", "code"),
    [
        ({"data": {"type": "songs"}}, ["--strict"], 1),
        ({"data": {"type": "songs"}}, ["--strict", "--request", "create"], 0),
        ({"data": {"type": "songs"}}, ["--request", "create"], 0),
        ({"data": {"type": "songs"}}, ["--request", "update"], 1),
        (GOOD | {"included": [{"type": "bands", "id": "1"}]}, ["--strict"], 1),
        (GOOD | {"included": [{"type": "bands", "id": "1"}]}, ["--strict", "--sparse"], 0),
        (GOOD | {"links": {"self": 5}}, [], 0),
        (GOOD | {"links": {"self": 5}}, ["--sparse"], 1),
        ({"atomic:results": [{}]}, ["--strict"], 1),
        ({"atomic:results": [{}]}, ["--strict", "--ext", "atomic=https://jsonapi.org/ext/atomic"], 0),
        ({"a:x": 1}, ["--strict", "--ext", "a=urn:a", "--ext", "b=urn:b"], 0),
        ({"b:x": 1}, ["--ext", "a=urn:a", "--ext", "b=urn:b"], 0),
        (b'{"meta":{"a":1,"a":2}}', [], 0),
        (b'{"meta":{"a":1,"a":2}}', ["--strict"], 1),
    ],
)
def test_options(write: Write, body: Any, options: list[str], code: int) -> None:
    assert main(["check", *options, write("a.json", body)]) == code


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["check"],
        ["judge", "a.json"],
        ["check", "--ext", "atomic", "a.json"],
        ["check", "--ext", "a.b=c", "x"],
        ["check", "--ext", "é=urn:x", "x"],
        ["check", "--ext", "a=", "x"],
        ["check", "--ext", "a=not a uri", "x"],
        ["check", "--ext", "a=/relative", "x"],
        ["check", "--ext", "a=urn:a", "--ext", "a=urn:b", "x"],
    ],
)
def test_wrong_usage_is_code_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(argv)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_unresolved_references_are_listed_up_to_ten(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    linkage = [{"type": "bands", "id": str(number)} for number in range(12)]
    body = {"data": {"type": "songs", "id": "1", "relationships": {"bands": {"data": linkage}}}}
    assert main(["check", write("a.json", body)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2:4] == [
        "  unresolved references: 12",
        "    bands/0 at /data/relationships/bands/data/0",
    ]
    assert lines[-1] == "    and 2 more"
    assert len(lines) == 14


def test_control_characters_are_escaped(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    body = {
        "data": {"type": "so\x1b[31mngs", "id": "1", "attributes": {"a\r\nb\u202e\x7f": 1, "é": 1}},
        "\x9b": 1,
    }
    file = write("\x1b]0;x\x07.json", body)
    for options in ([], ["--strict"], ["--strict", "--json"]):
        main(["check", *options, file])
        out = capsys.readouterr().out
        assert all(char.isprintable() or char == "\n" for char in out)
        assert "\\" in out
        assert ("/data/attributes/a" in out) == bool(options)


def test_what_the_terminal_cannot_show_is_escaped(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", terminal)
    assert main(["check", write("a.json", {"data": {"type": "é", "id": "1"}})]) == 0
    assert isinstance(terminal.buffer, io.BytesIO)
    assert b"resources: \\xe9 1" in terminal.buffer.getvalue()


def test_a_standard_output_that_has_no_encoding(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stdout", written)
    assert main(["check", write("a.json", GOOD)]) == 0
    assert written.getvalue().startswith("a.json: right\n")


def test_json_for_machines(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    body = {
        "data": {
            "type": "songs",
            "id": "1",
            "relationships": {"band": {"data": {"type": "bands", "id": "7"}}},
        },
        "meta": 3,
    }
    assert main(["check", "--strict", "--json", write("a.json", body), "none.json"]) == 2
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == {
        "file": "a.json",
        "verdict": "wrong",
        "faults": [{"pointer": "/meta", "rule": "D19", "message": "expected an object, got an integer"}],
        "notes": [],
        "types": {"songs": 1},
        "unresolved": [{"type": "bands", "id": "7", "pointer": "/data/relationships/band/data"}],
    }
    assert (second["file"], second["verdict"], second["types"]) == ("none.json", "unreadable", {})


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(GOOD).encode())))
    assert main(["check", "-"]) == 0
    assert capsys.readouterr().out.startswith("-: right\n")


def test_faults_of_reading_and_of_rules_come_in_document_order(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    body = b'{"meta":3,"data":{"id":1,"attributes":{"a":1,"a":2},"type":""},"links":[]}'
    assert main(["check", "--strict", "--json", write("a.json", body)]) == 1
    told = json.loads(capsys.readouterr().out)["faults"]
    assert [fault["pointer"] for fault in told] == [
        "/meta",
        "/data/id",
        "/data/attributes/a",
        "/data/type",
        "/links",
    ]


def test_a_closed_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["check", "-"]) == 2
    assert capsys.readouterr().out == "-: unreadable\n  (document): standard input is closed\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_an_output_that_cannot_be_written(write: Write, tmp_path: Path) -> None:
    file = write("a.json", {"meta": {}})
    command = [sys.executable, "-m", "depotfinity_async.jsonapi", "check", file]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            command,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env=environment,
            check=False,
        )
    assert (done.returncode, done.stderr) == (2, "the output cannot be written: No space left on device\n")


def test_the_module_runs_and_a_reader_may_leave(write: Write, tmp_path: Path) -> None:
    file = write("a.json", {"meta": {}})
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "depotfinity_async.jsonapi", "check", "--strict", file, "none.json"]
    environment = os.environ | {"PYTHONPATH": str(root)}
    whole = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False
    )
    assert (whole.returncode, whole.stderr) == (2, "")
    assert whole.stdout.startswith("a.json: right\n  resources: none\n")
    reading, writing = os.pipe()
    os.close(reading)
    left = subprocess.run(
        command, stdout=writing, stderr=subprocess.PIPE, cwd=tmp_path, env=environment, check=False
    )
    os.close(writing)
    assert (left.returncode, left.stderr) == (141, b"")
