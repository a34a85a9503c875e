"""HTTP Basic credentials (RFC 7617), of clients and of vehicles. Whose they are is decided elsewhere."""

import base64
import binascii

from aiohttp import web


def basic_credentials(request: web.Request) -> tuple[str, str] | None:
    """User and password of the request; None when there are none or they cannot be read."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return (user, password) if colon else None
