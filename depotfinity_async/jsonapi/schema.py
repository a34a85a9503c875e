"""What a mapped class means: types of its fields, hooks for its values, targets of its relationships.

Built once per class by a decoder; a class that is declared wrongly is reported here, not at the first
document.
"""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs
import cattrs

from .declare import Declaration, Field, declaration_of
from .errors import SchemaError
from .relationships import State, ToMany, ToOne
from .values import STRICT, StructureHook, is_exact, members_of


@attrs.frozen(kw_only=True, eq=False)
class Attribute:
    """One attribute: ``slot`` of the object, member ``name`` of the document, type and structure hook.

    ``inner`` is the type without ``None`` where null is allowed (``nullable``); ``standard`` says that the
    package's own hook reads it, not one that a user registered; ``exact`` that the hook takes numbers as
    they are written.
    """

    slot: str
    name: str
    type: Any
    hook: StructureHook
    field: Field
    inner: Any
    nullable: bool
    standard: bool
    exact: bool

    def absent(self) -> Any:
        """The value of an attribute that the document leaves out."""
        return self.field.factory() if self.field.factory else self.field.default


@attrs.frozen(kw_only=True, eq=False)
class Relationship:
    """One relationship: its slot, its name in ``relationships``, the types it may point to (empty: any)."""

    slot: str
    name: str
    many: bool
    targets: tuple[str, ...]
    key: str | None = None
    parent: str | None = None

    def not_loaded(self) -> ToOne[Any] | ToMany[Any]:
        """The relationship of an object whose body says nothing of it."""
        return ToMany(self.name, State.NOT_LOADED) if self.many else ToOne(self.name, State.NOT_LOADED)


@attrs.frozen(kw_only=True, eq=False)
class Schema:
    """A mapped class, resolved. ``type`` and ``id`` are ``None`` for records without identity."""

    cls: type[Any]
    type: str | None
    id: Attribute | None
    attributes: tuple[Attribute, ...]
    relationships: tuple[Relationship, ...]

    @property
    def members(self) -> Iterator[str]:
        """The member of a flat body that each field reads; two fields may read one."""
        if self.id is not None:
            yield self.id.name
        yield from (attribute.name for attribute in self.attributes)
        yield from (relationship.key for relationship in self.relationships if relationship.key)

    @property
    def requires_attributes(self) -> bool:
        """Whether a document has to carry attributes of a resource."""
        return any(attribute.field.required for attribute in self.attributes)

    @property
    def names(self) -> frozenset[str]:
        """Every member of a flat body that the class declares."""
        return frozenset(self.members)


def compile_schema(cls: type[Any], classes: Iterable[type[Any]], converter: cattrs.Converter) -> Schema:
    """Resolve one mapped class among the ``classes`` of a decoder. Raises :class:`SchemaError`."""
    declaration = declaration_of(cls)
    if declaration is None:
        raise SchemaError(
            f"{cls.__name__} is not a mapped class: declare it with @resource('type') or @value"
        )
    hints = _hints(cls, classes)
    known = {other: found.type for other in classes if (found := declaration_of(other)) and found.type}
    identity: Attribute | None = None
    attributes: list[Attribute] = []
    relationships: list[Relationship] = []
    for name, field in declaration.fields.items():
        hint = hints[name]
        kinds = {typing.get_origin(member) or member for member in members_of(hint)}
        if kinds & {ToOne, ToMany}:
            relationships.append(_relationship(cls, name, field, hint, known))
            continue
        if field.kind == "foreign key":
            raise SchemaError(f"{cls.__name__}.{name} is a foreign key: annotate it as ToOne[...]")
        made = _attribute(cls, name, field, hint, converter)
        if field.kind == "id":
            identity = made
        else:
            attributes.append(made)
    if identity is not None and identity.type not in (str, int):
        raise SchemaError(f"{cls.__name__}.{identity.slot} is an id: annotate it as str or int")
    _check(cls, declaration, attributes, relationships)
    return Schema(
        cls=cls,
        type=declaration.type,
        id=identity,
        attributes=tuple(attributes),
        relationships=tuple(relationships),
    )


