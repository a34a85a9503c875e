"""Member names (D23): which texts may name an attribute, a relationship, a member of meta, or a type."""

from __future__ import annotations

import re

_EDGE = "a-zA-Z0-9\u0080-\U0010ffff"
_NAME = re.compile(f"[{_EDGE}](?:[{_EDGE}_ -]*[{_EDGE}])?")

ILLEGAL = "not a legal member name (letters, digits, and inside also - _ and space)"


def is_member_name(name: str) -> bool:
    """Whether a name is legal for an implementation to use (D23)."""
    return _NAME.fullmatch(name) is not None
