"""Error objects (D27)."""

from __future__ import annotations

from typing import Any

from depotfinity_async.jsonapi.build import JsonObject
from depotfinity_async.jsonapi.errors import Path
from depotfinity_async.jsonapi.values import describe, is_array, is_object

from .inquiry import Inquiry
from .links import check_links
from .meta import check_meta

TEXTS = ("id", "status", "code", "title", "detail")
MEMBERS = frozenset({*TEXTS, "links", "source", "meta"})


def check_errors(members: JsonObject, inquiry: Inquiry) -> None:
    """The top-level ``errors`` member, if the document has it."""
    errors = members.get("errors", [])
    if not is_array(errors):
        inquiry.faults.add(("errors",), f"expected an array, got {describe(errors)}", "D27")
        return
    for index, node in enumerate(errors):
        _check(node, ("errors", index), inquiry)


def _check(node: Any, path: Path, inquiry: Inquiry) -> None:
    faults = inquiry.faults
    if not is_object(node):
        faults.add(path, f"an error is an object: got {describe(node)}", "D27")
        return
    if MEMBERS.isdisjoint(node):
        faults.add(path, f"an error needs at least one of {', '.join(sorted(MEMBERS))}", "D27")
    _check_texts(node, TEXTS, path, inquiry)
    source = node.get("source", {})
    if is_object(source):
        _check_texts(source, ("pointer", "parameter", "header"), (*path, "source"), inquiry)
    else:
        faults.add((*path, "source"), f"expected an object, got {describe(source)}", "D27")
    check_links(node, path, inquiry)
    check_meta(node, path, inquiry)


def _check_texts(members: JsonObject, names: tuple[str, ...], path: Path, inquiry: Inquiry) -> None:
    for name in names:
        if name in members and not isinstance(members[name], str):
            message = f"expected a string, got {describe(members[name])}"
            inquiry.faults.add((*path, name), message, "D27")
