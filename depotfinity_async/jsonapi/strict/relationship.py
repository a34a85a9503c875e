"""Relationships objects and relationship objects (D12, D14), and that what is sent has data (R3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from depotfinity_async.jsonapi.build import JsonObject
from depotfinity_async.jsonapi.errors import Path
from depotfinity_async.jsonapi.values import describe, is_object

from .inquiry import Inquiry, Name
from .linkage import check_linkage
from .links import check_links, check_paging
from .meta import check_meta

PARTS = frozenset({"links", "data", "meta"})
ADDRESSES = frozenset({"self", "related"})


def check_relationships(resource: JsonObject, path: Path, inquiry: Inquiry) -> list[Name]:
    """All relationships of a resource object; gives the names of the resources they mean."""
    if "relationships" not in resource:
        return []
    place = (*path, "relationships")
    relationships = resource["relationships"]
    if not is_object(relationships):
        inquiry.lost(place, f"expected an object, got {describe(relationships)}", "D12")
        return []
    found: list[Name] = []
    for name, node in relationships.items():
        if inquiry.legal[name] or not inquiry.ignores(name):
            found += _check(node, (*place, name), inquiry)
    return found


def _check(node: Any, path: Path, inquiry: Inquiry) -> Sequence[Name]:
    if not is_object(node):
        inquiry.lost(path, f"a relationship is an object: got {describe(node)}", "D12")
        return []
    if PARTS.isdisjoint(node) and not any(map(inquiry.applied, node)):
        inquiry.faults.add(path, "a relationship needs at least one of links, data, meta", "D14")
    if inquiry.sent and "data" not in node:
        inquiry.faults.add(path, "a relationship that is sent needs data", "R3")
    links = check_links(node, path, inquiry)
    named = not ADDRESSES.isdisjoint(links) or any(map(inquiry.applied, links))
    if not named and is_object(node.get("links")):
        message = "the links of a relationship need at least one of self, related"
        inquiry.faults.add((*path, "links"), message, "D14")
    check_paging(node, links, path, inquiry)
    check_meta(node, path, inquiry)
    return check_linkage(node["data"], (*path, "data"), inquiry) if "data" in node else ()
