"""Vehicles that report to a simulator: credentials, numbers, changes, budget, errors, the loop."""

from __future__ import annotations

import asyncio
import base64
import logging
import pickle
import traceback
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from depotfinity_async import (
    AuthenticationError,
    BadRequestError,
    Budget,
    ClientStateError,
    Clock,
    ConfigurationError,
    DeadlineError,
    DepotFinityError,
    HvacPreparation,
    InvalidArgumentError,
    NoResponseError,
    PermissionDeniedError,
    Secret,
    UnexpectedResponseError,
    VehicleReport,
    VehicleSession,
)
from depotfinity_async.simulator import Simulator
from depotfinity_async.simulator.depot.onboard import Onboard
from tests.support.clients import still
from tests.support.simulated import NOW

VIN, PASSWORD = "WDF00000000000122", "CANARY-password"
PAIR = base64.b64encode(f"{VIN}:{PASSWORD}".encode()).decode()
FULL = VehicleReport(
    evccid="0011AABBCCDD",
    odo=812345,
    bat_reqtime=40,
    bat_eamount=120,
    bprec_eamount=0,
    prec_reqtime=30,
    prec_eamount=5,
    chrg_stat=1,
)


@attrs.define
class Backend:
    """Takes reports, keeps them, and answers as scripted, else with an echo."""

    url: str = ""
    paths: list[str] = attrs.field(factory=list)
    bodies: list[dict[str, Any]] = attrs.field(factory=list)
    headers: list[Any] = attrs.field(factory=list, repr=False)
    script: list[web.Response | None] = attrs.field(factory=list)
    echo: dict[str, Any] = attrs.field(factory=dict)
    gate: asyncio.Event | None = None

    async def take(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.paths.append(request.path)
        self.bodies.append(body)
        self.headers.append(request.headers.copy())
        if self.gate is not None:
            await self.gate.wait()
        answer = self.script.pop(0) if self.script else None
        answered = {"seq": body["seq"], "vin": body["vin"], "driveoff": 65535, **self.echo}
        return answer or web.json_response(answered)

    @property
    def numbers(self) -> list[int]:
        return [body["seq"] for body in self.bodies]


@pytest.fixture
async def backend() -> AsyncIterator[Backend]:
    backend = Backend()
    app = web.Application()
    app.router.add_post("/{path:.*}", backend.take)
    async with TestServer(app) as server:
        backend.url = str(server.make_url("")).rstrip("/")
        yield backend


def reporting(backend: Backend, **options: Any) -> VehicleSession:
    clock = Clock(1000)
    made: dict[str, Any] = {"budget": Budget(1000, clock=clock), "clock": clock, "max_retries": 0}
    return VehicleSession(VIN, PASSWORD, vehicle_url=backend.url, **{**made, **options})


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator(chargers=6, connectors=2, now=NOW, speed=0, limit=1000) as simulator:
        yield simulator


def first(simulator: Simulator) -> Onboard:
    return next(iter(simulator.depot.onboards))


def of(simulator: Simulator, onboard: Onboard, **options: Any) -> VehicleSession:
    return VehicleSession(onboard.vin, onboard.password, vehicle_url=simulator.url, **options)


async def test_a_vehicle_needs_no_client_credentials(simulator: Simulator) -> None:
    onboard = first(simulator)
    async with of(simulator, onboard) as vehicle:
        told = await vehicle.send(FULL)
        assert (told.seq, told.vin) == (0, onboard.vin)
        assert isinstance(told.prec_hvac, HvacPreparation)
        assert onboard.signals == FULL.members()
        changed = attrs.evolve(FULL, odo=812346, chrg_stat=None)
        assert (await vehicle.send(changed)).seq == 1
        assert onboard.signals == changed.members()
    assert simulator.log.count(kind="token") == 0


async def test_a_vehicle_of_a_client(simulator: Simulator) -> None:
    onboard = first(simulator)
    async with still(simulator) as depot:
        async with depot.vehicle(onboard.vin, Secret(onboard.password)) as vehicle:
            assert (await vehicle.send(FULL)).seq == 0
            assert depot.budget.status().used == 1
        await depot.transactions.list()
        assert depot.budget.status().used == 3
        moved = depot.with_options(paths={"vdv261.report": "/vdv"})
        async with moved.vehicle(onboard.vin, onboard.password) as vehicle:
            await vehicle.send(FULL)
    assert [entry.path for entry in simulator.log if entry.kind == "vehicle"] == ["/v1/vdv", "/vdv"]


async def test_a_vehicle_of_a_client_has_its_clock_and_its_deadline(simulator: Simulator) -> None:
    onboard = first(simulator)
    budget = Budget(1, 3600, lanes=("command", "poll"))
    async with still(simulator, budget=budget, clock=Clock(1000)) as depot, asyncio.timeout(10):
        limited = depot.with_options(deadline=1)
        async with limited.vehicle(onboard.vin, onboard.password) as vehicle:
            assert vehicle._transport.clock.speed == 1000
            with await budget.acquire(), pytest.raises(DeadlineError):
                await vehicle.send(FULL)


async def test_a_report_has_a_deadline_of_its_own(backend: Backend) -> None:
    backend.gate = asyncio.Event()
    async with reporting(backend, deadline=1_000_000) as vehicle, asyncio.timeout(10):
        with pytest.raises(DeadlineError, match=r"vdv261\.report"):
            await vehicle.send(FULL, deadline=50)
        backend.gate.set()


async def test_a_report_goes_before_polls(backend: Backend) -> None:
    budget = Budget(1000, clock=Clock(1000), lanes=("command", "poll"))
    lanes: list[str | None] = []
    budget.on_wait(lambda wait: lanes.append(wait.lane))
    budget.hold(20, "busy")
    async with reporting(backend, budget=budget) as vehicle:
        await vehicle.send(FULL)
    assert lanes == ["command"]


async def test_what_goes_over_the_wire(backend: Backend) -> None:
    async with reporting(backend) as vehicle:
        await vehicle.send(FULL)
    headers = backend.headers[0]
    assert headers["Authorization"] == f"Basic {PAIR}"
    assert headers["Content-Type"] == headers["Accept"] == "application/json"
    assert backend.bodies == [{"seq": 0, "vin": VIN, **FULL.members()}]


async def test_the_full_set_at_0_and_changes_after(backend: Backend) -> None:
    async with reporting(backend) as vehicle:
        assert vehicle.seq == 0
        await vehicle.send(FULL)
        await vehicle.send(attrs.evolve(FULL, odo=5))
        await vehicle.send(attrs.evolve(FULL, odo=5))
        await vehicle.send(attrs.evolve(FULL, odo=5, prec_reqtime=None))
        await vehicle.send(FULL)
        assert vehicle.seq == 5
    assert backend.bodies[1:] == [
        {"seq": 1, "vin": VIN, "odo": 5},
        {"seq": 2, "vin": VIN},
        {"seq": 3, "vin": VIN, "prec_reqtime": 65535},
        {"seq": 4, "vin": VIN, "odo": 812345, "prec_reqtime": 30},
    ]


async def test_the_number_wraps_to_0_with_the_full_set(backend: Backend) -> None:
    async with reporting(backend) as vehicle:
        for _ in range(258):
            await vehicle.send(FULL)
    assert backend.numbers == [*range(256), 0, 1]
    assert backend.bodies[255] == {"seq": 255, "vin": VIN}
    assert backend.bodies[256] == {"seq": 0, "vin": VIN, **FULL.members()}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 500, 503, 504])
