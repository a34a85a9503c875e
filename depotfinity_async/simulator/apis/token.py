"""Token Management API: an access token for client credentials (vendor page Token Management)."""

import hmac

from aiohttp import web

from depotfinity_async.simulator.basic import basic_credentials
from depotfinity_async.simulator.gate import TOKEN_PATH
from depotfinity_async.simulator.replies import Refusal, json_reply
from depotfinity_async.simulator.world import WORLD, World


async def issue_token(request: web.Request) -> web.Response:
    """Issue a token; every invalid request is answered 403, as the vendor documents."""
    world = request.app[WORLD]
    if not _credentials_are_right(world, basic_credentials(request)):
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


def _credentials_are_right(world: World, given: tuple[str, str] | None) -> bool:
    expected = f"{world.client_id}:{world.client_secret}".encode()
    return given is not None and hmac.compare_digest(":".join(given).encode(), expected)


ROUTES = (web.post(TOKEN_PATH, issue_token),)
