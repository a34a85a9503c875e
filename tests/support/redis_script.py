"""The script of the Redis store with a time given by the test, beside `record.exchange`."""

import copy
import json
from importlib import resources
from typing import Any

import msgspec
import redis

from depotfinity_async.ratelimit.record import exchange, only_looks
from depotfinity_async.ratelimit.shapes import Record, Reply, Request, is_sound

KEY = "record"
_CLOCK = 'redis.call("TIME")'


def script() -> str:
    """The text of the script, its only look at the clock replaced by two more arguments."""
    text = resources.files("depotfinity_async.ratelimit.stores").joinpath("redis.lua").read_text("utf-8")
    assert text.count(_CLOCK) == 1
    return text.replace(_CLOCK, "{ tonumber(ARGV[5]), tonumber(ARGV[6]) }")


class Twins:
    """The transition in Python and the one on the server, side by side from no state at all."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._script = client.register_script(script())
        self.record: Record | None = None
        self.now = 1_800_000_000_000
        client.delete(KEY)

    def exchange(self, request: Request) -> Reply:
        """The reply of both, which is the same, and so is the record they leave."""
        record = copy.deepcopy(self.record)
        expected_record, expected = exchange(record, self.now, copy.deepcopy(request), start="learning")
        if self.record is not None and only_looks(self.record, request):
            expected_record = self.record
        reply = self.on_server(request)
        assert reply == expected
        assert self.stored() == expected_record
        self.record = expected_record
        return reply

    def on_server(self, request: Request, *, forgot: bool = False) -> Reply:
        """The reply of the script alone."""
        seconds, milliseconds = divmod(self.now, 1000)
        # The script sees microseconds and rounds down.
        arguments = [
            json.dumps(request),
            "1.0",
            "60000",
            "1" if forgot else "",
            seconds,
            milliseconds * 1000 + 999,
        ]
        reply: Reply = json.loads(self._script([KEY], arguments))
        for part in ("waits", "standby"):
            reply[part] = reply[part] or []
        return reply

    def stored(self) -> Any:
        """The record on the server; Lua knows one kind of empty table."""
        stored = self._client.get(KEY)
        assert isinstance(stored, bytes)
        record = msgspec.msgpack.decode(stored)
        for part in ("entries", "members"):
            record[part] = record[part] or {}
        assert is_sound(record)
        return record

    def put(self, record: Any) -> None:
        """Have both begin with this state."""
        self.record = record
        self._client.set(KEY, record if isinstance(record, bytes) else msgspec.msgpack.encode(record))
