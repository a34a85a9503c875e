"""Writing calls over real sockets: what is acknowledged, what is repeated, which lane is used."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from depotfinity_async import (
    Acknowledgement,
    Budget,
    Clock,
    DepotFinity,
    InvalidArgumentError,
    NoResponseError,
    PermissionDeniedError,
    UnexpectedResponseError,
)
from depotfinity_async.jsonapi import flat_object
from depotfinity_async.models.acknowledgement import AcknowledgementBody
from depotfinity_async.simulator import Simulator
from tests.support.clients import arrived, still
from tests.support.simulated import NOW

HOUR = timedelta(hours=1)

Ask = Callable[[DepotFinity], Awaitable[Any]]


class TestAcknowledgement:
    @pytest.mark.parametrize(
        ("status", "body", "expected", "is_finished"),
        [
            (200, b'{"code": 200, "message": "Done."}', ("Done.", 200), True),
            (201, b'{"message": "Made."}', ("Made.", None), True),
            (202, b'{"message": "Later."}', ("Later.", None), False),
            (202, b"", (None, None), False),
            (204, b"", (None, None), True),
            (200, b" \n", (None, None), True),
            (200, b"{}", (None, None), True),
        ],
    )
    async def test_status_and_body(
        self,
        standing: Simulator,
        depot: DepotFinity,
        status: int,
        body: bytes,
        expected: tuple[str | None, int | None],
        is_finished: bool,
    ) -> None:
        standing.faults.add(path="/v2/rfid", status=status, body=body)
        told = await depot.rfid.import_tags(["89C4704A"])
        assert (told.status, (told.message, told.code), told.is_finished) == (status, expected, is_finished)

    async def test_other_members_are_kept(self, standing: Simulator, depot: DepotFinity) -> None:
        standing.faults.add(path="/v2/rfid", body={"message": "m", "refused": ["89C4704A"]})
        told = await depot.rfid.import_tags(["89C4704A"])
        assert told.extra == {"refused": ["89C4704A"]}
        assert isinstance(hash(told), int)
        assert told == Acknowledgement(status=200, message="m", extra={"refused": ["89C4704A"]})
        assert told != Acknowledgement(status=200, message="m")

    @pytest.mark.parametrize("body", [b"<html>hello</html>", b"[]", b'"done"', b'{"message": 7}'])
    async def test_another_body_is_unexpected_and_may_have_been_processed(
        self, standing: Simulator, depot: DepotFinity, body: bytes
    ) -> None:
        standing.faults.add(path="/v2/rfid", body=body)
        with pytest.raises(UnexpectedResponseError, match=r"rfid\.import_tags") as caught:
            await depot.rfid.import_tags(["89C4704A"])
        assert caught.value.maybe_processed
        assert caught.value.body == body
        standing.faults.add(path="/v2/rfid", body=body)
        with pytest.raises(UnexpectedResponseError) as caught:
            await depot.rfid.enable("89C4704A")
        assert caught.value.maybe_processed

    async def test_a_body_that_json_cannot_hold_is_refused(self, depot: DepotFinity) -> None:
        with pytest.raises(InvalidArgumentError, match="the body cannot be written as JSON"):
            await depot._requester.write(
                "rfid.import_tags",
                flat_object(AcknowledgementBody),
                body={"x": object()},
            )


class TestRepeating:
    """After a lost answer only what is safe to repeat is sent again."""

    @pytest.mark.parametrize(
        "ask",
        [
            lambda depot: depot.rfid.import_tags(["89C4704A"]),
            lambda depot: depot.remote_commands.start_charging("CP-1", 1, "89C4704A"),
            lambda depot: depot.remote_commands.stop_charging("CP-1", 1),
            lambda depot: depot.remote_commands.send("CP-1", "reset", {}),
            lambda depot: depot.force_termination.force_terminate("CP-1"),
            lambda depot: depot.reservations.add("CP-1", 1, "A", start=NOW, end=NOW + HOUR),
        ],
    )
    async def test_never(self, standing: Simulator, depot: DepotFinity, ask: Ask) -> None:
        standing.faults.add(path="/v[12]/*", drop=True)
        with pytest.raises(NoResponseError) as caught:
            await ask(depot)
        assert caught.value.maybe_processed
        assert len(arrived(standing)) == 1

    @pytest.mark.parametrize(
        "ask",
        [
            lambda depot: depot.rfid.enable("89C4704A"),
            lambda depot: depot.rfid.disable("89C4704A"),
            lambda depot: depot.reservations.list("CP-1", 1),
            lambda depot: depot.charger_control.power_groups(),
        ],
    )
    async def test_once_more(self, standing: Simulator, depot: DepotFinity, ask: Ask) -> None:
        standing.depot.tags.add(["89C4704A"])
        standing.faults.add(path="/v[12]/*", drop=True)
        await ask(depot)
        first, second = arrived(standing)
        assert first == second


async def test_writes_are_commands_and_reads_are_polls(
    standing: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    lanes: list[str | None] = []
    budget = Budget(clock=Clock(1000), lanes=("command", "poll"))
    acquire = budget.acquire

    def watched(**options: Any) -> Any:
        lanes.append(options["lane"])
        return acquire(**options)

    monkeypatch.setattr(budget, "acquire", watched)
    async with still(standing, budget=budget) as depot:
        await depot.transactions.list(limit=1)
        await depot.rfid.import_tags(["89C4704A"])
        await depot.with_options(lane="poll").rfid.enable("89C4704A")
    assert lanes[-3:] == ["poll", "command", "poll"]


@pytest.mark.parametrize(
    ("package", "advice"),
    [
        (None, "Remote Commands belongs to Advanced and Premium: check that your package is one"),
        ("Basic", "Remote Commands is not in your package Basic; it belongs to Advanced and Premium."),
        ("Premium", "Remote Commands is in your package Premium: check that the credentials"),
    ],
)
async def test_a_403_names_the_api_and_the_packages(package: str | None, advice: str) -> None:
    async with (
        Simulator(chargers=2, now=NOW, speed=0, package="Basic") as simulator,
        still(simulator, package=package) as depot,
    ):
        with pytest.raises(PermissionDeniedError, match=re.escape(advice)) as caught:
            await depot.remote_commands.stop_charging("CP-1", 1)
        assert caught.value.message == "The API Remote Commands is not part of the package Basic."
        assert depot.packages.current == depot.with_options(deadline=1).packages.current == package
        with pytest.raises(PermissionDeniedError, match="check whether the API is in your package"):
            await depot.request("POST", "/v2/rfid")
