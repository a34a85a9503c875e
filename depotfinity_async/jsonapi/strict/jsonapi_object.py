"""The ``jsonapi`` object (D22): what the server says of its version, extensions and profiles."""

from __future__ import annotations

from depotfinity_async.jsonapi.build import JsonObject, as_object
from depotfinity_async.jsonapi.values import describe, is_array

from .inquiry import Inquiry
from .meta import check_meta
from .uris import is_uri


def check_jsonapi(members: JsonObject, inquiry: Inquiry) -> None:
    """The top-level ``jsonapi`` member, if the document has it."""
    faults, path = inquiry.faults, ("jsonapi",)
    told = as_object(members.get("jsonapi", {}), path, faults, "D22")
    if "version" in told and not isinstance(told["version"], str):
        faults.add((*path, "version"), f"expected a string, got {describe(told['version'])}", "D22")
    for name in ("ext", "profile"):
        uris = told.get(name, [])
        if not is_array(uris):
            faults.add((*path, name), f"expected an array of URIs, got {describe(uris)}", "D22")
            continue
        for index, uri in enumerate(uris):
            if not (isinstance(uri, str) and is_uri(uri)):
                faults.add((*path, name, index), "expected a URI (RFC 3986), scheme included", "D22")
    check_meta(told, path, inquiry)
