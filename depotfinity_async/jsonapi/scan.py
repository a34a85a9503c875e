"""Which resource objects of a document have links, meta or a lid, found without a tree of the document.

An identity map asks at each merge, for every resource. What the members hold is read in ``origin``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

BESIDE = ("links", "meta", "lid")
"""What a resource object may have beside its fields."""

NOTHING: frozenset[str] = frozenset()

_NAMES = (b'"links"', b'"meta"', b'"lid"', b"\\u")
"""The same as JSON writes it; any name can be written with escapes."""


class _Members(Struct, gc=False):
    links: Raw | UnsetType = UNSET
    meta: Raw | UnsetType = UNSET
    lid: Raw | UnsetType = UNSET


class _Document(Struct):
    data: list[_Members] | _Members | None = None
    included: list[_Members] | None = None


_read = msgspec.json.Decoder(_Document).decode


def scan(data: bytes) -> Mapping[tuple[str | int, ...], frozenset[str]]:
    """By the path of each resource object that has any: which of :data:`BESIDE` it has.

    ``data`` has been decoded as a document before.
    """
    if not any(name in data for name in _NAMES):
        return {}
    document = _read(data)
    found: dict[tuple[str | int, ...], frozenset[str]] = {}
    sets: dict[tuple[bool, ...], frozenset[str]] = {}
    for member, held in (("data", document.data), ("included", document.included)):
        if isinstance(held, _Members):
            found[member,] = _names(held, sets)
        for number, node in enumerate(held if isinstance(held, list) else ()):
            found[member, number] = _names(node, sets)
    return found


def _names(node: Any, sets: dict[tuple[bool, ...], frozenset[str]]) -> frozenset[str]:
    """The names that a resource object has; one set serves all objects that have the same."""
    mask = (node.links is not UNSET, node.meta is not UNSET, node.lid is not UNSET)
    if mask not in sets:
        sets[mask] = frozenset(name for name, has in zip(BESIDE, mask, strict=True) if has)
    return sets[mask]
