"""Meta objects (D19), wherever they stand."""

from __future__ import annotations

from depotfinity_async.jsonapi.build import JsonObject, as_object
from depotfinity_async.jsonapi.errors import Path

from .inquiry import Inquiry
from .names import ILLEGAL


def check_meta(holder: JsonObject, path: Path, inquiry: Inquiry) -> None:
    """The ``meta`` of an object, if it has one; what its members hold is free."""
    if "meta" not in holder:
        return
    place = (*path, "meta")
    for name in as_object(holder["meta"], place, inquiry.faults, "D19"):
        if not (inquiry.legal[name] or inquiry.ignores(name)):
            inquiry.faults.add((*place, name), ILLEGAL, "D23")