async def test_after_a_failure_nothing_is_missing(backend: Backend, status: int) -> None:
    backend.script = [None, web.Response(status=status)]
    async with reporting(backend) as vehicle:
        await vehicle.send(FULL)
        with pytest.raises(DepotFinityError):
            await vehicle.send(attrs.evolve(FULL, odo=5))
        await vehicle.send(attrs.evolve(FULL, odo=6))
    assert backend.numbers == [0, 1, 0]
    assert backend.bodies[2] == {"seq": 0, "vin": VIN, **FULL.members(), "odo": 6}


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"seq": "0"}', b'{"driveoff": 1.5}'])
async def test_after_an_answer_that_cannot_be_read_nothing_is_missing(backend: Backend, body: bytes) -> None:
    backend.script = [None, web.Response(body=body, content_type="application/json")]
    async with reporting(backend) as vehicle:
        await vehicle.send(FULL)
        with pytest.raises(UnexpectedResponseError):
            await vehicle.send(FULL)
        assert vehicle.seq == 0


async def test_after_an_answer_to_another_number_nothing_is_missing(backend: Backend) -> None:
    backend.echo = {"seq": 0}
    async with reporting(backend) as vehicle:
        assert [(await vehicle.send(FULL)).seq for _ in range(3)] == [0, 0, 0]
    assert backend.numbers == [0, 1, 0]


