"""A simulator for commands that are called in this process, which find it by the environment."""

from collections.abc import Iterator

import pytest

from depotfinity_async.simulator import Simulator
from tests.support.commands import environment, simulator_in_thread
from tests.support.simulated import NOW


@pytest.fixture
def simulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    with simulator_in_thread(chargers=5, now=NOW, speed=0, limit=100_000) as simulator:
        for name, value in environment(simulator).items():
            monkeypatch.setenv(name, value)
        yield simulator
