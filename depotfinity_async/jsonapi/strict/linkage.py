"""Resource linkage and resource identifiers (D15, D16)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from depotfinity_async.jsonapi.errors import Path
from depotfinity_async.jsonapi.values import describe, is_array, is_object

from .identity import IDENTIFIER, check_identity, names_of_plain
from .inquiry import Inquiry, Name
from .meta import check_meta


def check_linkage(node: Any, path: Path, inquiry: Inquiry) -> Sequence[Name]:
    """Null, an identifier, or an array of them; gives the names of what is meant."""
    if is_array(node):
        found: list[Name] = []
        for index, item in enumerate(node):
            found += names_of_plain(item, inquiry) or check_identifier(item, (*path, index), inquiry)
        return found
    if node is None:
        return []
    if not is_object(node):
        inquiry.lost(path, f"linkage is null, an identifier or an array: got {describe(node)}", "D15")
        return []
    return names_of_plain(node, inquiry) or check_identifier(node, path, inquiry)


def check_identifier(node: Any, path: Path, inquiry: Inquiry) -> tuple[Name, ...]:
    """One resource identifier object."""
    if not is_object(node):
        inquiry.lost(path, f"expected a resource identifier, got {describe(node)}", "D16")
        return ()
    check_meta(node, path, inquiry)
    names = check_identity(node, path, inquiry, IDENTIFIER)
    inquiry.refers(names, path)
    return names
