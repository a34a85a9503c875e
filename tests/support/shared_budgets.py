"""Processes that share a budget, all in one program and one loop of virtual time, each with its own courier.

For proofs about the whole of budget, courier, record and dealing. Real processes: the integration tests.
"""

import asyncio
import contextlib
import queue
from collections.abc import Callable
from typing import Protocol
from unittest import mock

from depotfinity_async.ratelimit import Budget, background
from depotfinity_async.ratelimit.courier import Courier
from depotfinity_async.ratelimit.errands import Errand
from depotfinity_async.ratelimit.record import exchange
from depotfinity_async.ratelimit.shapes import Record, Reply, Request
from depotfinity_async.ratelimit.stores import Store, StoreError
from tests.support.virtual_time import VirtualClock


class NamedStore(Store, Protocol):
    """A store of one process, with the key of that process and the number of exchanges it tried."""

    name: str
    tries: int


class _Errands(queue.SimpleQueue[Errand]):
    """What a courier has to do; wakes it without a thread."""

    def __init__(self) -> None:
        super().__init__()
        self.come = asyncio.Event()

    def put(self, item: Errand, block: bool = True, timeout: float | None = None) -> None:
        super().put(item, block, timeout)
        self.come.set()


class _StoreClock:
    """The store's own clock, which is `offset` ms off."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.offset = 0

    @property
    def now(self) -> int:
        return int(self._clock.now() * 1000) + self.offset


class _WorldStore:
    """One process's way to the state; it can know which processes are gone.

    Attributes:
        name: the key of the process.
        tries: how many exchanges were tried.
    """

    kind: str = "host"

    def __init__(self, world: "Processes") -> None:
        self._world = world
        self.tries = 0
        world.started += 1
        self.name = f"process{world.started}"

    def new_process(self) -> str:
        return self.name

    def exchange(self, request: Request) -> Reply:
        world = self._world
        self.tries += 1
        if world.down:
            raise StoreError("down")
        dead = list(world.dead) if world.on_host else []
        world.record, reply = exchange(
            world.record,
            world.store_clock.now,
            {**request, "dead": dead},
            start="open" if world.on_host else "learning",
        )
        if world.loses:
            world.loses -= 1
            raise StoreError("the reply was lost")
        return reply

    def close(self) -> None:
        pass


class Process:
    """One process: its budget, and a courier that runs until the process is killed."""

    def __init__(self, make: Callable[[Store], Budget], store: NamedStore) -> None:
        self._store = store
        self._couriers: list[asyncio.Task[None]] = []
        with (
            mock.patch.object(background, "run_in_background", self._run),
            mock.patch("depotfinity_async.ratelimit.courier.queue.SimpleQueue", _Errands),
        ):
            self.budget = make(store)

    @property
    def name(self) -> str:
        """Its key."""
        return self._store.name

    @property
    def exchanges(self) -> int:
        """How many it has tried."""
        return self._store.tries

    async def next_exchange(self) -> None:
        """Wait until it has tried once more."""
        tried = self.exchanges
        while self.exchanges == tried:  # noqa: ASYNC110 - the store knows no loop
            await asyncio.sleep(0.1)

    def stop(self) -> None:
        """Nothing of it reaches the store any more."""
        for courier in self._couriers:
            courier.cancel()

    def _run(self, courier: Courier, ring: Callable[[], None]) -> None:
        assert isinstance(courier.errands, _Errands)
        self._couriers.append(asyncio.get_running_loop().create_task(self._work(courier, ring)))

    async def _work(self, courier: Courier, ring: Callable[[], None]) -> None:
        errands = courier.errands
        assert isinstance(errands, _Errands)
        while True:
            errands.come.clear()
            seconds = courier.step()
            if courier.messages:
                ring()
            # Never in the same moment: a store takes its time.
            await asyncio.sleep(0.001)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await errands.come.wait()


class Processes:
    """The processes of one budget, and the state they share.

    Args:
        clock: that of the loop.
        make: makes a budget on a store.
        on_host: the store can see that a process has ended, and that it is new; else it is like a server.

    Attributes:
        down: the store is out of reach for all.
        loses: how many of the next replies get lost.
        record: the state.
    """

    def __init__(self, clock: VirtualClock, make: Callable[[Store], Budget], *, on_host: bool) -> None:
        self.store_clock = _StoreClock(clock)
        self.record: Record | None = None
        self.on_host = on_host
        self.started = 0
        self.dead: set[str] = set()
        self.down = False
        self.loses = 0
        self._make = make

    def start(self) -> Process:
        """A new process."""
        return Process(self._make, _WorldStore(self))

    def kill(self, process: Process) -> None:
        """It ends without a word to the store; its requests may still be on their way."""
        process.stop()
        self.dead.add(process.name)
