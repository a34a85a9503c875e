"""Resource objects and identifiers of JSON that is ready, checked against the rules for requests (R1 to R9).

Where that JSON comes from is the matter of ``write``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import msgspec

from .build import JsonObject
from .changes import Linkage, mentions
from .errors import EncodeError, Fault, Path
from .plain import canonical, plain
from .references import Lid
from .relationships import Identifier
from .strict.names import is_member_name
from .values import Mismatch


def refuse(path: Path, message: str, rule: str | None = None) -> NoReturn:
    """Raise the :class:`EncodeError` of one fault."""
    raise EncodeError(Fault(path, message, rule))


def written(make: Callable[[], Any], field: str, at: Path) -> Any:
    """The JSON of a value, or the fault of the field that has none.

    What a user's hook raised is not shown and not chained: its text may hold the value.
    """
    try:
        made = make()
        canonical(made)
    except Mismatch as mismatch:
        fault = Fault((*at, *mismatch.path), f"{field}: {mismatch.message}")
    except RecursionError:
        fault = Fault(at, f"{field}: nested too deeply")
    except Exception as error:  # noqa: BLE001  # a hook may be the user's own and raise anything
        fault = Fault(at, f"{field}: cannot be written ({type(error).__name__})")
    else:
        return made
    raise EncodeError(fault)


def dump(tree: JsonObject) -> bytes:
    """The bytes of a document."""
    try:
        return msgspec.json.encode(tree)
    except ValueError:
        # Attributes and meta were tried one by one: this can only be a type, an id or a name.
        fault = Fault((), "an id or a name is no Unicode text")
    raise EncodeError(fault)


def identifier_members(identifier: Identifier, field: str, at: Path) -> JsonObject:
    """A resource identifier object: type, id or lid, and the meta of this mention (D16)."""
    if not is_member_name(identifier.type):
        refuse((*at, "type"), f"{field}: {identifier.type!r} is no legal name of a type", "R9")
    lid = isinstance(identifier.id, Lid)
    if lid and not identifier.id:
        refuse(at, f"{field}: the resource has neither id nor lid: name it with new('…')", "D16")
    made = {"type": identifier.type, "lid" if lid else "id": str(identifier.id)}
    if not identifier.meta:
        return made
    return made | {"meta": written(lambda: plain(identifier.meta), field, (*at, "meta"))}


def check_lids(resource: JsonObject, known: frozenset[tuple[str, str]], at: Path) -> None:
    """Refuse a mention of a local id that no resource of the document has (R2). ``known``: types and lids."""
    relationships: Mapping[str, JsonObject] = resource.get("relationships", {})
    for name, relationship in relationships.items():
        for mention in mentions(relationship["data"]):
            check_lid(mention, known, (*at, "relationships", name, "data"))


def check_lid(mention: Mapping[str, Any], known: frozenset[tuple[str, str]], at: Path) -> None:
    """Refuse one identifier whose local id the document does not define (R2)."""
    if "lid" in mention and (mention["type"], mention["lid"]) not in known:
        named = f"{mention['type']}/{mention['lid']}"
        refuse(at, f"points to the new resource {named}, which this document does not create", "R2")


def resource_object(
    identifier: Identifier, attributes: JsonObject, linkages: Mapping[str, Linkage], at: Path
) -> JsonObject:
    """A resource object, with its names checked (R9); an empty local id stands for none at all."""
    if not is_member_name(identifier.type):
        refuse((*at, "type"), f"{identifier.type!r} is no legal name of a type", "R9")
    for kind, names in (("attributes", attributes), ("relationships", linkages)):
        for name in names:
            if name in ("type", "id"):
                refuse((*at, kind, name), f"{name!r} is taken: no field may be called so", "R9")
            if not is_member_name(name):
                refuse((*at, kind, name), f"{name!r} is no legal member name", "R9")
    made: JsonObject = {"type": identifier.type}
    if not isinstance(identifier.id, Lid):
        made["id"] = identifier.id
    elif identifier.id:
        made["lid"] = str(identifier.id)
    if attributes:
        made["attributes"] = attributes
    if linkages:
        made["relationships"] = {name: {"data": linkage} for name, linkage in linkages.items()}
    return made
