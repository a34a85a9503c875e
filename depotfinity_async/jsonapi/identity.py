"""Identity across documents: one object for each type and id, however many documents tell of it.

Later documents are merged into the objects that are there (``merge``). Without a map the decoder does none
of this, and every document has objects of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, Literal, TypeVar, overload
from weakref import WeakValueDictionary

import attrs

from .declare import declaration_of
from .document import Change, Document, Resource
from .errors import SchemaError
from .merge import merge_generic, merge_mapped
from .origin import Origin
from .relationships import Awaited, Identifier, Missing, ToMany, ToOne
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
        fresh: list[tuple[Any, Any]] = []
        for mark, item in found.items():
            kept[mark] = item
            key = _key(item, schemas)
            if key is None:
                continue
            known = self._objects.get(key)
            if type(known) is type(item):
                kept[mark] = known
            else:
                self._objects[key] = item
            fresh.append((item, kept[mark]))

        def exchange(identifier: Identifier, target: Any) -> Any:
            return self._find(identifier, kept.get(id(target), target))

        for item, _ in fresh:
            for held in _relationships(item, schemas):
                held.relink(exchange)
            if isinstance(origin := getattr(item, "_origin", None), Origin):
                origin.finder, origin.index = self._find, {}
        changes = [_change(item, known, schemas) for item, known in fresh]
        data = [kept[id(item)] for item in primary]
        return attrs.evolve(
            document,
            data=data if many else data[0],
            included=tuple(kept[id(item)] for item in document.included),
            changes=tuple(change for change in changes if change is not None),
        )

    def _find(self, identifier: Identifier, target: Any) -> Any:
        """A reference's object: its own, else the map's, else the mark that it may come yet."""
        if isinstance(target, (Missing, Awaited)):
            return self._awaited.find(identifier)
        return target


def _type(kind: type[Any] | str) -> str:
    if isinstance(kind, str):
        return kind
    declaration = declaration_of(kind)
    if declaration is None or declaration.type is None:
        raise SchemaError(f"{kind.__name__} is not a resource class: the map knows resources only")
    return declaration.type


def _key(item: Any, schemas: Mapping[type[Any], Schema]) -> Key | None:
    if isinstance(item, Resource):
        return item.type, item.id
    schema = schemas.get(item.__class__)
    if schema is None or schema.type is None or schema.id is None:
        return None
    return schema.type, str(getattr(item, schema.id.slot))


def _relationships(item: Any, schemas: Mapping[type[Any], Schema]) -> Iterator[ToOne[Any] | ToMany[Any]]:
    """The relationships of an object that were made already; foreign keys find the map when looked at."""
    if isinstance(item, Resource):
        yield from item.relationships.values()
        return
    for relationship in schemas[type(item)].relationships:
        held = getattr(item, relationship.slot)
        if isinstance(held, (ToOne, ToMany)):
            yield held


def _change(item: Any, known: Any, schemas: Mapping[type[Any], Schema]) -> Change | None:
    if item is known:
        return Change(resource=item, is_new=True)
    if isinstance(item, Resource):
        fields = merge_generic(known, item)
    else:
        fields = merge_mapped(known, item, schemas[type(item)])
    return Change(resource=known, is_new=False, fields=fields) if fields else None
