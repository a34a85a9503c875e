"""The forms of RFC 3986 that the standard asks for: a URI, and a reference that may be relative.

Form only: nothing is resolved or fetched.
"""

from __future__ import annotations

import re

_ESCAPE = "%[0-9A-Fa-f]{2}"
_PLAIN = r"A-Za-z0-9._~!$&'()*+,;=\-"


def _any(characters: str) -> str:
    """Any number of characters and escapes; written so that plain ones are taken in one step."""
    return f"[{characters}]*(?:{_ESCAPE}[{characters}]*)*"


_SCHEME = "[A-Za-z][A-Za-z0-9+.-]*:"
_HOST = rf"(?:\[[0-9A-Za-z:._~-]*\]|{_any(_PLAIN)})"
_AUTHORITY = f"//(?:{_any(_PLAIN + ':')}@)?{_HOST}(?::[0-9]*)?"
_SEGMENTS = _any(_PLAIN + ":@/")
_ROOTED = f"/(?!/){_SEGMENTS}"
_ROOTLESS = f"(?:[{_PLAIN}:@]|{_ESCAPE}){_SEGMENTS}"
_WITHOUT_COLON = f"(?:[{_PLAIN}@]|{_ESCAPE}){_any(_PLAIN + '@')}(?:/{_SEGMENTS})?"
# RFC 3986 has no square brackets in a query, but the standard's own examples write page[number] in plain.
_AFTER_PATH = _any(_PLAIN + r":@/?\[\]")
_TAIL = rf"(?:\?{_AFTER_PATH})?(?:\#{_AFTER_PATH})?"

_URI = re.compile(f"{_SCHEME}(?:{_AUTHORITY}(?:/{_SEGMENTS})?|{_ROOTED}|{_ROOTLESS}|){_TAIL}")
_RELATIVE = re.compile(f"(?:{_AUTHORITY}(?:/{_SEGMENTS})?|{_ROOTED}|{_WITHOUT_COLON}|){_TAIL}")


def is_uri(text: str) -> bool:
    """Whether a text is a URI, scheme included (RFC 3986, section 3)."""
    return _URI.fullmatch(text) is not None


def is_uri_reference(text: str) -> bool:
    """Whether a text is a URI or a relative reference (RFC 3986, section 4.1).

    Square brackets are let through in query and fragment.
    """
    return is_uri(text) or _RELATIVE.fullmatch(text) is not None
