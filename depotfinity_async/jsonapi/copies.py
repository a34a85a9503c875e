"""Other forms of a mapped object: a plain dict, a changed copy, and the object itself without its document.

How an object is written for a server is in ``encode``; how one is copied and pickled in ``reach``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

import attrs

from .declare import Declaration, declaration_of
from .document import Resource
from .origin import Origin
from .relationships import Identifier, Lid, State, ToMany, ToOne
from .values import is_array, is_object

T = TypeVar("T")


def asdict(instance: object) -> dict[str, Any]:
    """The fields of a mapped object or a :class:`Resource` as a plain dict, for notebooks, logs and tables.

    Names are those of the fields in Python, and values stay what they are: a ``datetime`` is a ``datetime``;
    only nested objects of attrs classes become dicts. A relationship is ``{"type": …, "id": …}``, ``None``,
    or a list of these, and left out when it is not loaded; targets are not followed. Of a :class:`Resource`
    come its type and id, then its attributes and relationships. Raises ``TypeError`` for any other object.
    """
    if isinstance(instance, Resource):
        members = {"type": instance.type, "id": instance.id}
        return members | instance.attributes | _loaded(instance.relationships) | members
    declaration = declaration_of(type(instance))
    if declaration is None:
        raise TypeError(f"a {type(instance).__name__} is no object of a mapped class")
    return _fields(instance, declaration)


def evolve(instance: T, /, **changes: Any) -> T:
    """A copy of a mapped object with other values in some fields; type checkers accept it.

    What the document has beside the fields goes along, and ``Encoder.update`` of the copy sends what is
    different. Raises ``TypeError`` for a name that is no field.
    """
    return cast(T, attrs.evolve(cast(Any, instance), **changes))


def detach(instance: object) -> None:
    """Let a mapped object keep only its own part of its document, so that the rest can be forgotten.

    An object keeps the bytes of its document, and its relationships find the objects of that document: one
    that lives long keeps all of it alive. Nothing that the object knows is lost: undeclared members stay
    reachable and ``Encoder.update`` goes on. Targets of its relationships stay, with their own documents.
    Does nothing for objects that were made by hand. Raises :class:`DecodeError` when an undeclared member of
    the document cannot be read.
    """
    target: Any = instance
    origin: object = getattr(instance, "_origin", None)
    declaration = declaration_of(type(instance))
    if declaration is None or not isinstance(origin, Origin):
        return
    part = origin.apart(instance, target._position)
    for name in declaration.fields:
        getattr(instance, name)  # relationships that nobody looked at find their targets in the document
    for slot, value in zip(("_origin", "_position", "_linkage"), (*part, None), strict=True):
        object.__setattr__(instance, slot, value)


def _fields(instance: object, declaration: Declaration) -> dict[str, Any]:
    return _loaded({name: getattr(instance, name) for name in declaration.fields})


def _loaded(members: Mapping[str, Any]) -> dict[str, Any]:
    """Members as plain values, without the relationships that are not loaded."""
    found: dict[str, Any] = {}
    for name, value in members.items():
        if isinstance(value, (ToOne, ToMany)) and value.state is State.NOT_LOADED:
            continue
        try:
            found[name] = _plain(value)
        except RecursionError:
            found[name] = value  # nested as only JSON that no class reads can be, so it is plain already
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, ToOne):
        return _identifier(value.identifier) if value.identifier else None
    if isinstance(value, ToMany):
        return [_identifier(each) for each in value.identifiers]
    if is_object(value):
        return {name: _plain(each) for name, each in value.items()}
    if is_array(value):
        return [_plain(each) for each in value]
    cls: type[Any] = value.__class__
    if cls is tuple:
        return tuple(map(_plain, value))
    declaration = declaration_of(cls)
    if declaration is not None:
        return _fields(value, declaration)
    return attrs.asdict(value) if attrs.has(cls) else value


def _identifier(identifier: Identifier) -> dict[str, str]:
    kind = "lid" if isinstance(identifier.id, Lid) else "id"
    return {"type": identifier.type, kind: str(identifier.id)}
