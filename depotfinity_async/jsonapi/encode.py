"""The encoder: mapped objects to the bytes of requests, for resources and for relationship endpoints.

Rules for what may be sent are in ``assemble``; several operations in one document in ``atomic``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import cattrs

from .assemble import check_lid, check_lids, dump, refuse
from .atomic import Operations
from .build import JsonObject
from .changes import mentions, original
from .origin import Origin
from .reach import extra
from .references import Lid
from .registry import compile_classes
from .relationships import Identifier
from .values import is_array
from .write import Writer

AT = ("data",)


class Encoder:
    """Writes documents that a client sends. Build it once; it is safe to share.

    ``classes`` and ``converter`` are those of the :class:`Decoder` that reads the answers: hooks that write
    are registered on the same converter (``register_unstructure_hook``). Raises :class:`SchemaError`.

    Every method raises :class:`EncodeError`, which names the field, for what JSON cannot hold and for what
    the standard's rules for requests forbid, and :class:`SchemaError` for an object of a class that the
    encoder was not given.
    """

    def __init__(
        self, classes: Iterable[type[Any]] = (), *, converter: cattrs.Converter | None = None
    ) -> None:
        self._registry = compile_classes(classes, converter)
        self._writer = Writer(self._registry)

    def create(self, instance: object) -> bytes:
        """The document of a POST that creates a resource (R1): a mapped object, or a :class:`Resource`.

        Its id is sent as the client's own choice; with ``new()`` for an id it goes without one. Left out are
        relationships that are not loaded, attributes that are ``None`` where ``None`` is the class's default,
        and what the object's own document had beside the declared members.
        """
        tree = self._writer.created(instance, AT)
        own = {(tree["type"], tree["lid"])} if "lid" in tree else set[tuple[str, str]]()
        check_lids(tree, frozenset(own), AT)
        return dump({"data": tree})

    def update(self, instance: object) -> bytes | None:
        """The document of a PATCH with what changed since the object was decoded (R4); ``None`` if nothing.

        Changes are found by comparing with the document that the object came from, changes inside lists and
        nested values too. Such a value is sent whole, of the members that its class declares; so is a to-many
        relationship (R5). Frozen objects change by ``attrs.evolve``. An object that was made by hand, copied
        or unpickled is refused: see :meth:`saved`.
        """
        tree = self._writer.updated(instance, AT)
        if tree is None:
            return None
        check_lids(tree, frozenset(), AT)
        return dump({"data": tree})

    def relationship(self, instance: object, name: str, targets: Iterable[object] | None = None) -> bytes:
        """The document for a relationship's own URL; ``name`` is the name of the field.

        Without ``targets`` it has what the relationship holds now, for a PATCH (R6, R7). With ``targets``,
        objects or identifiers, it has these, for a POST that adds them to a to-many relationship or a DELETE
        that removes them.
        """
        linkage = self._writer.endpoint(instance, name, targets, AT)
        for mention in mentions(linkage):
            check_lid(mention, frozenset(), AT)
        return dump({"data": linkage})

    def difference(
        self, instance: object, name: str
    ) -> tuple[tuple[Identifier, ...], tuple[Identifier, ...]]:
        """What was added to a to-many relationship, and what removed, since the object was decoded.

        Both are targets for :meth:`relationship`; ``name`` is the name of the field.
        """
        schema = self._writer.schema(instance)
        now = self._writer.endpoint(instance, name, None, AT)
        known = original(schema, instance)
        before = known.linkage.get(self._writer.member(instance, name)) if known else None
        if not (is_array(now) and is_array(before)):
            refuse(AT, f"{schema.cls.__name__}.{name} is not a to-many relationship that the document has")
        return _without(now, before), _without(before, now)

    def operations(self) -> Operations:
        """A new, empty request of the atomic operations extension."""
        return Operations(self._writer)

    def saved(self, instance: object) -> None:
        """Take what a mapped object holds now for what the server has: after a PATCH that 204 answers.

        The next :meth:`update` compares with this state. An object that was made by hand can be updated from
        then on. It has to have an id.
        """
        schema = self._writer.schema(instance)
        tree = self._writer.created(instance, AT)
        if "id" not in tree:
            refuse((*AT, "id"), f"{schema.cls.__name__}: what the server has saved has an id", "R4")
        tree["attributes"] = extra(instance) | tree.get("attributes", {})
        came: object = getattr(instance, "_origin", None)
        if isinstance(came, Origin):
            beside = came.beside(instance, getattr(instance, "_position", None))
            relations = beside.pop("relationships", {}) | tree.get("relationships", {})
            tree = beside | tree | ({"relationships": relations} if relations else {})
        origin = Origin(self._registry.schemas, dump({"data": tree}))
        if isinstance(came, Origin):
            origin.index, origin.finder = came.index, came.finder
        object.__setattr__(instance, "_origin", origin)
        object.__setattr__(instance, "_position", (*AT, "attributes"))


def _without(linkage: list[JsonObject], other: list[JsonObject]) -> tuple[Identifier, ...]:
    """The targets of one linkage that the other does not have."""
    known = {_key(target) for target in other}
    return tuple(
        Identifier(*_key(target), target.get("meta", {})) for target in linkage if _key(target) not in known
    )


def _key(target: JsonObject) -> tuple[str, str]:
    return target["type"], target["id"] if "id" in target else Lid(target["lid"])
