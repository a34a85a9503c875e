"""Strict values: how the JSON of one attribute becomes a Python value.

A cattrs converter whose hooks refuse what cattrs would coerce (``"false"`` to True, ``1.9`` to 1, null to
"None") and which takes users' own hooks. Not for documents, resources or relationships. The hooks are in
``scalars``, ``enums``, ``unions``, ``containers`` and ``records``, words for kinds of values in ``kinds``.
"""

from __future__ import annotations

from typing import Any, NoReturn

import cattrs

from . import containers, records, unions
from .enums import OpenEnum, is_enum
from .exact import is_exact
from .kinds import Mismatch, StructureHook, describe, is_array, is_object, mismatch_of, refuse
from .scalars import STRICT, in_utc, no_bytes
from .unions import members_of

__all__ = [
    "STRICT",
    "Mismatch",
    "OpenEnum",
    "StructureHook",
    "describe",
    "in_utc",
    "is_array",
    "is_enum",
    "is_exact",
    "is_object",
    "make_converter",
    "members_of",
    "mismatch_of",
    "refuse",
]


class StrictConverter(cattrs.Converter):
    """cattrs' converter, whose hooks of whole unions are those of users before all others, in copies too."""

    def register_structure_hook(self, cl: Any, func: Any = None) -> Any:
        """As in cattrs."""
        if func is not None and unions.is_union(cl):
            self.register_structure_hook_func(lambda wanted: wanted == cl, func)
            return None
        parent: Any = super()  # as a decorator it takes a function alone, which its stub does not say
        return parent.register_structure_hook(cl, func)


def make_converter() -> cattrs.Converter:
    """A new cattrs converter with the strict hooks; register own hooks on it before a decoder is built."""
    converter = StrictConverter(detailed_validation=False, structure_fallback_factory=_no_hook)
    for wanted, hook in STRICT.items():
        converter.register_structure_hook(wanted, hook)
    converter.register_structure_hook(bytes, no_bytes)
    converter.register_structure_hook_func(lambda wanted: wanted is object, _as_it_is)
    records.register(converter)
    unions.register(converter)
    containers.register(converter)
    return converter


def _as_it_is(value: Any, _: Any) -> Any:
    return value


def _no_hook(wanted: type) -> NoReturn:
    """Tell a type that nothing can read when the decoder is built, not at its first value."""
    raise cattrs.errors.StructureHandlerNotFoundError(f"no structure hook for {wanted!r}", wanted)
