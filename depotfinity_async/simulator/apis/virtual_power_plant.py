"""Virtual Power Plant API: energy prices are written and read back (vendor page Virtual Power Plant).

Assumed, not documented: that the reading call has the path of the writing one and its body, `duration` in
minutes, 400 for blocks that overlap, that gaps are fine, and that a new set replaces the one before.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from aiohttp import web

from depotfinity_async.simulator.depot.prices import PriceBlock
from depotfinity_async.simulator.depot.state import Depot
from depotfinity_async.simulator.replies import Refusal, json_reply
from depotfinity_async.simulator.times import print_time, to_milliseconds
from depotfinity_async.simulator.world import WORLD

from .bodies import as_object, items, moment, read_object

_WRAPPER = "PricesJsonStr"
_FIELD = f"{_WRAPPER}.blocks"
_LARGEST = 1e15


async def set_energy_prices(request: web.Request) -> web.Response:
    """Replace the energy prices of a site; path, body and reply are documented."""
    depot = _depot_of_site(request)
    wrapper = as_object((await read_object(request)).get(_WRAPPER), _WRAPPER)
    blocks = [
        _block(entry, place) for place, entry in enumerate(items(wrapper, "blocks", path=f"{_WRAPPER}."))
    ]
    ordered = sorted(blocks, key=lambda block: block.start)
    if any(later.start.timestamp() < earlier.ends_at for earlier, later in pairwise(ordered)):
        raise Refusal(400, f"{_FIELD}: the times must not overlap")
    depot.energy_prices = tuple(blocks)
    return json_reply({"code": 200, "message": "Energy prices have been updated."})


async def get_energy_prices(request: web.Request) -> web.Response:
    """The energy prices as they were written, none at first (the body is assumed, not documented)."""
    blocks = [
        {"start": print_time(block.start), "duration": block.minutes, "price": block.price}
        for block in _depot_of_site(request).energy_prices
    ]
    return json_reply({_WRAPPER: {"blocks": blocks}})


def _depot_of_site(request: web.Request) -> Depot:
    depot, site_id = request.app[WORLD].depot, request.match_info["site_id"]
    if site_id != depot.site_id:
        raise Refusal(404, f"Site {site_id} not found.")
    return depot


def _block(entry: Any, place: int) -> PriceBlock:
    path = f"{_FIELD}[{place}]"
    each = as_object(entry, path)
    start = to_milliseconds(moment(each, "start", path=f"{path}."))
    minutes, price = (_number(each, name, f"{path}.") for name in ("duration", "price"))
    if minutes <= 0:
        raise Refusal(400, f"{path}.duration: must be above 0")
    return PriceBlock(start, minutes, price)


def _number(body: Mapping[str, Any], name: str, path: str) -> float:
    """A finite number as it came, an integer or not: it is read back so. Prices may be negative."""
    value = body.get(name)
    # True is an int to Python, not to JSON.
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_LARGEST <= value <= _LARGEST:
        raise Refusal(400, f"{path}{name}: must be a number")
    return value


_PATH = "/v1/vppController/{site_id}/energyPrices"

ROUTES = (web.post(_PATH, set_energy_prices), web.get(_PATH, get_energy_prices, allow_head=False))
