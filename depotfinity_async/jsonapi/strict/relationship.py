"""Relationships objects and relationship objects (D12, D14), and that what is sent has data (R3)."""

from __future__ import annotations

from typing import Any

from depotfinity_async.jsonapi.build import JsonObject
from depotfinity_async.jsonapi.errors import Path
from depotfinity_async.jsonapi.values import describe, is_object

from .inquiry import Inquiry, Name
from .linkage import check_linkage
from .links import check_links, check_paging
from .meta import check_meta


def check_relationships(resource: JsonObject, path: Path, inquiry: Inquiry) -> list[Name]:
    """All relationships of a resource object; gives the names of the resources they mean."""
    place = (*path, "relationships")
    relationships = resource.get("relationships", {})
    if not is_object(relationships):
        inquiry.lost(place, f"expected an object, got {describe(relationships)}", "D12")
        return []
    return [
        target
        for name, node in relationships.items()
        if not inquiry.ignores(name)
        for target in _check(node, (*place, name), inquiry)
    ]


def _check(node: Any, path: Path, inquiry: Inquiry) -> list[Name]:
    if not is_object(node):
        inquiry.lost(path, f"a relationship is an object: got {describe(node)}", "D12")
        return []
    extended = any(map(inquiry.applied, node))
    if not (extended or {"links", "data", "meta"} & node.keys()):
        inquiry.faults.add(path, "a relationship needs at least one of links, data, meta", "D14")
    if inquiry.sent and "data" not in node:
        inquiry.faults.add(path, "a relationship that is sent needs data", "R3")
    links = check_links(node, path, inquiry)
    own = any(map(inquiry.applied, links))
    if is_object(node.get("links")) and not (own or {"self", "related"} & links.keys()):
        message = "the links of a relationship need at least one of self, related"
        inquiry.faults.add((*path, "links"), message, "D14")
    check_paging(node, links, path, inquiry)
    check_meta(node, path, inquiry)
    return check_linkage(node["data"], (*path, "data"), inquiry) if "data" in node else []
