"""Where mapped objects came from: answers what an object did not keep, by looking at its document again.

Foreign keys become references, and undeclared members are found, only when somebody asks: a page of a
collection pays for neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from . import build, parse
from .build import Faults, JsonObject
from .document import Link
from .errors import Path
from .exact import exact_tree
from .relationships import Awaited, Exchange, Identifier, Lid, Missing, State, ToMany, ToOne
from .scan import BESIDE, NOTHING, scan
from .schema import Relationship, Schema
from .told import Written
from .values import is_object


def is_resource_object(position: Any) -> bool:
    """Whether a position is that of a resource object in a JSON:API document, not of a flat body."""
    return isinstance(position, tuple) and position[-1:] == ("attributes",)


class Origin:
    """One decoded body, shared by all objects that were made from it.

    An object's position is the path from the body to its members (to ``attributes``, in a JSON:API document);
    in a flat array it is the index alone. Members that no class declares are not judged when a body is read:
    methods that look for them raise :class:`~.errors.DecodeError` when one cannot be read.
    """

    __slots__ = ("_data", "_exact", "_path", "_schemas", "_told", "_tree", "finder", "index", "max_depth")

    def __init__(
        self,
        schemas: Mapping[type[Any], Schema],
        data: bytes,
        path: tuple[str, ...] = (),
        max_depth: int = parse.MAX_DEPTH,
    ) -> None:
        self._schemas = schemas
        self._data = data
        self._path = path
        self.max_depth = max_depth
        self._tree: Any = None
        self._exact: Any = None
        self._told: Mapping[Path, frozenset[str]] | None = None
        self.index: dict[str, dict[str, Any]] = {}
        """Resources of the document by type, then by id."""
        self.finder: Exchange | None = None
        """Finds targets in an identity map, if one was given."""

    def told_of(self, position: Any) -> frozenset[str]:
        """Which of :data:`~.scan.BESIDE` a resource object has."""
        if not self._data:  # put together of several documents
            return frozenset(self.node(position[:-1])).intersection(BESIDE)
        if self._told is None:
            self._told = scan(self._data)
        return self._told.get(position[:-1], NOTHING)

    def holding(self, tree: Any) -> Origin:
        """An origin of the same kind, for a body that was put together of several documents."""
        made = Origin(self._schemas, b"")
        made._tree = tree
        made.finder = self.finder
        return made

    def apart(self, instance: Any, position: Any) -> tuple[Origin, Any]:
        """An origin that holds one object's own part of the body only, and the object's position there."""
        if not is_resource_object(position):
            return self.holding(self.node(position)), ()
        made = self.holding({"data": self.node(position[:-1])})

        def remember(identifier: Identifier, target: Any) -> Any:
            if not isinstance(target, (Missing, Awaited)):
                made.index.setdefault(identifier.type, {})[identifier.id] = target
            return target

        for held in self.undeclared(instance, position).values():
            held.relink(remember)
        return made, ("data", "attributes")

    def find(self, type: str, id: str) -> Any:
        """The document's object of this type and id, if it has one."""
        return self.index.get(type, {}).get(id)

    def extra(self, instance: Any, position: Any) -> dict[str, Any]:
        """Members of the object that its class does not declare."""
        schema = self._schemas[type(instance)]
        members, names = self.members(position), schema.names
        if is_resource_object(position):
            members = build.fields(members)
            names = frozenset(attribute.name for attribute in schema.attributes)
        return {name: member for name, member in members.items() if name not in names}

    def links(self, position: Any) -> dict[str, Link | None]:
        """Links of a resource object; what is no link is left out. A flat body has none."""
        return build.links(self.part(position, "links"), (), Faults())

    def meta(self, position: Any) -> JsonObject:
        """Meta of a resource object. A flat body has none."""
        return self.part(position, "meta")

    def extensions(self, position: Any) -> JsonObject:
        """Members of a resource object that belong to extensions. A flat body has none."""
        return build.extensions(self.node(position[:-1])) if is_resource_object(position) else {}

    def id(self, position: Any) -> str:
        """What names a resource object: its id, or the local id in its place."""
        node = self.node(position[:-1])
        return str(node["id"]) if "id" in node else Lid(node["lid"])

    def lid(self, position: Any) -> str | None:
        """The local id that a resource object has, beside its id or in its place."""
        found = self.node(position[:-1]).get("lid") if is_resource_object(position) else None
        return found if isinstance(found, str) else None

    def undeclared(self, instance: Any, position: Any) -> dict[str, ToOne[Any] | ToMany[Any]]:
        """Relationships of a resource object that the object's class does not declare, linked.

        What is no relationship object is left out.
        """
        found: dict[str, ToOne[Any] | ToMany[Any]] = {}
        for name, node in build.fields(self.beside(instance, position).get("relationships", {})).items():
            faults = Faults()
            made = build.relationship(name, node, (), faults, None)
            if not faults.found:
                made.relink(self._exchange)
                found[name] = made
        return found

    def beside(self, instance: Any, position: Any) -> JsonObject:
        """Members of a resource object without attributes, and without what the object's class declares."""
        if not is_resource_object(position):
            return {}
        node = self.node(position[:-1])
        declared = {relationship.name for relationship in self._schemas[type(instance)].relationships}
        found: JsonObject = {name: node[name] for name in BESIDE if name in node} | build.extensions(node)
        others = {
            name: given
            for name, given in self.part(position, "relationships").items()
            if not name.startswith("@") and name not in declared
        }
        return found | {"relationships": others} if others else found

    def part(self, position: Any, name: str) -> JsonObject:
        """The object in a member of a resource object; empty where there is none, and for a flat body."""
        found = self.node(position[:-1]).get(name) if is_resource_object(position) else None
        return found if is_object(found) else {}

    def members(self, position: Any) -> JsonObject:
        """The attributes of a resource object, or all members of a flat one; not to be changed."""
        if is_resource_object(position):
            return self.part(position, "attributes")
        return cast(JsonObject, self.node(position))

    def node(self, position: Any) -> Any:
        """The JSON value at a position, as the body has it; not to be changed."""
        if self._tree is None:
            self._tree = parse.tree(self._data, self.max_depth)
        return self._step(self._tree, position)

    def _step(self, node: Any, position: Any) -> Any:
        path = cast(Path, position) if isinstance(position, tuple) else (*self._path, position)
        for step in path:
            node = node[step]
        return node

    def exact(self, position: Any, name: str) -> Any:
        """A member at a position, with numbers as the body writes them, where it is still known."""
        if not self._data:
            return self.node(position)[name]
        if self._exact is None:
            self._exact = exact_tree(self._data)
        return self._step(self._exact, position)[name]

    def foreign(self, instance: Any, attribute: str, key: Any) -> ToOne[Any]:
        """The relationship that a foreign key stands for."""
        relationship = self._relationship(instance.__class__, attribute)
        if key is State.NOT_LOADED:
            return _of_key(attribute, State.NOT_LOADED)
        if key is None:
            return _of_key(attribute, State.EMPTY)
        id_ = str(key)
        if relationship.parent is not None:
            parent: ToOne[Any] = getattr(instance, relationship.parent)
            if parent.state is not State.PRESENT:
                return _of_key(attribute, parent.state)
            id_ = f"{parent.id}/{id_}"
        made = _of_key(attribute, State.PRESENT, Identifier(relationship.targets[0], id_))
        made.relink(self._exchange)
        return made

    def _exchange(self, identifier: Identifier, target: Any) -> Any:
        """What an identifier means: an object of the document, else of the identity map."""
        found = self.find(identifier.type, identifier.id)
        if found is not None:
            return found
        return target if self.finder is None else self.finder(identifier, target)

    def _relationship(self, cls: type[Any], attribute: str) -> Relationship:
        return next(
            relationship
            for relationship in self._schemas[cls].relationships
            if relationship.name == attribute
        )


def _of_key(name: str, state: State, *identifiers: Identifier) -> ToOne[Any]:
    """What a foreign key says of a relationship."""
    return ToOne[Any].linked(Written(name, state, identifiers, is_key=True), Missing.TARGET)
