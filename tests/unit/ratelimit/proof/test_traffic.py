"""Six kinds of servers against random traffic: what a budget promises, seen from the server."""

import pytest

from depotfinity_async.ratelimit import Budget
from tests.support.limit_servers import SlidingCounter, peak, rejected, strict_servers
from tests.support.limit_traffic import GRACE, Run, Traffic, random_traffic
from tests.support.virtual_time import VirtualClock, run_virtual

HOUR = 3600.0
STEADY = Traffic(callers=130, seconds=4 * HOUR, latency=1.25)


def run(
    traffic: Traffic, limit: int = 100, window: float = 300.0, *, smooth: bool = False, seed: int = 0
) -> Run:
    clock = VirtualClock()
    budget = Budget(limit, window, grace=GRACE, clock=clock, smooth=smooth)
    found = Run(traffic, lambda _: budget, clock, seed=seed)
    run_virtual(found.run())
    return found


@pytest.mark.parametrize("seed", range(40))
def test_no_strict_server_ever_rejects_a_request(seed: int) -> None:
    limit, window = [(1, 10.0), (7, 60.0), (20, 60.0), (100, 300.0)][seed % 4]
    found = run(random_traffic(seed, 2 * limit, 12 * window), limit, window, smooth=seed % 8 == 7, seed=seed)
    assert found.arrivals
    assert peak(found.arrivals, window) <= limit
    for name, server in strict_servers(limit, window).items():
        assert rejected(server, found.arrivals) == 0, name


def test_no_strict_server_rejects_a_request_of_a_saturated_budget() -> None:
    found = run(STEADY)
    assert {
        name: rejected(server, found.arrivals) for name, server in strict_servers(100, 300.0).items()
    } == dict.fromkeys(strict_servers(100, 300.0), 0)


def test_hardly_anything_of_the_limit_is_wasted() -> None:
    found = run(STEADY)
    # The turnaround is 1.25 s in the mean. The bursts drift apart, so the share is that of 300 / 301.25.
    possible = 100 * STEADY.seconds / 300.0
    assert sum(moment <= STEADY.seconds for moment in found.arrivals) / possible >= 0.995


def test_the_whole_burst_goes_out_at_once() -> None:
    found = run(Traffic(callers=130, seconds=1.0, latency=0.0))
    assert found.arrivals == [0.0] * 100


def test_spaced_grants_use_nearly_all_of_the_limit_too() -> None:
    found = run(STEADY, smooth=True)
    used = sum(moment <= STEADY.seconds for moment in found.arrivals)
    assert used / (100 * STEADY.seconds / 300.0) >= 0.98
    assert rejected(SlidingCounter(100, 300.0), found.arrivals) == 0


@pytest.mark.parametrize("phase", [0.0, 50.0, 200.0])
def test_the_counter_that_only_spacing_suits_rejects_few_and_lets_most_in(phase: float) -> None:
    clock = VirtualClock()
    budget = Budget(100, 300.0, grace=GRACE, clock=clock)
    found = Run(STEADY, lambda _: budget, clock, server=SlidingCounter(100, 300.0, phase))
    run_virtual(found.run())
    hours = STEADY.seconds / HOUR
    assert len(found.rejections) / hours <= 50
    assert found.accepted / (hours * 1200) >= 0.93
