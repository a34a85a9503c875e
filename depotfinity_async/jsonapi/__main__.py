"""``python -m depotfinity_async.jsonapi check FILE…`` says whether documents are right, and where not.

The mapper's own command line: it reads files and prints; the decoder and ``strict`` judge.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import sys
from collections.abc import Sequence
from typing import Any, Literal

import attrs

from depotfinity_async.jsonapi import parse, strict
from depotfinity_async.jsonapi.decoder import Decoder
from depotfinity_async.jsonapi.errors import DecodeError, Fault
from depotfinity_async.jsonapi.strict.summary import Summary, summarise
from depotfinity_async.jsonapi.strict.uris import is_uri

RIGHT, WRONG, UNREADABLE = 0, 1, 2
BROKEN_PIPE = 141
"""What a shell tells of a program whose reader has left (128 and the number of SIGPIPE)."""
VERDICTS = ("right", "wrong", "unreadable")
SHOWN = 10
"""Unresolved references that the text lists; ``--json`` lists them all."""


@attrs.frozen
class Finding:
    """What was found in one file."""

    file: str
    code: int
    faults: Sequence[Fault] = ()
    notes: Sequence[Fault] = ()
    summary: Summary | None = None


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; gives the exit code: 0 all right, 1 a document is wrong, 2 a file is unreadable.

    141 when nobody reads the output; 2 also when the output cannot be written.
    """
    options = _parser().parse_args(argv)
    code = RIGHT
    try:
        for file in options.files:
            finding = _examine(file, options)
            code = max(code, finding.code)
            sys.stdout.write(f"{_as_json(finding) if options.json else _as_text(finding)}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough.
        _silence()
        return BROKEN_PIPE
    except OSError as error:
        _silence()
        sys.stderr.write(f"the output cannot be written: {_reason(error)}\n")
        return UNREADABLE
    return code


def _silence() -> None:
    """Python writes what is left of the output once more when it ends: let that go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m depotfinity_async.jsonapi", description="JSON:API documents.", allow_abbrev=False
    )
    check = parser.add_subparsers(required=True, metavar="check").add_parser(
        "check",
        help="say whether documents are right",
        epilog="exit code: 0 all right, 1 a document is wrong, 2 a file is unreadable",
        allow_abbrev=False,
    )
    check.add_argument(
        "files", nargs="+", metavar="FILE", help="a file that holds one document, - for standard input"
    )
    check.add_argument("--strict", action="store_true", help="by every rule of JSON:API 1.1")
    check.add_argument(
        "--request", choices=("create", "update"), help="sent by a client to this end (implies --strict)"
    )
    check.add_argument(
        "--ext",
        action=_Extensions,
        type=_extension,
        default={},
        metavar="NAME=URI",
        help="an extension that is applied: its namespace and URI (implies --strict)",
    )
    check.add_argument(
        "--sparse", action="store_true", help="the answer to sparse fieldsets (implies --strict)"
    )
    check.add_argument("--json", action="store_true", help="one line of JSON for each file")
    return parser


def _extension(text: str) -> tuple[str, str]:
    name, _, uri = text.partition("=")
    if not (name.isascii() and name.isalnum() and is_uri(uri)):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not NAME=URI with a name of letters and digits and an absolute URI"
        )
    return name, uri


class _Extensions(argparse.Action):
    """Collects extensions by namespace: one that stands for two URIs is a slip of the caller."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        name, uri = values
        known: dict[str, str] = {**getattr(namespace, self.dest)}
        if known.setdefault(name, uri) != uri:
            parser.error(f"argument --ext: {name!r} is given two URIs")
        setattr(namespace, self.dest, known)


def _examine(file: str, options: argparse.Namespace) -> Finding:
    try:
        raw = _load(file)
        reading = strict.read(raw)
    except OSError as error:
        return Finding(file, UNREADABLE, [Fault((), _reason(error))])
    except DecodeError as error:
        return Finding(file, UNREADABLE, error.faults)
    summary = summarise(reading.tree)
    request: Literal["create", "update"] | None = options.request
    if options.strict or request or options.ext or options.sparse:
        judged = strict.check(reading.tree, request=request, extensions=options.ext, sparse=options.sparse)
        faults = strict.in_order(reading.tree, (*reading.faults, *judged))
        return Finding(file, WRONG if faults else RIGHT, faults, summary=summary)
    try:
        return Finding(file, RIGHT, notes=Decoder().decode(raw).notes, summary=summary)
    except DecodeError as error:
        return Finding(file, WRONG, error.faults, summary=summary)


def _load(file: str) -> bytes:
    # One byte above the limit is enough to be refused, and an endless file ends.
    if file == "-":
        if sys.stdin is None:  # as Python has it when the descriptor is closed
            raise OSError(errno.EBADF, "standard input is closed")
        return sys.stdin.buffer.read(parse.MAX_BYTES + 1)
    with open(file, "rb") as stream:
        return stream.read(parse.MAX_BYTES + 1)


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _as_text(finding: Finding) -> str:
    count = len(finding.faults)
    faults = f", {count} {'fault' if count == 1 else 'faults'}" if finding.code == WRONG else ""
    lines = [f"{finding.file}: {VERDICTS[finding.code]}{faults}"]
    lines += [f"  {fault}" for fault in finding.faults]
    lines += [f"  note: {note}" for note in finding.notes]
    if finding.summary is not None:
        lines += _told(finding.summary)
    return "\n".join(map(_printable, lines))


def _told(summary: Summary) -> list[str]:
    types = ", ".join(f"{type_} {number}" for type_, number in summary.types.items())
    lines = [f"  resources: {types or 'none'}"]
    if summary.unresolved:
        lines.append(f"  unresolved references: {len(summary.unresolved)}")
    lines += [
        f"    {type_}/{value}{' (lid)' if kind == 'lid' else ''} at {Fault(path, '').pointer}"
        for (type_, kind, value), path in summary.unresolved[:SHOWN]
    ]
    if len(summary.unresolved) > SHOWN:
        lines.append(f"    and {len(summary.unresolved) - SHOWN} more")
    return lines


def _printable(text: str) -> str:
    """A text whose control characters, and what the terminal cannot show, are escaped."""
    escaped = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    encoding = sys.stdout.encoding or "utf-8"
    return escaped.encode(encoding, "backslashreplace").decode(encoding)


def _as_json(finding: Finding) -> str:
    def listed(faults: Sequence[Fault]) -> list[dict[str, Any]]:
        return [{"pointer": fault.pointer, "rule": fault.rule, "message": fault.message} for fault in faults]

    told: dict[str, Any] = {
        "file": finding.file,
        "verdict": VERDICTS[finding.code],
        "faults": listed(finding.faults),
        "notes": listed(finding.notes),
        "types": dict(finding.summary.types) if finding.summary else {},
        "unresolved": [
            {"type": type_, kind: value, "pointer": Fault(path, "").pointer}
            for (type_, kind, value), path in (finding.summary.unresolved if finding.summary else ())
        ],
    }
    # JSON lets DEL stand in a string, a terminal does not.
    return json.dumps(told).replace("\x7f", "\\u007f")


if __name__ == "__main__":
    sys.exit(main())
