"""Enumerations: those that keep values they do not know, and how any of them reads a JSON value."""

from __future__ import annotations

import enum
from typing import Any

from .kinds import Mismatch, StructureHook, refuse


class OpenEnum(enum.StrEnum):
    """A string enumeration that keeps values it does not know.

    ``Status("Rebooting")`` is a ``Status`` that equals the text ``"Rebooting"`` and for which
    ``is_known`` is false. Such a value is not remembered: the enumeration's members stay those declared.
    """

    @classmethod
    def _missing_(cls, value: object) -> OpenEnum | None:
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = value
        unknown._value_ = value
        return unknown

    @property
    def is_known(self) -> bool:
        """Whether the value is one of the declared members."""
        return self._value_ in type(self)._value2member_map_

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._value_!r})"


def is_enum(wanted: Any) -> bool:
    """Whether a type is an enumeration."""
    return isinstance(wanted, type) and issubclass(wanted, enum.Enum)


def strict_enum(value: object, wanted: Any) -> Any:
    """A member of an enumeration, by value and its kind; an :class:`OpenEnum` takes any text."""
    if issubclass(wanted, str) and not isinstance(value, str):
        refuse("a string", value)
    try:
        member: Any = wanted(value)
    except (ValueError, TypeError):
        raise Mismatch(f"not a value of {wanted.__name__}") from None
    # Python holds 1, 1.0 and True for equal; JSON does not.
    if type(member.value) is not type(value):
        refuse(f"a value of {wanted.__name__}", value)
    return member


def or_enum(hook: StructureHook) -> StructureHook:
    """cattrs hands subclasses to their base's hook, and many enumerations are subclasses of str or int."""

    def structure(value: object, wanted: Any) -> Any:
        return strict_enum(value, wanted) if is_enum(wanted) else hook(value, wanted)

    return structure
