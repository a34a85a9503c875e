"""The first pass: from a JSON tree to objects, one resource at a time, every fault with its place.

This is the explaining way: it takes any shape of body and reports all that is wrong. The fast way for flat
bodies is ``compiled``; both use the same hooks, so they agree on every value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from .document import EMPTY, Link, Resource
from .errors import DecodeError, Fault, Path
from .relationships import Identifier, Lid, State, ToMany, ToOne
from .schema import Attribute, Schema
from .told import LONGEST_INTEGER as LONGEST_INTEGER
from .told import integer
from .values import describe, is_array, is_object, mismatch_of

JsonObject = dict[str, Any]

Exact = Callable[[Path, str], Any]
"""From an object's path and the name of a member to its value, with numbers as they are written."""


@attrs.frozen
class Faults:
    """Collects what is wrong with a document, and what was merely overlooked."""

    found: list[Fault] = attrs.field(factory=list[Fault])
    notes: list[Fault] = attrs.field(factory=list[Fault])

    def add(self, path: Path, message: str, rule: str | None = None) -> None:
        """A fault: the document cannot be mapped."""
        self.found.append(Fault(path, message, rule))

    def note(self, path: Path, message: str, rule: str | None = None) -> None:
        """Something overlooked: the document is mapped without it."""
        self.notes.append(Fault(path, message, rule))

    def check(self) -> None:
        """Raise :class:`DecodeError` when there was a fault."""
        if self.found:
            raise DecodeError(self.found)


def as_object(node: Any, path: Path, faults: Faults, rule: str | None = None) -> JsonObject:
    """``node`` if it is a JSON object; an empty one, and a fault, if not."""
    if is_object(node):
        return node
    faults.add(path, f"expected an object, got {describe(node)}", rule)
    return {}


def member(members: JsonObject, name: str, path: Path, faults: Faults, rule: str) -> JsonObject:
    """The object in a member that may be absent.

    Services write null or ``[]`` for an empty one: noted. So is anything else where the member holds no data.
    """
    node = members.get(name, {})
    if is_object(node):
        return node
    place = (*path, name)
    if node is None or node == [] or name in ("meta", "jsonapi"):
        faults.note(place, f"expected an object, got {describe(node)}: read as an empty one", rule)
        return {}
    return as_object(node, place, faults, rule)


def text_id(members: JsonObject, path: Path, faults: Faults, rule: str) -> JsonObject:
    """The members, with an integer id as the text of its digits, and noted."""
    if type(members.get("id")) is not int:
        return members
    faults.note((*path, "id"), "expected a string, got an integer: read as its digits", rule)
    return {**members, "id": str(members["id"])}


def name_of(members: JsonObject, path: Path, faults: Faults, what: str, rules: tuple[str, str]) -> str | None:
    """The id that names a resource, or the local id in its place (D9); ``None``, and a fault, without either.

    ``what`` it is for, in words, and the ``rules`` for its type and its id.
    """
    given: dict[str, str] = {"type": rules[0]}
    if "id" not in members and "lid" in members:
        given["lid"] = "D9"
    else:
        given["id"] = rules[1]
    wrong = [name for name in given if not isinstance(members.get(name), str)]
    for name in wrong:
        found = f"got {describe(members[name])}" if name in members else "it is missing"
        faults.add((*path, name), f"{what} needs a string {name!r}: {found}", given[name])
    if wrong:
        return None
    return Lid(members["lid"]) if "lid" in given else str(members["id"])


def flat(schema: Schema, node: Any, path: Path, faults: Faults, exact: Exact | None = None) -> Any:
    """An object of a flat body: attributes, id and foreign keys side by side.

    ``exact`` gives a member of the object at a path with its numbers as they are written; without it the
    node has them already.
    """
    if not is_object(node):
        faults.add(path, f"expected an object, got {describe(node)}")
        return None
    instance: Any = object.__new__(schema.cls)
    object.__setattr__(instance, "_origin", None)
    object.__setattr__(instance, "_position", None)
    for attribute in (schema.id, *schema.attributes) if schema.id else schema.attributes:
        _set(instance, attribute, node, path, faults, exact)
    for relationship in schema.relationships:
        if relationship.key is None:
            object.__setattr__(instance, relationship.slot, relationship.not_loaded())
            continue
        key = node.get(relationship.key, State.NOT_LOADED)
        if not (key is None or key is State.NOT_LOADED or isinstance(key, str) or type(key) is int):
            faults.add((*path, relationship.key), f"expected an id (text or integer), got {describe(key)}")
        object.__setattr__(instance, relationship.slot, key)
    return instance


def resource(schema: Schema, id_: str, members: JsonObject, path: Path, faults: Faults, exact: Exact) -> Any:
    """An object of a JSON:API resource object; its relationships are linked by the second pass."""
    instance: Any = object.__new__(schema.cls)
    assert schema.id is not None  # every class that stands for a type has one
    made: Any = id_
    if schema.id.type is int and not isinstance(id_, Lid):
        made = integer(id_)
        if made is None:
            faults.add((*path, "id"), "expected digits, since the class declares the id as an integer")
    object.__setattr__(instance, schema.id.slot, made)
    attributes = member(members, "attributes", path, faults, "D11")
    for attribute in schema.attributes:
        _set(instance, attribute, attributes, (*path, "attributes"), faults, exact)
    return instance


def generic(id_: str, members: JsonObject, path: Path, faults: Faults) -> Resource:
    """A resource whose type no class stands for."""
    lid = members.get("lid")
    return Resource(
        type=members["type"],
        id=id_,
        lid=lid if isinstance(lid, str) else None,
        attributes=fields(member(members, "attributes", path, faults, "D11")),
        extensions=extensions(members),
        links=links(members.get("links", {}), (*path, "links"), faults),
        meta=member(members, "meta", path, faults, "D19"),
    )


