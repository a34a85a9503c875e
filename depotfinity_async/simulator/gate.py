"""The gate every request passes: log, faults, limit, maintenance, token, package, route, deferrals.

It answers no call itself.
"""

from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from .faults import Fault
from .negotiation import JSON, JSON_API, has_documents, media_type
from .packages import allows, api_of
from .replies import Refusal, error_reply, json_reply
from .requestlog import Kind, LoggedRequest
from .world import WORLD, World

TOKEN_PATH = "/oauth2/token"
VEHICLE_PATHS = ("/v1/vdv", "/vdv")
"""Where vehicles report: by credentials of their own, and outside the limit unless told otherwise."""

ADMIN_PREFIX = "/_simulator/"

_KINDS: Final[dict[str, Kind]] = {TOKEN_PATH: "token", **dict.fromkeys(VEHICLE_PATHS, "vehicle")}


@web.middleware
async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Log the request, answer it, and carry out the fault that waits for it."""
    if request.path.startswith(ADMIN_PREFIX):
        return await _handled(request, handler)
    world = request.app[WORLD]
    kind = _KINDS.get(request.path, "api")
    entry = LoggedRequest(
        arrival=world.clock.time(),
        client=request.remote or "",
        method=request.method,
        path=request.path,
        query=request.query_string,
        kind=kind,
        counted=kind != "vehicle" or world.count_vehicles,
    )
    world.log.entries.append(entry)
    fault = world.faults.take(request.path)
    response = await _answer(request, handler, world, entry, fault)
    if response is None:
        _close(request)
        return web.Response()
    entry.status = response.status
    return response


async def tell_caches(request: web.Request, response: web.StreamResponse) -> None:
    """Say of answers that come in two media types that Accept decides."""
    if has_documents(request.path):
        response.headers["Vary"] = "Accept"


async def _answer(
    request: web.Request, handler: Handler, world: World, entry: LoggedRequest, fault: Fault | None
) -> web.StreamResponse | None:
    """The response, after its delay; None when the connection is to be closed without one."""
    if fault is None:
        return await _checked(request, handler, world, entry)
    response: web.Response | None = None
    if fault.answers or (fault.drop and fault.before == "read"):
        # Not looked at by the limit, but on the wire all the same; a refusal uses up no place.
        if fault.status != 429 and entry.counted:
            world.requests.count(entry.client, entry.arrival)
        if fault.answers:
            response = _own_answer(request, fault)
    else:
        response = await _checked(request, handler, world, entry)
    # Processed on arrival, held back afterwards: the limit goes by arrivals.
    await world.clock.sleep(fault.seconds())
    if response is None or fault.drop:
        return None
    response.headers.update(fault.headers)
    return await _truncated(request, response) if fault.truncate else response


def _own_answer(request: web.Request, fault: Fault) -> web.Response:
    status = fault.status or 200
    if fault.body is None:
        return _refused(request, Refusal(status, "Fault set on the simulator."))
    if isinstance(fault.body, str):
        return web.Response(text=fault.body, status=status)
    if isinstance(fault.body, bytes):
        return web.Response(body=fault.body, status=status)
    return json_reply(fault.body, status)


async def _checked(
    request: web.Request, handler: Handler, world: World, entry: LoggedRequest
) -> web.Response:
    wait = world.requests.admit(entry.client, entry.arrival) if entry.counted else None
    if wait is not None:
        headers = {"Retry-After": str(wait)} if world.retry_after else None
        message = "Too many requests: the limit for this address is used up."
        return _refused(request, Refusal(429, message, headers))
    if world.maintenance.left(entry.arrival):
        headers = world.maintenance.headers(entry.arrival)
        return _refused(request, Refusal(503, "The service is under maintenance.", headers))
    if entry.kind == "api":
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not world.tokens.is_good(token.strip(), world.clock.time()):
            message = "The access token is missing, unknown or expired."
            return _refused(request, Refusal(401, message, {"WWW-Authenticate": "Bearer"}))
    api = api_of(request.path)
    if api is not None and not allows(world.package, api):
        message = f"The API {api} is not part of the package {world.package}."
        return _refused(request, Refusal(403, message))
    if (
        entry.kind == "api"
        and request.match_info.http_exception is None
        and world.deferrals.take(request.method, request.path, entry.arrival)
    ):
        return json_reply({"code": 202, "message": "Accepted."}, 202)
    return await _handled(request, handler)


async def _handled(request: web.Request, handler: Handler) -> web.Response:
    """The handler's answer; a missing route, a wrong method and a refusal get the vendor's error body."""
    try:
        missing = request.match_info.http_exception
        if missing is None and _media_type(request) is None:
            offered = f"{JSON} and {JSON_API}" if has_documents(request.path) else JSON
            raise Refusal(406, f"Accept: only {offered} can be served.")
        response = await handler(request)
    except Refusal as refusal:
        return _refused(request, refusal)
    except web.HTTPException as error:
        allow = error.headers.get("Allow")
        headers = {"Allow": allow} if allow else None
        return _refused(request, Refusal(error.status, f"{error.reason}.", headers))
    assert isinstance(response, web.Response)  # every handler of the simulator returns one
    return response


def _refused(request: web.Request, refusal: Refusal) -> web.Response:
    return error_reply(refusal, _media_type(request))


def _media_type(request: web.Request) -> str | None:
    return media_type(request.path, request.headers.get("Accept", ""))


async def _truncated(request: web.Request, response: web.Response) -> web.StreamResponse:
    body = response.body if isinstance(response.body, bytes) else b""
    cut = web.StreamResponse(status=response.status, headers=response.headers)
    cut.content_length = len(body)
    await cut.prepare(request)
    await cut.write(body[: len(body) // 2])
    _close(request)
    return cut


def _close(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()
