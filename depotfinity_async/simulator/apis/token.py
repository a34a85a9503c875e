"""Token Management API: an access token for client credentials (vendor page Token Management)."""

import base64
import binascii
import hmac

from aiohttp import web

from depotfinity_async.simulator.gate import TOKEN_PATH
from depotfinity_async.simulator.replies import Refusal, json_reply
from depotfinity_async.simulator.world import WORLD, World


async def issue_token(request: web.Request) -> web.Response:
    """Issue a token; every invalid request is answered 403, as the vendor documents."""
    world = request.app[WORLD]
    if not _credentials_are_right(world, request.headers.get("Authorization", "")):
        raise Refusal(403, "Client authentication failed.")
    form = await request.post()
    if form.get("grant_type") != "client_credentials":
        raise Refusal(403, "grant_type: must be client_credentials.")
    return json_reply(
        {
            "access_token": world.tokens.issue(world.client_id, world.clock.time()),
            "expires_in": int(world.tokens.lifetime),
            "token_type": "Bearer",
        }
    )


def _credentials_are_right(world: World, authorization: str) -> bool:
    scheme, _, encoded = authorization.partition(" ")
    try:
        given = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    expected = f"{world.client_id}:{world.client_secret}".encode()
    return scheme.lower() == "basic" and hmac.compare_digest(given, expected)


ROUTES = (web.post(TOKEN_PATH, issue_token),)