async def test_after_a_cancelled_report_nothing_is_missing(backend: Backend) -> None:
    async with reporting(backend) as vehicle:
        await vehicle.send(FULL)
        backend.gate = asyncio.Event()
        sending = asyncio.create_task(vehicle.send(FULL))
        while len(backend.bodies) < 2:  # noqa: ASYNC110  # what arrives is the server's to see, there is no event
            await asyncio.sleep(0.001)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        backend.gate.set()
        await vehicle.send(FULL)
    assert backend.numbers == [0, 1, 0]


async def test_a_report_that_was_lost_is_sent_again(simulator: Simulator) -> None:
    onboard = first(simulator)
    simulator.faults.add(path="/v1/vdv", drop=True)
    clock = Clock(1000)
    async with of(simulator, onboard, clock=clock, budget=Budget(clock=clock)) as vehicle:
        assert (await vehicle.send(FULL)).seq == 0
        simulator.faults.add(path="/v1/vdv", drop=True, times=None)
        with pytest.raises(NoResponseError) as caught:
            await vehicle.send(FULL, deadline=10_000)
        assert caught.value.maybe_processed
    assert simulator.log.count(kind="vehicle") == 2 + 5


async def test_reports_go_one_after_the_other(backend: Backend) -> None:
    backend.gate = asyncio.Event()
    async with reporting(backend) as vehicle:
        sending = asyncio.create_task(vehicle.send(FULL))
        await asyncio.sleep(0)
        with pytest.raises(ClientStateError, match="under way"):
            await vehicle.send(FULL)
        backend.gate.set()
        await sending
        assert (await vehicle.send(FULL)).seq == 1
    with pytest.raises(ClientStateError, match="closed"):
        await vehicle.send(FULL)


async def test_refused_credentials_are_tried_once(simulator: Simulator) -> None:
    async with VehicleSession(first(simulator).vin, "wrong", vehicle_url=simulator.url) as vehicle:
        with pytest.raises(AuthenticationError, match="Check the VIN and the password of") as caught:
            await vehicle.send(FULL)
    assert (caught.value.status, caught.value.attempts) == (401, 1)
    assert simulator.log.count(kind="vehicle") == 1


@pytest.mark.parametrize(
    ("package", "words"),
    [(None, "VDV-261 belongs to Premium"), ("Basic", "VDV-261 is not in your package Basic")],
)
async def test_a_refusal_names_the_package(package: Any, words: str) -> None:
    async with (
        Simulator(chargers=2, package="Basic") as simulator,
        of(simulator, first(simulator), package=package) as vehicle,
    ):
        with pytest.raises(PermissionDeniedError, match=words):
            await vehicle.send(FULL)


async def test_a_value_that_the_service_refuses(backend: Backend) -> None:
    backend.script = [web.json_response({"code": 400, "message": "odo: is too small"}, status=400)]
    async with reporting(backend) as vehicle:
        with pytest.raises(BadRequestError, match="odo: is too small"):
            await vehicle.send(FULL)


async def test_reports_are_counted_unless_told_otherwise(backend: Backend) -> None:
    budget = Budget(2, clock=Clock(1000))
    async with reporting(backend, budget=budget) as vehicle:
        await vehicle.send(FULL)
    assert budget.status().used == 1
    async with reporting(backend, budget=budget, count_vehicles=False) as vehicle:
        for _ in range(5):
            await vehicle.send(FULL)
    assert budget.status().used == 1


async def test_vehicles_of_one_process_share_a_budget(backend: Backend) -> None:
    vehicles = [VehicleSession(VIN, PASSWORD, vehicle_url=backend.url) for _ in range(2)]
    for vehicle in vehicles:
        async with vehicle:
            await vehicle.send(FULL)
    budgets = {vehicle._transport._budget for vehicle in vehicles}
    assert [budget.status().used for budget in budgets] == [2]


