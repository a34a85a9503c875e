"""A client whose budget is shared with other processes, and what the command line sees of it."""

import json
import logging
import os
import re
import time
from pathlib import Path
from typing import Any

import pytest

from depotfinity_async import BudgetUnavailableError, ConfigurationError, DeadlineError, DepotFinity
from depotfinity_async.cli import main
from depotfinity_async.ratelimit import Budget, look
from depotfinity_async.ratelimit.shared import forget_shared_budgets
from depotfinity_async.ratelimit.stores import StoreError, open_store
from depotfinity_async.simulator import Simulator
from tests.support.clients import simulated
from tests.support.commands import done, simulator_in_thread, with_environment
from tests.support.polling import until
from tests.support.shared_state import MemoryStore, RealClock, asked


def client_of(simulator: Simulator, budget: str | os.PathLike[str], **options: object) -> DepotFinity:
    return DepotFinity(
        client_id=simulator.client_id,
        client_secret=simulator.client_secret,
        base_url=simulator.url,
        token_url=simulator.token_url,
        budget=budget,
        **options,  # type: ignore[arg-type]  # of all kinds
    )


def test_programs_of_one_user_share_a_budget_and_the_command_shows_it() -> None:
    with simulator_in_thread(chargers=3) as simulator:
        env = with_environment(simulator)
        for _ in range(2):
            polled = done("poll", "CP-1", env=env)
            assert polled.returncode == 0, polled.stderr
        # A look needs to know which deployment it is, and no credentials.
        stranger = {name: value for name, value in env.items() if not name.startswith("DEPOTFINITY_CLIENT")}
        looked = done("budget", "--json", env=stranger)
        sent = len(simulator.log)
    status = json.loads(looked.stdout)
    assert Path(status["place"]).name.startswith("budget-")
    # They have said goodbye, so nothing is kept for them.
    assert (status["used"], status["store"]) == (sent, "host")
    assert (status["leased"], status["members"], status["standby"]) == (0, 0, 0)
    assert sent == 6  # a token and two reads, twice


async def test_a_client_that_is_made_anew_remembers_what_its_predecessor_used(tmp_path: Path) -> None:
    place = str(tmp_path / "budget.sqlite3")
    async with Simulator(chargers=2) as simulator:
        async with client_of(simulator, place) as depot:
            await depot.chargers.availability("CP-1")
            assert depot.budget.status().store == "host"
            assert look(open_store(place, "any")).standby == 16
        # As in a process that is started again: nothing is left but the file.
        forget_shared_budgets()
        async with client_of(simulator, place) as depot:
            await depot.chargers.availability("CP-1")
            status = depot.budget.status()
        assert (status.used, status.granted) == (4, 2)


async def test_a_path_object_is_the_path_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with Simulator(chargers=2) as simulator, client_of(simulator, Path("host")) as depot:
        await depot.chargers.availability("CP-1")
        assert depot.budget.status().store == "host"
    assert look(open_store(tmp_path / "host", "any")).used == 2


@pytest.mark.parametrize("budget", [42, True, b"host", ["host"]])
def test_a_budget_of_another_type_is_a_configuration_error(budget: Any) -> None:
    with pytest.raises(
        ConfigurationError, match=rf"budget: must be .* Budget, not of type {type(budget).__name__}\.$"
    ):
        DepotFinity(client_id="id", client_secret="secret", budget=budget)


async def test_egress_and_deployment_name_the_budget() -> None:
    async with Simulator(chargers=2) as simulator:
        for egress in ("north", "south"):
            async with client_of(simulator, "host", egress=egress) as depot:
                await depot.chargers.availability("CP-1")
                assert depot.budget.status().used == 2


async def test_a_server_that_is_away_is_an_error_if_that_is_asked_for() -> None:
    async with Simulator(chargers=2) as simulator:
        depot = client_of(simulator, "redis://:CANARY@127.0.0.1:1", on_budget_down="raise")
        async with depot:
            began = time.monotonic()
            with pytest.raises(BudgetUnavailableError, match="was not sent") as failed:
                await depot.chargers.availability("CP-1")
            assert time.monotonic() - began < 30
        assert "CANARY" not in f"{failed.value!r} {failed.value} {depot!r} {depot.budget.status()}"
        assert len(simulator.log) == 0


async def test_a_deadline_is_kept_when_nobody_knows_of_a_slot() -> None:
    store = MemoryStore(RealClock())
    store.exchange(asked("another", limit=1, window=300_000))
    budget = Budget(1, store=store)
    # It has no part in a budget of one slot.
    budget.hold(0.0, "none")
    await until(lambda: len(store.requests) == 2)
    store.down = StoreError("down")
    budget.hold(0.0, "none")
    await until(lambda: "away" in budget.status().store)
    async with Simulator(chargers=2) as simulator, simulated(simulator, budget=budget, deadline=5) as depot:
        began = time.monotonic()
        with pytest.raises(DeadlineError) as failed:
            await depot.chargers.availability("CP-1")
        assert time.monotonic() - began < 4  # not after its deadline
    assert failed.value.retry_after is None
    assert "inf" not in str(failed.value)


async def test_a_place_that_cannot_be_written_costs_one_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    async with Simulator(chargers=2, speed=100) as simulator:
        with caplog.at_level(logging.WARNING):
            async with client_of(simulator, str(tmp_path / "file" / "budget")) as depot:
                await depot.chargers.availability("CP-1")
                assert "away" in depot.budget.status().store
    assert len(caplog.records) == 1


async def test_a_url_that_is_none_is_a_configuration_error() -> None:
    async with Simulator(chargers=2) as simulator:
        with pytest.raises(ConfigurationError, match="budget"):
            client_of(simulator, "redis://:CANARY@host:port")


def test_a_budget_of_each_process_cannot_be_seen_from_outside(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["budget", "--budget=process"]) == 3
    assert "--budget host" in capsys.readouterr().err
    assert main(["budget", "--budget=redis://127.0.0.1:1"]) == 7
    assert main(["budget"]) == 0
    printed = capsys.readouterr().out
    assert "0 of 100 slots used in 300 s" in printed
    assert re.search(r"the shared state is /.*\.sqlite3$", printed)
    assert "waiting" not in printed
