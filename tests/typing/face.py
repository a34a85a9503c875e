"""What type checkers must see of the public face. Read by mypy and pyright, never run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, assert_type

from depotfinity_async import (
    Acknowledgement,
    Charger,
    ChargerAvailabilityRecord,
    Connector,
    DepotFinity,
    EndResult,
    EnergyPriceBlock,
    PowerElement,
    PowerGroup,
    RemoteCommandResult,
    Reply,
    Reservation,
    SessionReport,
    StatusWord,
    TimeSeries,
    Transaction,
    VehicleAnswer,
    VehicleReport,
    jsonapi,
)
from depotfinity_async.jsonapi import Document, Page, ToMany, ToOne


async def calls(depot: DepotFinity) -> None:
    assert_type(await depot.chargers.availability("CP-7"), ChargerAvailabilityRecord | None)
    assert_type(await depot.chargers.availability_history("CP-7"), Sequence[ChargerAvailabilityRecord])
    assert_type(await depot.transactions.list(), Page[Transaction])
    assert_type(await depot.transactions.get(1), Transaction)
    assert_type(await depot.time_series.charger("CP-7", "Voltage", phase="L1"), TimeSeries)
    (report,) = await depot.session_reports.list("CP-7", 1)
    assert_type(report, SessionReport)
    assert_type(report.detail_statuses[0].value, StatusWord | str)
    assert_type(report.charger.get().availability, ChargerAvailabilityRecord | None)
    assert_type(await depot.rfid.import_tags(["89C4704A"]), Acknowledgement)
    assert_type(await depot.remote_commands.start_charging("CP-7", 1, "89C4704A"), RemoteCommandResult)
    assert_type(await depot.force_termination.force_terminate("CP-7"), Acknowledgement)
    assert_type(await depot.reservations.list("CP-7", 1), Sequence[Reservation])
    assert_type(await depot.charger_control.power_groups(), Sequence[PowerGroup])
    assert_type((await depot.charger_control.power_groups())[0].elements, tuple[PowerElement, ...])
    assert_type(await depot.virtual_power_plant.energy_prices("S"), Sequence[EnergyPriceBlock])
    assert_type(depot.packages.includes("Remote Commands"), bool | None)
    assert_type(await depot.request("GET", "/x"), Reply)
    assert_type((await depot.token()).claims, Mapping[str, object])
    async with depot.vehicle("WDF00000000000122", "password") as vehicle:
        state = VehicleReport(evccid="0011AABBCCDD", odo=1)
        assert_type((await vehicle.send(state)).driveoff, int | None)
        async with vehicle.loop(lambda: state, every=10) as loop:
            assert_type(loop.answer, VehicleAnswer | None)
    assert_type(depot.with_options(deadline=1), DepotFinity)
    assert_type(jsonapi.IdentityMap().adopt(Charger(id="CP-7")), Charger)
    assert_type(jsonapi.members(report), Mapping[str, Any])
    async for transaction in depot.transactions.list():
        assert_type(transaction, Transaction)
        assert_type(transaction.charger, ToOne[Charger])
        assert_type(transaction.charger.get(), Charger)
        assert_type(transaction.connector.get(), Connector)
        assert_type(transaction.id, int)
        assert_type(transaction.started_at, datetime | None)
        assert_type(transaction.end_result, EndResult | None)
    async for page in depot.transactions.list().pages():
        assert_type(page, Page[Transaction])
        assert_type(page[0], Transaction)


@jsonapi.resource("people")
class Person:
    id: str
    first_name: str = jsonapi.attribute("firstName")


@jsonapi.resource("articles")
class Article:
    id: str
    title: str
    nick: str | None = jsonapi.attribute(default=None)
    author: ToOne[Person]
    readers: ToMany[Person]


def mapper(raw: bytes) -> None:
    decoder = jsonapi.Decoder([Person, Article])
    document = decoder.decode(raw, jsonapi.flat_array(Article))
    assert_type(document, Document[list[Article]])
    assert_type(document.data[0].author.get().first_name, str)
    assert_type(document.data[0].readers[0], Person)
    assert_type(document.data[0].readers[:1], Sequence[Person])
    assert_type(decoder.decode(raw, jsonapi.flat_object(Article)).data, Article)
    assert_type(decoder.decode(raw).data, Any)
    assert_type(jsonapi.extra(document.data[0]), dict[str, Any])
    Person(id="1", first_name="Ann")
    Person(id="1")  # type: ignore[call-arg]  # first_name is required
    Person("1", "Ann")  # type: ignore[call-arg]  # keyword-only


@jsonapi.resource("eased")
class Eased:
    id: str
    author: ToOne[Person] = jsonapi.relationship()
    readers: ToMany[Person]


def by_hand(resource: jsonapi.Resource) -> None:
    Eased(id="1", readers=jsonapi.to_many())
    Eased(id="1")  # type: ignore[call-arg]  # readers has no relationship()
    eased = Eased(id=jsonapi.new(), readers=jsonapi.to_many())
    assert_type(eased.author.get(), Person)
    assert_type(eased.readers.included, list[Person])
    for _ in eased.author:  # type: ignore[attr-defined]  # to-one
        pass
    assert_type(resource.relationships["x"].identifiers, tuple[jsonapi.Identifier, ...])
