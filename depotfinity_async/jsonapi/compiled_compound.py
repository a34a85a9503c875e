"""The fast way for JSON:API documents: bytes to linked objects through generated structs, without a tree.

One struct per type (``compiled_resources``), told apart by ``type`` while reading. Nothing is explained here:
on any refusal the decoder reads the body again, in the way between (``compiled_mixed``) or in the explaining
way (``compound``), which also judges.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from . import build
from .build import Faults
from .compiled_linkage import Object
from .compiled_resources import Maker, Plan, Refused, compile_plans
from .document import Document
from .errors import Path
from .origin import Origin
from .schema import Schema
from .shapes import Shape
from .values import is_array


def compound_reader(known: Mapping[str, Schema]) -> CompoundReader | None:
    """A reader of documents of these types; ``None`` without any, or when structs cannot stand for them."""
    plans = compile_plans(known)
    return CompoundReader(plans) if plans else None


class CompoundReader:
    """Reads documents that hold only resources of known types."""

    def __init__(self, plans: list[Plan]) -> None:
        self._plans = {plan.struct: plan for plan in plans}
        resource = any_of(self._plans)
        array = types.GenericAlias(list, resource)
        fields: list[Any] = [
            ("data", array | resource | None),
            ("included", array, msgspec.field(default_factory=list)),
            *((name, Object, msgspec.field(default_factory=dict)) for name in ("meta", "links", "jsonapi")),
            ("errors", None, None),
        ]
        self._any = msgspec.json.Decoder(msgspec.defstruct("Top", fields)).decode
        # With a shape, other members at the top may mean that the body is a flat one.
        self._sure = msgspec.json.Decoder(msgspec.defstruct("Top", fields, forbid_unknown_fields=True)).decode

    def read(self, data: bytes, origin: Origin, shape: Shape[Any] | None) -> Document[Any] | None:
        """Map a document; ``None`` when it has to be read the explaining way."""
        try:
            return self._read(self._sure(data) if shape else self._any(data), origin, shape)
        except (msgspec.DecodeError, RecursionError, Refused):
            return None
        except Exception:  # noqa: BLE001  # a user's hook may raise anything; the other way says which value it was
            return None

    def _read(self, top: Any, origin: Origin, shape: Shape[Any] | None) -> Document[Any]:
        assembly, faults = Assembly(self._plans, origin), Faults()
        many = is_array(top.data)
        structs = top.data if many else [] if top.data is None else [top.data]
        primary = assembly.make(structs, "data" if many else None, faults)
        included = assembly.make(top.included, "included", faults)
        if shape and not _fits(shape, top.data, primary):
            raise Refused
        data: Any = primary
        if not many:
            data = primary[0] if primary else None
        return Document(
            data=data,
            included=tuple(included),
            meta=top.meta,
            links=build.links(top.links, ("links",), faults),
            jsonapi=top.jsonapi,
            notes=tuple(faults.notes),
        )


def any_of(structs: Iterable[Any]) -> Any:
    """The type of a resource object that is one of these structs."""
    # With a single struct msgspec would not insist on the member `type`; no class has an empty one.
    resource: Any = msgspec.defstruct("Nothing", [], tag="", tag_field="type")
    for struct in structs:
        resource |= struct
    return resource


def _fits(shape: Shape[Any], data: Any, primary: list[Any]) -> bool:
    """Whether primary data is what the caller asked for."""
    return (
        data is not None
        and shape.many is is_array(data)
        and all(isinstance(made, shape.cls) for made in primary)
    )


class Assembly:
    """Makes the objects of one document. Relationships are linked when somebody looks at them."""

    def __init__(self, plans: Mapping[Any, Plan], origin: Origin) -> None:
        self._plans = plans
        self._origin = origin
        self._makers: dict[Any, Maker] = {}

    def make(self, structs: list[Any], member: str | None, faults: Faults) -> list[Any]:
        """One object for each resource, in order. One that stands twice is the first one (D10)."""
        made: list[Any] = []
        makers = self._makers
        for number, struct in enumerate(structs):
            kind = struct.__class__
            if kind not in makers:
                makers[kind] = self._maker(kind)
            position = (member, number, "attributes") if member else ("data", "attributes")
            instance = makers[kind](struct, position)
            made.append(self._repeated(struct, position[:-1], faults) if instance is None else instance)
        return made

    def one(self, struct: Any, path: Path, faults: Faults) -> Any:
        """The object of the resource at ``path``, as :meth:`make` makes it."""
        kind = struct.__class__
        if kind not in self._makers:
            self._makers[kind] = self._maker(kind)
        instance = self._makers[kind](struct, (*path, "attributes"))
        return self._repeated(struct, path, faults) if instance is None else instance

    def _repeated(self, struct: Any, path: Path, faults: Faults) -> Any:
        type_ = self._plans[struct.__class__].type
        build.note_repeated(type_, struct.id, path, faults)
        return self._origin.find(type_, struct.id)

    def _maker(self, kind: Any) -> Maker:
        plan = self._plans.get(kind)
        if plan is None:
            raise Refused
        return plan.maker(self._origin, self._origin.index.setdefault(plan.type, {}))
