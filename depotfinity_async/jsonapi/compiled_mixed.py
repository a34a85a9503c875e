"""The way between: documents of which structs can stand for most resources, and not for all.

A server may add a type on any day, or repeat an oddity in one resource of thousands. Such a resource alone is
read the explaining way (``compound``), the others as in ``compiled_compound``. No fault is explained here: a
document that has one is read again, as a tree.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any

import msgspec

from . import parse
from .compiled_compound import Assembly, any_of
from .compiled_resources import compile_plans
from .compound import incomplete_class, is_document, read_document
from .document import Document
from .origin import Origin
from .schema import Schema
from .shapes import Shape

_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode


class MixedReader:
    """Reads documents that also hold what no struct stands for. Structs have to stand for these types."""

    def __init__(self, known: Mapping[str, Schema]) -> None:
        self._known = known
        self._plans = {plan.struct: plan for plan in compile_plans(known, mixed=True) or ()}
        resource = any_of(self._plans)
        self._one = msgspec.json.Decoder(resource).decode
        self._many = msgspec.json.Decoder(types.GenericAlias(list, resource)).decode

    def read(self, data: bytes, origin: Origin, shape: Shape[Any] | None) -> Document[Any] | None:
        """Map a document; ``None`` when it has to be read the explaining way, as one that has a fault."""
        try:
            members = _members(data)
            if shape and not is_document(members):
                return None
            tree = {name: self._tree(name, raw, origin.max_depth - 1) for name, raw in members.items()}
            return read_document(tree, self._known, origin, shape, Assembly(self._plans, origin).one)
        except Exception:  # noqa: BLE001  # a user's hook may raise anything; the other way says which value it was
            return None

    def _tree(self, name: str, raw: msgspec.Raw, depth: int) -> Any:
        """A member of the document, with structs in the place of resources where these can be."""
        if name not in ("data", "included"):
            return parse.tree(bytes(raw), depth)
        try:
            return self._many(raw)
        except (msgspec.ValidationError, RecursionError):
            pass
        try:
            elements = _elements(raw)
        except msgspec.ValidationError:
            return self._resource(raw, depth)
        nodes = [self._resource(element, depth - 1) for element in elements]
        # Whether primary data is linkage can be told of the whole of it only.
        if name == "data" and any(incomplete_class(node, self._known) for node in nodes):
            return parse.tree(bytes(raw), depth)
        return nodes

    def _resource(self, raw: msgspec.Raw, depth: int) -> Any:
        try:
            return self._one(raw)
        except (msgspec.ValidationError, RecursionError):
            return parse.tree(bytes(raw), depth)
