"""Bytes to a JSON tree, and nothing else: every way in which bytes can be no JSON becomes one typed error."""

from __future__ import annotations

from typing import Any

import msgspec

from .errors import DecodeError, Fault

BOM = b"\xef\xbb\xbf"
MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 500
"""Arrays and objects within each other; documents of the standard need about ten."""

CONTAINERS: frozenset[type[Any]] = frozenset({list, dict})

_decode = msgspec.json.Decoder().decode


def clean(raw: bytes | bytearray | memoryview | str, max_bytes: int) -> bytes:
    """The bytes of a document without a byte order mark; checked for size and UTF-8 (RFC 8259, section 8.1).

    Raises :class:`DecodeError`, and :class:`TypeError` for what is neither bytes nor text.
    """
    try:
        if isinstance(raw, bytes):
            data = raw
        else:
            # bytes(5) would be five zeros: what is no memory is refused by memoryview().
            data = raw.encode() if isinstance(raw, str) else bytes(memoryview(raw))
        if len(data) > max_bytes:
            raise unreadable(f"longer than the limit of {max_bytes} bytes (max_bytes)")
        if not data.isascii():
            data.decode()
    except UnicodeError:
        raise unreadable("not UTF-8 text") from None
    except TypeError:
        kind = type(raw).__name__
        raise TypeError(f"raw must be bytes, bytearray, memoryview or str, not {kind}") from None
    return data.removeprefix(BOM)


def tree(data: bytes, max_depth: int = MAX_DEPTH) -> Any:
    """The JSON value of cleaned bytes.

    Raises :class:`DecodeError`, also for arrays and objects that stand deeper than ``max_depth`` within each
    other.
    """
    try:
        found = _decode(data)
    except RecursionError:
        raise unreadable("nested too deeply") from None
    except msgspec.DecodeError as error:
        raise unreadable(f"not JSON: {error}" if data.strip() else "empty: a document was expected") from None
    # No value can be deeper than the text has brackets, so most need not be looked at.
    if data.count(b"[") + data.count(b"{") > max_depth and is_deeper(found, max_depth):
        raise unreadable(f"nested more than {max_depth} deep (max_depth)")
    return found


def is_deeper(value: Any, levels: int) -> bool:
    """Whether a JSON value has more than so many arrays and objects within each other."""
    level: list[Any] = [value] if value.__class__ in CONTAINERS else []
    while level:
        if levels == 0:
            return True
        levels -= 1
        level = inner(level)
    return False


def inner(containers: list[Any]) -> list[Any]:
    """The arrays and objects that stand directly in these."""
    # Classes are compared and not asked for their bases: parsers make exactly these, and it is twice as fast.
    return [
        item
        for node in containers
        for item in (node.values() if node.__class__ is dict else node)
        if item.__class__ in CONTAINERS
    ]


def unreadable(message: str) -> DecodeError:
    """The error of bytes that are no JSON at all."""
    return DecodeError([Fault((), message)])
