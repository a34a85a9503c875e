"""Bytes to a JSON tree, and nothing else: every way in which bytes can be no JSON becomes one typed error."""

from __future__ import annotations

from typing import Any

import msgspec

from .errors import DecodeError, Fault

BOM = b"\xef\xbb\xbf"
MAX_BYTES = 64 * 1024 * 1024

_decode = msgspec.json.Decoder().decode


def clean(raw: bytes | bytearray | memoryview | str, max_bytes: int) -> bytes:
    """The bytes of a document without a byte order mark; checked for size and UTF-8 (RFC 8259, section 8.1).

    Raises :class:`DecodeError`.
    """
    try:
        data = raw.encode() if isinstance(raw, str) else bytes(raw)
        if len(data) > max_bytes:
            raise unreadable(f"longer than the limit of {max_bytes} bytes (max_bytes)")
        if not data.isascii():
            data.decode()
    except UnicodeError:
        raise unreadable("not UTF-8 text") from None
    return data.removeprefix(BOM)


def tree(data: bytes) -> Any:
    """The JSON value of cleaned bytes. Raises :class:`DecodeError`."""
    try:
        return _decode(data)
    except RecursionError:
        raise unreadable("nested too deeply") from None
    except msgspec.DecodeError as error:
        raise unreadable(f"not JSON: {error}" if data.strip() else "empty: a document was expected") from None


def unreadable(message: str) -> DecodeError:
    """The error of bytes that are no JSON at all."""
    return DecodeError([Fault((), message)])
