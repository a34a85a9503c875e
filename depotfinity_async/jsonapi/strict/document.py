"""The top level of a document (D1 to D6), and the order in which its sections are examined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from depotfinity_async.jsonapi.build import JsonObject
from depotfinity_async.jsonapi.document import EMPTY
from depotfinity_async.jsonapi.errors import Fault
from depotfinity_async.jsonapi.values import describe, is_array, is_object

from .atomic import check_atomic, namespace_of_atomic
from .compound import check_full_linkage, check_included
from .errors import check_errors
from .identity import RESOURCE, UPDATED_RESOURCE, check_lids
from .inquiry import Inquiry, Request
from .jsonapi_object import check_jsonapi
from .links import check_links, check_paging
from .meta import check_meta
from .order import in_order
from .resource import Seen, check_resource, check_unique


def check(
    tree: Any,
    *,
    request: Request | None = None,
    extensions: Mapping[str, str] = EMPTY,
    sparse: bool = False,
) -> list[Fault]:
    """Every fault of a document by the rules of JSON:API 1.1, in the document's order; none when it is right.

    ``tree`` is a JSON value as the standard library makes it. ``request`` says that a client sends the
    document, to make or to change a resource: then rules R1 to R4 hold too. ``extensions`` are those that the
    document's media type applies, namespace to URI. With ``sparse`` the request asked for sparse fieldsets,
    so included resources need not be linked (D18). Raises nothing, whatever the tree.
    """
    if not is_object(tree):
        return [Fault((), f"expected an object, got {describe(tree)}", "D1")]
    atomic = namespace_of_atomic(extensions)
    operations = atomic is not None and f"{atomic}:operations" in tree
    inquiry = Inquiry(
        namespaces=frozenset(extensions),
        request=request,
        sent=request is not None or operations,
        lids=request == "create" or operations,
    )
    _check_members(tree, inquiry)
    if atomic is not None and (operations or f"{atomic}:results" in tree):
        check_atomic(tree, atomic, inquiry)
    else:
        _check_resources(tree, inquiry, sparse=sparse)
    check_errors(tree, inquiry)
    links = check_links(tree, (), inquiry)
    check_paging(tree, links, (), inquiry)
    check_meta(tree, (), inquiry)
    check_jsonapi(tree, inquiry)
    return in_order(tree, inquiry.faults.found)


def _check_members(tree: JsonObject, inquiry: Inquiry) -> None:
    """Which members the document has at all (D2, D3)."""
    if not ({"data", "errors", "meta"} & tree.keys() or any(map(inquiry.applied, tree))):
        message = "needs at least one of data, errors, meta, or a member of an applied extension"
        inquiry.faults.add((), message, "D2")
    if "data" in tree and "errors" in tree:
        inquiry.faults.add((), "data and errors may not stand together", "D3")


def _check_resources(tree: JsonObject, inquiry: Inquiry, *, sparse: bool) -> None:
    """Primary data, what is included, and what holds between them (D4, D10, D18, R2)."""
    if "included" in tree and "data" not in tree:
        inquiry.faults.add(("included",), "stands without data", "D4")
    primary = _check_primary(tree, inquiry)
    included = check_included(tree, inquiry)
    # Data may be linkage, in which an identifier repeats and names what is included: no rule against that.
    linkage = inquiry.request is None and all(seen.bare for seen in primary)
    resources = included if linkage else [*primary, *included]
    check_unique(resources, inquiry)
    check_lids((name for seen in resources for name in seen.names), inquiry)
    if "data" in tree and inquiry.complete and not sparse:
        check_full_linkage(primary, included, inquiry)


def _check_primary(tree: JsonObject, inquiry: Inquiry) -> list[Seen]:
    """The primary data: null, one resource, or an array (D6); of a request, one resource (R1, R4)."""
    data, path = tree.get("data"), ("data",)
    if inquiry.request is not None and not is_object(data):
        found = f"got {describe(data)}" if "data" in tree else "it is missing"
        rule = "R1" if inquiry.request == "create" else "R4"
        inquiry.faults.add(path, f"the data of the request is one resource object: {found}", rule)
    kind = UPDATED_RESOURCE if inquiry.request == "update" else RESOURCE
    new = inquiry.request == "create"
    if is_array(data):
        return [
            check_resource(item, (*path, index), inquiry, "D6", kind, new=new)
            for index, item in enumerate(data)
        ]
    if data is None:
        return []
    return [check_resource(data, path, inquiry, "D6", kind, new=new)]
