"""Reading JSON bodies: each reader returns a checked value or refuses with 400, naming the field."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from aiohttp import web

from depotfinity_async.simulator.replies import Refusal
from depotfinity_async.simulator.times import read_time


async def read_object(request: web.Request) -> Mapping[str, Any]:
    """The body, which must be a JSON object."""
    try:
        body: object = json.loads(await request.text())
    except (ValueError, LookupError, RecursionError):
        # LookupError: a charset that nobody knows.
        body = None
    return as_object(body, "body")


def as_object(value: object, name: str) -> Mapping[str, Any]:
    """`value` if it is a JSON object."""
    if not isinstance(value, dict):
        raise Refusal(400, f"{name}: must be a JSON object")
    return cast("dict[str, Any]", value)


def text(body: Mapping[str, Any], name: str, *, path: str = "") -> str:
    """A text that is not empty; `path` is what stands before the name in a refusal."""
    value = body.get(name)
    if not (isinstance(value, str) and value):
        raise Refusal(400, f"{path}{name}: must be a text that is not empty")
    return value


def moment(body: Mapping[str, Any], name: str, *, path: str = "") -> datetime:
    """An ISO 8601 time."""
    try:
        return read_time(text(body, name, path=path))
    except ValueError:
        raise Refusal(400, f"{path}{name}: must be an ISO 8601 date-time") from None


def number(body: Mapping[str, Any], name: str, *, path: str = "") -> float:
    """A finite number that is not negative."""
    value = body.get(name)
    # True is an int to Python, not to JSON; a huge int is no float.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e15:
        raise Refusal(400, f"{path}{name}: must be a number of at least 0")
    return float(value)


def items(body: Mapping[str, Any], name: str, *, path: str = "") -> list[object]:
    """An array that is not empty."""
    value: object = body.get(name)
    if not (isinstance(value, list) and value):
        raise Refusal(400, f"{path}{name}: must be an array that is not empty")
    return cast("list[object]", value)
