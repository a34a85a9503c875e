"""From a path template and values to an address, with nothing left to be reinterpreted on the way.

Pure functions. With f-strings or `URL / id`, an id such as `../x` or `a?b` reaches another endpoint.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlencode

from yarl import URL

from depotfinity_async.errors import ConfigurationError, InvalidArgumentError

__all__ = ["encode_query", "expand", "join", "placeholders"]

_PLACEHOLDER: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_LITERAL: Final = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@]+")
_LONGEST_VALUE: Final = 255
# RFC 3986, section 2.3, less the dot: what needs no quoting and can't be a dot segment.
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9\-_~]+")


def placeholders(template: str) -> tuple[str, ...]:
    """Names of the placeholders of a template, in order.

    Args:
        template: such as ``/v2/rfid/{tag}/{status}``; each placeholder is a whole segment.

    Raises:
        ConfigurationError: the template is not of that form.
    """
    return tuple(name for name, is_value in _segments(template) if is_value)


def expand(template: str, values: Mapping[str, str | int]) -> str:
    """Fills a path template; each value becomes exactly one percent-encoded segment.

    Args:
        template: such as ``/v2/transactions/{transactionID}``.
        values: one for each placeholder, no others; texts of 1 to 255 characters, or integers.

    Returns:
        The path, which begins with a slash. The values are found again by decoding its segments.

    Raises:
        InvalidArgumentError: a value can't be one segment: empty, ``.`` or ``..`` (which servers resolve even
            when they are encoded), too long, or with control characters. The text names the placeholder.
        ConfigurationError: the template is malformed, or its placeholders are not those of `values`.
    """
    path = ""
    used = 0
    for name, is_value in _segments(template):
        if not is_value:
            path += "/" + name
        elif name in values:
            path += "/" + _quoted(name, values[name])
            used += 1
        else:
            raise ConfigurationError(
                f"The path template {template!r} has a placeholder {name!r}; known here: {', '.join(values)}."
            )
    if used < len(values):
        unused = values.keys() - set(placeholders(template))
        raise ConfigurationError(f"The path template {template!r} needs {{{min(unused)}}} as a segment.")
    return path


def encode_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Percent-encodes names and values of a query; empty for no pairs.

    Raises:
        InvalidArgumentError: a value is no valid Unicode text.
    """
    try:
        return urlencode(list(pairs), quote_via=quote, safe="")
    except UnicodeEncodeError:
        raise InvalidArgumentError("a query value holds characters that can't be sent.") from None


def join(base_url: str, path: str, query: str = "") -> URL:
    """The whole address, kept byte by byte: nothing in it is decoded, resolved or quoted again.

    Args:
        base_url: checked address without a slash at its end (see `Settings`).
        path: from `expand`.
        query: from `encode_query`.
    """
    return URL(f"{base_url}{path}?{query}" if query else f"{base_url}{path}", encoded=True)


@lru_cache(maxsize=256)
def _segments(template: str) -> tuple[tuple[str, bool], ...]:
    if not template.startswith("/"):
        raise ConfigurationError(f"The path template {template!r} must begin with a slash.")
    segments: list[tuple[str, bool]] = []
    for segment in template[1:].split("/"):
        if match := _PLACEHOLDER.fullmatch(segment):
            segments.append((match[1], True))
        elif _LITERAL.fullmatch(segment) and segment not in (".", ".."):
            segments.append((segment, False))
        else:
            raise ConfigurationError(
                f"The path template {template!r} has a bad segment {segment!r}: "
                "allowed are plain words and whole placeholders such as {id}."
            )
    names = [name for name, is_value in segments if is_value]
    if len(names) != len(set(names)):
        raise ConfigurationError(f"The path template {template!r} uses a placeholder twice.")
    return tuple(segments)


def _quoted(name: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InvalidArgumentError(f"{name} must be a text or a whole number.")
    text = str(value)
    if not text or text in (".", ".."):
        raise InvalidArgumentError(f"{name} must not be {text!r}: it would name another address.")
    if len(text) > _LONGEST_VALUE:
        raise InvalidArgumentError(f"{name} is longer than {_LONGEST_VALUE} characters.")
    if _UNRESERVED.fullmatch(text):
        return text
    # Cc: control characters with newline and NUL; Cs: half a character, which has no UTF-8 form.
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise InvalidArgumentError(f"{name} must not hold control characters.")
    return quote(text, safe="")
