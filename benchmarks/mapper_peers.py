"""What the mapper is compared with: parsers, other packages, and what a user would write by hand.

A peer that is not installed is left out and named; requirements/bench.txt pins them all.
"""

import importlib
import types
from collections.abc import Callable
from datetime import datetime
from typing import Any

import attrs

from benchmarks.common import installed

__all__ = [
    "PEERS",
    "Read",
    "by_hand",
    "jsonapi_client",
    "jsonapi_requests",
    "missing",
    "orjson",
    "pydantic",
    "versions",
]

Read = Callable[[bytes], Any]
"""A way to read a body."""

PEERS = ("orjson", "pydantic", "jsonapi-client", "jsonapi-requests")
"""Names of the peers' distributions."""


def versions() -> dict[str, str]:
    """Versions of the peers that are installed."""
    return installed(PEERS)


def missing() -> list[str]:
    """The peers that are not installed."""
    return [name for name in PEERS if name not in versions()]


def orjson() -> Read:
    """Bytes to dictionaries."""
    read: Read = _module("orjson").loads
    return read


def pydantic() -> Read:
    """The flat array of transactions to validated models, which keep foreign keys as plain values."""
    module = _module("pydantic")
    optional: tuple[Any, None] = (datetime | None, None)
    number: tuple[Any, None] = (float | None, None)
    key: tuple[Any, None] = (str | int | None, None)
    model = module.create_model(
        "Transaction",
        TransactionID=(int, ...),
        **dict.fromkeys(("StartAt", "EndAt", "InsertedAt"), optional),
        **dict.fromkeys(("InitialSoC", "EndSoC", "EnergyDelivered"), number),
        **dict.fromkeys(("ChargerID", "ConnectorID", "VehicleID", "DriverID"), key),
        EndResult=(str | None, None),
    )
    read: Read = module.TypeAdapter(types.GenericAlias(list, model)).validate_json
    return read


def jsonapi_client() -> Read:
    """jsonapi-client: a document's resources, and a walk over their relationships."""
    module, loads = _module("jsonapi_client"), orjson()

    def read(body: bytes) -> Any:
        session = module.Session("http://127.0.0.1")
        document = session.read(loads(body), "http://127.0.0.1/articles")
        for article in document.resources:
            _ = article.title, article.author.firstName, article.section.name
            for tag in article.tags:
                _ = tag.name
        return document

    return read


def jsonapi_requests() -> Read:
    """jsonapi-requests with its ORM: models, and a walk over their relationships."""
    orm, data, loads = _module("jsonapi_requests.orm"), _module("jsonapi_requests.data"), orjson()
    api = orm.OrmApi.config({"API_ROOT": "http://127.0.0.1"})

    def model(type_: str, attributes: dict[str, str], *relations: str) -> Any:
        fields = {name: orm.AttributeField(source=source) for name, source in attributes.items()}
        related = {name: orm.RelationField(source=name) for name in relations}
        return type(
            type_,
            (orm.ApiModel,),
            {"Meta": type("Meta", (), {"type": type_, "api": api}), **fields, **related},
        )

    model("people", {"first_name": "firstName", "last_name": "lastName", "age": "age"}, "bestFriend")
    model("sections", {"name": "name"}, "editor")
    model("tags", {"name": "name"})
    times = {"created_at": "createdAt"}
    names = {name: name for name in ("title", "body", "rating", "published")}
    article_model = model("articles", names | times, "author", "section", "tags")

    def read(body: bytes) -> Any:
        found = article_model.from_response_content(data.JsonApiResponse.from_data(loads(body)))
        for article in found:
            _ = article.title, article.author.first_name, article.section.name
            for tag in article.tags:
                _ = tag.name
        return found

    return read


@attrs.define(eq=False)
class Person:
    """The same resource as the mapper's, with its friend in place of a relationship."""

    id: str
    first_name: str
    last_name: str
    age: int
    best_friend: "Person | None" = None


@attrs.define(eq=False)
class Section:
    """Likewise."""

    id: str
    name: str
    editor: Person | None = None


@attrs.define(eq=False)
class Tag:
    """Likewise."""

    id: str
    name: str


@attrs.define(eq=False)
class Article:
    """Likewise."""

    id: str
    title: str
    body: str
    created_at: datetime
    rating: float
    is_published: bool
    author: Person | None = None
    section: Section | None = None
    tags: list[Tag | None] = attrs.field(factory=list["Tag | None"])


def by_hand(loads: Read) -> Read:
    """The loop that a user would write over a parser: linked attrs objects, times read, nothing checked."""

    def made(node: dict[str, Any]) -> Any:
        given, id_ = node["attributes"], node["id"]
        match node["type"]:
            case "articles":
                time = datetime.fromisoformat(given["createdAt"])
                return Article(id_, given["title"], given["body"], time, given["rating"], given["published"])
            case "people":
                return Person(id_, given["firstName"], given["lastName"], given["age"])
            case "sections":
                return Section(id_, given["name"])
            case _:
                return Tag(id_, given["name"])

    def read(body: bytes) -> Any:
        tree = loads(body)
        nodes = tree["data"] + tree["included"]
        index = {(node["type"], node["id"]): made(node) for node in nodes}

        def target(related: dict[str, Any], name: str) -> Any:
            data = related[name]["data"]
            return index.get((data["type"], data["id"]))

        for node in nodes:
            item, related = index[node["type"], node["id"]], node.get("relationships")
            if isinstance(item, Article):
                item.author, item.section = target(related, "author"), target(related, "section")
                item.tags = [index.get((data["type"], data["id"])) for data in related["tags"]["data"]]
            elif isinstance(item, Person):
                item.best_friend = target(related, "bestFriend")
            elif isinstance(item, Section):
                item.editor = target(related, "editor")
        return [index[node["type"], node["id"]] for node in tree["data"]]

    return read


def _module(name: str) -> Any:
    return importlib.import_module(name)
