"""Strict values: how the JSON of one attribute becomes a Python value.

A cattrs converter whose hooks refuse what cattrs would coerce (``"false"`` to True, ``1.9`` to 1, null to
"None") and which takes users' own hooks. Not for documents, resources or relationships. The hooks are in
``scalars``, ``enums`` and ``containers``, the words for kinds of JSON values in ``kinds``.
"""

from __future__ import annotations

from typing import NoReturn

import cattrs

from . import containers
from .containers import members_of
from .enums import OpenEnum, is_enum
from .kinds import Mismatch, StructureHook, describe, is_array, is_object, refuse
from .scalars import STRICT, in_utc, no_bytes

__all__ = [
    "STRICT",
    "Mismatch",
    "OpenEnum",
    "StructureHook",
    "describe",
    "in_utc",
    "is_array",
    "is_enum",
    "is_object",
    "make_converter",
    "members_of",
    "refuse",
]


def make_converter() -> cattrs.Converter:
    """A new cattrs converter with the strict hooks; register own hooks on it before a decoder is built."""
    converter = cattrs.Converter(detailed_validation=False, structure_fallback_factory=_no_hook)
    for wanted, hook in STRICT.items():
        converter.register_structure_hook(wanted, hook)
    converter.register_structure_hook(bytes, no_bytes)
    containers.register(converter)
    return converter


def _no_hook(wanted: type) -> NoReturn:
    """Tell a type that nothing can read when the decoder is built, not at its first value."""
    raise cattrs.errors.StructureHandlerNotFoundError(f"no structure hook for {wanted!r}", wanted)
