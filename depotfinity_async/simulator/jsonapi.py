"""Documents of JSON:API 1.1 from flat rows: what becomes identity, relationship and attribute, and what is
included. It knows neither the depot nor requests; all of it is assumed, the vendor shows no such document.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from http.client import responses
from typing import Any

import attrs

Resource = dict[str, Any]
Find = Callable[[str, str], Resource]
"""The resource object of a type and an id."""

_VERSION = {"version": "1.1"}


@attrs.frozen
class Kind:
    """A kind of rows that name their charger and connector.

    `id_member` holds the id; `foreign_keys` says which members name what, by relationship; `path` is where
    one resource stands, if it has a URL.
    """

    type: str
    id_member: str
    foreign_keys: Mapping[str, str]
    path: str | None = None

    def resource(self, row: Mapping[str, Any]) -> Resource:
        """The resource object of a row."""
        charger_id = row["ChargerID"]
        related = {"charger": charger_id, "connector": connector_id(charger_id, row["ConnectorID"])}
        related |= {name: row[member] for member, name in self.foreign_keys.items()}
        apart = {"ChargerID", "ConnectorID", self.id_member, *self.foreign_keys}
        made: Resource = {
            "type": self.type,
            "id": str(row[self.id_member]),
            "attributes": {name: value for name, value in row.items() if name not in apart},
            "relationships": {name: to_one(name, related_id) for name, related_id in related.items()},
        }
        if self.path is not None:
            made["links"] = {"self": f"{self.path}/{made['id']}"}
        return made


def connector_id(charger_id: str, number: int) -> str:
    """The id of a connector: its number alone exists on every charger."""
    return f"{charger_id}/{number}"


def to_one(name: str, related_id: str | None) -> Resource:
    """The relationship `name`; the type of what it leads to is the plural."""
    return {"data": None if related_id is None else {"type": f"{name}s", "id": related_id}}


def document(
    data: Resource | Sequence[Resource], links: Mapping[str, str | None], include: Iterable[str], find: Find
) -> Resource:
    """A document of `data` with what the paths of `include` lead to; no member `included` without a path."""
    made: Resource = {"jsonapi": _VERSION, "links": links, "data": data}
    paths = list(include)
    if paths:
        made["included"] = _included([data] if isinstance(data, dict) else data, paths, find)
    return made


def error_document(status: int, detail: str, parameter: str | None) -> Resource:
    """A document of one error; `parameter` is the query parameter at fault, if one is."""
    title = {"title": responses[status]} if status in responses else {}
    error: Resource = {"status": str(status), **title, "detail": detail}
    if parameter is not None:
        error["source"] = {"parameter": parameter}
    return {"jsonapi": _VERSION, "errors": [error]}


def _included(primary: Sequence[Resource], paths: Iterable[str], find: Find) -> list[Resource]:
    """What the paths lead to, each resource once, and none that stands in the primary data."""
    known = {(each["type"], each["id"]): each for each in primary}
    for path in paths:
        reached = list(primary)
        for name in path.split("."):
            linkage = (each["relationships"][name]["data"] for each in reached)
            keys = dict.fromkeys((each["type"], each["id"]) for each in linkage if each is not None)
            known |= {key: find(*key) for key in keys if key not in known}
            reached = [known[key] for key in keys]
    return list(known.values())[len(primary) :]
