"""The forms of RFC 3986 that the standard asks for: a URI, and a reference that may be relative.

Form only: nothing is resolved or fetched.
"""

from __future__ import annotations

import re

_ESCAPE = "%[0-9A-Fa-f]{2}"
_PLAIN = r"A-Za-z0-9._~!$&'()*+,;=\-"
_SCHEME = "[A-Za-z][A-Za-z0-9+.-]*:"
_HOST = rf"(?:\[[0-9A-Za-z:._~-]*\]|(?:[{_PLAIN}]|{_ESCAPE})*)"
_AUTHORITY = f"//(?:(?:[{_PLAIN}:]|{_ESCAPE})*@)?{_HOST}(?::[0-9]*)?"
_SEGMENT = f"(?:[{_PLAIN}:@]|{_ESCAPE})"
_AFTER_AUTHORITY = f"(?:/{_SEGMENT}*)*"
_ROOTED = f"/(?:{_SEGMENT}+(?:/{_SEGMENT}*)*)?"
_FIRST = f"(?:[{_PLAIN}@]|{_ESCAPE})+"
# RFC 3986 has no square brackets in a query, but the standard's own examples write page[number] in plain.
_TAIL = rf"(?:\?(?:[{_PLAIN}:@/?\[\]]|{_ESCAPE})*)?(?:\#(?:[{_PLAIN}:@/?\[\]]|{_ESCAPE})*)?"

_URI = re.compile(
    f"{_SCHEME}(?:{_AUTHORITY}{_AFTER_AUTHORITY}|{_ROOTED}|{_SEGMENT}+(?:/{_SEGMENT}*)*|){_TAIL}"
)
_RELATIVE = re.compile(f"(?:{_AUTHORITY}{_AFTER_AUTHORITY}|{_ROOTED}|{_FIRST}(?:/{_SEGMENT}*)*|){_TAIL}")


def is_uri(text: str) -> bool:
    """Whether a text is a URI, scheme included (RFC 3986, section 3)."""
    return _URI.fullmatch(text) is not None


def is_uri_reference(text: str) -> bool:
    """Whether a text is a URI or a relative reference (RFC 3986, section 4.1).

    Square brackets are let through in query and fragment.
    """
    return _RELATIVE.fullmatch(text) is not None or is_uri(text)
