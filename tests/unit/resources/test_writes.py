"""Which method, URL and body each writing method sends. The wire itself is tested elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from aioresponses import aioresponses
from yarl import URL

from depotfinity_async import DepotFinity, EnergyPriceBlock, InvalidArgumentError, PowerLimitWindow
from tests.support import golden
from tests.support.clients import CREDENTIALS

COMMANDS = "/v1/chargerControl/chargers/CP-7/remoteCommands"
COMMAND_DONE = json.dumps(golden.load("remote_command"))
BODIES = {
    f"{COMMANDS}/{name}": COMMAND_DONE for name in ("reset", "startChargingSession", "stopChargingSession")
}

HOUR = timedelta(hours=1)
GROUP = "3f2a8c1e-5b7d-4e90-8a6b-1c2d3e4f5a6b"
NOT_A_DURATION: Any = 15
START = datetime(2024, 1, 1, 10, 30, 19, 220999, tzinfo=timezone(timedelta(hours=2)))
END = datetime(2024, 1, 1, 11, 30, 19, 220000, tzinfo=UTC)

Ask = Callable[[DepotFinity], Awaitable[Any]]


def limit(start: Any, end: Any, power: Any = 1000) -> PowerLimitWindow:
    return PowerLimitWindow(start=start, end=end, limit=power)


def limits(depot: DepotFinity, windows: list[PowerLimitWindow], **options: Any) -> Awaitable[Any]:
    return depot.charger_control.set_external_power_limit(GROUP, windows, **options)


def block(start: datetime, minutes: float, price: float) -> EnergyPriceBlock:
    return EnergyPriceBlock(start=start, duration=timedelta(minutes=minutes), price=price)


def prices(depot: DepotFinity, blocks: list[EnergyPriceBlock], **options: Any) -> Awaitable[Any]:
    return depot.virtual_power_plant.set_energy_prices("S", blocks, **options)


@pytest.mark.parametrize(
    ("ask", "method", "path", "body"),
    [
        (
            lambda depot: depot.rfid.import_tags(tag for tag in ("89C4704A", "59170C5D")),
            "POST",
            "/v2/rfid",
            {"interimVehicleIDs": ["89C4704A", "59170C5D"]},
        ),
        (lambda depot: depot.rfid.enable("89C4704A"), "POST", "/v2/rfid/89C4704A/true", None),
        (lambda depot: depot.rfid.disable("a/b"), "POST", "/v2/rfid/a%2Fb/false", None),
        (
            lambda depot: depot.remote_commands.send("CP-7", "reset", {"type": "Soft"}),
            "POST",
            f"{COMMANDS}/reset",
            {"type": "Soft"},
        ),
        (
            lambda depot: depot.remote_commands.start_charging("CP-7", 1, "89C4704A"),
            "POST",
            f"{COMMANDS}/startChargingSession",
            {"connectorId": 1, "idTag": "89C4704A"},
        ),
        (
            lambda depot: depot.remote_commands.start_charging("CP-7", 1, "89C4704A", tag_type="RFID"),
            "POST",
            f"{COMMANDS}/startChargingSession",
            {"connectorId": 1, "idTag": "89C4704A", "idTagType": "RFID"},
        ),
        (
            lambda depot: depot.remote_commands.stop_charging("CP-7", 2),
            "POST",
            f"{COMMANDS}/stopChargingSession",
            {"connectorId": 2},
        ),
        (
            lambda depot: depot.remote_commands.stop_charging("CP-7", 2, tag="89C4704A"),
            "POST",
            f"{COMMANDS}/stopChargingSession",
            {"connectorId": 2, "idTag": "89C4704A"},
        ),
        (
            lambda depot: depot.force_termination.force_terminate("CP 7"),
            "PUT",
            "/v1/chargerControl/CP%207/forceTerminateConnection",
            None,
        ),
        (
            lambda depot: depot.reservations.add("CP-7", 2, "89C4704A", start=START, end=END),
            "POST",
            "/v1/reservations/chargers/CP-7/connectors/2",
            {
                "ReservationStart": "2024-01-01T08:30:19.220Z",
                "ReservationEnd": "2024-01-01T11:30:19.220Z",
                "AuthorizationType": "RFID",
                "AuthorizationValue": "89C4704A",
            },
        ),
        (
            lambda depot: depot.reservations.add(
                "CP-7", 2, "X", start=START, end=END, authorization_type="Other"
            ),
            "POST",
            "/v1/reservations/chargers/CP-7/connectors/2",
            {
                "ReservationStart": "2024-01-01T08:30:19.220Z",
                "ReservationEnd": "2024-01-01T11:30:19.220Z",
                "AuthorizationType": "Other",
                "AuthorizationValue": "X",
            },
        ),
        (
            lambda depot: depot.reservations.cancel("CP-7", 2, 5),
            "DELETE",
            "/v1/reservations/chargers/CP-7/connectors/2/5",
            None,
        ),
        (
            lambda depot: depot.charger_control.set_external_power_limit(
                GROUP,
                [
                    PowerLimitWindow(start=START, end=END, limit=120000),
                    PowerLimitWindow(start=END, end=END + HOUR, limit=0.5),
                    PowerLimitWindow(start=END + 2 * HOUR, end=END + 3 * HOUR, limit=0),
                ],
            ),
            "PUT",
            f"/v1/chargerControl/chargerGroups/{GROUP}/externalPowerLimits",
            {
                "source": "depotfinity_async",
                "externalPowerRateUnit": "W",
                "dynamicPowerLimit": [
                    {
                        "fromDate": "2024-01-01T08:30:19.220Z",
                        "toDate": "2024-01-01T11:30:19.220Z",
                        "externalPowerLimit": 120000,
                    },
                    {
                        "fromDate": "2024-01-01T11:30:19.220Z",
                        "toDate": "2024-01-01T12:30:19.220Z",
                        "externalPowerLimit": 0.5,
                    },
                    {
                        "fromDate": "2024-01-01T13:30:19.220Z",
                        "toDate": "2024-01-01T14:30:19.220Z",
                        "externalPowerLimit": 0,
                    },
                ],
            },
        ),
        (
            lambda depot: depot.charger_control.set_external_power_limit(
                GROUP, [PowerLimitWindow(start=START, end=END, limit=32)], source="grid", unit="A"
            ),
            "PUT",
            f"/v1/chargerControl/chargerGroups/{GROUP}/externalPowerLimits",
            {
                "source": "grid",
                "externalPowerRateUnit": "A",
                "dynamicPowerLimit": [
                    {
                        "fromDate": "2024-01-01T08:30:19.220Z",
                        "toDate": "2024-01-01T11:30:19.220Z",
                        "externalPowerLimit": 32,
                    },
                ],
            },
        ),
        (
            lambda depot: depot.virtual_power_plant.set_energy_prices(
                "site/1", [block(END, 15, 0.31), block(END + HOUR / 4, 0.5, -0.02)]
            ),
            "POST",
            "/v1/vppController/site%2F1/energyPrices",
            {
                "PricesJsonStr": {
                    "blocks": [
                        {"start": "2024-01-01T11:30:19.220Z", "duration": 15, "price": 0.31},
                        {"start": "2024-01-01T11:45:19.220Z", "duration": 0.5, "price": -0.02},
                    ]
                }
            },
        ),
        (
            lambda depot: depot.virtual_power_plant.set_energy_prices(
                "S", [block(END, 15, 1), block(END + HOUR, 15, 2)], allow_gaps=True
            ),
            "POST",
            "/v1/vppController/S/energyPrices",
            {
                "PricesJsonStr": {
                    "blocks": [
                        {"start": "2024-01-01T11:30:19.220Z", "duration": 15, "price": 1},
                        {"start": "2024-01-01T12:30:19.220Z", "duration": 15, "price": 2},
                    ]
                }
            },
        ),
    ],
)
async def test_method_url_and_body(
    responses: aioresponses, ask: Ask, method: str, path: str, body: Any
) -> None:
    responses.post(re.compile(".*oauth2.*"), payload=golden.load("token"))
    responses.add(re.compile(".*/v[12]/.*"), method, body=BODIES.get(path, '{"message": "Done."}'))
    async with DepotFinity(**CREDENTIALS) as depot:
        await ask(depot)
    ((sent, url),) = [(sent, url) for sent, url in responses.requests if "oauth2" not in str(url)]
    assert (sent, url) == (method, URL(f"https://api.eu.depot.emobility.io{path}", encoded=True))
    (call,) = responses.requests[sent, url]
    data = call.kwargs["data"]
    assert (None if data is None else json.loads(data)) == body
    assert call.kwargs["headers"]["Content-Type"] == "application/json"
    assert call.kwargs["headers"]["Accept"] == "application/json"


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda depot: depot.rfid.import_tags("89C4704A"), "tags must be several texts"),
        (lambda depot: depot.rfid.import_tags([]), "tags must hold at least one tag"),
        (lambda depot: depot.rfid.import_tags(["A", ""]), "tags[1] must be a text that is not empty"),
        (lambda depot: depot.rfid.import_tags([7]), "tags[0] must be a text"),
        (lambda depot: depot.rfid.import_tags(["A", "B", "A"]), "tags must not hold a tag twice"),
        (lambda depot: depot.rfid.enable(".."), "tag must not be '..'"),
        (lambda depot: depot.rfid.disable(""), "tag must not be ''"),
        (lambda depot: depot.remote_commands.start_charging("CP-7", 0, "A"), "connector_id must be a whole"),
        (lambda depot: depot.remote_commands.start_charging("CP-7", 1, ""), "tag must be a text"),
        (
            lambda depot: depot.remote_commands.start_charging("CP-7", 1, "A", tag_type=""),
            "tag_type must be a text",
        ),
        (lambda depot: depot.remote_commands.stop_charging("CP-7", True), "connector_id must be a whole"),
        (lambda depot: depot.remote_commands.stop_charging("CP-7", 1, tag=""), "tag must be a text"),
        (
            lambda depot: depot.reservations.add("CP-7", 1, "A", start=END, end=START),
            "end must be later than start",
        ),
        (
            lambda depot: depot.reservations.add(
                "CP-7", 1, "A", start=END, end=END + timedelta(microseconds=900)
            ),
            "end must be later than start",
        ),
        (
            lambda depot: depot.reservations.add("CP-7", 1, "A", start=START.replace(tzinfo=None), end=END),
            "start carries no time zone",
        ),
        (
            lambda depot: depot.reservations.add("CP-7", 1, "A", start=START, end="later"),
            "end must be a datetime",
        ),
        (lambda depot: depot.reservations.add("CP-7", 1, "", start=START, end=END), "tag must be a text"),
        (
            lambda depot: depot.reservations.add("CP-7", 1, "A", start=START, end=END, authorization_type=""),
            "authorization_type must be a text",
        ),
        (
            lambda depot: depot.reservations.add("CP-7", 0, "A", start=START, end=END),
            "connector_id must be a whole",
        ),
        (lambda depot: depot.reservations.list("CP-7", 0), "connector_id must be a whole"),
        (lambda depot: depot.reservations.cancel("CP-7", 0, 1), "connector_id must be a whole"),
        (lambda depot: depot.reservations.cancel("CP-7", 1, ""), "reservation_id must not be ''"),
        (lambda depot: limits(depot, []), "windows must hold at least one"),
        (
            lambda depot: limits(depot, [limit(END, START)]),
            "windows[0].end must be later than windows[0].start",
        ),
        (
            lambda depot: limits(depot, [limit(START, END), limit(END - HOUR, END + HOUR)]),
            "windows[1] must not overlap the one in front of it",
        ),
        (
            lambda depot: limits(depot, [limit(END, END + HOUR), limit(START, END)]),
            "windows[1] must not begin before the one in front of it",
        ),
        (
            lambda depot: limits(depot, [limit(START.replace(tzinfo=None), END)]),
            "windows[0].start carries no time zone",
        ),
        (lambda depot: limits(depot, [limit(START, END, -1)]), "windows[0].limit must be at least 0"),
        (lambda depot: limits(depot, [limit(START, END, float("nan"))]), "windows[0].limit must be a finite"),
        (lambda depot: limits(depot, [limit(START, END, True)]), "windows[0].limit must be a finite"),
        (lambda depot: limits(depot, [limit(START, END, "7")]), "windows[0].limit must be a finite"),
        (lambda depot: limits(depot, [limit(START, END)], unit="kW"), "unit must be one of W, A"),
        (lambda depot: limits(depot, [limit(START, END)], source=""), "source must be a text"),
        (lambda depot: prices(depot, []), "blocks must hold at least one"),
        (
            lambda depot: prices(depot, [block(END, 15, 1), block(END + HOUR, 15, 1)]),
            "blocks[1] leaves a gap to the one in front of it",
        ),
        (
            lambda depot: prices(depot, [block(END, 90, 1), block(END + HOUR, 15, 1)], allow_gaps=True),
            "blocks[1] must not overlap the one in front of it",
        ),
        (lambda depot: prices(depot, [block(END, 0, 1)]), "blocks[0].end must be later than blocks[0].start"),
        (lambda depot: prices(depot, [block(END, 15, float("inf"))]), "blocks[0].price must be a finite"),
        (
            lambda depot: prices(depot, [EnergyPriceBlock(start=END, duration=NOT_A_DURATION, price=1)]),
            "blocks[0].duration must be a timedelta",
        ),
        (lambda depot: depot.force_termination.force_terminate(""), "charger_id must not be ''"),
        (lambda depot: depot.remote_commands.send("CP-7", "", {}), "command must not be ''"),
        (lambda depot: depot.remote_commands.send("CP-7", "x", {"a": object()}), "cannot be written as JSON"),
    ],
)
async def test_bad_arguments_are_refused_by_name_before_anything_is_sent(
    responses: aioresponses, ask: Ask, sentence: str
) -> None:
    async with DepotFinity(**CREDENTIALS) as depot:
        with pytest.raises(InvalidArgumentError) as caught:
            await ask(depot)
        assert sentence in str(caught.value)
    assert not responses.requests