def _hints(cls: type[Any], classes: Iterable[type[Any]]) -> Mapping[str, Any]:
    # The module's own names come first: another module may have a class of the same name.
    names = {other.__name__: other for other in classes} | getattr(
        sys.modules.get(cls.__module__), "__dict__", {}
    )
    try:
        return typing.get_type_hints(cls, localns=names)
    except NameError as error:
        raise SchemaError(
            f"{cls.__name__}: the annotation {error.name!r} names no class that the decoder was given"
        ) from None


def _attribute(cls: type[Any], name: str, field: Field, hint: Any, converter: cattrs.Converter) -> Attribute:
    inner, nullable = without_none(hint)
    try:
        hook, inner_hook = converter.get_structure_hook(hint), converter.get_structure_hook(inner)
    except cattrs.errors.StructureHandlerNotFoundError:
        raise SchemaError(
            f"{cls.__name__}.{name}: no rule for values of type {hint!r}; "
            "register a structure hook on the converter"
        ) from None
    return Attribute(
        slot=name,
        name=field.name or name,
        type=hint,
        hook=hook,
        field=field,
        inner=inner,
        nullable=nullable,
        standard=any(inner_hook is hook for hook in STRICT.values()),
        exact=is_exact(hint),
    )


def without_none(hint: Any) -> tuple[Any, bool]:
    """A type without the ``None`` in its union, and whether there was one."""
    members = [member for member in members_of(hint) if member is not types.NoneType]
    nullable = len(members) < len(members_of(hint))
    return (members[0] if nullable and len(members) == 1 else hint), nullable and len(members) == 1


def _relationship(
    cls: type[Any], name: str, field: Field, hint: Any, known: Mapping[type[Any], str]
) -> Relationship:
    if hint in (ToOne, ToMany):
        raise SchemaError(
            f"{cls.__name__}.{name}: say what it points to, {hint.__name__}[Article], or {hint.__name__}[Any]"
        )
    kind, members = typing.get_origin(hint), members_of((typing.get_args(hint) or (Any,))[0])
    if kind not in (ToOne, ToMany) or types.NoneType in members:
        raise SchemaError(
            f"{cls.__name__}.{name}: write ToOne[...] or ToMany[...] alone, "
            "without None: a relationship may be null already"
        )
    for member in members:
        if member is not Any and member not in known:
            raise SchemaError(
                f"{cls.__name__}.{name} points to {getattr(member, '__name__', member)}, "
                "which the decoder was not given (or which is not a resource class)"
            )
    foreign = field.kind == "foreign key"
    many = kind is ToMany
    if not (foreign or field.default is attrs.NOTHING or isinstance(field.default, (ToOne, ToMany))):
        raise SchemaError(
            f"{cls.__name__}.{name}: the default of a relationship is a relationship, "
            "such as attribute(factory=lambda: to(None))"
        )
    if foreign and (many or members == (Any,) or len(members) != 1):
        raise SchemaError(f"{cls.__name__}.{name}: a foreign key points to exactly one class, ToOne[...]")
    return Relationship(
        slot=f"_{name}" if foreign else name,
        name=name if foreign else field.name or name,
        many=many,
        targets=tuple(
            type_
            for other, type_ in known.items()
            if any(member is not Any and issubclass(other, member) for member in members)
        ),
        key=field.name if foreign else None,
        parent=field.parent,
    )


def _check(
    cls: type[Any],
    declaration: Declaration,
    attributes: list[Attribute],
    relationships: list[Relationship],
) -> None:
    # An attribute may be called id (services do so, against D13): it stands elsewhere than the id itself.
    seen: dict[str, str] = {}
    for slot, name in [
        *((attribute.slot, attribute.name) for attribute in attributes),
        *((relationship.slot, relationship.name) for relationship in relationships),
    ]:
        if name in seen:
            raise SchemaError(f"{cls.__name__}: {seen[name]} and {slot} both stand for the member {name!r}")
        seen[name] = slot
    for name, field in declaration.fields.items():
        parent = declaration.fields.get(field.parent) if field.parent else None
        if field.parent and (parent is None or parent.kind != "foreign key" or parent.parent):
            raise SchemaError(
                f"{cls.__name__}.{name}: parent={field.parent!r} is no foreign key of the class"
            )
