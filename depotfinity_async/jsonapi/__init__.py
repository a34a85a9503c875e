"""JSON:API 1.1 for any service: documents to attrs classes and back, with no HTTP and no vendor in it.

Declare classes with :func:`resource` and :func:`value`, build a :class:`Decoder`, decode bytes. What is for
writing and asking (:class:`Encoder`, :class:`Query`, ``media_types``) is loaded at first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .construct import resource, value
from .declare import attribute, foreign_key, relationship, resource_id
from .decoder import Decoder, decode
from .document import Change, Document, DocumentErrors, ErrorObject, Link, Resource
from .errors import (
    DecodeError,
    EncodeError,
    Fault,
    JsonApiError,
    NotIncludedError,
    NotLoadedError,
    NullRelationshipError,
    PagingError,
    RelationshipError,
    SchemaError,
)
from .identity import IdentityMap
from .paging import Items, Page, Pages, Paginator
from .paging_links import NextLinks
from .paging_policies import CountedPages, CountedRows, Cursors, Offsets, PageNumbers, PagingPolicy
from .relationships import Identifier, State, ToMany, ToOne
from .shapes import Shape, flat_array, flat_items, flat_object
from .values import OpenEnum, make_converter

# isort: split
# Behind the module `relationships`, so that here the name means the function.
from .reach import extensions, extra, lid, links, members, meta, relationships

if TYPE_CHECKING:
    from . import media_types, strict
    from .atomic import ATOMIC, Operations, decode_results
    from .copies import asdict, detach, evolve
    from .drift import Drift
    from .encode import Encoder
    from .query import Query
    from .query_names import QueryError, Verbatim
    from .references import Lid, identifier_of, new, to, to_many

_HOME_OF = {
    "ATOMIC": ".atomic",
    "Drift": ".drift",
    "Encoder": ".encode",
    "Lid": ".references",
    "Operations": ".atomic",
    "Query": ".query",
    "QueryError": ".query_names",
    "Verbatim": ".query_names",
    "asdict": ".copies",
    "decode_results": ".atomic",
    "detach": ".copies",
    "evolve": ".copies",
    "identifier_of": ".references",
    "new": ".references",
    "to": ".references",
    "to_many": ".references",
}
_MODULES = ("media_types", "strict")

__all__ = [
    "ATOMIC",
    "Change",
    "CountedPages",
    "CountedRows",
    "Cursors",
    "DecodeError",
    "Decoder",
    "Document",
    "DocumentErrors",
    "Drift",
    "EncodeError",
    "Encoder",
    "ErrorObject",
    "Fault",
    "Identifier",
    "IdentityMap",
    "Items",
    "JsonApiError",
    "Lid",
    "Link",
    "NextLinks",
    "NotIncludedError",
    "NotLoadedError",
    "NullRelationshipError",
    "Offsets",
    "OpenEnum",
    "Operations",
    "Page",
    "PageNumbers",
    "Pages",
    "Paginator",
    "PagingError",
    "PagingPolicy",
    "Query",
    "QueryError",
    "RelationshipError",
    "Resource",
    "SchemaError",
    "Shape",
    "State",
    "ToMany",
    "ToOne",
    "Verbatim",
    "asdict",
    "attribute",
    "decode",
    "decode_results",
    "detach",
    "evolve",
    "extensions",
    "extra",
    "flat_array",
    "flat_items",
    "flat_object",
    "foreign_key",
    "identifier_of",
    "lid",
    "links",
    "make_converter",
    "media_types",
    "members",
    "meta",
    "new",
    "relationship",
    "relationships",
    "resource",
    "resource_id",
    "strict",
    "to",
    "to_many",
    "value",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(home, __name__), name)
    globals()[name] = found
    return found
