"""What a JSON value is: kinds, their names in messages, and the fault of a value of the wrong kind.

Nothing is converted here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import NoneType
from typing import Any, NoReturn, Self, TypeGuard

StructureHook = Callable[[Any, Any], Any]
"""A cattrs structure hook: value and wanted type to the value."""

TYPE_NAMES: Mapping[type, str] = {
    dict: "an object",
    list: "an array",
    str: "a string",
    int: "an integer",
    float: "a number",
    bool: "a boolean",
    NoneType: "null",
}


class Mismatch(ValueError):
    """A value does not fit its declared type; ``path`` leads to it inside the attribute.

    ``others`` are further faults of the same attribute.
    """

    def __init__(
        self, message: str, path: tuple[str | int, ...] = (), others: tuple[Mismatch, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.others = others

    @classmethod
    def joined(cls, found: Sequence[Mismatch]) -> Self:
        """All of some faults (one at least) as one, in their order."""
        first, *rest = (single for mismatch in found for single in mismatch.single())
        return cls(first.message, first.path, tuple(rest))

    def single(self) -> Iterator[Mismatch]:
        """Each fault alone."""
        yield self
        yield from self.others

    def within(self, step: str | int) -> Mismatch:
        """The same fault, seen from one level further out."""
        return Mismatch(self.message, (step, *self.path), tuple(other.within(step) for other in self.others))


def mismatch_of(error: Exception, wanted: Any) -> Mismatch:
    """What a hook raised, as a fault; of any other error the class alone: its text may hold values."""
    if isinstance(error, Mismatch):
        return error
    return Mismatch(f"cannot be read as {type_name(wanted)} ({type(error).__name__})")


def type_name(wanted: Any) -> str:
    """The name of a type for a message."""
    return wanted.__name__ if isinstance(wanted, type) else str(wanted).replace("typing.", "")


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether a JSON value is an array."""
    return isinstance(value, list)


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


def describe(value: object) -> str:
    """What a JSON value is, in words, without showing it."""
    if isinstance(value, float):
        return TYPE_NAMES[float]
    return TYPE_NAMES.get(type(value), type(value).__name__)


def refuse(wanted: str, value: object) -> NoReturn:
    """Raise the fault of a value of the wrong kind."""
    raise Mismatch(f"expected {wanted}, got {describe(value)}")
