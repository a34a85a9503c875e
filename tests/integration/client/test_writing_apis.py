"""The writing APIs against the simulator: what they answer, and what the depot looks like afterwards."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Any

import pytest

from depotfinity_async import (
    Acknowledgement,
    BadRequestError,
    CommandRejectedError,
    CommandStatus,
    ConflictError,
    Connectivity,
    DepotFinity,
    EnergyPriceBlock,
    NotFoundError,
    RemoteCommand,
    RemoteCommandResult,
    ServerError,
    UnexpectedResponseError,
    power_limit_windows,
)
from depotfinity_async.simulator import Simulator
from tests.support import golden
from tests.support.clients import arrived
from tests.support.simulated import NOW

HOUR = timedelta(hours=1)


class TestRfid:
    async def test_a_tag_is_imported_disabled_and_enabled(
        self, standing: Simulator, depot: DepotFinity
    ) -> None:
        told = await depot.rfid.import_tags(["89C4704A", "59170C5D"])
        assert told == Acknowledgement(status=201, message="RFID has been created successfully.")
        told = await depot.rfid.disable("89C4704A")
        assert (told.status, told.is_finished) == (201, True)
        tag = standing.depot.tags.get("89C4704A")
        assert tag is not None
        assert not tag.enabled
        await depot.rfid.enable("89C4704A")
        assert tag.enabled

    async def test_refusals(self, depot: DepotFinity) -> None:
        await depot.rfid.import_tags(["89C4704A"])
        with pytest.raises(ConflictError, match="89C4704A exists already"):
            await depot.rfid.import_tags(["59170C5D", "89C4704A"])
        with pytest.raises(NotFoundError, match="59170C5D not found"):
            await depot.rfid.enable("59170C5D")


COMMANDS = "/v1/chargerControl/chargers/*/remoteCommands/*"
REJECTED = {
    "commandType": "startChargingSession",
    "response": {"status": "Rejected", "message": "Operation denied: Rejected by the charger."},
}


def tag_of_a_driver(standing: Simulator) -> str:
    return standing.depot.tags.of_driver(standing.depot.drivers[0]).value


async def start_anywhere(standing: Simulator, depot: DepotFinity) -> tuple[str, int]:
    """Start a charge on the first connector that takes one."""
    tag = tag_of_a_driver(standing)
    for charger in standing.depot.chargers:
        for connector in charger.connectors:
            with contextlib.suppress(CommandRejectedError, ServerError):
                await depot.remote_commands.start_charging(charger.id, connector.number, tag)
                return charger.id, connector.number
    raise AssertionError("no connector is free")


class TestRemoteCommands:
    @pytest.mark.parametrize("version", ["v1", "v2"])
    async def test_start_and_stop(self, standing: Simulator, depot: DepotFinity, version: str) -> None:
        path = f"/{version}/chargerControl/chargers/{{charger_id}}/remoteCommands/{{command}}"
        commanding = depot.with_options(paths={"remote_commands.send": path})
        charger, connector = await start_anywhere(standing, commanding)
        standing.clock.advance(60)
        (running,) = [
            transaction
            for transaction in await depot.transactions.list(charger_id=charger, connector_id=connector)
            if transaction.is_running
        ]
        assert running.driver.id == standing.depot.drivers[0]
        told = await commanding.remote_commands.stop_charging(charger, connector)
        assert told == RemoteCommandResult(
            command=RemoteCommand.STOP_CHARGING_SESSION,
            status=CommandStatus.ACCEPTED,
            message="Operation successful: Stop charging request has been accepted.",
            http_status=200,
        )
        assert told.is_accepted
        assert not told.is_rejected
        assert not (await depot.transactions.get(running.id)).is_running
        assert all(entry.startswith("GET") or f" /{version}/" in entry for entry in arrived(standing))

    @pytest.mark.parametrize("status", [400, 200])
    async def test_a_rejection_is_an_error_or_a_result(
        self, standing: Simulator, depot: DepotFinity, status: int
    ) -> None:
        standing.faults.add(path=COMMANDS, status=status, body=REJECTED, times=2)
        with pytest.raises(CommandRejectedError) as caught:
            await depot.remote_commands.start_charging("CP-1", 1, "89C4704A")
        error = caught.value
        assert str(error) == (
            "remote_commands.send: CP-1 rejected startChargingSession: "
            "Operation denied: Rejected by the charger."
        )
        assert (error.status, error.code, error.attempts, error.maybe_processed) == (
            status,
            "Rejected",
            1,
            False,
        )
        assert not isinstance(error, BadRequestError)
        told = await depot.remote_commands.start_charging("CP-1", 1, "89C4704A", raise_on_rejection=False)
        assert (told.is_rejected, told.is_accepted, told.http_status) == (True, False, status)
        assert told.message == "Operation denied: Rejected by the charger."

    @pytest.mark.parametrize("raise_on_rejection", [True, False])
    @pytest.mark.parametrize(
        "body",
        [
            {"commandType": "x", "response": {"status": "", "message": "Operation denied: Invalid Payload."}},
            {"code": 400, "message": "Operation denied: Invalid Payload."},
            "Operation denied: Invalid Payload.",
        ],
    )
    async def test_a_payload_that_the_service_refuses_is_a_bad_request(
        self, standing: Simulator, depot: DepotFinity, body: Any, raise_on_rejection: bool
    ) -> None:
        standing.faults.add(path=COMMANDS, status=400, body=body)
        with pytest.raises(BadRequestError, match="Invalid Payload"):
            await depot.remote_commands.send("CP-1", "x", {}, raise_on_rejection=raise_on_rejection)

    @pytest.mark.parametrize(
        ("response", "ending"),
        [
            ({"status": "Rejected"}, ": it gave no reason."),
            ({"status": "Rejected", "message": "No\n\x1b[2J."}, r": No\n\x1b[2J."),
        ],
    )
    async def test_the_reason_of_a_rejection_is_fit_to_be_shown(
        self, standing: Simulator, depot: DepotFinity, response: dict[str, str], ending: str
    ) -> None:
        standing.faults.add(path=COMMANDS, status=400, body={"commandType": "reset", "response": response})
        with pytest.raises(CommandRejectedError) as caught:
            await depot.remote_commands.send("CP-1", "reset", {})
        assert str(caught.value).endswith(ending)

    async def test_only_a_400_is_a_rejection(self, standing: Simulator, depot: DepotFinity) -> None:
        standing.faults.add(path=COMMANDS, status=405, body=REJECTED)
        with pytest.raises(BadRequestError):
            await depot.remote_commands.send("CP-1", "x", {}, raise_on_rejection=False)

    @pytest.mark.parametrize("status", [202, 204])
    async def test_an_empty_answer_says_nothing(
        self, standing: Simulator, depot: DepotFinity, status: int
    ) -> None:
        standing.faults.add(path=COMMANDS, status=status, body=b"")
        told = await depot.remote_commands.send("CP-1", "reset", {})
        assert told == RemoteCommandResult(
            command=RemoteCommand("reset"), status=None, message=None, http_status=status
        )
        assert (told.is_accepted, told.is_rejected) == (False, False)

    async def test_unknown_words_are_kept(self, standing: Simulator, depot: DepotFinity) -> None:
        body = {"commandType": "reset", "response": {"status": "Scheduled", "message": "Later."}}
        standing.faults.add(path=COMMANDS, body=body)
        told = await depot.remote_commands.send("CP-1", "reset", {})
        assert (told.command, told.status) == ("reset", "Scheduled")
        assert (told.is_accepted, told.is_rejected) == (False, False)

    async def test_a_disabled_tag_starts_nothing(self, standing: Simulator, depot: DepotFinity) -> None:
        charger, connector = await start_anywhere(standing, depot)
        standing.clock.advance(60)
        await depot.remote_commands.stop_charging(charger, connector)
        tag = tag_of_a_driver(standing)
        await depot.rfid.disable(tag)
        with pytest.raises(CommandRejectedError):
            await depot.remote_commands.start_charging(charger, connector, tag)

    async def test_a_charger_that_is_not_there(self, depot: DepotFinity) -> None:
        with pytest.raises(NotFoundError, match=r"Operation denied: Charger not found\."):
            await depot.remote_commands.stop_charging("CP-99", 1)


class TestForceTermination:
    async def test_the_charger_is_offline_afterwards(self, depot: DepotFinity) -> None:
        told = await depot.force_termination.force_terminate("CP-1")
        assert told == Acknowledgement(status=200, code=200, message="Charger Accepted.")
        connectivity = await depot.chargers.connectivity("CP-1")
        assert connectivity is not None
        assert connectivity.status is Connectivity.NOT_CONNECTED
        with pytest.raises(ConflictError):
            await depot.force_termination.force_terminate("CP-1")
        with pytest.raises(ServerError) as caught:
            await depot.remote_commands.stop_charging("CP-1", 1)
        assert (caught.value.status, caught.value.attempts) == (504, 1)

    async def test_a_charger_that_is_not_there(self, depot: DepotFinity) -> None:
        with pytest.raises(NotFoundError):
            await depot.force_termination.force_terminate("CP-99")


class TestReservations:
    async def test_added_listed_and_cancelled(self, standing: Simulator, depot: DepotFinity) -> None:
        tag, start = tag_of_a_driver(standing), NOW + 30 * HOUR
        added = await depot.reservations.add("CP-2", 1, tag, start=start, end=start + HOUR)
        assert added.id is not None
        assert added.acknowledgement == Acknowledgement(
            status=201, message="Reservation has been created successfully."
        )
        (listed,) = await depot.reservations.list("CP-2", 1)
        assert (listed.id, listed.start, listed.end) == (added.id, start, start + HOUR)
        assert (listed.authorization_type, listed.authorization_value) == ("RFID", tag)
        with pytest.raises(ConflictError):
            await depot.reservations.add("CP-2", 1, tag, start=start + HOUR / 2, end=start + 2 * HOUR)
        told = await depot.reservations.cancel("CP-2", 1, added.id)
        assert told == Acknowledgement(status=204)
        assert await depot.reservations.list("CP-2", 1) == []
        with pytest.raises(NotFoundError):
            await depot.reservations.cancel("CP-2", 1, added.id)

    async def test_a_lost_cancellation_is_sent_again(self, standing: Simulator, depot: DepotFinity) -> None:
        tag, start = tag_of_a_driver(standing), NOW + 30 * HOUR
        added = await depot.reservations.add("CP-2", 1, tag, start=start, end=start + HOUR)
        assert added.id is not None
        standing.faults.add(path="/v1/reservations/*", drop=True, before="reply")
        with pytest.raises(NotFoundError) as caught:
            await depot.reservations.cancel("CP-2", 1, added.id)
        assert caught.value.attempts == 2
        assert await depot.reservations.list("CP-2", 1) == []

    @pytest.mark.parametrize("body", [b"", b"{}", b'{"message": "Later."}'])
    async def test_an_answer_without_a_number(
        self, standing: Simulator, depot: DepotFinity, body: bytes
    ) -> None:
        standing.faults.add(path="/v1/reservations/*", status=202, body=body)
        added = await depot.reservations.add("CP-2", 1, "A", start=NOW, end=NOW + HOUR)
        assert added.id is None
        assert not added.acknowledgement.is_finished


class TestChargerControl:
    async def test_a_limit_is_seen_in_the_group(self, standing: Simulator, depot: DepotFinity) -> None:
        group = (await depot.charger_control.power_groups())[0]
        assert group.created_on is not None
        assert group.created_on.utcoffset() == timedelta(0)
        windows = power_limit_windows({NOW: 1000.0, NOW + HOUR: 2000.0}, NOW + 2 * HOUR)
        told = await depot.charger_control.set_external_power_limit(group.id, windows, source="grid")
        assert told == Acknowledgement(status=200, message="External power limit saved successfully.")
        limited = (await depot.charger_control.power_groups())[0]
        assert limited.last_power_limits is not None
        assert limited.last_power_limits.client_id == "grid"
        points = [
            connector.power_set_point
            for charger in limited.last_power_limits.result
            for connector in charger.connectors
        ]
        assert sum(point or 0 for point in points) <= 1000

    async def test_a_lost_limit_is_sent_again(self, standing: Simulator, depot: DepotFinity) -> None:
        group = (await depot.charger_control.power_groups())[0]
        standing.faults.add(path="/v1/chargerControl/*", drop=True)
        windows = power_limit_windows({NOW: 1000.0}, NOW + HOUR)
        told = await depot.charger_control.set_external_power_limit(group.id, windows)
        assert told.status == 200
        assert len(arrived(standing)) == 3

    async def test_refusals(self, depot: DepotFinity) -> None:
        windows = power_limit_windows({NOW: 1000.0}, NOW + HOUR)
        with pytest.raises(NotFoundError):
            await depot.charger_control.set_external_power_limit("nobody", windows)
        group = (await depot.charger_control.power_groups())[0]
        with pytest.raises(BadRequestError, match="externalPowerRateUnit"):
            await depot.charger_control.set_external_power_limit(group.id, windows, unit="A")


VPP = "/v1/vppController/*"
BLOCK = EnergyPriceBlock(start=NOW, duration=HOUR, price=0.31)


class TestVirtualPowerPlant:
    async def test_prices_are_written_and_sent_again(self, standing: Simulator, depot: DepotFinity) -> None:
        standing.faults.add(path=VPP, drop=True)
        standing.faults.add(path=VPP, body=golden.load("energy_prices_updated"))
        told = await depot.virtual_power_plant.set_energy_prices("S", [BLOCK])
        assert told == Acknowledgement(status=200, code=200, message="Energy prices have been updated.")
        assert len(arrived(standing)) == 2

    async def test_prices_are_read(self, standing: Simulator, depot: DepotFinity) -> None:
        standing.faults.add(path=VPP, body=golden.load("energy_prices"))
        prices = await depot.virtual_power_plant.energy_prices("S")
        assert [price.price for price in prices] == [0.31, -0.02]

    @pytest.mark.parametrize("body", [b"{}", b'{"prices": []}', b'{"blocks": null}'])
    async def test_a_body_without_prices_is_unexpected(
        self, standing: Simulator, depot: DepotFinity, body: bytes
    ) -> None:
        standing.faults.add(path=VPP, body=body)
        with pytest.raises(UnexpectedResponseError, match="holds no blocks"):
            await depot.virtual_power_plant.energy_prices("S")
