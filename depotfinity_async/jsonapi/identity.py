"""Identity across documents: one object for each type and id, however many documents tell of it.

Later documents are merged into the objects that are there (``merge``). Without a map the decoder does none
of this, and every document has objects of its own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, Literal, TypeVar, overload
from weakref import WeakValueDictionary

import attrs

from .declare import name_of, type_of
from .document import Change, Document, Resource
from .errors import SchemaError
from .merge import Changes, merge_generic, merge_mapped
from .origin import Origin
from .relationships import Awaited, Identifier, Lid, Missing, ToMany, ToOne
from .schema import Schema
from .values import is_array

C = TypeVar("C")
Key = tuple[str, str]


class IdentityMap:
    """Objects by type and id, kept from one document to the next: ``decoder.decode(raw, identity=map)``.

    A later document changes the objects that earlier ones made: what it says overwrites, what it leaves out
    stays, a relationship that it does not load stays too. A frozen class is frozen for its users, not for
    the map. References find the objects of the map, also those that come to it later. What a document
    changed stands in :attr:`Document.changes`. An object of another class than before takes the place of
    the old one in the map.

    ``retention`` is ``"weak"`` (an object that nobody holds is forgotten, also if others refer to it by a
    foreign key that nobody looked at) or ``"strong"`` (kept until :meth:`discard` or :meth:`clear`).
    """

    def __init__(self, retention: Literal["weak", "strong"] = "weak") -> None:
        if retention not in ("weak", "strong"):
            raise ValueError(f"retention is 'weak' or 'strong', not {retention!r}")
        self._objects: MutableMapping[Key, Any] = {} if retention == "strong" else WeakValueDictionary()
        self._awaited = Awaited(self._objects)

    @overload
    def get(self, kind: type[C], id: str | int) -> C | None: ...
    @overload
    def get(self, kind: str, id: str | int) -> Any: ...
    def get(self, kind: type[Any] | str, id: str | int) -> Any:
        """The object of a class, or of a JSON:API type, with this id; ``None`` when the map has none."""
        found = self._objects.get((_type(kind), str(id)))
        return found if isinstance(kind, str) or isinstance(found, kind) else None

    def adopt(self, item: C) -> C:
        """The map's object of the type and id of ``item``; ``item`` itself, now in the map, when it had none.

        For objects made by hand: references that wait for such a resource find it. What ``item`` says is not
        merged into an object that is there. Raises :class:`SchemaError` for what is no resource.
        """
        named = (item.type, item.id) if isinstance(item, Resource) else name_of(item)
        if named is None:
            raise SchemaError(f"a {type(item).__name__} is no resource: it has no identity")
        key = named[0], str(named[1])
        known = self._objects.get(key)
        if isinstance(known, type(item)):
            return known
        self._objects[key] = item
        return item

    def discard(self, kind: type[Any] | str, id: str | int) -> None:
        """Forget an object, if the map has it; the next document that holds the resource makes a new one."""
        self._objects.pop((_type(kind), str(id)), None)

    def clear(self) -> None:
        """Forget all objects."""
        self._objects.clear()

    def __len__(self) -> int:
        return len(self._objects)

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._objects.values()))

    def __repr__(self) -> str:
        return f"<IdentityMap of {len(self)}>"

    def take_in(self, document: Document[Any], schemas: Mapping[type[Any], Schema]) -> Document[Any]:
        """The document with its objects exchanged for those of the map, brought up to date.

        For the decoder, which has just made the document: no one else holds its objects yet.
        """
        many = is_array(document.data)
        primary: list[Any] = document.data if many else [document.data]
        found = {id(item): item for item in (*primary, *document.included)}
        kept: dict[int, Any] = {}
        new: dict[Key, Any] = {}
        updates: list[tuple[Any, Callable[[], Changes] | None]] = []
        for mark, item in found.items():
            kept[mark] = item
            if isinstance(origin := getattr(item, "_origin", None), Origin):
                origin.finder = self._find
            key = _key(item, schemas)
            if key is None or isinstance(key[1], Lid):
                continue  # a lid is a name inside one document: no other document means it
            known = new[key] if key in new else self._objects.get(key)
            if type(known) is type(item):
                kept[mark] = known
                updates.append((known, _merge(known, item, schemas)))
            else:
                new[key] = item
                updates.append((item, None))
        # From here on nothing can fail: what has to be known of the documents was looked at.
        self._objects.update(new)

        def exchange(identifier: Identifier, target: Any) -> Any:
            return self._find(identifier, kept.get(id(target), target))

        for item in found.values():
            for held in _relationships(item, schemas):
                held.relink(exchange)
            if isinstance(origin := getattr(item, "_origin", None), Origin):
                origin.index = {}
        changes: list[Change] = []
        for subject, merge in updates:
            fields = merge() if merge else {}
            if fields or merge is None:
                changes.append(Change(resource=subject, is_new=merge is None, fields=fields))
        data = [kept[id(item)] for item in primary]
        return attrs.evolve(
            document,
            data=data if many else data[0],
            included=tuple(kept[id(item)] for item in document.included),
            changes=tuple(changes),
        )

    def _find(self, identifier: Identifier, target: Any) -> Any:
        """A reference's object: its own, else the map's, else the mark that it may come yet."""
        if isinstance(target, (Missing, Awaited)):
            return self._awaited.find(identifier)
        return target


def _type(kind: type[Any] | str) -> str:
    return kind if isinstance(kind, str) else type_of(kind)


def _key(item: Any, schemas: Mapping[type[Any], Schema]) -> Key | None:
    if isinstance(item, Resource):
        return item.type, item.id
    schema = schemas.get(item.__class__)
    if schema is None or schema.type is None or schema.id is None:
        return None
    id_ = getattr(item, schema.id.slot)
    return schema.type, id_ if isinstance(id_, Lid) else str(id_)


def _relationships(item: Any, schemas: Mapping[type[Any], Schema]) -> Iterator[ToOne[Any] | ToMany[Any]]:
    """The relationships of an object that were made already; foreign keys find the map when looked at."""
    if isinstance(item, Resource):
        yield from item.relationships.values()
        return
    schema = schemas.get(item.__class__)
    for relationship in schema.relationships if schema else ():
        held = getattr(item, relationship.slot)
        if isinstance(held, (ToOne, ToMany)):
            yield held


def _merge(known: Any, item: Any, schemas: Mapping[type[Any], Schema]) -> Callable[[], Changes]:
    """What brings a known object up to date; what can be wrong with a document is found before its call."""
    if isinstance(item, Resource):
        return functools.partial(merge_generic, known, item)
    return merge_mapped(known, item, schemas[type(item)]).apply
