"""Processes that share our budget on a store that goes away and comes back, in virtual time."""

import asyncio
import math

import attrs

from tests.support.limit_servers import peak
from tests.support.shared_depot import LIMIT, WINDOW, Depot
from tests.support.virtual_time import run_virtual

__all__ = ["PROCESSES", "Away", "Sharing", "away", "sharing"]

PROCESSES = (1, 2, 4)

_SETTLED = 45.0
"""After these seconds a new state has learned, and all processes have heard of each other."""


@attrs.frozen
class Sharing:
    """All processes want more than there is.

    Args:
        peak: the most arrivals in any window.
        share: arrivals, of those that the rule grants in this time.
        uneven: requests of the busiest process, as a multiple of those of the laziest.
        exchanges: with the store, for each grant.
        burst: how many one process sends within half a second, if the others want nothing.
        delayed: seconds until it has sent as many as it ever can.
    """

    peak: int
    share: float
    uneven: float
    exchanges: float
    burst: int
    delayed: float


@attrs.frozen
class Away:
    """The store is out of reach for two windows.

    Args:
        peak: the most arrivals in any window.
        at_once: calls of a process that wanted nothing that are served within a second.
        busy: what busy processes send in the first window, as a share of what they would send with the store.
        back: seconds until all processes have found it again.
    """

    peak: int
    at_once: int
    busy: float
    back: float


def sharing(count: int, seconds: float) -> Sharing:
    """So many processes with 1,000 callers in all."""
    burst, delayed = run_virtual(_burst(count))
    return run_virtual(_saturated(count, seconds, burst, delayed))


def away(count: int) -> Away:
    """So many processes: first idle ones that begin to call, then busy ones."""
    peaks, at_once = run_virtual(_idle(count))
    usual, _, _ = run_virtual(_busy(count, down=False))
    sent, most, back = run_virtual(_busy(count, down=True))
    return Away(peak=max(peaks, most), at_once=at_once, busy=sent / usual, back=back)


async def _saturated(count: int, seconds: float, burst: int, delayed: float) -> Sharing:
    depot = Depot(count)
    await asyncio.sleep(_SETTLED)
    before = sum(process.exchanges for process in depot.processes)
    for process in depot.processes:
        depot.keep_busy(process, callers=1000 // count)
    await asyncio.sleep(seconds)
    granted = [process.budget.status().granted for process in depot.processes]
    exchanges = sum(process.exchanges for process in depot.processes) - before
    await depot.end()
    return Sharing(
        peak=peak(depot.arrivals, WINDOW),
        share=len(depot.arrivals) / (LIMIT * seconds / WINDOW),
        uneven=max(granted) / min(granted),
        exchanges=exchanges / sum(granted),
        burst=burst,
        delayed=delayed,
    )


async def _burst(count: int) -> tuple[int, float]:
    depot = Depot(count)
    await asyncio.sleep(_SETTLED)
    depot.keep_busy(depot.processes[0])
    start = depot.clock.now()
    await asyncio.sleep(0.5)
    at_once = len(depot.arrivals)
    await asyncio.sleep(WINDOW / 2)
    await depot.end()
    return at_once, depot.arrivals[-1] - start


async def _idle(count: int) -> tuple[int, int]:
    depot = Depot(count)
    await asyncio.sleep(_SETTLED)
    depot.shared.down, start = True, depot.clock.now()
    depot.keep_busy(depot.processes[-1])
    await asyncio.sleep(2 * WINDOW)
    at_once = len(depot.between(start - 1.0, start + 1.0))
    await depot.end()
    return peak(depot.arrivals, WINDOW), at_once


async def _busy(count: int, *, down: bool) -> tuple[int, int, float]:
    depot = Depot(count)
    await asyncio.sleep(_SETTLED)
    for number in range(LIMIT):
        # Spread over the window, as polls are.
        depot.callers.append(asyncio.create_task(depot.use(depot.processes[number % count])))
        await asyncio.sleep(WINDOW / LIMIT)
    for process in depot.processes:
        depot.keep_busy(process)
    await asyncio.sleep(400.5)
    depot.shared.down, start = down, depot.clock.now()
    await asyncio.sleep(2 * WINDOW)
    depot.shared.down, up = False, depot.clock.now()
    back = math.inf
    for _ in range(200):
        await asyncio.sleep(0.1)
        if back == math.inf and not any(
            "away" in process.budget.status().store for process in depot.processes
        ):
            back = depot.clock.now() - up
    await asyncio.sleep(WINDOW)
    await depot.end()
    return len(depot.between(start, start + WINDOW)), peak(depot.arrivals, WINDOW), back
