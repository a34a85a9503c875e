"""The two kinds of reply: a JSON body, and the vendor's error body. Which one is due is decided elsewhere."""

import json
from collections.abc import Mapping

from aiohttp import web


class Refusal(Exception):
    """A request that is answered with an error body.

    Args:
        status: HTTP status.
        message: text for the body; for a 400 it begins with the name of the field.
        headers: headers of the answer beside the usual ones.
    """

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})


def json_reply(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """A reply with a JSON body."""
    return web.Response(
        body=json.dumps(body, separators=(",", ":")).encode(),
        status=status,
        headers=headers,
        content_type="application/json",
    )


def error_reply(status: int, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """The error body `{"code", "message"}` (assumed for most calls, not documented)."""
    return json_reply({"code": status, "message": message}, status, headers)
