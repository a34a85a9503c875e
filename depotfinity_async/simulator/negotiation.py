"""Which of the two media types a request is answered in, by its Accept (RFC 9110, section 12.5.1).

Assumed, not documented: that the service has documents of JSON:API at all, and of which APIs.
"""

import re
from collections.abc import Iterator
from typing import Final

import attrs

from .packages import api_of

JSON: Final = "application/json"
JSON_API: Final = "application/vnd.api+json"

_APIS_WITH_DOCUMENTS: Final = frozenset({"Charger Status", "Transactions", "Session Reports"})

# A comma or semicolon inside quotes parts nothing.
_PARTS: Final = {sign: re.compile(rf'(?:[^{sign}"]|"(?:[^"\\]|\\.)*")+') for sign in ",;"}


@attrs.frozen
class _Range:
    """One entry of Accept: a media range with the names of its parameters, and how much it is wanted."""

    media: str
    parameters: frozenset[str]
    quality: float


def has_documents(path: str) -> bool:
    """Whether what stands at `path` can be had as a JSON:API document."""
    return api_of(path) in _APIS_WITH_DOCUMENTS


def media_type(path: str, accept: str) -> str | None:
    """The media type to answer in; None when the request accepts neither.

    JSON:API is chosen only where it is asked for by name, at least as much as JSON and not behind it. An
    entry that asks for an extension of JSON:API, or has a parameter that JSON:API does not know, counts as
    not there (JSON:API 1.1, server responsibilities).
    """
    if not accept.strip():
        return JSON
    ranges = list(_ranges(accept))
    json = _deciding(ranges, (JSON, "application/*", "*/*"))
    document = next(
        (
            place
            for place, each in enumerate(ranges)
            if each.media == JSON_API and each.parameters <= {"profile"}
        ),
        None,
    )
    if document is not None and has_documents(path) and ranges[document].quality > 0:
        wanted = 0.0 if json is None else ranges[json].quality
        if json is None or (ranges[document].quality, json) > (wanted, document):
            return JSON_API
    return JSON if json is not None and ranges[json].quality > 0 else None


def _deciding(ranges: list[_Range], medias: tuple[str, ...]) -> int | None:
    """The place of the most specific entry; of two alike the later decides."""
    for media in medias:
        places = [place for place, each in enumerate(ranges) if each.media == media]
        if places:
            return places[-1]
    return None


def _ranges(accept: str) -> Iterator[_Range]:
    for part in _PARTS[","].findall(accept):
        media, *parameters = (piece.strip().lower() for piece in _PARTS[";"].findall(part) or [""])
        values = dict(parameter.partition("=")[::2] for parameter in parameters)
        try:
            quality = float(values.pop("q", "1"))
        except ValueError:
            quality = 0.0
        yield _Range(media, frozenset(values), quality)
