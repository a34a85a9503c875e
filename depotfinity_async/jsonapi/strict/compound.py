"""Compound documents: ``included`` (D17) and full linkage (D18), in time linear in the document."""

from __future__ import annotations

from collections.abc import Sequence

from depotfinity_async.jsonapi.build import JsonObject
from depotfinity_async.jsonapi.values import describe, is_array

from .inquiry import Inquiry, Name
from .resource import Seen, check_resource


def check_included(members: JsonObject, inquiry: Inquiry) -> list[Seen]:
    """The resource objects of ``included``."""
    included = members.get("included", [])
    if not is_array(included):
        inquiry.lost(("included",), f"expected an array, got {describe(included)}", "D17")
        return []
    return [check_resource(node, ("included", index), inquiry, "D17") for index, node in enumerate(included)]


def check_full_linkage(primary: Sequence[Seen], included: Sequence[Seen], inquiry: Inquiry) -> None:
    """Each included resource is named by primary data, or by a chain of resources that starts there (D18)."""
    standing: dict[Name, list[Seen]] = {}
    for seen in included:
        for name in seen.names:
            standing.setdefault(name, []).append(seen)
    waiting = [name for seen in primary for name in (*seen.names, *seen.targets)]
    reached = set(waiting)
    while waiting:
        for seen in standing.get(waiting.pop(), ()):
            for name in (*seen.names, *seen.targets):
                if name not in reached:
                    reached.add(name)
                    waiting.append(name)
    for seen in included:
        if reached.isdisjoint(seen.names):
            message = "nothing leads here: neither primary data nor a resource that it leads to names it"
            inquiry.faults.add(seen.path, message, "D18")
