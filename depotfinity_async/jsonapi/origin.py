"""Where mapped objects came from: answers what an object did not keep, by looking at its document again.

Foreign keys become references, and undeclared members are found, only when somebody asks: a page of a
collection pays for neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from . import parse
from .errors import Path
from .relationships import Exchange, Identifier, State, ToOne
from .schema import Relationship, Schema


class Origin:
    """One decoded body, shared by all objects that were made from it.

    An object's position is the path from the body to its members; in a flat array it is the index alone.
    """

    __slots__ = ("_data", "_path", "_schemas", "_tree", "finder", "index")

    def __init__(self, schemas: Mapping[type[Any], Schema], data: bytes, path: tuple[str, ...] = ()) -> None:
        self._schemas = schemas
        self._data = data
        self._path = path
        self._tree: Any = None
        self.index: dict[str, dict[str, Any]] = {}
        """Resources of the document by type, then by id."""
        self.finder: Exchange | None = None
        """Finds the targets of foreign keys in an identity map, if one was given."""

    def holding(self, tree: Any) -> Origin:
        """An origin of the same kind, for a body that was put together of several documents."""
        made = Origin(self._schemas, b"")
        made._tree = tree
        made.finder = self.finder
        return made

    def find(self, type: str, id: str) -> Any:
        """The document's object of this type and id, if it has one."""
        return self.index.get(type, {}).get(id)

    def extra(self, instance: Any, position: Any) -> dict[str, Any]:
        """Members of the object that its class does not declare."""
        names = self._schemas[type(instance)].names
        try:
            members = self.node(position)
        except KeyError:
            return {}  # a resource object need not have attributes
        return {name: member for name, member in members.items() if name not in names}

    def node(self, position: Any) -> Any:
        """The JSON value at a position, as the body has it; not to be changed."""
        if self._tree is None:
            self._tree = parse.tree(self._data)
        node = self._tree
        path = cast(Path, position) if isinstance(position, tuple) else (*self._path, position)
        for step in path:
            node = node[step]
        return node

    def foreign(self, instance: Any, attribute: str, key: Any) -> ToOne[Any]:
        """The relationship that a foreign key stands for."""
        relationship = self._relationship(instance.__class__, attribute)
        if key is State.NOT_LOADED:
            return ToOne(attribute, State.NOT_LOADED)
        if key is None:
            return ToOne(attribute, State.EMPTY)
        id_ = str(key)
        if relationship.parent is not None:
            parent: ToOne[Any] = getattr(instance, relationship.parent)
            if parent.state is not State.PRESENT:
                return ToOne(attribute, parent.state)
            id_ = f"{parent.id}/{id_}"
        made = ToOne[Any](attribute, State.PRESENT, Identifier(relationship.targets[0], id_))
        target = self.find(relationship.targets[0], id_)
        if target is not None:
            made.link(target)
        elif self.finder is not None:
            made.relink(self.finder)
        return made

    def _relationship(self, cls: type[Any], attribute: str) -> Relationship:
        return next(
            relationship
            for relationship in self._schemas[cls].relationships
            if relationship.name == attribute
        )
