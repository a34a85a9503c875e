"""The JSON:API side: documents that keep every rule of the standard, and say what the flat bodies say."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest

from depotfinity_async import DepotFinity, NotFoundError
from depotfinity_async.jsonapi import Decoder
from depotfinity_async.simulator import Simulator
from tests.support.simulated import NOW, Caller, Reply, calling

JSON_API: Final = "application/vnd.api+json"
TRANSACTIONS = "/v2/transactions"
STATUS = "/v1/chargerStatus/chargers/CP-1"
REPORTS = "/v1/sessionReports?chargerId=CP-1&connectorId=1"

PATHS = [
    f"{TRANSACTIONS}?limit=100&include=charger,connector,vehicle,driver",
    f"{TRANSACTIONS}?limit=100&include=connector.charger",
    f"{TRANSACTIONS}?page=999&include=charger",
    f"{TRANSACTIONS}/100001?include=charger,connector.charger,vehicle,driver",
    f"{STATUS}/availabilityStatus",
    f"{STATUS}/connectors/1/availabilityStatus",
    f"{STATUS}/connectors/1/availabilityStatus?include=charger",
    f"{STATUS}/connectivityStatus",
    f"{REPORTS}&limit=100&include=charger,connector,vehicle",
    f"{REPORTS}&page=999&include=connector.charger",
]


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with calling(Simulator(now=NOW, speed=0, limit=1000)) as caller:
        yield caller


async def document(caller: Caller, path: str, accept: str = JSON_API) -> Reply:
    reply = await caller.get(path, {"Accept": accept})
    assert reply.headers["Content-Type"] == JSON_API
    assert reply.headers["Vary"] == "Accept"
    assert reply.body["jsonapi"] == {"version": "1.1"}
    Decoder().decode(json.dumps(reply.body), strict=True)
    return reply


def identity(each: Mapping[str, str]) -> str:
    return f"{each['type']}/{each['id']}"


@pytest.mark.parametrize("path", PATHS)
async def test_documents_keep_every_rule(caller: Caller, path: str) -> None:
    reply = await document(caller, path)
    assert reply.status == 200
    assert urlsplit(reply.body["links"]["self"]).path == urlsplit(path).path
    assert ("included" in reply.body) is ("include" in path)


@pytest.mark.parametrize("path", [path.partition("include")[0].rstrip("?&") for path in PATHS])
async def test_a_document_says_what_the_flat_body_says(caller: Caller, path: str) -> None:
    flat = (await caller.get(path)).body
    data = (await document(caller, path)).body["data"]
    if "chargerStatus" in path:
        (name,) = data["attributes"].keys() - {"ConnectorID"}
        assert data["attributes"][name] == flat["items"] != []
        return
    if "sessionReports" in path:
        items = flat.pop("items")
        rows = [{**flat, **row} for row in items]
    else:
        rows = flat if isinstance(flat, list) else [flat]
    resources = data if isinstance(data, list) else [data]
    assert len(resources) == len(rows)
    assert bool(rows) is ("page=999" not in path)
    for resource, row in zip(resources, rows, strict=True):
        linked = {
            name: each["data"] and each["data"]["id"] for name, each in resource["relationships"].items()
        }
        number = row.pop("ConnectorID")
        expected = {"charger": row.pop("ChargerID")}
        expected["connector"] = f"{expected['charger']}/{number}"
        if resource["type"] == "transactions":
            identifier = row.pop("TransactionID")
            expected |= {"vehicle": row.pop("VehicleID"), "driver": row.pop("DriverID")}
            assert resource["links"] == {"self": f"{TRANSACTIONS}/{identifier}"}
        else:
            identifier = row.pop("sessionId")
            expected |= {"vehicle": row.pop("vehicleId")}
            assert "links" not in resource
        assert resource["id"] == str(identifier)
        assert linked == expected
        assert resource["attributes"] == row


async def test_a_driver_that_is_not_known_is_null(caller: Caller) -> None:
    depot = caller.simulator.depot
    depot.tags.add(["89C4704A"])
    for charger in depot.chargers:
        reply = await caller.call(
            "POST",
            f"/v1/chargerControl/chargers/{charger.id}/remoteCommands/startChargingSession",
            json={"connectorId": 1, "idTag": "89C4704A"},
        )
        if reply.status == 200:
            break
    else:
        raise AssertionError("no connector is free")
    caller.simulator.clock.advance(60)
    reply = await document(caller, f"{TRANSACTIONS}?limit=1&chargerId={charger.id}&include=driver")
    assert reply.body["data"][0]["relationships"]["driver"] == {"data": None}
    assert reply.body["included"] == []


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        (f"{TRANSACTIONS}?include=charger,connector", {"chargers", "connectors"}),
        (f"{TRANSACTIONS}?include=connector.charger", {"chargers", "connectors"}),
        (f"{TRANSACTIONS}?include=vehicle", {"vehicles"}),
        (f"{TRANSACTIONS}?include=driver", {"drivers"}),
        (f"{REPORTS}&include=vehicle,charger", {"vehicles", "chargers"}),
        (f"{STATUS}/connectors/1/availabilityStatus?include=charger", {"chargers"}),
    ],
)
async def test_what_is_included_is_what_is_linked_each_once(
    caller: Caller, path: str, kinds: set[str]
) -> None:
    body = (await document(caller, path)).body
    included = [identity(each) for each in body["included"]]
    assert len(included) == len(set(included))
    resources = [*(body["data"] if isinstance(body["data"], list) else [body["data"]]), *body["included"]]
    linked = {
        identity(each["data"])
        for resource in resources
        for each in resource.get("relationships", {}).values()
        if each["data"]
    }
    assert set(included) == {each for each in linked if each.partition("/")[0] in kinds}


async def test_included_places_show_their_newest_status(caller: Caller) -> None:
    body = (await document(caller, f"{TRANSACTIONS}?include=charger,connector")).body
    for each in body["included"][::7]:
        charger, _, number = each["id"].partition("/")
        base = f"/v1/chargerStatus/chargers/{charger}"
        connector = f"/connectors/{number}" if number else ""
        newest = (await caller.get(f"{base}{connector}/availabilityStatus")).body["items"][-1:]
        assert each["attributes"]["availabilityStatus"] == newest
        if number:
            assert each["attributes"]["ConnectorID"] == int(number)
            assert each["relationships"] == {"charger": {"data": {"type": "chargers", "id": charger}}}
        else:
            newest = (await caller.get(f"{base}/connectivityStatus")).body["items"][-1:]
            assert each["attributes"]["connectivityStatus"] == newest


async def test_included_vehicles_have_their_number(caller: Caller) -> None:
    vins = {each.vehicle.id: each.vin for each in caller.simulator.depot.onboards}
    body = (await document(caller, f"{TRANSACTIONS}?include=vehicle,driver")).body
    for each in body["included"]:
        expected = {"VIN": vins[each["id"]]} if each["type"] == "vehicles" else None
        assert each.get("attributes") == expected


async def test_links_lead_through_all_pages(caller: Caller) -> None:
    flat = (await caller.get(TRANSACTIONS, chargerId="CP-1", limit=2000)).body
    path = f"{TRANSACTIONS}?chargerId=CP-1&limit=2&include=charger%2Cconnector"
    seen: list[str] = []
    before: str | None = None
    following: str | None = path
    while following:
        links = (reply := await document(caller, following)).body["links"]
        assert links["self"] == following
        assert links["first"] == f"{path}&page=1"
        assert links["prev"] == (before and f"{path}&page={len(seen) // 2}")
        seen += [each["id"] for each in reply.body["data"]]
        before, following = following, links["next"]
    assert seen == [str(row["TransactionID"]) for row in flat]


async def test_links_keep_the_query_and_encode_it(caller: Caller) -> None:
    query = {"from": "2026-03-10T01:00:00.000+01:00", "vehicleId": "ä&b=c", "page": "2", "limit": "1"}
    reply = await caller.call("GET", TRANSACTIONS, {"Accept": JSON_API}, params=query)
    links = reply.body["links"]
    assert dict(parse_qsl(urlsplit(links["self"]).query)) == query
    assert dict(parse_qsl(urlsplit(links["prev"]).query)) == {**query, "page": "1"}
    assert links["next"] is None
    assert links["self"].isascii()


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (f"{TRANSACTIONS}?include=site", "site"),
        (f"{TRANSACTIONS}?include=charger,charger.site", "charger.site"),
        (f"{TRANSACTIONS}?include=charger,", ""),
        (f"{TRANSACTIONS}/100001?include=Charger", "Charger"),
        (f"{STATUS}/availabilityStatus?include=charger", "charger"),
        (f"{STATUS}/connectivityStatus?include=connectors", "connectors"),
        (f"{REPORTS}&include=driver", "driver"),
    ],
)
async def test_an_unknown_path_of_include(caller: Caller, path: str, wrong: str) -> None:
    reply = await document(caller, path)
    assert reply.status == 400
    assert reply.body["errors"] == [
        {
            "status": "400",
            "title": "Bad Request",
            "detail": f"include: there is no relationship '{wrong}'.",
            "source": {"parameter": "include"},
        }
    ]
    plain = await caller.get(path)
    assert (plain.status, plain.headers["Content-Type"]) == (200, "application/json")
    assert plain.headers["Vary"] == "Accept"


async def test_an_empty_include_includes_nothing(caller: Caller) -> None:
    assert "included" not in (await document(caller, f"{TRANSACTIONS}?include=")).body


@pytest.mark.parametrize(
    ("path", "status", "title", "parameter"),
    [
        (f"{TRANSACTIONS}?limit=0", 400, "Bad Request", "limit"),
        (f"{TRANSACTIONS}?order=up", 400, "Bad Request", "order"),
        (f"{TRANSACTIONS}?to=x", 400, "Bad Request", "to"),
        (f"{TRANSACTIONS}?from=2026-03-10&to=2026-03-09", 400, "Bad Request", "from"),
        ("/v1/sessionReports?connectorId=1", 400, "Bad Request", "chargerId"),
        ("/v1/sessionReports?chargerId=CP-1&connectorId=0", 400, "Bad Request", "connectorId"),
        (f"{TRANSACTIONS}/x", 400, "Bad Request", None),
        (f"{STATUS}/connectors/0/availabilityStatus", 400, "Bad Request", None),
        (f"{TRANSACTIONS}/1", 404, "Not Found", None),
        ("/v1/chargerStatus/chargers/CP-0/availabilityStatus?chargerId=1", 404, "Not Found", None),
    ],
)
async def test_errors_are_documents(
    caller: Caller, path: str, status: int, title: str, parameter: str | None
) -> None:
    plain, reply = await caller.get(path), await document(caller, path)
    assert plain.status == reply.status == status
    error = {"status": str(status), "title": title, "detail": plain.body["message"]}
    assert reply.body["errors"] == [error | ({"source": {"parameter": parameter}} if parameter else {})]


async def test_refusals_of_the_gate_are_documents(caller: Caller) -> None:
    simulator = caller.simulator
    simulator.faults.add(status=500)
    simulator.faults.add(status=599)
    simulator.begin_maintenance()
    replies = [await document(caller, TRANSACTIONS) for _ in range(3)]
    simulator.begin_maintenance(0)
    caller.token = None
    replies.append(await document(caller, TRANSACTIONS))
    assert [reply.status for reply in replies] == [500, 599, 503, 401]
    assert replies[2].headers["Retry-After"] == "90"
    assert replies[3].headers["WWW-Authenticate"] == "Bearer"
    (error,) = replies[1].body["errors"]
    assert error == {"status": "599", "detail": "Fault set on the simulator."}
    async with calling(Simulator(now=NOW, limit=1)) as limited:
        reply = await document(limited, TRANSACTIONS)
        assert (reply.status, reply.body["errors"][0]["title"]) == (429, "Too Many Requests")


async def test_the_type_that_is_wanted_more(caller: Caller) -> None:
    sent = f"{JSON_API}, application/json;q=0.5"
    assert (await document(caller, TRANSACTIONS, sent)).status == 200
    other = await caller.get("/v1/timeSeries/chargers/CP-1?measurand=Voltage", {"Accept": sent})
    assert (other.status, other.headers["Content-Type"]) == (200, "application/json")
    assert "Vary" not in other.headers
    refused = await caller.get("/v1/timeSeries/chargers/CP-1?measurand=x", {"Accept": sent})
    assert (refused.status, refused.headers["Content-Type"], refused.body["code"]) == (
        400,
        "application/json",
        400,
    )


@pytest.mark.parametrize(
    ("path", "accept", "offered"),
    [
        (TRANSACTIONS, "text/html", f"application/json and {JSON_API}"),
        (TRANSACTIONS, f'{JSON_API};ext="https://a.example/e"', f"application/json and {JSON_API}"),
        ("/v1/chargerGroup/powergroups", JSON_API, "application/json"),
    ],
)
async def test_neither_type(caller: Caller, path: str, accept: str, offered: str) -> None:
    reply = await caller.get(path, {"Accept": accept})
    assert (reply.status, reply.headers["Content-Type"]) == (406, "application/json")
    assert reply.body == {"code": 406, "message": f"Accept: only {offered} can be served."}


async def test_the_client_reads_either_type_alike(caller: Caller) -> None:
    options: dict[str, Any] = {
        "client_id": "demo",
        "client_secret": "demo-secret",
        "base_url": caller.simulator.url,
        "token_url": caller.simulator.token_url,
    }
    async with (
        DepotFinity(**options) as plain,
        DepotFinity(**options, media_type=JSON_API) as compound,
    ):
        flat = [each async for each in plain.transactions.list(limit=50)]
        linked = [each async for each in compound.transactions.list(limit=50, include="connector.charger")]
        assert [repr(each) for each in flat] == [repr(each) for each in linked]
        assert all(each.connector.get().charger.get() is each.charger.get() for each in linked)
        history = await plain.chargers.availability_history("CP-1")
        assert await compound.chargers.availability_history("CP-1") == history
        reports = [
            [each async for each in depot.session_reports.list("CP-1", 1)] for depot in (plain, compound)
        ]
        assert repr(reports[0]) == repr(reports[1]) != "[]"
        for depot in (plain, compound):
            with pytest.raises(NotFoundError, match="Transaction 1 not found"):
                await depot.transactions.get(1)
    served = {entry.path for entry in caller.simulator.log if entry.status == 200}
    assert {TRANSACTIONS, f"{STATUS}/availabilityStatus", "/v1/sessionReports"} <= served