async def test_settings_come_from_the_same_places(
    backend: Backend, monkeypatch: pytest.MonkeyPatch, isolated_environment: Path
) -> None:
    config = isolated_environment / ".config" / "depotfinity" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(
        '[profiles.default]\ncount_vehicles = false\n[profiles.default.paths]\n"vdv261.report" = "/v3/bus"\n'
    )
    monkeypatch.setenv("DEPOTFINITY_VEHICLE_URL", backend.url + "/")
    monkeypatch.setenv("DEPOTFINITY_CLIENT_SECRET", "CANARY-of-the-client")
    async with VehicleSession(VIN, PASSWORD) as vehicle:
        await vehicle.send(FULL)
    assert backend.headers[0]["Authorization"] == f"Basic {PAIR}"
    assert backend.paths == ["/v3/bus"]
    assert not vehicle._settings.count_vehicles


async def test_the_certificate_is_a_setting_of_its_own(tmp_path: Path) -> None:
    root, other = tmp_path / "root.pem", tmp_path / "other.pem"
    root.write_text("no certificate")
    other.write_text("")
    async with VehicleSession(VIN, PASSWORD, vehicle_ca_bundle=root, ca_bundle=other) as vehicle:
        with pytest.raises(ConfigurationError, match=r"root\.pem can't be used"):
            await vehicle.send(FULL)
    with pytest.raises(ConfigurationError, match="is not a file"):
        VehicleSession(VIN, PASSWORD, vehicle_ca_bundle=tmp_path / "none.pem")


@pytest.mark.parametrize("vin", ["", "A" * 10, "A" * 18, "A" * 11 + ":", "Ä" * 11, "A" * 11 + "\n", None])
def test_the_vin_is_checked(vin: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="vin must be 11 to 17 letters"):
        VehicleSession(vin, PASSWORD)


@pytest.mark.parametrize("password", ["", "a" * 151, "ä", "a\n", None, Secret(""), 12345])
def test_the_password_is_checked(password: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="password must be 1 to 150 printable") as error:
        VehicleSession(VIN, password)
    assert not password or str(password) not in str(error.value)


def test_the_longest_and_the_shortest_are_taken() -> None:
    VehicleSession("A" * 11, "a")
    VehicleSession("9" * 17, "a:" * 75)


async def test_no_secret_is_shown(backend: Backend, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    backend.script = [web.Response(status=401, text=f"You sent Basic {PAIR} and {PASSWORD}"), None]
    async with reporting(backend) as vehicle:
        texts = [repr(vehicle), repr(vars(vehicle)), repr(vehicle._settings)]
        with pytest.raises(AuthenticationError) as caught:
            await vehicle.send(FULL)
        texts += [str(caught.value), repr(vars(caught.value)), repr(pickle.dumps(caught.value))]
        texts += traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
        texts.append(repr(await vehicle.send(FULL)))
    assert "vdv261.report: POST /v1/vdv, try 1: 401" in caplog.text
    for text in (*texts, caplog.text):
        assert "CANARY" not in text
        assert PAIR not in text
    assert VIN not in repr(vehicle)


async def test_the_loop_reports_until_its_block_ends(simulator: Simulator) -> None:
    onboard = first(simulator)
    clock = Clock(1000)
    reports = [attrs.evolve(FULL, odo=number) for number in range(3)]
    left = iter(reports)
    async with of(simulator, onboard, clock=clock, budget=Budget(clock=clock)) as vehicle:
        async with vehicle.loop(lambda: next(left, reports[-1])) as loop:
            async with asyncio.timeout(10):
                while vehicle.seq < 4:  # noqa: ASYNC110  # the answers are the loop's to see, there is no event
                    await asyncio.sleep(0.001)
        assert loop.answer is not None
        assert loop.failure is None
    assert onboard.signals == reports[-1].members()


async def test_the_loop_ends_when_the_credentials_are_refused(simulator: Simulator) -> None:
    async with VehicleSession(first(simulator).vin, "wrong", vehicle_url=simulator.url) as vehicle:
        with pytest.raises(AuthenticationError):
            async with asyncio.timeout(10), vehicle.loop(lambda: FULL) as loop:
                await loop.wait()
    assert simulator.log.count(kind="vehicle") == 1
