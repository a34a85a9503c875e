"""Replies of the APIs that have a JSON:API side: a flat body or a document, as the request wants it."""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

import attrs
from aiohttp import web

from depotfinity_async.simulator.jsonapi import Resource, document
from depotfinity_async.simulator.negotiation import JSON_API, media_type
from depotfinity_async.simulator.replies import Refusal, json_reply
from depotfinity_async.simulator.world import WORLD

from .assets import finder


@attrs.frozen
class Page:
    """The page that a list shows, from 1 on, and whether there are more behind it."""

    number: int
    more: bool


def reply(
    request: web.Request,
    flat: object,
    data: Callable[[], Resource | Sequence[Resource]],
    paths: Sequence[str] = (),
    page: Page | None = None,
) -> web.Response:
    """The flat body, or a document.

    Args:
        request: what is answered; its Accept decides, its `include` counts for a document only.
        flat: the body in plain JSON.
        data: makes the primary data of the document.
        paths: what `include` may name.
        page: which page of a list it is; None for what has no pages.

    Raises:
        Refusal: 400, `include` names something else.
    """
    if media_type(request.path, request.headers.get("Accept", "")) != JSON_API:
        return json_reply(flat)
    world, include = request.app[WORLD], request.query.get("include")
    wanted = include.split(",") if include else []
    for path in wanted:
        if path not in paths:
            raise Refusal(400, f"include: there is no relationship '{path}'.", parameter="include")
    links = {"self": _link(request), **(_page_links(request, page) if page else {})}
    made = document(data(), links, wanted, finder(world.depot, world.clock.now()))
    return json_reply(made, media_type=JSON_API)


def _page_links(request: web.Request, page: Page) -> dict[str, str | None]:
    return {
        "first": _link(request, page=1),
        "prev": _link(request, page=page.number - 1) if page.number > 1 else None,
        "next": _link(request, page=page.number + 1) if page.more else None,
    }


def _link(request: web.Request, page: int | None = None) -> str:
    """Path and query of the request, or of another page of the same."""
    query = list(request.query.items())
    if page is not None:
        query = [(name, value) for name, value in query if name != "page"] + [("page", str(page))]
    return request.rel_url.raw_path + (f"?{urlencode(query)}" if query else "")
