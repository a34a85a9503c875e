"""Resource objects (D7, D8, D11, D13): identity, attributes, and the namespace that fields share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from depotfinity_async.jsonapi.build import JsonObject, as_object
from depotfinity_async.jsonapi.errors import Path
from depotfinity_async.jsonapi.values import describe, is_object

from .identity import RESOURCE, Kind, check_identity
from .inquiry import Inquiry, Name
from .links import check_links
from .meta import check_meta
from .names import ILLEGAL
from .relationship import check_relationships

TAKEN = frozenset({"type", "id"})
FULL = frozenset({"attributes", "relationships", "links"})


class Seen(NamedTuple):
    """A resource object that was read: what names it, and what its relationships name.

    One that is ``bare`` has nothing beyond its identity: it may as well be a resource identifier.
    """

    path: Path
    names: tuple[Name, ...]
    targets: Sequence[Name]
    bare: bool


def check_resource(
    node: Any, path: Path, inquiry: Inquiry, rule: str, kind: Kind = RESOURCE, *, new: bool = False
) -> Seen:
    """One resource object; ``rule`` is the one that asks for it to stand here."""
    if not is_object(node):
        inquiry.lost(path, f"expected a resource object, got {describe(node)}", rule)
        return Seen(path, (), (), bare=False)
    names = check_identity(node, path, inquiry, kind, new=new)
    _check_fields(node, path, inquiry)
    targets = check_relationships(node, path, inquiry)
    check_links(node, path, inquiry)
    check_meta(node, path, inquiry)
    return Seen(path, names, targets, bare=FULL.isdisjoint(node))


def _check_fields(resource: JsonObject, path: Path, inquiry: Inquiry) -> None:
    """Names of attributes and relationships: legal, and each used once (D11, D13, D23)."""
    attributes: JsonObject = {}
    if "attributes" in resource:
        attributes = as_object(resource["attributes"], (*path, "attributes"), inquiry.faults, "D11")
    given = resource.get("relationships")
    relationships = given if is_object(given) else {}
    legal = inquiry.legal
    if (
        all(map(legal.__getitem__, attributes))
        and all(map(legal.__getitem__, relationships))
        and TAKEN.isdisjoint(attributes)
        and TAKEN.isdisjoint(relationships)
        and relationships.keys().isdisjoint(attributes)
    ):
        return
    for group, fields in (("attributes", attributes), ("relationships", relationships)):
        for name in fields:
            if inquiry.ignores(name):
                continue
            place = (*path, group, name)
            if not legal[name]:
                inquiry.faults.add(place, ILLEGAL, "D23")
            elif name in TAKEN:
                message = f"no field may be called {name!r}: it shares a namespace with type and id"
                inquiry.faults.add(place, message, "D13")
            elif group == "relationships" and name in attributes:
                message = "an attribute of the resource has the same name"
                inquiry.faults.add(place, message, "D13")


def check_unique(resources: Iterable[Seen], inquiry: Inquiry) -> None:
    """One resource object per type and id, or type and lid (D10)."""
    first: set[Name] = set()
    for seen in resources:
        size = len(first)
        first.update(seen.names)
        if len(first) < size + len(seen.names):
            message = "the document has a resource object of this type and id (or lid) already"
            inquiry.faults.add(seen.path, message, "D10")
