"""Member names (D23): which texts may name an attribute, a relationship, a member of meta, or a type.

The one home of the pattern: strict mode, the encoder and the query builder ask here.
"""

from __future__ import annotations

import re

# Lone surrogates are no characters: they have no UTF-8 form, and so no place in a document or a URL.
_EDGE = r"a-zA-Z0-9\u0080-\ud7ff\ue000-\U0010ffff"
MEMBER = rf"[{_EDGE}](?:[{_EDGE}_ -]*[{_EDGE}])?"
"""A regular expression of a legal name, to be a part of others."""

_NAME = re.compile(MEMBER)

ILLEGAL = "not a legal member name (letters, digits, and inside also - _ and space)"


def is_member_name(name: str) -> bool:
    """Whether a name is legal for an implementation to use (D23)."""
    return _NAME.fullmatch(name) is not None
