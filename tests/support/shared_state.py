"""A store in memory, requests to it, and processes that share it: all on a clock that the test moves."""

import json
import threading
import time
from typing import Any, Protocol, cast

from depotfinity_async.ratelimit import Clock
from depotfinity_async.ratelimit.record import exchange
from depotfinity_async.ratelimit.shapes import Record, Reply, Request, Start, is_sound
from depotfinity_async.ratelimit.stores import StoreError


class StoreClock(Protocol):
    """What a store in memory reads."""

    @property
    def now(self) -> int: ...


class RealClock:
    """Real milliseconds."""

    @property
    def now(self) -> int:
        return int(time.monotonic() * 1000)


class ManualClock:
    """Milliseconds that pass when the test says so."""

    def __init__(self, now: int = 1_000_000) -> None:
        self.now = now


def asked(process: str = "p", **parts: Any) -> Request:
    """A request that tells and wants nothing, but for these parts."""
    request = Request(
        process=process,
        member=True,
        epoch="",
        fresh=f"epoch of {process}",
        limit=10,
        window=30_000,
        smooth=False,
        lease=5000,
        grace=3000,
        wants=[],
        first=1,
        batch=10,
        ended=[],
        announced=[],
        restore=[],
        holds=[],
        dead=[],
        standby=[],
        part=0,
    )
    return cast("Request", {**request, **parts})


class MemoryStore:
    """A store of this process. Several objects share the state of the first one, `beside` it.

    Attributes:
        down: the error of the next exchanges.
        deaf: the next exchanges are done, and their replies are lost.
        requests: all that came.
        tries: how many exchanges were tried.
    """

    kind: str = "host"

    def __init__(
        self, clock: StoreClock, *, beside: "MemoryStore | None" = None, start: Start = "open"
    ) -> None:
        self._clock = clock
        self._state: list[str | None] = [None] if beside is None else beside._state
        self._lock: threading.Lock = threading.Lock() if beside is None else beside._lock
        self._start: Start = start
        self.down: Exception | None = None
        self.deaf = False
        self.requests: list[Request] = []
        self.tries = 0
        self.closed = False

    def new_process(self) -> str:
        return f"process {id(self)}"

    @property
    def record(self) -> Record | None:
        return None if self._state[0] is None else json.loads(self._state[0])

    def lose(self) -> None:
        """The state is gone."""
        self._state[0] = None

    def exchange(self, request: Request) -> Reply:
        self.tries += 1
        if self.down is not None:
            raise self.down
        sent: Request = json.loads(json.dumps(request))
        self.requests.append(sent)
        with self._lock:  # couriers come from threads of their own
            record, reply = exchange(self.record, self._clock.now, sent, start=self._start)
            assert is_sound(record)
            self._state[0] = json.dumps(record)
        if self.deaf:
            raise StoreError("the reply was lost")
        return cast("Reply", json.loads(json.dumps(reply)))

    def close(self) -> None:
        self.closed = True


class SecondsClock(Clock):
    """The budget's view of a `ManualClock`."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self._clock = clock

    @property
    def resolution(self) -> float:
        return 0.0

    def now(self) -> float:
        return self._clock.now / 1000
