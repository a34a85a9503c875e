"""Every status of the vendor's table, received from a real server, for a read and for a write."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from depotfinity_async import (
    AuthenticationError,
    BadRequestError,
    Budget,
    Clock,
    ConflictError,
    DepotFinity,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerError,
    ServiceUnavailableError,
    StatusError,
    UnexpectedResponseError,
)
from depotfinity_async.resources.paths import ENDPOINTS
from depotfinity_async.simulator import Simulator
from tests.support import golden
from tests.support.clients import CREDENTIALS
from tests.support.simulated import NOW

STATUSES = (200, 201, 202, 204, 400, 401, 403, 404, 405, 406, 409, 429, 500, 503, 504)
PAGE = Path(__file__).parents[3] / "docs" / "errors.md"

Ask = Callable[[DepotFinity], Awaitable[Any]]


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator(chargers=2, now=NOW, speed=0, limit=1000) as simulator:
        yield simulator


@pytest.fixture
async def depot(simulator: Simulator) -> AsyncIterator[DepotFinity]:
    # The client's time runs fast: a hold of 90 s is over at once.
    clock = Clock(10_000)
    async with DepotFinity(
        **CREDENTIALS,
        base_url=simulator.url,
        token_url=simulator.token_url,
        budget=Budget(1000, clock=clock),
        clock=clock,
        max_retries=2,
    ) as depot:
        yield depot


def requests(simulator: Simulator) -> int:
    return simulator.log.count(kind="api")


def read(depot: DepotFinity) -> Awaitable[Any]:
    return depot.transactions.get(123456)


def write(depot: DepotFinity) -> Awaitable[Any]:
    return depot.rfid.import_tags(["89C4704A"])


def repeatable_write(depot: DepotFinity) -> Awaitable[Any]:
    return depot.rfid.enable("89C4704A")


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_a_read_with_a_body_is_read(simulator: Simulator, depot: DepotFinity, status: int) -> None:
    simulator.faults.add(path="/v2/*", status=status, body=golden.load("transaction"))
    assert (await read(depot)).id == 123456
    assert requests(simulator) == 1


@pytest.mark.parametrize("status", [202, 204])
async def test_a_read_without_a_body_is_unexpected(
    simulator: Simulator, depot: DepotFinity, status: int
) -> None:
    simulator.faults.add(path="/v2/*", status=status, body=b"")
    with pytest.raises(UnexpectedResponseError) as caught:
        await read(depot)
    assert (caught.value.status, caught.value.maybe_processed) == (status, False)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
@pytest.mark.parametrize("ask", [write, repeatable_write])
async def test_a_write_is_acknowledged(
    simulator: Simulator, depot: DepotFinity, ask: Ask, status: int
) -> None:
    body = b"" if status == 204 else b'{"message": "Done."}'
    simulator.faults.add(path="/v2/*", status=status, body=body)
    told = await ask(depot)
    assert (told.status, told.message) == (status, None if status == 204 else "Done.")
    assert told.is_finished is (status != 202)
    assert requests(simulator) == 1


@pytest.mark.parametrize(
    ("status", "kind", "sent_repeatable", "sent_once_only", "maybe_processed"),
    [
        (400, BadRequestError, 1, 1, False),
        (401, AuthenticationError, 2, 2, False),
        (403, PermissionDeniedError, 1, 1, False),
        (404, NotFoundError, 1, 1, False),
        (405, BadRequestError, 1, 1, False),
        (406, BadRequestError, 1, 1, False),
        (409, ConflictError, 1, 1, False),
        (429, RateLimitedError, 3, 3, False),
        (500, ServerError, 3, 1, True),
        (503, ServiceUnavailableError, 3, 3, False),
        (504, ServerError, 3, 1, True),
    ],
)
@pytest.mark.parametrize("ask", [read, write, repeatable_write])
async def test_an_error_status(
    simulator: Simulator,
    depot: DepotFinity,
    ask: Ask,
    status: int,
    kind: type[StatusError],
    sent_repeatable: int,
    sent_once_only: int,
    maybe_processed: bool,
) -> None:
    simulator.faults.add(path="/v2/*", status=status, times=None)
    with pytest.raises(kind) as caught:
        await ask(depot)
    error, sent = caught.value, sent_once_only if ask is write else sent_repeatable
    assert type(error) is kind
    assert (error.status, error.code, error.message) == (status, status, "Fault set on the simulator.")
    assert (error.attempts, requests(simulator)) == (sent, sent)
    assert error.maybe_processed is maybe_processed


@pytest.mark.parametrize("status", [401, 429, 503])
async def test_what_was_not_processed_is_sent_again_even_if_it_is_not_repeatable(
    simulator: Simulator, depot: DepotFinity, status: int
) -> None:
    simulator.faults.add(path="/v2/*", status=status)
    assert (await write(depot)).status == 201
    assert requests(simulator) == 2


def test_the_page_on_errors_has_a_whole_row_for_each_status() -> None:
    rows = {
        int(match[1]): [cell.strip() for cell in match[2].split("|")]
        for match in re.finditer(r"^\| (\d{3}) \|(.*)\|$", PAGE.read_text(), re.MULTILINE)
    }
    assert tuple(rows) == STATUSES
    assert all(len(cells) == 3 and all(cells) for cells in rows.values())


def test_the_page_names_the_classes() -> None:
    page = PAGE.read_text()
    for kind in (*StatusError.__subclasses__(), UnexpectedResponseError):
        assert f"`{kind.__name__}`" in page, kind


def test_the_page_is_right_about_what_is_repeatable() -> None:
    writes = {name: endpoint for name, endpoint in ENDPOINTS.items() if endpoint.method != "GET"}
    yes, no = PAGE.read_text().split("Of the writes these are:")[1].split("|")[0].split("These are not:")
    # Named by its two methods, and by what it sends.
    assert {name for name, each in writes.items() if each.repeatable and name not in yes} == {"rfid.switch"}
    assert {name for name, each in writes.items() if not each.repeatable and name not in no} == {
        "remote_commands.send"
    }