def fields(members: JsonObject) -> JsonObject:
    """The members without @-members and those of extensions, which are no fields (D24, D25)."""
    if any(map(is_no_field, members)):
        return {name: value for name, value in members.items() if not is_no_field(name)}
    return members


def extensions(members: JsonObject) -> JsonObject:
    """Members of extensions (D25)."""
    return {name: value for name, value in members.items() if ":" in name and not name.startswith("@")}


def is_no_field(name: str) -> bool:
    """Whether a member belongs to nobody, or to an extension."""
    return name.startswith("@") or ":" in name


def identifier(node: Any, path: Path, faults: Faults, rule: str = "D16") -> Identifier | None:
    """A resource identifier object, or ``None`` and a fault; ``rule`` asks for an object."""
    if not is_object(node):
        as_object(node, path, faults, rule)
        return None
    members = text_id(node, path, faults, "D16")
    id_ = name_of(members, path, faults, "a resource identifier", ("D16", "D16"))
    if id_ is None:
        return None
    return Identifier(members["type"], id_, member(members, "meta", path, faults, "D19"))


def relationship(
    name: str, node: Any, path: Path, faults: Faults, many: bool | None
) -> ToOne[Any] | ToMany[Any]:
    """A relationship object, not linked yet.

    ``many`` is what the class declares; with ``None`` the document decides.
    """
    if node is None or node == []:
        faults.note(path, f"expected an object, got {describe(node)}: read as an empty one", "D12")
        node = {}
    members = as_object(node, path, faults, "D12")
    found = links(members.get("links", {}), (*path, "links"), faults)
    meta = member(members, "meta", path, faults, "D19")
    if "data" not in members:
        if many:
            return ToMany(name, State.NOT_LOADED, links=found, meta=meta)
        return ToOne(name, State.NOT_LOADED, links=found, meta=meta)
    data: Any = members["data"]
    at = (*path, "data")
    if many and data is None:
        faults.note(at, "expected an array, got null: read as an empty one", "D15")
        data = list[Any]()
    elif many is False and data == []:
        faults.note(at, "expected one identifier or null, got an empty array: read as null", "D15")
        data = None
    if is_array(data):
        if many is False:
            faults.add(at, "expected one identifier or null: the class declares it to-one", "D15")
        read = (identifier(item, (*at, index), faults) for index, item in enumerate(data))
        targets = [item for item in read if item is not None]
        return ToMany(name, State.PRESENT if targets else State.EMPTY, targets, links=found, meta=meta)
    if many:
        faults.add(
            at,
            f"expected an array, got {describe(data)}: the class declares it to-many",
            "D15",
        )
    if data is None:
        return ToOne(name, State.EMPTY, links=found, meta=meta)
    return ToOne(name, State.PRESENT, identifier(data, at, faults, "D15"), links=found, meta=meta)


def note_repeated(type_: str, id_: str, path: Path, faults: Faults) -> None:
    """Note a resource that stands in the document twice (D10)."""
    faults.note(path, f"{type_}/{id_} stands in the document already: the first one counts", "D10")


def links(node: Any, path: Path, faults: Faults) -> dict[str, Link | None]:
    """A links object (D20, D21); what is no link, or no object, is noted and left out."""
    found: dict[str, Link | None] = {}
    if not is_object(node):
        faults.note(path, f"expected an object, got {describe(node)}: read as an empty one", "D20")
        return found
    for name, given in node.items():
        if is_no_field(name):
            continue
        if given is None:
            found[name] = None
        elif (link := _link(given)) is not None:
            found[name] = link
        else:
            faults.note((*path, name), "not a link (text, null, or an object with href)", "D20")
    return found


def _link(given: Any) -> Link | None:
    """A link from a text or an object; ``None`` if it is neither. What is wrong inside of it is left out."""
    if isinstance(given, str):
        return Link(href=given)
    if not is_object(given) or not isinstance(given.get("href"), str):
        return None
    texts = {name: given[name] for name in ("rel", "title", "type") if isinstance(given.get(name), str)}
    languages = given.get("hreflang")
    tags = [languages] if isinstance(languages, str) else languages if is_array(languages) else []
    meta = given.get("meta")
    described = given.get("describedby")
    return Link(
        href=given["href"],
        hreflang=tuple(tag for tag in tags if isinstance(tag, str)),
        # One step only: a description of a description leads nowhere.
        describedby=_link(
            {"href": described} if isinstance(described, str) else _without_description(described)
        ),
        meta=meta if is_object(meta) else EMPTY,
        **texts,
    )


def _without_description(given: Any) -> Any:
    return {**given, "describedby": None} if is_object(given) else None


def _set(
    instance: Any, attribute: Attribute, members: JsonObject, path: Path, faults: Faults, exact: Exact | None
) -> None:
    if attribute.name not in members:
        if attribute.field.required:
            faults.add((*path, attribute.name), "is missing, and the class declares no default")
        else:
            object.__setattr__(instance, attribute.slot, attribute.absent())
        return
    try:
        given = exact(path, attribute.name) if exact and attribute.exact else members[attribute.name]
        object.__setattr__(instance, attribute.slot, attribute.hook(given, attribute.type))
    except Exception as error:  # noqa: BLE001  # a hook may be the user's own and raise anything
        for found in mismatch_of(error, attribute.type).single():
            faults.add((*path, attribute.name, *found.path), found.message)
