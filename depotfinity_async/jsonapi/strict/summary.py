"""What a document holds, in numbers: resources by type, and references to resources that it does not hold.

It judges nothing and takes any tree: what is no resource object or identifier is passed over. References
lead where the decoder leads them: an integer id is the text of its digits, an id goes before a lid.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from depotfinity_async.jsonapi.errors import Path
from depotfinity_async.jsonapi.values import is_array, is_object

from .inquiry import Name


@attrs.frozen
class Summary:
    """``types`` counts resource objects; ``unresolved`` says which references lead nowhere, and where."""

    types: Mapping[str, int]
    unresolved: tuple[tuple[Name, Path], ...]


def summarise(tree: Any) -> Summary:
    """Count the resources of a document and find its unresolved references. Raises nothing."""
    members: Mapping[str, Any] = tree if is_object(tree) else {}
    resources: list[tuple[dict[str, Any], Path]] = []
    for name in ("data", "included"):
        resources.extend(_objects(members.get(name), (name,)))
    known: set[Name] = set()
    for resource, _ in resources:
        names = _names(resource)
        # What stands twice is passed over the second time, and its lid with it.
        if known.isdisjoint(names[:1]):
            known.update(names)
    unresolved = [
        (meant[0], path)
        for resource, at in resources
        for identifier, path in _identifiers(resource, at)
        if (meant := _names(identifier)) and meant[0] not in known
    ]
    counted = Counter(resource["type"] for resource, _ in resources if isinstance(resource.get("type"), str))
    return Summary(dict(sorted(counted.items())), tuple(unresolved))


def _objects(node: Any, path: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    """The objects of a place that holds one or an array of them."""
    if is_array(node):
        for index, item in enumerate(node):
            if is_object(item):
                yield item, (*path, index)
    elif is_object(node):
        yield node, path


def _names(members: Mapping[str, Any]) -> list[Name]:
    type_ = members.get("type")
    if not isinstance(type_, str):
        return []
    given = ((kind, members.get(kind)) for kind in ("id", "lid"))
    return [
        (type_, kind, str(value))
        for kind, value in given
        if isinstance(value, str) or (kind == "id" and type(value) is int)
    ]


def _identifiers(resource: Mapping[str, Any], path: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    relationships = resource.get("relationships")
    for name, relationship in relationships.items() if is_object(relationships) else ():
        if is_object(relationship) and not name.startswith("@"):
            yield from _objects(relationship.get("data"), (*path, "relationships", name, "data"))
