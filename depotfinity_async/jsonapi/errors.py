"""What can go wrong in the mapper, under one root of its own.

::

    JsonApiError
    ├── SchemaError              a class or a decoder is declared wrongly (raised while it is built)
    ├── DecodeError              the bytes are not JSON, or the document cannot be mapped
    ├── EncodeError              an object cannot be sent: a value has no JSON, or a rule forbids the document
    ├── DocumentErrors           the document is well formed and carries `errors` (in ``document``)
    ├── RelationshipError        a relationship was used as an object and has none to give
    │   ├── NotLoadedError       the document did not say what the relationship holds
    │   ├── NullRelationshipError  it holds nothing
    │   └── NotIncludedError     it names a resource that is not in the document
    └── PagingError              a collection does not end, or repeats itself
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

Path = tuple[str | int, ...]
"""The way into a document: member names and array indices."""


class JsonApiError(Exception):
    """Root of everything this package raises."""


class SchemaError(JsonApiError, TypeError):
    """A mapped class, or a set of them, is declared wrongly."""


@attrs.frozen
class Fault:
    """One thing that is wrong in a document.

    ``path`` leads to the place: member names and array indices; ``rule`` is the number of the rule of the
    standard in the documentation's table (``None`` where the fault is one of values, not of the standard).
    """

    path: Path
    message: str
    rule: str | None = None

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer (RFC 6901)."""
        return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in self.path)

    def __str__(self) -> str:
        rule = f" [{self.rule}]" if self.rule else ""
        return f"{self.pointer or '(document)'}: {self.message}{rule}"


class DecodeError(JsonApiError, ValueError):
    """A document could not be read or mapped; ``faults`` says where and why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        shown = "; ".join(str(fault) for fault in self.faults[:5])
        more = f"; and {len(self.faults) - 5} more" if len(self.faults) > 5 else ""
        super().__init__(shown + more)

    def __reduce__(self) -> tuple[type[DecodeError], tuple[tuple[Fault, ...]]]:
        return (type(self), (self.faults,))


class EncodeError(JsonApiError, ValueError):
    """An object cannot be sent; ``fault`` names the field, the place in the document, and the rule."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))

    def __reduce__(self) -> tuple[type[EncodeError], tuple[Fault]]:
        return (type(self), (self.fault,))


class RelationshipError(JsonApiError, LookupError):
    """A relationship was used as an object and has none to give."""


class NotLoadedError(RelationshipError):
    """The document did not say what the relationship holds."""


class NullRelationshipError(RelationshipError):
    """The relationship holds nothing."""


class NotIncludedError(RelationshipError):
    """The relationship names a resource that is not in the document."""


class PagingError(JsonApiError):
    """A collection does not end, or repeats itself."""
