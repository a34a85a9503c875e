"""A program: one of several processes that share a budget on a server; says at its end what it did.

Its argument is JSON: url, offset (seconds by which its clocks are wrong), coroutines, seconds, limit, window,
speed.
It prints, in real seconds of a clock that is right: when its requests arrived, and what it saw of the store.
"""

import json
import sys
import time

SETTINGS = json.loads(sys.argv[1]) if __name__ == "__main__" else {}

# Before anything takes them from the module: all that this process believes of time is wrong by so much.
_wall, _monotonic = time.time, time.monotonic
time.time = lambda: _wall() + SETTINGS["offset"]
time.monotonic = lambda: _monotonic() + SETTINGS["offset"]

import asyncio  # noqa: E402
import logging  # noqa: E402
import random  # noqa: E402

from depotfinity_async.ratelimit import Budget, Clock  # noqa: E402
from depotfinity_async.ratelimit.stores.redis import RedisStore  # noqa: E402


def moment() -> float:
    """What all processes agree on."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


async def request(budget: Budget, arrivals: list[float]) -> None:
    """One request after the other, with a way there and a way back."""
    while True:
        with await budget.acquire() as lease:
            lease.sent()
            await asyncio.sleep(random.uniform(0.0, 0.02))
            arrivals.append(moment())
            await asyncio.sleep(random.uniform(0.0, 0.02))
            lease.answered()


async def watch(budget: Budget, seen: list[tuple[float, str]], lags: list[float]) -> None:
    """What the budget says of its store, and how late this loop is."""
    while True:
        seen.append((moment(), budget.status().store))
        await asyncio.sleep(0.02)
        lags.append(moment() - seen[-1][0] - 0.02)


async def work() -> None:
    """As the settings say."""
    speed = SETTINGS["speed"]
    budget = Budget(
        SETTINGS["limit"],
        SETTINGS["window"],
        grace=1.0,
        lease=5.0,
        clock=Clock(speed),
        store=RedisStore(SETTINGS["url"], "depot", speed=speed),
    )
    arrivals: list[float] = []
    seen: list[tuple[float, str]] = []
    lags: list[float] = []
    tasks = [asyncio.create_task(request(budget, arrivals)) for _ in range(SETTINGS["coroutines"])]
    tasks.append(asyncio.create_task(watch(budget, seen, lags)))
    done, _ = await asyncio.wait(tasks, timeout=SETTINGS["seconds"], return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    sys.stdout.write(json.dumps({"arrivals": arrivals, "seen": seen, "lag": max(lags)}))


if __name__ == "__main__":
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(message)s", level=logging.INFO)
    asyncio.run(work())
