"""The decoder: the bytes of a body to a document of mapped objects.

It chooses the way: through generated structs, fast and without explanation (``compiled_compound``, and
``compiled`` for flat bodies); when these refuse it, through structs for what they can stand for
(``compiled_mixed``); else through a tree that explains every fault (``compound``, ``build``).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, overload

import attrs
import cattrs
import msgspec

from . import build, parse
from .build import Faults, JsonObject
from .compiled import DEPTH, Builder, compile_flat
from .compiled_compound import CompoundReader, compound_reader
from .compiled_mixed import MixedReader
from .compound import is_document, read_document
from .document import EMPTY, Document
from .errors import DecodeError, Fault, SchemaError
from .identity import IdentityMap
from .origin import Origin
from .registry import compile_classes
from .schema import Schema
from .shapes import Shape
from .values import Mismatch, describe, is_array, is_object

if TYPE_CHECKING:
    from .drift import Drift

T = TypeVar("T")

Body = bytes | bytearray | memoryview | str

_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Decoder:
    """Maps bodies to a fixed set of classes. Build it once; it is safe to share.

    ``classes`` are all classes that documents may hold; other types become :class:`Resource`. ``converter``
    is a cattrs converter made by :func:`make_converter`, with own hooks registered on it. Raises
    :class:`SchemaError` when the classes do not fit together.

    Two limits refuse hostile bodies: ``max_bytes`` (memory: a result takes a multiple of its body) and
    ``max_depth``, arrays and objects within each other (code that goes into a value by recursion, such as
    ``copy.deepcopy`` or a user's own, would end the stack). Members that no class declares are skipped, not
    kept: how deep they are is judged when somebody asks for them.
    """

    def __init__(
        self,
        classes: Iterable[type[Any]] = (),
        *,
        converter: cattrs.Converter | None = None,
        max_bytes: int = parse.MAX_BYTES,
        max_depth: int = parse.MAX_DEPTH,
    ) -> None:
        registry = compile_classes(classes, converter)
        self._schemas, self._types = registry.schemas, registry.types
        self._max_bytes, self._max_depth = max_bytes, max_depth
        self._compiled: dict[type[Any], tuple[msgspec.json.Decoder[Any], Builder] | None] = {}

    @overload
    def decode(
        self,
        raw: Body,
        *,
        identity: IdentityMap | None = None,
        strict: bool = False,
        extensions: Mapping[str, str] = EMPTY,
        sparse: bool = False,
    ) -> Document[Any]: ...
    @overload
    def decode(
        self,
        raw: Body,
        shape: Shape[T],
        *,
        identity: IdentityMap | None = None,
        strict: bool = False,
        extensions: Mapping[str, str] = EMPTY,
        sparse: bool = False,
    ) -> Document[T]: ...
    def decode(
        self,
        raw: Body,
        shape: Shape[Any] | None = None,
        *,
        identity: IdentityMap | None = None,
        strict: bool = False,
        extensions: Mapping[str, str] = EMPTY,
        sparse: bool = False,
    ) -> Document[Any]:
        """Map one body: bytes, ``bytearray``, ``memoryview`` or text.

        With a ``shape`` a flat body is read as declared, and a JSON:API document's primary data has to be of
        the shape's class; without one the body must be a JSON:API document. With an ``identity`` map the
        document's resources are merged into the objects of the map. Raises :class:`DecodeError` (with every
        fault found; the map is then as it was); a document that carries ``errors`` is returned, not raised.
        Raises :class:`TypeError` for a body that is neither bytes nor text, and :class:`SchemaError` for a
        ``shape`` that is none or whose class the decoder was not given.

        ``strict`` rejects a JSON:API document that breaks any rule of the standard, and any body in which a
        member stands twice in an object; ``extensions`` (namespace to URI) are those that the media type says
        are applied, whose members are then in :attr:`Document.extensions`; ``sparse`` tells that the request
        asked for sparse fieldsets (D18).
        """
        if shape is not None:
            self._check_shape(shape)
        if strict:
            self._judge(raw, shape, extensions, sparse=sparse)
        document = self._decoded(raw, shape)
        if extensions:
            document = attrs.evolve(document, extensions=self._extended(raw, extensions))
        return document if identity is None else identity.take_in(document, self._schemas)

    def drift(self, raw: Body, shape: Shape[Any]) -> Drift:
        """What a flat body has and its classes do not declare, and the other way round, by name.

        For services whose description is poor: no value is looked at, so a body that cannot be decoded has a
        drift too. Raises :class:`DecodeError` for a body that is no JSON or has no rows where ``shape`` says.
        """
        from .drift import drift_of  # noqa: PLC0415  # not needed to decode

        self._check_shape(shape)
        tree = parse.tree(parse.clean(raw, self._max_bytes), self._max_depth)
        for member in shape.path:
            tree = tree.get(member) if is_object(tree) else None
        rows = tree if shape.many else [tree] if is_object(tree) else None
        if not is_array(rows):
            wanted = "an array" if shape.many else "an object"
            raise DecodeError([Fault(shape.path, f"expected {wanted} of members, got {describe(tree)}")])
        return drift_of(self._schemas, self._schemas[shape.cls], rows)

    def _check_shape(self, shape: object) -> None:
        if isinstance(shape, type):
            name = shape.__name__
            raise SchemaError(f"shape is the class {name}: say how it stands, such as flat_array({name})")
        if not isinstance(shape, Shape):
            raise SchemaError(
                f"shape must be made by flat_array() or its like, not be a {type(shape).__name__}"
            )
        cls: type[Any] = shape.cls
        if cls not in self._schemas:
            raise SchemaError(f"{cls.__name__} is not among the classes of this decoder")

    def _judge(
        self, raw: Body, shape: Shape[Any] | None, extensions: Mapping[str, str], *, sparse: bool
    ) -> None:
        from .strict import check, in_order, read  # noqa: PLC0415  # only strict mode needs it

        reading = read(raw, max_bytes=self._max_bytes, max_depth=self._max_depth)
        faults = list(reading.faults)
        if shape is None or is_document(reading.tree):
            faults += check(reading.tree, extensions=extensions, sparse=sparse)
        if faults:
            raise DecodeError(in_order(reading.tree, faults))

    def _extended(self, raw: Body, extensions: Mapping[str, str]) -> dict[str, Any]:
        """Members of the document that belong to the applied extensions (D25)."""
        try:
            members = _members(parse.clean(raw, self._max_bytes))
        except msgspec.DecodeError:
            return {}  # a flat array
        return {
            name: parse.tree(bytes(value), self._max_depth - 1)
            for name, value in members.items()
            if ":" in name and name.partition(":")[0] in extensions
        }

    def _decoded(self, raw: Body, shape: Shape[Any] | None) -> Document[Any]:
        data = parse.clean(raw, self._max_bytes)
        # What the ways through structs read is never deeper.
        if self._max_depth >= DEPTH:
            document = self._fast(data, shape) if shape is not None and shape.many else None
            document = document or self._fast_document(data, shape) or self._mixed_document(data, shape)
            if document is not None:
                return document
        tree = parse.tree(data, self._max_depth)
        if shape is None or is_document(tree):
            return read_document(tree, self._types, self._origin(data), shape)
        return self._explained(tree, data, shape)

    def _origin(self, data: bytes, path: tuple[str, ...] = ()) -> Origin:
        return Origin(self._schemas, data, path, self._max_depth)

    def _fast_document(self, data: bytes, shape: Shape[Any] | None) -> Document[Any] | None:
        """A JSON:API document by way of generated structs; ``None`` when that way does not take it."""
        return self._reader.read(data, self._origin(data), shape) if self._reader else None

    def _mixed_document(self, data: bytes, shape: Shape[Any] | None) -> Document[Any] | None:
        """The same, with the resources that no struct stands for read the explaining way."""
        return self._mixed_reader.read(data, self._origin(data), shape) if self._reader else None

    @functools.cached_property
    def _reader(self) -> CompoundReader | None:
        return compound_reader(self._types)

    @functools.cached_property
    def _mixed_reader(self) -> MixedReader:
        return MixedReader(self._types)

    def _fast(self, data: bytes, shape: Shape[Any]) -> Document[Any] | None:
        """A flat body by way of generated structs; ``None`` when it has to be read the explaining way."""
        schema = self._schemas[shape.cls]
        if shape.cls not in self._compiled:
            self._compiled[shape.cls] = compile_flat(schema)
        compiled = self._compiled[shape.cls]
        if compiled is None:
            return None
        decoder, builder = compiled
        origin = self._origin(data, shape.path)
        meta: dict[str, Any] = {}
        try:
            array: bytes | msgspec.Raw = data
            if shape.member is not None:
                members = _members(data)
                array = members.pop(shape.member)
                meta = {name: parse.tree(bytes(raw), self._max_depth - 1) for name, raw in members.items()}
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
        origin = self._origin(data, path)
        made = [
            build.flat(schema, item, (*path, index) if shape.many else path, faults, origin.exact)
            for index, item in enumerate(nodes)
        ]
        faults.check()
        for index, item in enumerate(made):
            object.__setattr__(item, "_origin", origin)
            object.__setattr__(item, "_position", index if shape.many else path)
        _index(schema, made, origin)
        return Document(data=made if shape.many else made[0], meta=meta)


@overload
def decode(
    raw: Body,
    classes: Iterable[type[Any]] = (),
    *,
    shape: None = None,
    converter: cattrs.Converter | None = None,
    max_bytes: int = parse.MAX_BYTES,
    max_depth: int = parse.MAX_DEPTH,
    identity: IdentityMap | None = None,
    strict: bool = False,
    extensions: Mapping[str, str] = EMPTY,
    sparse: bool = False,
) -> Document[Any]: ...
@overload
def decode(
    raw: Body,
    classes: Iterable[type[Any]] = (),
    *,
    shape: Shape[T],
    converter: cattrs.Converter | None = None,
    max_bytes: int = parse.MAX_BYTES,
    max_depth: int = parse.MAX_DEPTH,
    identity: IdentityMap | None = None,
    strict: bool = False,
    extensions: Mapping[str, str] = EMPTY,
    sparse: bool = False,
) -> Document[T]: ...
def decode(
    raw: Body,
    classes: Iterable[type[Any]] = (),
    *,
    shape: Shape[Any] | None = None,
    converter: cattrs.Converter | None = None,
    max_bytes: int = parse.MAX_BYTES,
    max_depth: int = parse.MAX_DEPTH,
    identity: IdentityMap | None = None,
    strict: bool = False,
    extensions: Mapping[str, str] = EMPTY,
    sparse: bool = False,
) -> Document[Any]:
    """Decode one body with a decoder made for the occasion; keep a :class:`Decoder` for many.

    The arguments are those of :class:`Decoder` and of :meth:`Decoder.decode`, and so are the errors.
    """
    decoder = Decoder(classes, converter=converter, max_bytes=max_bytes, max_depth=max_depth)
    wanted: Any = shape  # the overloads of the method do not know a shape that may be None
    return decoder.decode(raw, wanted, identity=identity, strict=strict, extensions=extensions, sparse=sparse)


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


def _index(schema: Schema, made: list[Any], origin: Origin) -> None:
    """Make a flat document's resources known to its own foreign keys, where these can point to them."""
    type_, id_ = schema.type, schema.id
    if type_ and id_ and any(type_ in relationship.targets for relationship in schema.relationships):
        known = origin.index.setdefault(type_, {})
        for item in made:
            known.setdefault(str(getattr(item, id_.slot)), item)
