"""What `DepotFinity.request` hands to the wire. Lifetime and copies are tested against the simulator."""

from __future__ import annotations

import re
from typing import Any

import pytest
from aioresponses import aioresponses

from depotfinity_async import Budget, DepotFinity, InvalidArgumentError, Secret, Settings
from tests.support import golden
from tests.support.clients import CREDENTIALS


async def sent(responses: aioresponses, **request: Any) -> dict[str, Any]:
    """Headers and body of one request to any endpoint."""
    responses.post(re.compile(".*oauth2.*"), payload=golden.load("token"))
    responses.put(re.compile(".*/v9/.*"), payload={})
    async with DepotFinity(**CREDENTIALS) as depot:
        await depot.request("PUT", "/v9/things/{id}", values={"id": "a/b"}, **request)
    ((url, call),) = [(url, call) for (method, url), (call,) in responses.requests.items() if method == "PUT"]
    assert url.raw_path == "/v9/things/a%2Fb"
    headers = call.kwargs["headers"]
    return {"body": call.kwargs["data"], "accept": headers["Accept"], "type": headers.get("Content-Type")}


@pytest.mark.parametrize(
    ("json", "body"),
    [({"a": [1, None]}, b'{"a":[1,null]}'), ({}, b"{}"), ([], b"[]"), (0, b"0"), (False, b"false")],
)
async def test_a_body_is_sent_as_json(responses: aioresponses, json: Any, body: bytes) -> None:
    assert await sent(responses, json=json) == {
        "body": body,
        "accept": "application/json",
        "type": "application/json",
    }


async def test_what_json_cannot_hold_is_refused(responses: aioresponses) -> None:
    endless: list[Any] = []
    endless.append(endless)
    for json in (object(), endless, "\ud800"):
        with pytest.raises(InvalidArgumentError, match="json cannot be written as JSON"):
            await sent(responses, json=json)
    assert not responses.requests


async def test_without_a_body_no_content_type_is_sent(responses: aioresponses) -> None:
    assert await sent(responses, accept="text/csv") == {"body": None, "accept": "text/csv", "type": None}


def test_a_client_of_settings_takes_a_budget_of_the_callers() -> None:
    settings = Settings(
        client_id="demo",
        client_secret=Secret("demo-secret"),
        base_url="https://depot.example",
        token_url="https://depot.example/token",
    )
    budget = Budget(limit=7)
    assert DepotFinity.from_settings(settings, budget=budget).budget is budget
    shared = DepotFinity.from_settings(settings).budget
    assert shared is DepotFinity.from_settings(settings).budget
    assert shared is not budget
