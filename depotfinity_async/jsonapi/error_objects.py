"""Error objects (D27), as careless services write them: what can be kept of one is kept, and noted."""

from __future__ import annotations

from typing import Any

from . import build
from .build import Faults, JsonObject
from .document import EMPTY, ErrorObject
from .errors import Path
from .values import describe, is_object

MEMBERS = {"id", "links", "status", "code", "title", "detail", "source", "meta"}
"""What an error object may have."""


def error(node: Any, path: Path, faults: Faults) -> ErrorObject:
    """One error object (D27); members of the wrong kind are noted and left out."""
    if isinstance(node, str):
        faults.note(path, "expected an object, got text: read as its detail", "D27")
        return ErrorObject(detail=node)
    members = build.as_object(node, path, faults, "D27")
    if is_object(node) and not MEMBERS & members.keys():
        faults.note(path, "has none of the members of an error", "D27")
    texts: dict[str, str] = {}
    for name in ("id", "status", "code", "title", "detail"):
        given = members.get(name)
        if isinstance(given, str):
            texts[name] = given
        elif type(given) is int:
            texts[name] = str(given)
            faults.note((*path, name), "expected a string, got an integer: read as its digits", "D27")
        elif given is not None:
            faults.note((*path, name), f"expected a string, got {describe(given)}", "D27")
    objects: dict[str, JsonObject] = {}
    for name in ("source", "meta"):
        given = members.get(name, {})
        if is_object(given):
            objects[name] = given
        else:
            faults.note((*path, name), f"expected an object, got {describe(given)}", "D27")
    return ErrorObject(
        **texts,
        source=objects.get("source", EMPTY),
        meta=objects.get("meta", EMPTY),
        links=build.links(members.get("links", {}), (*path, "links"), faults),
    )
