"""Documents of the atomic operations extension: operations (R8), results, and what stands beside them (D31).

Source: https://jsonapi.org/ext/atomic. That results answer their operations one by one takes both documents
to judge, so it is not judged here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from depotfinity_async.jsonapi.build import JsonObject
from depotfinity_async.jsonapi.errors import Path
from depotfinity_async.jsonapi.values import describe, is_array, is_object

from .identity import OPERATION_TARGET, check_identity, check_lids
from .inquiry import Inquiry
from .linkage import check_linkage
from .meta import check_meta
from .resource import Seen, check_resource, check_unique
from .uris import is_uri_reference

ATOMIC = "https://jsonapi.org/ext/atomic"

CODES = ("add", "update", "remove")


def namespace_of_atomic(extensions: Mapping[str, str]) -> str | None:
    """The namespace under which the extension is applied, if it is."""
    return next((name for name, uri in extensions.items() if uri == ATOMIC), None)


def check_atomic(members: JsonObject, namespace: str, inquiry: Inquiry) -> None:
    """The members of the extension in a document that has one of them."""
    operations, results = f"{namespace}:operations", f"{namespace}:results"
    for other in ("data", "included", "errors", *((results,) if operations in members else ())):
        if other in members:
            message = f"may not stand beside {operations if operations in members else results}"
            inquiry.faults.add((other,), message, "D31")
    added: list[Seen] = []
    for index, node in enumerate(_array(members, operations, inquiry)):
        seen = _check_operation(node, (operations, index), inquiry)
        if seen is not None:
            added.append(seen)
    check_unique(added, inquiry)
    check_lids((name for seen in added for name in seen.names), inquiry)
    for index, node in enumerate(_array(members, results, inquiry)):
        _check_result(node, (results, index), inquiry)


def _array(members: JsonObject, name: str, inquiry: Inquiry) -> list[Any]:
    found = members.get(name, [])
    if not is_array(found):
        inquiry.faults.add((name,), f"expected an array, got {describe(found)}", "D31")
        return []
    if name in members and not found:
        inquiry.faults.add((name,), "needs at least one item", "D31")
    return found


def _check_operation(node: Any, path: Path, inquiry: Inquiry) -> Seen | None:
    """One operation; gives the resource that it adds, if it adds one."""
    faults = inquiry.faults
    if not is_object(node):
        faults.add(path, f"an operation is an object: got {describe(node)}", "R8")
        return None
    check_meta(node, path, inquiry)
    code = node.get("op")
    if code not in CODES:
        faults.add((*path, "op"), "an operation needs 'op': add, update or remove", "R8")
    if "ref" in node and "href" in node:
        faults.add(path, "an operation has ref or href, not both", "R8")
    href = node.get("href", "")
    if not (isinstance(href, str) and is_uri_reference(href)):
        faults.add((*path, "href"), "expected a URI reference (RFC 3986)", "R8")
    ref = node.get("ref", {})
    if "ref" in node:
        _check_ref(ref, (*path, "ref"), inquiry)
    if code == "remove" and "ref" not in node and "href" not in node:
        faults.add(path, "a removal needs ref or href to say what is removed", "R8")
    linkage = is_object(ref) and "relationship" in ref
    if "data" not in node:
        if code in ("add", "update") or linkage:
            faults.add((*path, "data"), "is missing: the operation has nothing to work with", "R8")
        return None
    data, place = node["data"], (*path, "data")
    # An href may lead to a relationship; which it does only the server knows, but a resource is an object.
    if linkage or code == "remove" or ("href" in node and not is_object(data)):
        if linkage and code in ("add", "remove") and not is_array(data):
            message = f"what a to-many relationship gains or loses is an array: got {describe(data)}"
            faults.add(place, message, "R8")
        check_linkage(data, place, inquiry)
        return None
    seen = check_resource(data, place, inquiry, "R8", new=code != "update")
    if code == "add":
        return seen
    inquiry.refers(seen.names, place)
    return None


def _check_ref(ref: Any, path: Path, inquiry: Inquiry) -> None:
    """The target of an operation: a resource by type and id or lid, or a relationship of it."""
    if not is_object(ref):
        inquiry.faults.add(path, f"expected an object, got {describe(ref)}", "R8")
        return
    names = check_identity(ref, path, inquiry, OPERATION_TARGET)
    inquiry.refers(names, path)
    if "id" in ref and "lid" in ref:
        inquiry.faults.add(path, "a ref has id or lid, not both", "R8")
    if "relationship" in ref and not isinstance(ref["relationship"], str):
        message = f"expected a string, got {describe(ref['relationship'])}"
        inquiry.faults.add((*path, "relationship"), message, "R8")


def _check_result(node: Any, path: Path, inquiry: Inquiry) -> None:
    """One result: an object, possibly empty, with primary data and meta."""
    if not is_object(node):
        inquiry.faults.add(path, f"a result is an object: got {describe(node)}", "D31")
        return
    check_meta(node, path, inquiry)
    data = node.get("data")
    if is_array(data):
        for index, item in enumerate(data):
            check_resource(item, (*path, "data", index), inquiry, "D31")
    elif data is not None:
        check_resource(data, (*path, "data"), inquiry, "D31")
