"""The loop of reports: even steps, what it goes on for, what ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from depotfinity_async import (
    AuthenticationError,
    BadRequestError,
    CertificateError,
    ClientStateError,
    ConnectionFailedError,
    DeadlineError,
    InvalidArgumentError,
    NoResponseError,
    PermissionDeniedError,
    ServiceUnavailableError,
    UnexpectedResponseError,
    VehicleAnswer,
    VehicleReport,
)
from depotfinity_async.resources.vdv261_loop import ReportLoop
from tests.support.virtual_time import VirtualClock, in_virtual_time

REPORT = VehicleReport(evccid="0011AABBCCDD")


def told(seq: int) -> VehicleAnswer:
    return VehicleAnswer(driveoff=None, prec_dsrd=None, prec_hvac=None, ambienttemp=None, seq=seq, vin=None)


@attrs.define
class Vehicle:
    """Takes reports, and answers each as the script says: after some seconds, or with an error."""

    script: list[float | Exception] = attrs.field(factory=list)
    times: list[float] = attrs.field(factory=list)
    deadlines: list[float] = attrs.field(factory=list)
    cancelled: bool = False

    async def send(self, report: VehicleReport, *, deadline: float) -> VehicleAnswer:
        self.times.append(asyncio.get_running_loop().time())
        self.deadlines.append(deadline)
        step = self.script.pop(0) if self.script else 0.0
        if isinstance(step, Exception):
            raise step
        try:
            await asyncio.sleep(step)
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return told(len(self.times))

    def loop(self, every: float = 10.0, source: Callable[[], VehicleReport] = lambda: REPORT) -> ReportLoop:
        return ReportLoop(self.send, source, every, VirtualClock())


@in_virtual_time
async def test_even_steps_without_drift() -> None:
    vehicle = Vehicle([0.3, 2.0, 9.9, 0.0])
    async with vehicle.loop() as loop:
        assert (loop.answer, loop.failure) == (None, None)
        await asyncio.sleep(41)
        assert loop.answer == told(5)
    assert vehicle.times == [0.0, 10.0, 20.0, 30.0, 40.0]
    assert set(vehicle.deadlines) == {10.0}


@in_virtual_time
async def test_a_step_whose_time_has_passed_is_not_made_up_for() -> None:
    vehicle = Vehicle([0.0, 25.0, 10.5])
    async with vehicle.loop():
        await asyncio.sleep(61)
    assert vehicle.times == [0.0, 10.0, 35.0, 45.5, 50.0, 60.0]


@in_virtual_time
async def test_the_state_is_asked_for_before_each_report() -> None:
    asked: list[float] = []

    def source() -> VehicleReport:
        asked.append(asyncio.get_running_loop().time())
        return REPORT

    vehicle = Vehicle([1.0])
    async with vehicle.loop(2.5, source):
        await asyncio.sleep(6)
    assert asked == vehicle.times == [0.0, 2.5, 5.0]


@pytest.mark.parametrize(
    "kind",
    [
        ConnectionFailedError,
        NoResponseError,
        DeadlineError,
        ServiceUnavailableError,
        BadRequestError,
        UnexpectedResponseError,
    ],
)
def test_a_failure_that_may_pass_is_kept(kind: Any) -> None:
    @in_virtual_time
    async def run() -> None:
        failure = kind("no")
        vehicle = Vehicle([0.0, failure, failure])
        async with vehicle.loop() as loop:
            await asyncio.sleep(25)
            assert loop.failure is failure
            assert loop.answer == told(1)
            await asyncio.sleep(10)
            assert loop.failure is None
            assert loop.answer == told(4)
        assert vehicle.times == [0.0, 10.0, 20.0, 30.0]

    run()


@pytest.mark.parametrize(
    "kind",
    [AuthenticationError, PermissionDeniedError, CertificateError, ClientStateError, InvalidArgumentError],
)
def test_what_the_next_report_would_meet_again_ends_the_loop(kind: Any) -> None:
    @in_virtual_time
    async def run() -> None:
        vehicle = Vehicle([0.0, kind("no")])
        loop = vehicle.loop()
        await loop.__aenter__()
        await asyncio.sleep(100)
        assert loop.answer == told(1)
        with pytest.raises(kind, match="no"):
            await loop.__aexit__(None, None, None)
        assert vehicle.times == [0.0, 10.0]

    run()


@in_virtual_time
async def test_waiting_tells_at_once_what_has_ended_it_and_the_block_not_again() -> None:
    vehicle = Vehicle([0.0, AuthenticationError("no")])
    async with vehicle.loop() as loop:
        with pytest.raises(AuthenticationError):
            await loop.wait()
        assert asyncio.get_running_loop().time() == 10.0


@in_virtual_time
async def test_an_error_of_the_source_ends_the_loop() -> None:
    def source() -> VehicleReport:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        async with Vehicle().loop(source=source) as loop:
            await loop.wait()


@in_virtual_time
async def test_an_error_of_the_block_goes_before_that_of_the_loop() -> None:
    loop = Vehicle([AuthenticationError("no")]).loop()
    await loop.__aenter__()
    await asyncio.sleep(1)
    await loop.__aexit__(LookupError, LookupError(), None)


@in_virtual_time
async def test_the_end_of_the_block_ends_a_report_in_flight() -> None:
    vehicle = Vehicle([5.0])
    async with vehicle.loop():
        await asyncio.sleep(1)
    assert vehicle.cancelled
    assert len(asyncio.all_tasks()) == 1


@in_virtual_time
async def test_whoever_gives_up_waiting_does_not_end_the_loop() -> None:
    vehicle = Vehicle()
    async with vehicle.loop() as loop:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(15):
                await loop.wait()
        await asyncio.sleep(10)
        waiting = asyncio.create_task(loop.wait())
        await asyncio.sleep(0)
    await waiting
    assert vehicle.times == [0.0, 10.0, 20.0]


async def test_one_loop_is_for_one_block() -> None:
    loop = Vehicle().loop()
    with pytest.raises(ClientStateError, match="has not begun"):
        await loop.wait()
    async with loop:
        with pytest.raises(ClientStateError, match="has begun already"):
            await loop.__aenter__()


@pytest.mark.parametrize("every", [0, -1.0, float("inf"), float("nan"), True])
def test_the_period_is_checked(every: float) -> None:
    with pytest.raises(InvalidArgumentError, match="every must be a finite number of seconds above 0"):
        Vehicle().loop(every)
