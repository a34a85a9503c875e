"""Declaring the classes that documents are mapped to.

``@resource("articles")`` makes an attrs class of a class body; ``@value`` one for records without identity.
Nothing is resolved here: annotations may name classes that do not exist yet (see ``schema``).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol, TypeVar, cast, dataclass_transform

import attrs

from .errors import SchemaError
from .relationships import State, ToOne

C = TypeVar("C")


class Origin(Protocol):
    """Where a mapped object came from: what a hidden slot of it refers to."""

    def extra(self, instance: Any, position: Any) -> dict[str, Any]:
        """Members that the document has for the object and its class does not declare."""
        ...

    def foreign(self, instance: Any, attribute: str, key: Any) -> ToOne[Any]:
        """The relationship that the foreign key ``key`` of a flat body stands for."""
        ...


@attrs.frozen(kw_only=True)
class Field:
    """What a class body says of one field."""

    kind: Literal["id", "attribute", "foreign key"]
    name: str | None = None
    default: Any = attrs.field(factory=lambda: attrs.NOTHING)
    factory: Callable[[], Any] | None = None
    parent: str | None = None

    @property
    def required(self) -> bool:
        """Whether a document has to carry the member."""
        return self.default is attrs.NOTHING and self.factory is None


def attribute(
    name: str | None = None, *, default: Any = attrs.NOTHING, factory: Callable[[], Any] | None = None
) -> Any:
    """An attribute; ``name`` is its name in the document where it differs from the field's.

    With ``default`` or ``factory`` the document may leave it out; without, its absence is a fault.
    """
    if factory is not None and default is not attrs.NOTHING:
        raise SchemaError("an attribute has a default or a factory, not both")
    return Field(kind="attribute", name=name, default=default, factory=factory)


def resource_id(name: str | None = None) -> Any:
    """The id, when a flat body keeps it in a member ``name``. A JSON:API document always calls it ``id``."""
    return Field(kind="id", name=name)


def foreign_key(name: str, *, parent: str | None = None, default: Any = State.NOT_LOADED) -> Any:
    """A to-one relationship that a flat body writes as the target's id in a member ``name``.

    The reference is made when somebody looks at it. ``parent`` names another foreign key of the class in
    whose target the id is unique: the target's id is then ``<parent's id>/<id>``. In a JSON:API document the
    relationship stands under the field's own name, in ``relationships``. An object made by hand may leave it
    out (to type checkers: with ``default=State.NOT_LOADED``); the relationship is then not loaded.
    """
    return Field(kind="foreign key", name=name, parent=parent, default=default)


@attrs.frozen(eq=False)
class Declaration:
    """What a mapped class declared, in order: field name to its declaration."""

    type: str | None
    fields: Mapping[str, Field]


def declaration_of(cls: type[Any]) -> Declaration | None:
    """The declaration of a mapped class; ``None`` for any other class."""
    found: Declaration | None = cls.__dict__.get("__jsonapi__")
    return found


@dataclass_transform(
    kw_only_default=True, eq_default=False, field_specifiers=(attribute, resource_id, foreign_key)
)
def resource(type_name: str, /, *, frozen: bool = False) -> Callable[[type[C]], type[C]]:
    """Make a class body the attrs class (slots, keyword-only) of the resources of one JSON:API type.

    Objects are equal only to themselves: identity is type and id. Raises :class:`SchemaError`.
    """
    if not type_name:
        raise SchemaError(
            "a resource class needs the JSON:API type it stands for, such as @resource('articles')"
        )

    def build(cls: type[C]) -> type[C]:
        made = _build(cls, type_name, frozen=frozen, eq=False)
        fields = cast(Declaration, declaration_of(made)).fields
        if sum(field.kind == "id" for field in fields.values()) != 1:
            raise SchemaError(
                f"{cls.__name__} needs exactly one id: a field named 'id', or one resource_id()"
            )
        return made

    return build


@dataclass_transform(kw_only_default=True, field_specifiers=(attribute,))
def value(cls: type[C]) -> type[C]:
    """Make a class body the attrs class (slots, keyword-only, equal by value) of records without identity.

    Raises :class:`SchemaError`.
    """
    return _build(cls, None, frozen=False, eq=True)


def extra(instance: object) -> dict[str, Any]:
    """Members that the document had for ``instance`` and its class does not declare, as JSON values.

    Empty for objects that were made by hand.
    """
    origin: Origin | None = getattr(instance, "_origin", None)
    return {} if origin is None else origin.extra(instance, instance._position)  # type: ignore[attr-defined]  # slots of every mapped class


def _build(cls: type[C], type_: str | None, *, frozen: bool, eq: bool) -> type[C]:
    fields = _collect(cls, is_resource=type_ is not None)
    inherits = any(declaration_of(base) for base in cls.__mro__[1:])
    own = inspect.get_annotations(cls)
    these: dict[str, Any] = {}
    for name, field in fields.items():
        if name not in own:
            continue
        if name in cls.__dict__:
            delattr(cls, name)
        slot = name
        if field.kind == "foreign key":
            slot = f"_{name}"
            setattr(cls, name, _reference(name, slot))
        default = attrs.Factory(field.factory) if field.factory else field.default
        these[slot] = attrs.field(alias=name, default=default)
    if not inherits:
        # Arguments under their own names, so that attrs.evolve() hands them on.
        these["_origin"] = attrs.field(alias="_origin", eq=False, default=None)
        these["_position"] = attrs.field(alias="_position", eq=False, default=None)
        these["_linkage"] = attrs.field(alias="_linkage", eq=False, default=None)
    if not inherits or "__getattr__" in cls.__dict__:
        setattr(cls, "__getattr__", _look_up(getattr(cls, "__getattr__", None)))  # noqa: B010  # not for type checkers
    setattr(cls, "__jsonapi__", Declaration(type_, fields))  # noqa: B010  # unknown to type checkers on purpose
    if "__repr__" not in cls.__dict__:
        setattr(cls, "__repr__", _repr)  # noqa: B010  # it never follows relationships, so cycles end
    setattr(cls, "__getstate__", _getstate)  # noqa: B010  # likewise
    setattr(cls, "__setstate__", _setstate)  # noqa: B010  # likewise
    return attrs.define(
        these=these, slots=True, kw_only=True, frozen=frozen, eq=eq, repr=False, getstate_setstate=False
    )(cls)


def _collect(cls: type[Any], *, is_resource: bool) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    for base in reversed(cls.__mro__[1:]):
        declared = declaration_of(base)
        if declared is None and any(
            not _is_class_variable(hint) for hint in inspect.get_annotations(base).values()
        ):
            raise SchemaError(
                f"{cls.__name__} inherits the fields of {base.__name__}: decorate that class too"
            )
        fields.update(declared.fields if declared else {})
    annotations = inspect.get_annotations(cls)
    for name, given in list(cls.__dict__.items()):
        if isinstance(given, Field) and name not in annotations:
            raise SchemaError(f"{cls.__name__}.{name} has no annotation: say its type")
    for name, annotation in annotations.items():
        if _is_class_variable(annotation):
            continue
        given = cls.__dict__.get(name, attrs.NOTHING)
        if not isinstance(given, Field):
            _check_default(cls, name, given)
            given = Field(kind="id" if is_resource and name == "id" else "attribute", default=given)
        fields[name] = given
    return fields


def _is_class_variable(annotation: Any) -> bool:
    return re.match(r"(\w+\.)*ClassVar\b", str(annotation)) is not None


def _check_default(cls: type[Any], name: str, given: Any) -> None:
    """A default stands for every object, so it must be a plain, immutable value."""
    # attrs gives what attrs.field() returns no public type.
    foreign = type(given).__module__.partition(".")[0] in ("attr", "attrs", "dataclasses")
    if foreign and given is not attrs.NOTHING:
        raise SchemaError(f"{cls.__name__}.{name}: declare it with attribute(...) of this package")
    for kind in (list, dict, set):
        if isinstance(given, kind):
            raise SchemaError(
                f"{cls.__name__}.{name}: all objects would share one default; "
                f"use attribute(factory={kind.__name__})"
            )


def _reference(name: str, slot: str) -> property:
    def look(self: Any) -> ToOne[Any]:
        """The relationship; made from the flat body's key at the first look."""
        held = getattr(self, slot)
        if not isinstance(held, ToOne):
            if self._origin is None and held is not State.NOT_LOADED:
                raise TypeError(f"{name} must be a reference: give ToOne.to('type', 'id')")
            if self._origin is None:
                return ToOne(name, State.NOT_LOADED)
            held = self._origin.foreign(self, name, held)
            object.__setattr__(self, slot, held)
        return cast("ToOne[Any]", held)

    return property(look, lambda self, held: object.__setattr__(self, slot, held))


