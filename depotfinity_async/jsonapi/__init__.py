"""JSON:API 1.1 for any service: documents to attrs classes and back, with no HTTP and no vendor in it.

Declare classes with :func:`resource` and :func:`value`, build a :class:`Decoder`, decode bytes.
"""

from .declare import attribute, extra, foreign_key, resource, resource_id, value
from .decoder import Decoder, decode
from .document import Document, DocumentErrors, ErrorObject, Link, Resource
from .errors import (
    DecodeError,
    Fault,
    JsonApiError,
    NotIncludedError,
    NotLoadedError,
    NullRelationshipError,
    PagingError,
    RelationshipError,
    SchemaError,
)
from .paging import Page, PageNumbers, Pages, Paginator
from .relationships import Identifier, State, ToMany, ToOne
from .shapes import Shape, flat_array, flat_items, flat_object
from .values import OpenEnum, make_converter

__all__ = [
    "DecodeError",
    "Decoder",
    "Document",
    "DocumentErrors",
    "ErrorObject",
    "Fault",
    "Identifier",
    "JsonApiError",
    "Link",
    "NotIncludedError",
    "NotLoadedError",
    "NullRelationshipError",
    "OpenEnum",
    "Page",
    "PageNumbers",
    "Pages",
    "Paginator",
    "PagingError",
    "RelationshipError",
    "Resource",
    "SchemaError",
    "Shape",
    "State",
    "ToMany",
    "ToOne",
    "attribute",
    "decode",
    "extra",
    "flat_array",
    "flat_items",
    "flat_object",
    "foreign_key",
    "make_converter",
    "resource",
    "resource_id",
    "value",
]
