"""Numbers as a document writes them: what a ``Decimal`` needs, since most parsers make floats of them.

Only attributes whose type holds a ``Decimal`` are read this way; how one becomes a value is in ``scalars``.
"""

from __future__ import annotations

import inspect
import math
import typing
from decimal import Decimal
from typing import Any

import msgspec


class Number(float):
    """A JSON number that is no integer: a float that remembers its text."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Number:
        """Of the text of a number; pickle and copy give the float, and the text after it."""
        made = super().__new__(cls, text)
        if math.isinf(made):
            # The parser of documents refuses it too, wherever it stands.
            raise ValueError("out of the range of a float")
        made.text = text
        return made


exact_tree = msgspec.json.Decoder(float_hook=Number).decode
"""The JSON value of bytes that have been read before, with a :class:`Number` in the place of each float."""


def is_exact(wanted: Any, _seen: frozenset[Any] = frozenset()) -> bool:
    """Whether values of a type may hold a ``Decimal``; true also where that cannot be told."""
    if typing.get_origin(wanted) is typing.Annotated:
        return is_exact(typing.get_args(wanted)[0], _seen)
    if wanted in _seen:
        return False
    seen = _seen | {wanted}
    parts: list[Any] = [*typing.get_args(wanted)]
    if not isinstance(wanted, type):  # a NewType, or an alias made by the type statement
        parts += [getattr(wanted, "__supertype__", None), getattr(wanted, "__value__", None)]
    cls: Any = typing.get_origin(wanted) or wanted
    if inspect.isclass(cls):
        if issubclass(cls, Decimal):
            return True
        if any(map(inspect.get_annotations, cls.__mro__)):
            try:
                parts.extend(typing.get_type_hints(cls).values())
            except Exception:  # noqa: BLE001  # an annotation is any expression, and may name what only others know
                return True
    return any(is_exact(part, seen) for part in parts)
