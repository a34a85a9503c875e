"""What a JSON value is: kinds, their names in messages, and the fault of a value of the wrong kind.

Nothing is converted here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeGuard

StructureHook = Callable[[Any, Any], Any]
"""A cattrs structure hook: value and wanted type to the value."""

TYPE_NAMES: Mapping[type, str] = {
    dict: "an object",
    list: "an array",
    str: "a string",
    int: "an integer",
    float: "a number",
}


class Mismatch(ValueError):
    """A value does not fit its declared type; ``path`` leads to it inside the attribute."""

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def within(self, step: str | int) -> Mismatch:
        """The same fault, seen from one level further out."""
        return Mismatch(self.message, (step, *self.path))


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether a JSON value is an array."""
    return isinstance(value, list)


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


def describe(value: object) -> str:
    """What a JSON value is, in words, without showing it."""
    if value is None:
        return "null"
    if value is True or value is False:
        return "a boolean"
    return TYPE_NAMES.get(type(value), type(value).__name__)


def refuse(wanted: str, value: object) -> NoReturn:
    """Raise the fault of a value of the wrong kind."""
    raise Mismatch(f"expected {wanted}, got {describe(value)}")
