"""Declared shapes of flat bodies: plain JSON that holds resources without a JSON:API document around them.

A shape says where the resources stand and which class they are; a real JSON:API document is read as
itself, whatever shape was declared.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import attrs

from .errors import SchemaError

T_co = TypeVar("T_co", covariant=True)
C = TypeVar("C")

TOP_LEVEL = frozenset({"data", "errors", "meta", "links", "included", "jsonapi"})
"""Members of a JSON:API document (D5)."""


@attrs.frozen
class Shape(Generic[T_co]):
    """Where the resources of a flat body stand. Made by the functions of this module."""

    cls: type[Any]
    many: bool
    member: str | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """The way from the body to its resources."""
        return () if self.member is None else (self.member,)


def flat_array(cls: type[C]) -> Shape[list[C]]:
    """A bare array of flat objects: ``[{…}, {…}]``."""
    return Shape(cls, many=True)


def flat_items(cls: type[C], member: str = "items") -> Shape[list[C]]:
    """An object with an array of flat objects in ``member``: ``{"items": […], …}``; the rest is ``meta``.

    Raises :class:`SchemaError` for a ``member`` of JSON:API documents (D5), such as ``data``.
    """
    if member in TOP_LEVEL:
        raise SchemaError(
            f"flat_items({cls.__name__}, {member!r}): {member!r} is a member of JSON:API documents, "
            "which are read as such without a shape"
        )
    return Shape(cls, many=True, member=member)


def flat_object(cls: type[C]) -> Shape[C]:
    """One flat object: ``{…}``."""
    return Shape(cls, many=False)
