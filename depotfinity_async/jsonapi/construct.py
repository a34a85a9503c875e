"""Making mapped classes: ``@resource("articles")`` makes an attrs class of a class body.

``@value`` makes one for records without identity. What a body can say of its fields is in ``declare``, what
it means in ``schema``.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any, TypeVar, cast, dataclass_transform, overload

import attrs

from .declare import Declaration, Field, attribute, declaration_of, foreign_key, resource_id
from .errors import SchemaError
from .reach import state_of
from .relationships import State, ToMany, ToOne

C = TypeVar("C")

HIDDEN = ("_origin", "_position", "_linkage")
"""Slots of every mapped class: the document of an object, its place there, what it says of relationships."""

HOOKS = ("__attrs_pre_init__", "__attrs_post_init__", "__post_init__")
"""What attrs and dataclasses call in ``__init__``; the decoder makes objects without it."""


@dataclass_transform(
    kw_only_default=True, eq_default=False, field_specifiers=(attribute, resource_id, foreign_key)
)
def resource(type_name: str, /, *, frozen: bool = False) -> Callable[[type[C]], type[C]]:
    """Make a class body the attrs class (slots, keyword-only) of the resources of one JSON:API type.

    Objects are equal only to themselves: identity is type and id. Raises :class:`SchemaError`.
    """
    _check_type(type_name)

    def build(cls: type[C]) -> type[C]:
        made = _build(cls, type_name, frozen=frozen, eq=False)
        fields = cast(Declaration, declaration_of(made)).fields
        if sum(field.kind == "id" for field in fields.values()) != 1:
            raise SchemaError(
                f"{cls.__name__} needs exactly one id: a field named 'id', or one resource_id()"
            )
        return made

    return build


@overload
@dataclass_transform(kw_only_default=True, field_specifiers=(attribute,))
def value(cls: type[C], /) -> type[C]: ...
@overload
@dataclass_transform(kw_only_default=True, field_specifiers=(attribute,))
def value(*, frozen: bool = False) -> Callable[[type[C]], type[C]]: ...
def value(cls: type[C] | None = None, /, *, frozen: bool = False) -> Any:
    """Make a class body the attrs class (slots, keyword-only, equal by value) of records without identity.

    ``@value`` and ``@value(frozen=True)`` are both right. Raises :class:`SchemaError`.
    """

    def build(cls: type[C]) -> type[C]:
        return _build(cls, None, frozen=frozen, eq=True)

    return build if cls is None else build(cls)


def _build(cls: type[C], type_: str | None, *, frozen: bool, eq: bool) -> type[C]:
    _check_class(cls)
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
        if default is attrs.NOTHING and (kind := _kind(own[name])) is not None:
            default = attrs.Factory(functools.partial(kind, field.name or name, State.NOT_LOADED))
        elif field.kind == "relationship":
            raise SchemaError(f"{cls.__name__}.{name}: annotate it as ToOne[...] or ToMany[...], in full")
        if slot in HIDDEN or slot in these:
            raise SchemaError(f"{cls.__name__}.{name}: the name {slot!r} is taken, choose another")
        these[slot] = attrs.field(alias=name, default=default)
    if not inherits:
        # Arguments under their own names, so that attrs.evolve() hands them on.
        these |= {name: attrs.field(alias=name, eq=False, default=None) for name in HIDDEN}
    if not inherits or "__getattr__" in cls.__dict__:
        setattr(cls, "__getattr__", _look_up(getattr(cls, "__getattr__", None)))  # noqa: B010  # not for type checkers
    setattr(cls, "__jsonapi__", Declaration(type_, fields))  # noqa: B010  # unknown to type checkers on purpose
    if "__repr__" not in cls.__dict__:
        setattr(cls, "__repr__", _repr)  # noqa: B010  # it never follows relationships, so cycles end
    setattr(cls, "__getstate__", state_of)  # noqa: B010  # likewise
    setattr(cls, "__setstate__", _setstate)  # noqa: B010  # likewise
    return attrs.define(
        these=these, slots=True, kw_only=True, frozen=frozen, eq=eq, repr=False, getstate_setstate=False
    )(cls)


def _check_type(given: object) -> None:
    if not (isinstance(given, str) and given):
        got = f"; got {getattr(given, '__name__', repr(given))}" if given else ""
        raise SchemaError(
            f"a resource class needs the JSON:API type it stands for, such as @resource('articles'){got}"
        )


def _check_class(cls: object) -> None:
    """What only looks like a class body that could be mapped."""
    if not isinstance(cls, type):
        raise SchemaError(f"a mapped class is made of a class, not of {cls!r}")
    if "__jsonapi__" in cls.__dict__:
        raise SchemaError(f"{cls.__name__} is declared already: a class stands for one type")
    if "__attrs_attrs__" in cls.__dict__ or "__dataclass_fields__" in cls.__dict__:
        raise SchemaError(
            f"{cls.__name__}: leave out the other decorator, a mapped class is an attrs class already"
        )
    hooks = [name for name in HOOKS if getattr(cls, name, None)]
    for name in (*hooks, *(["__init__"] if "__init__" in cls.__dict__ else [])):
        raise SchemaError(
            f"{cls.__name__}.{name} would not be called for objects of documents: use a property, "
            "or a structure hook on the converter"
        )


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
        _check_default(cls, name, given.default if isinstance(given, Field) else given)
        if not isinstance(given, Field):
            given = Field(kind="id" if is_resource and name == "id" else "attribute", default=given)
        fields[name] = given
    return fields


def _kind(annotation: Any) -> type[ToOne[Any] | ToMany[Any]] | None:
    """The kind of relationship that an annotation says; it may be text, and name classes of later."""
    text = annotation if isinstance(annotation, str) else repr(annotation)
    found = re.match(r"(?:\w+\.)*(ToOne|ToMany)\[", text.strip("\"'"))
    return None if found is None else ToOne if found[1] == "ToOne" else ToMany


def _is_class_variable(annotation: Any) -> bool:
    return re.match(r"(\w+\.)*ClassVar\b", str(annotation)) is not None


def _check_default(cls: type[Any], name: str, given: Any) -> None:
    """A default stands for every object, so it must be a plain, immutable value."""
    # attrs gives what attrs.field() returns no public type.
    foreign = type(given).__module__.partition(".")[0] in ("attr", "attrs", "dataclasses")
    if foreign and given is not attrs.NOTHING:
        raise SchemaError(f"{cls.__name__}.{name}: declare it with attribute(...) of this package")
    try:
        hash(given)
    except TypeError:
        kind = type(given).__name__
        raise SchemaError(
            f"{cls.__name__}.{name}: all objects would share one default, which can change; "
            f"use attribute(factory={kind if kind in ('list', 'dict', 'set') else '…'})"
        ) from None


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


def _setstate(self: Any, state: dict[str, Any]) -> None:
    declaration: Declaration = self.__jsonapi__
    for name, held in {**state, "_position": None}.items():
        foreign = name in declaration.fields and declaration.fields[name].kind == "foreign key"
        object.__setattr__(self, f"_{name}" if foreign else name, held)


def _repr(self: Any) -> str:
    declaration: Declaration = self.__jsonapi__
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in declaration.fields)
    return f"{type(self).__name__}({shown})"
