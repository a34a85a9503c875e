"""The decoder: the bytes of a body to a document of mapped objects.

It chooses the way: a JSON:API document is read in two passes (``compound``); a flat body through generated
structs (``compiled``) and, when these refuse it, through a tree that explains every fault (``build``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar, overload

import cattrs
import msgspec

from . import build, parse
from .build import Faults, JsonObject
from .compiled import Builder, compile_flat
from .compound import TOP_LEVEL, is_document, read_document
from .declare import declaration_of
from .document import Document
from .errors import DecodeError, SchemaError
from .origin import Origin
from .schema import Schema, compile_schema
from .shapes import Shape
from .values import Mismatch, StructureHook, describe, is_array, make_converter

T = TypeVar("T")

_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Decoder:
    """Maps bodies to a fixed set of classes. Build it once; it is safe to share.

    ``classes`` are all classes that documents may hold; other types become :class:`Resource`. ``converter``
    is a cattrs converter made by :func:`make_converter`, with own hooks registered on it. Bodies above
    ``max_bytes`` are refused. Raises :class:`SchemaError` when the classes do not fit together.
    """

    def __init__(
        self,
        classes: Iterable[type[Any]] = (),
        *,
        converter: cattrs.Converter | None = None,
        max_bytes: int = parse.MAX_BYTES,
    ) -> None:
        known = tuple(classes)
        hooks = converter.copy() if converter else make_converter()

        records: dict[type[Any], _Record] = {}

        def record_hook(wanted: Any) -> StructureHook:
            if wanted not in records:
                # Known before it is complete: a record may hold records of its own class.
                records[wanted] = _Record()
                records[wanted].schema = compile_schema(wanted, known, hooks)
            return records[wanted].structure

        hooks.register_structure_hook_factory(
            lambda wanted: isinstance(wanted, type) and declaration_of(wanted) is not None,
            record_hook,
        )
        self._schemas = {cls: compile_schema(cls, known, hooks) for cls in known}
        self._types: dict[str, Schema] = {}
        for schema in self._schemas.values():
            if schema.type is None:
                continue
            if schema.type in self._types:
                other = self._types[schema.type].cls.__name__
                raise SchemaError(
                    f"{other} and {schema.cls.__name__} both stand for the type {schema.type!r}"
                )
            self._types[schema.type] = schema
        self._max_bytes = max_bytes
        self._compiled: dict[type[Any], tuple[msgspec.json.Decoder[Any], Builder] | None] = {}

    @overload
    def decode(self, raw: bytes | str) -> Document[Any]: ...
    @overload
    def decode(self, raw: bytes | str, shape: Shape[T]) -> Document[T]: ...
    def decode(self, raw: bytes | str, shape: Shape[Any] | None = None) -> Document[Any]:
        """Map one body.

        With a ``shape`` a flat body is read as declared, and a JSON:API document's primary data has to be of
        the shape's class; without one the body must be a JSON:API document. Raises :class:`DecodeError`
        (with every fault found); a document that carries ``errors`` is returned, not raised.
        """
        data = parse.clean(raw, self._max_bytes)
        if shape is not None:
            if shape.cls not in self._schemas:
                raise SchemaError(f"{shape.cls.__name__} is not among the classes of this decoder")
            document = self._fast(data, shape) if shape.many else None
            if document is not None:
                return document
        tree = parse.tree(data)
        if shape is None or is_document(tree):
            return read_document(tree, self._types, Origin(self._schemas, data), shape)
        return self._explained(tree, data, shape)

    def _fast(self, data: bytes, shape: Shape[Any]) -> Document[Any] | None:
        """A flat body by way of generated structs; ``None`` when it has to be read the explaining way."""
        schema = self._schemas[shape.cls]
        if shape.cls not in self._compiled:
            self._compiled[shape.cls] = compile_flat(schema)
        compiled = self._compiled[shape.cls]
        if compiled is None:
            return None
        decoder, builder = compiled
        origin = Origin(self._schemas, data, shape.path)
        meta: dict[str, Any] = {}
        try:
            array: bytes | msgspec.Raw = data
            if shape.member is not None:
                members = _members(data)
                array = members.pop(shape.member)
                if not TOP_LEVEL.isdisjoint(members):
                    return None
                meta = {name: parse.tree(bytes(raw)) for name, raw in members.items()}
            made = builder(decoder.decode(array), origin)
        except (msgspec.DecodeError, RecursionError, KeyError, DecodeError, Mismatch):
            return None
        except Exception:  # noqa: BLE001  # a user's hook may raise anything; the other way says which value it was
            return None
        _index(schema, made, origin)
        return Document(data=made, meta=meta)

    def _explained(self, tree: Any, data: bytes, shape: Shape[Any]) -> Document[Any]:
        """A flat body by way of a tree, with every fault."""
        schema, faults = self._schemas[shape.cls], Faults()
        node, meta = _unwrap(tree, shape, faults)
        nodes: list[Any] = node if shape.many else [node]
        path = shape.path
        made = [
            build.flat(schema, item, (*path, index) if shape.many else path, faults)
            for index, item in enumerate(nodes)
        ]
        faults.check()
        origin = Origin(self._schemas, data, path)
        for index, item in enumerate(made):
            object.__setattr__(item, "_origin", origin)
            object.__setattr__(item, "_position", index if shape.many else path)
        _index(schema, made, origin)
        return Document(data=made if shape.many else made[0], meta=meta)


def decode(
    raw: bytes | str, classes: Iterable[type[Any]] = (), *, converter: cattrs.Converter | None = None
) -> Document[Any]:
    """Decode one JSON:API document with a decoder made for the occasion; keep a :class:`Decoder` for many."""
    return Decoder(classes, converter=converter).decode(raw)


def _unwrap(tree: Any, shape: Shape[Any], faults: Faults) -> tuple[Any, JsonObject]:
    """The part of a flat body that holds the resources, and the rest of it as meta."""
    node, meta = tree, JsonObject()
    if shape.member is not None:
        members = build.as_object(tree, (), faults)
        faults.check()
        if shape.member not in members:
            faults.add(shape.path, "is missing: the body was expected to hold its resources here")
        node = members.get(shape.member)
        meta = {name: value for name, value in members.items() if name != shape.member}
    if shape.many and not faults.found and not is_array(node):
        faults.add(shape.path, f"expected an array, got {describe(node)}")
    faults.check()
    return node, meta


class _Record:
    """The structure hook of a mapped class that stands inside an attribute."""

    schema: Schema

    def structure(self, value: object, _: Any = None) -> Any:
        """The record's object; the first fault is raised as that of the attribute."""
        faults = Faults()
        made = build.flat(self.schema, value, (), faults)
        if faults.found:
            first = faults.found[0]
            raise Mismatch(first.message, first.path)
        return made


def _index(schema: Schema, made: list[Any], origin: Origin) -> None:
    """Make a flat document's resources known to its own foreign keys, where these can point to them."""
    type_, id_ = schema.type, schema.id
    if type_ and id_ and any(type_ in relationship.targets for relationship in schema.relationships):
        for item in made:
            origin.index.setdefault((type_, str(getattr(item, id_.slot))), item)
