"""The atomic operations extension (D31, R8): several changes in one request, all or none of them.

Requests are built with :class:`Operations`, answers read with :func:`decode_results`. Both travel with the
media type that names :data:`ATOMIC` as an applied extension.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs
import msgspec

from . import build, parse
from .assemble import check_lid, check_lids, dump, identifier_members, refuse
from .build import Faults, JsonObject
from .changes import mentions
from .document import Document
from .errors import DecodeError, Path
from .references import identifier_of
from .strict.uris import is_uri_reference
from .values import describe, is_array
from .write import Writer

ATOMIC = "https://jsonapi.org/ext/atomic"
"""URI of the extension, for the ``ext`` parameter of the media type."""

OPERATIONS = "atomic:operations"
RESULTS = "atomic:results"
BESIDE = ("data", "included", "errors", OPERATIONS)
"""What may not stand beside the results."""

_raw_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_raw_array = msgspec.json.Decoder(list[msgspec.Raw]).decode


class Operations:
    """A request of the extension, built in the order in which the server is to work.

    Made by :meth:`Encoder.operations`. Each method takes the object as it is at the moment of the call, and
    raises :class:`EncodeError` and :class:`SchemaError` as the encoder does. A new resource that others
    refer to needs a local id: ``Article(id=new("a"), …)``.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._operations: list[JsonObject] = []
        self._lids: set[tuple[str, str]] = set()

    def __len__(self) -> int:
        return len(self._operations)

    def add(self, instance: object, *, href: str | None = None) -> None:
        """Create a resource; ``href`` is the collection's URL if the server cannot tell it from the type."""
        if href is not None and not is_uri_reference(href):
            refuse((OPERATIONS, len(self), "href"), "not a URI reference (RFC 3986)", "R8")
        data = self._writer.created(instance, self._at)
        if "lid" in data:
            key = (data["type"], data["lid"])
            if key in self._lids:
                refuse((*self._at, "lid"), f"another {key[0]} is added with the lid {key[1]!r}", "D10")
            self._lids.add(key)
        self._operations.append({"op": "add", **({} if href is None else {"href": href}), "data": data})

    def update(self, instance: object) -> bool:
        """Send what changed in a decoded object. Without a change there is no operation: returns False."""
        changed = self._writer.updated(instance, self._at)
        if changed is not None:
            self._operations.append({"op": "update", "data": changed})
        return changed is not None

    def remove(self, target: object) -> None:
        """Delete a resource: an object, or an :class:`Identifier`."""
        self._operations.append({"op": "remove", "ref": self._ref(target)})

    def replace_relationship(self, instance: object, name: str) -> None:
        """Make the relationship ``name`` (the field's name) what the object holds now."""
        self._relate("update", instance, name, None)

    def add_to_relationship(self, instance: object, name: str, targets: Iterable[object]) -> None:
        """Add targets, objects or identifiers, to a to-many relationship."""
        self._relate("add", instance, name, targets)

    def remove_from_relationship(self, instance: object, name: str, targets: Iterable[object]) -> None:
        """Take targets, objects or identifiers, out of a to-many relationship."""
        self._relate("remove", instance, name, targets)

    def encode(self) -> bytes:
        """The request's document. A local id has to be that of a resource which is added in it (R2)."""
        if not self._operations:
            refuse((OPERATIONS,), "holds no operation", "R8")
        known = frozenset(self._lids)
        for number, operation in enumerate(self._operations):
            at = (OPERATIONS, number)
            if "ref" not in operation:
                check_lids(operation["data"], known, (*at, "data"))
                continue
            check_lid(operation["ref"], known, (*at, "ref"))
            for mention in mentions(operation.get("data")):
                check_lid(mention, known, (*at, "data"))
        return dump({OPERATIONS: self._operations})

    @property
    def _at(self) -> Path:
        return (OPERATIONS, len(self._operations), "data")

    def _ref(self, target: object) -> JsonObject:
        identifier = attrs.evolve(identifier_of(target), meta={})
        return identifier_members(identifier, type(target).__name__, (OPERATIONS, len(self), "ref"))

    def _relate(self, op: str, instance: object, name: str, targets: Iterable[object] | None) -> None:
        linkage = self._writer.endpoint(instance, name, targets, self._at)
        ref = self._ref(instance) | {"relationship": self._writer.member(instance, name)}
        self._operations.append({"op": op, "ref": ref, "data": linkage})


def decode_results(
    answer: bytes | str, decode: Callable[[bytes], Document[Any]], *, expected: int | None = None
) -> Document[list[Document[Any]]]:
    """Read the answer to a request of the extension.

    ``decode`` maps one document: a decoder's :meth:`Decoder.decode`, perhaps with an identity map.
    ``data`` of the document that is returned has one document for each operation, in their order; the data of
    one is ``None`` where the server had nothing to say. With ``expected``, the number of operations sent, any
    other number of results is a fault. A document that carries ``errors`` is returned with no results.
    Raises :class:`DecodeError` with every fault found.
    """
    data = parse.clean(answer, parse.MAX_BYTES)
    tree = parse.tree(data)
    faults = Faults()
    members = build.as_object(tree, (), faults, "D1")
    faults.check()
    if RESULTS not in members and "errors" in members:
        return attrs.evolve(decode(data), data=[])
    results = members.get(RESULTS)
    if not is_array(results):
        found = f"expected an array, got {describe(results)}" if RESULTS in members else "is missing"
        faults.add((RESULTS,), found, "D31")
        results = []
    elif expected is not None and len(results) != expected:
        faults.add((RESULTS,), f"{len(results)} results for {expected} operations", "D31")
    for name in BESIDE:
        if name in members:
            faults.add((name,), f"may not stand beside {RESULTS}", "D31")
    raws = _raw_array(_raw_object(data)[RESULTS]) if results else []
    documents = [
        _result(node, raw, (RESULTS, number), decode, faults)
        for number, (node, raw) in enumerate(zip(results, raws, strict=True))
    ]
    document = Document(
        data=documents,
        meta=build.member(members, "meta", (), faults, "D19"),
        links=build.links(members.get("links", {}), ("links",), faults),
        jsonapi=build.member(members, "jsonapi", (), faults, "D22"),
        notes=tuple(faults.notes),
    )
    faults.check()
    return document


def _result(
    node: Any, raw: msgspec.Raw, at: Path, decode: Callable[[bytes], Document[Any]], faults: Faults
) -> Document[Any]:
    """One result: what it has of data and meta is a document of its own."""
    wanted = build.as_object(node, at, faults, "D31").keys() & {"data", "meta"}
    if wanted:
        members = {name: part for name, part in _raw_object(raw).items() if name in wanted}
        try:
            return decode(msgspec.json.encode(members))
        except DecodeError as error:
            for fault in error.faults:
                faults.add((*at, *fault.path), fault.message, fault.rule)
    return Document(data=None)