def _look_up(own: Callable[[Any, str], Any] | None) -> Callable[[Any, str], Any]:
    def look_up(self: Any, name: str) -> Any:
        """A relationship of a document that was read the fast way, made at the first look."""
        if name == "_linkage":
            return None
        linkage = self._linkage
        held = None if linkage is None else linkage.relationship(name, self._origin.index)
        if held is not None:
            object.__setattr__(self, name, held)
            return held
        if own is not None:
            return own(self, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)

    return look_up


@attrs.frozen
class Kept:
    """The origin of an object that was copied or pickled away from its document."""

    members: dict[str, Any]

    def extra(self, instance: Any, position: Any) -> dict[str, Any]:
        """What the object's class does not declare."""
        return dict(self.members)

    def foreign(self, instance: Any, attribute: str, key: Any) -> ToOne[Any]:
        """Never asked: references were made when the object was copied."""
        raise LookupError(f"{attribute} was not kept")


def _getstate(self: Any) -> dict[str, Any]:
    declaration: Declaration = self.__jsonapi__
    members = extra(self)
    state = {name: getattr(self, name) for name in declaration.fields}
    return state | {"_origin": Kept(members) if members else None}


def _setstate(self: Any, state: dict[str, Any]) -> None:
    declaration: Declaration = self.__jsonapi__
    for name, held in {**state, "_position": None}.items():
        foreign = name in declaration.fields and declaration.fields[name].kind == "foreign key"
        object.__setattr__(self, f"_{name}" if foreign else name, held)


def _repr(self: Any) -> str:
    declaration: Declaration = self.__jsonapi__
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in declaration.fields)
    return f"{type(self).__name__}({shown})"
