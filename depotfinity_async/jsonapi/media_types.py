"""The media type of JSON:API and its parameters ``ext`` and ``profile``: pure functions (rules C1 to C5).

What is applied to a document is read here, from the header alone; ``jsonapi.ext`` inside a document counts
for nothing (C5). Nothing here sends or receives a header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NoReturn

import attrs

from .errors import Fault, JsonApiError

JSON_API = "application/vnd.api+json"

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_TYPE = re.compile(rf"({_TOKEN}/{_TOKEN})[ \t]*")
_CONTROL = r"\x00-\x08\x0a-\x1f\x7f"
_QUOTED = rf'"((?:[^"\\{_CONTROL}]|\\[^{_CONTROL}])*)"'
# A parameter may be left out between two semicolons (RFC 9110, section 5.6.6).
_PARAMETER = re.compile(rf";[ \t]*(?:({_TOKEN})=(?:({_TOKEN})|{_QUOTED}))?[ \t]*")
_ESCAPED = re.compile(r"\\(.)")
# RFC 3986: a scheme and what may follow it, so neither a space, a quote, a backslash nor a line's end.
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")


class MediaTypeError(JsonApiError, ValueError):
    """A header value is malformed, or a media type cannot be written."""


def _uris(given: Iterable[str]) -> tuple[str, ...]:
    # A text is an iterable of its characters, and one URI is easily forgotten to be a list of one.
    return (given,) if isinstance(given, str) else tuple(dict.fromkeys(given))


@attrs.frozen
class MediaType:
    """The media type of JSON:API with the URIs of the extensions and profiles that it applies.

    A single URI may stand for a list of one. Repeated URIs count once.
    """

    ext: tuple[str, ...] = attrs.field(default=(), converter=_uris)
    profile: tuple[str, ...] = attrs.field(default=(), converter=_uris)

    def __str__(self) -> str:
        return media_type(self.ext, self.profile)


def media_type(ext: Iterable[str] = (), profile: Iterable[str] = ()) -> str:
    """The value of Content-Type for a document to which ``ext`` and ``profile`` (URIs) are applied (C1, C2).

    It serves as an Accept header too. Without arguments it has no parameter: a server of JSON:API 1.0
    answers 415 or 406 to any (C4). Raises :class:`MediaTypeError` for what is no absolute URI (RFC 3986).
    """
    parts = [JSON_API]
    for name, uris in (("ext", _uris(ext)), ("profile", _uris(profile))):
        for uri in uris:
            if not _URI.fullmatch(uri):
                raise MediaTypeError(f"{name} takes absolute URIs, and {uri[:80]!a} is none [C1]")
        if uris:
            parts.append(f'{name}="{" ".join(uris)}"')
    return "; ".join(parts)


def accept(*alternatives: MediaType | tuple[MediaType, float]) -> str:
    """The value of Accept that offers ``alternatives``, each alone or with its weight (C4).

    A weight is between 0 (refused) and 1 (the default) with at most three decimals (RFC 9110, section
    12.4.2). Without alternatives it asks for plain JSON:API. Raises :class:`MediaTypeError`.
    """
    return ", ".join(
        str(item) if isinstance(item, MediaType) else f"{item[0]}; q={_weight(item[1])}"
        for item in alternatives or (MediaType(),)
    )


def parse(content_type: str | None) -> MediaType | None:
    """What the value of a Content-Type header says; ``None`` if it is missing or names another media type.

    Names of types and parameters are case insensitive, URIs are not. Parameters other than ``ext`` and
    ``profile`` are ignored (C3). Raises :class:`MediaTypeError` for a value that is no media type (RFC 9110,
    section 8.3.1), or is that of JSON:API and gives ``ext`` or ``profile`` twice (RFC 6838, section 4.3).
    """
    if content_type is None:
        return None
    value = content_type.strip(" \t")
    found = _TYPE.match(value)
    if found is None:
        _malformed(value, 0)
    ours = found[1].lower() == JSON_API
    named: dict[str, tuple[str, ...]] = {}
    at = found.end()
    while at < len(value):
        parameter = _PARAMETER.match(value, at)
        if parameter is None:
            _malformed(value, at)
        name, token, quoted = parameter.groups()
        if ours and name and name.lower() in ("ext", "profile"):
            if name.lower() in named:
                raise MediaTypeError(f"the media type gives the parameter {name.lower()!r} twice")
            text = _ESCAPED.sub(r"\1", quoted) if token is None else token
            named[name.lower()] = tuple(uri for uri in text.split(" ") if uri)
        at = parameter.end()
    return MediaType(**named) if ours else None


def applied(content_type: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """URIs of the extensions and of the profiles that a Content-Type header applies to its document.

    None for another media type. There is no other place to look: what a document says of itself in
    ``jsonapi.ext`` does not count (C5). Raises :class:`MediaTypeError` like :func:`parse`.
    """
    found = parse(content_type)
    return (found.ext, found.profile) if found else ((), ())


def check(content_type: str | None, *, ext: Iterable[str] = ()) -> list[Fault]:
    """What strict mode has against the Content-Type of a response; empty if nothing.

    ``ext`` are the URIs of the extensions that the caller asked for; a document to which another one is
    applied cannot be understood (C4). Profiles need no asking. Never raises. (Many services send
    ``application/json``: outside of strict mode documents are told by what they hold.)
    """
    try:
        found = parse(content_type)
    except MediaTypeError as error:
        return [Fault((), f"Content-Type: {error}", "C1")]
    if found is None:
        given = "is missing" if content_type is None else f"is {content_type[:80]!a}"
        return [Fault((), f"Content-Type {given}, expected {JSON_API}", "C1")]
    wanted = _uris(ext)
    return [
        Fault((), f"Content-Type applies the extension {uri[:80]!a}, which was not asked for", "C4")
        for uri in found.ext
        if uri not in wanted
    ]


def _weight(weight: float) -> str:
    # -0.0 is not below 0, and Python would write its sign: hence abs().
    if not 0 <= weight <= 1 or round(weight, 3) != weight:
        raise MediaTypeError(f"a weight is 0 to 1 with at most three decimals, not {weight}")
    return f"{abs(weight):.3f}".rstrip("0").rstrip(".")


def _malformed(value: str, at: int) -> NoReturn:
    raise MediaTypeError(f"not a media type: {value[at : at + 40]!a} at character {at + 1}")
