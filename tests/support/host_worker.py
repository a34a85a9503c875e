"""A program: one of several processes that share a budget in a file, busy until it is killed.

Its argument is JSON: path, log, limit, window, lease, coroutines. Each request appends a line to the log when
it arrives: its process and the time, on the clock of the host.
"""

import asyncio
import json
import os
import random
import sys
import time

from depotfinity_async.ratelimit import Budget
from depotfinity_async.ratelimit.stores import open_store


async def request(budget: Budget, log: int) -> None:
    """One request after the other, with a way there and a way back."""
    while True:
        with await budget.acquire() as lease:
            lease.sent()
            await asyncio.sleep(random.uniform(0.0, 0.02))
            os.write(log, f"{os.getpid()} {time.clock_gettime(time.CLOCK_MONOTONIC)}\n".encode())
            await asyncio.sleep(random.uniform(0.0, 0.02))
            lease.answered()


async def work() -> None:
    """As the argument says."""
    settings = json.loads(sys.argv[1])
    budget = Budget(
        settings["limit"],
        settings["window"],
        grace=0.1,
        lease=settings["lease"],
        store=open_store(settings["path"], "unused"),
    )
    log = os.open(settings["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    await asyncio.gather(*(request(budget, log) for _ in range(settings["coroutines"])))


if __name__ == "__main__":
    asyncio.run(work())
