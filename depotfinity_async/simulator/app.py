"""The aiohttp application: the gate, the vendor's calls, and the calls for other processes."""

from aiohttp import web

from . import admin, apis
from .gate import gate, tell_caches
from .world import WORLD, World


def build_app(world: World, *, admin_calls: bool) -> web.Application:
    """The application of one simulator; `admin_calls` adds `/_simulator/…`, which ask for no credentials."""
    app = web.Application(middlewares=[gate])
    app.on_response_prepare.append(tell_caches)
    app[WORLD] = world
    app.add_routes(apis.ROUTES)
    if admin_calls:
        app.add_routes(admin.ROUTES)
    return app
