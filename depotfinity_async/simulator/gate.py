"""The gate every request passes: log, faults, limit, token, package, route. It answers no call itself."""

from aiohttp import web
from aiohttp.typedefs import Handler

from .faults import Fault
from .packages import allows, api_of
from .replies import Refusal, error_reply, json_reply
from .requestlog import LoggedRequest
from .world import WORLD, World

TOKEN_PATH = "/oauth2/token"
ADMIN_PREFIX = "/_simulator/"


@web.middleware
async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Log the request, answer it, and carry out the fault that waits for it."""
    if request.path.startswith(ADMIN_PREFIX):
        return await _handled(request, handler)
    world = request.app[WORLD]
    entry = LoggedRequest(
        arrival=world.clock.time(),
        client=request.remote or "",
        method=request.method,
        path=request.path,
        query=request.query_string,
        kind="token" if request.path == TOKEN_PATH else "api",
    )
    world.log.entries.append(entry)
    fault = world.faults.take(request.path)
    response = await _answer(request, handler, world, entry, fault)
    if response is None:
        _close(request)
        return web.Response()
    entry.status = response.status
    return response


async def _answer(
    request: web.Request, handler: Handler, world: World, entry: LoggedRequest, fault: Fault | None
) -> web.StreamResponse | None:
    """The response, after its delay; None when the connection is to be closed without one."""
    if fault is None:
        return await _checked(request, handler, world, entry)
    response: web.Response | None = None
    if fault.answers or (fault.drop and fault.before == "read"):
        # Not looked at by the limit, but on the wire all the same; a refusal uses up no place.
        if fault.status != 429:
            world.requests.count(entry.client, entry.arrival)
        if fault.answers:
            response = _own_answer(fault)
    else:
        response = await _checked(request, handler, world, entry)
    # Processed on arrival, held back afterwards: the limit goes by arrivals.
    await world.clock.sleep(fault.seconds())
    if response is None or fault.drop:
        return None
    response.headers.update(fault.headers)
    return await _truncated(request, response) if fault.truncate else response


def _own_answer(fault: Fault) -> web.Response:
    status = fault.status or 200
    if fault.body is None:
        return error_reply(status, "Fault set on the simulator.")
    if isinstance(fault.body, str):
        return web.Response(text=fault.body, status=status)
    if isinstance(fault.body, bytes):
        return web.Response(body=fault.body, status=status)
    return json_reply(fault.body, status)


async def _checked(
    request: web.Request, handler: Handler, world: World, entry: LoggedRequest
) -> web.Response:
    wait = world.requests.admit(entry.client, entry.arrival)
    if wait is not None:
        headers = {"Retry-After": str(wait)} if world.retry_after else None
        return error_reply(429, "Too many requests: the limit for this address is used up.", headers)
    if entry.kind == "api":
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not world.tokens.is_good(token.strip(), world.clock.time()):
            message = "The access token is missing, unknown or expired."
            return error_reply(401, message, {"WWW-Authenticate": "Bearer"})
        api = api_of(request.path)
        if api is not None and not allows(world.package, api):
            return error_reply(403, f"The API {api} is not part of the package {world.package}.")
    return await _handled(request, handler)


async def _handled(request: web.Request, handler: Handler) -> web.Response:
    """The handler's answer; a missing route, a wrong method and a refusal get the vendor's error body."""
    try:
        missing = request.match_info.http_exception
        if missing is None and not _accepts_json(request.headers.get("Accept", "")):
            raise Refusal(406, "Accept: only application/json can be served.")
        response = await handler(request)
    except Refusal as refusal:
        return error_reply(refusal.status, refusal.message, refusal.headers)
    except web.HTTPException as error:
        allow = error.headers.get("Allow")
        return error_reply(error.status, f"{error.reason}.", {"Allow": allow} if allow else None)
    assert isinstance(response, web.Response)  # every handler of the simulator returns one
    return response


def _accepts_json(accept: str) -> bool:
    """Whether application/json may be sent (RFC 9110, section 12.5.1; the most specific range decides)."""
    if not accept.strip():
        return True
    quality: dict[str, float] = {}
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        q = next((parameter[2:] for parameter in parameters if parameter.startswith("q=")), "1")
        try:
            quality[media] = float(q)
        except ValueError:
            quality[media] = 0.0
    for media in ("application/json", "application/*", "*/*"):
        if media in quality:
            return quality[media] > 0
    return False


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
