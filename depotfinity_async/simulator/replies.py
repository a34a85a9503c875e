"""The kinds of reply: a JSON body, and an error body. Which one is due is decided elsewhere."""

import json
from collections.abc import Mapping

from aiohttp import web

from .jsonapi import error_document
from .negotiation import JSON, JSON_API


class Refusal(Exception):
    """A request that is answered with an error body.

    Args:
        status: HTTP status.
        message: text for the body; for a 400 it begins with the name of the field.
        headers: headers of the answer beside the usual ones.
        parameter: the query parameter at fault, if it is one.
    """

    def __init__(
        self,
        status: int,
        message: str,
        headers: Mapping[str, str] | None = None,
        *,
        parameter: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})
        self.parameter = parameter


def json_reply(
    body: object, status: int = 200, headers: Mapping[str, str] | None = None, *, media_type: str = JSON
) -> web.Response:
    """A reply with a JSON body."""
    return web.Response(
        body=json.dumps(body, separators=(",", ":")).encode(),
        status=status,
        headers=headers,
        content_type=media_type,
    )


def error_reply(refusal: Refusal, media_type: str | None) -> web.Response:
    """The error body `{"code", "message"}` (assumed for most calls, not documented), or a JSON:API error."""
    if media_type == JSON_API and refusal.status >= 400:
        body = error_document(refusal.status, refusal.message, refusal.parameter)
        return json_reply(body, refusal.status, refusal.headers, media_type=JSON_API)
    plain = {"code": refusal.status, "message": refusal.message}
    return json_reply(plain, refusal.status, refusal.headers)
