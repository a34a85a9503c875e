"""Type, id and lid (D7, D8, D9, D16): what names a resource, in resource objects and in identifiers alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from depotfinity_async.jsonapi.build import JsonObject
from depotfinity_async.jsonapi.errors import Path
from depotfinity_async.jsonapi.values import describe

from .inquiry import Inquiry, Name
from .names import ILLEGAL


@attrs.frozen
class Kind:
    """What has an identity: its name in messages, and the rules its type and its id fall under."""

    what: str
    type_rule: str
    id_rule: str


RESOURCE = Kind("a resource object", "D7", "D8")
UPDATED_RESOURCE = Kind("the resource object of an update", "D7", "R4")
IDENTIFIER = Kind("a resource identifier", "D16", "D16")
OPERATION_TARGET = Kind("the ref of an operation", "R8", "R8")


def names_of_plain(node: Any, inquiry: Inquiry) -> tuple[Name, ...]:
    """The name of an identifier with type and id and nothing else, and right; empty for any other value.

    Nearly every mention in a document is one, so this is where the time goes.
    """
    if node.__class__ is dict and len(node) == 2:
        type_, id_ = node.get("type"), node.get("id")
        if type_.__class__ is str and id_.__class__ is str and inquiry.legal[type_]:
            return ((type_, "id", id_),)
    return ()


def check_identity(
    members: JsonObject, path: Path, inquiry: Inquiry, kind: Kind, *, new: bool = False
) -> tuple[Name, ...]:
    """Type and id or lid of an object, and the names they give it. A ``new`` resource may have neither."""
    type_ = members.get("type")
    if not isinstance(type_, str):
        found = f"got {describe(type_)}" if "type" in members else "it is missing"
        inquiry.lost((*path, "type"), f"{kind.what} needs a string 'type': {found}", kind.type_rule)
    elif not inquiry.legal[type_]:
        inquiry.faults.add((*path, "type"), ILLEGAL, kind.type_rule)
    names: list[Name] = []
    for member, rule in (("id", kind.id_rule), ("lid", "D9")):
        if member not in members:
            continue
        value = members[member]
        if member == "lid" and not inquiry.lids:
            _check_stray(members, path, inquiry)
        elif not isinstance(value, str):
            inquiry.lost((*path, member), f"expected a string, got {describe(value)}", rule)
        elif isinstance(type_, str):
            names.append((type_, member, value))
    if "id" not in members and not (new or (inquiry.lids and "lid" in members)):
        inquiry.lost((*path, "id"), f"{kind.what} needs a string 'id': it is missing", kind.id_rule)
    return tuple(names)


def _check_stray(members: JsonObject, path: Path, inquiry: Inquiry) -> None:
    """A lid where none is asked for: beside the id of an answer it is one more member to be ignored (D26)."""
    if inquiry.sent or "id" not in members:
        inquiry.lost((*path, "lid"), "a lid is for a resource that a request is about to make", "D9")
    elif not isinstance(members["lid"], str):
        inquiry.faults.add((*path, "lid"), f"expected a string, got {describe(members['lid'])}", "D9")


def check_lids(defined: Iterable[Name], inquiry: Inquiry) -> None:
    """Each reference by lid means a resource that the same document brings along (R2)."""
    known = set(defined)
    for name, path in inquiry.references:
        if name not in known:
            inquiry.faults.add((*path, "lid"), "no resource of the document has this type and lid", "R2")
