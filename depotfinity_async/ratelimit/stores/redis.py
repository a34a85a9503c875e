"""The shared state on a Redis or Valkey server: one key, one script, the server's clock. For many hosts.

When the server was started anew, took over from another, or was out of the reach of all, the script notices,
and the processes say again what they use. What the state says is the business of `record`.
"""

import hashlib
import json
import math
import threading
import uuid
from concurrent.futures import Future
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from depotfinity_async.ratelimit.shapes import Reply, Request
from depotfinity_async.ratelimit.stores.redis_url import PREFIX, parse_redis_url
from depotfinity_async.ratelimit.stores.store import StoreError

if TYPE_CHECKING:
    from depotfinity_async.ratelimit.stores.redis_client import Client

__all__ = ["RedisStore"]

_PATIENCE: Final = 0.8
"""Seconds for an exchange in all. The timeouts of the client are shorter, but do not hold for looking up a
name, for a server that sends byte by byte, and for nodes of a cluster that are asked one after the other."""

_KEPT: Final = 2 * 86_400_000
"""Real ms until a state that nobody uses is forgotten, beside what its slots need. Long, since a new state
begins with a time of learning, and the job of each day should not wait for it."""


class RedisStore:
    """A store under one key, so all nodes of a cluster but one are left alone.

    Args:
        server: a URL, see `parse_redis_url`; or a ready client, which keeps its own timeouts and stays open.
        key: names the budget.
        prefix: the key on the server is {prefix:key}, with the braces. None: as in the URL, or "depotfinity".
        speed: ms of the budget's clock per real one.

    Raises:
        ValueError: the URL is not valid.
        ImportError: redis-py is not installed.
    """

    def __init__(
        self, server: "str | Client", key: str, *, prefix: str | None = None, speed: float = 1.0
    ) -> None:
        try:
            # Here, since most users have no redis-py and need none.
            from depotfinity_async.ratelimit.stores import redis_client  # noqa: PLC0415
        except ImportError as error:
            raise ImportError(
                "a shared state on a Redis server needs redis-py: pip install 'depotfinity-async[redis]'"
            ) from error
        self._redis = redis_client
        self._url = parse_redis_url(server) if isinstance(server, str) else None
        self._given = None if isinstance(server, str) else server
        self._client = self._given
        self._place = str(self._url) if self._url else "the given client"
        self._key = f"{{{prefix or (self._url.prefix if self._url else PREFIX)}:{key}}}"
        self._speed = speed
        self._text = _script(self._key)
        # The name of a script on the server, no secret.
        self._digest = hashlib.sha1(self._text.encode(), usedforsecurity=False).hexdigest()

    def __repr__(self) -> str:
        return f"RedisStore({self._place!r}, {self._key!r})"

    def __str__(self) -> str:
        return f"{self._place}, key {self._key}"

    @property
    def kind(self) -> str:
        """As in `Store`."""
        return "redis"

    def new_process(self) -> str:
        """A random key: no host can see whether a process of another one is gone."""
        return uuid.uuid4().hex

    def exchange(self, request: Request) -> Reply:
        """As in `Store`, within 1 s."""
        task: Future[tuple[Client, Any]] = Future()
        # After a failure the next exchange connects anew; a thread that is given up shares nothing with it.
        client, self._client = self._client, self._given
        work = threading.Thread(
            target=self._work, args=(task, client, request), name="depotfinity-redis", daemon=True
        )
        try:
            work.start()
        except RuntimeError:
            # The interpreter ends and starts no threads any more; whoever calls then has a limit of its own.
            self._work(task, client, request)
        try:
            self._client, reply = task.result(_PATIENCE)
        except TimeoutError:
            raise StoreError(
                f"the shared state on {self._place} did not answer within {_PATIENCE} s"
            ) from None
        except self._redis.ERRORS as error:
            reason = str(error).rstrip(".")
            raise StoreError(f"the shared state on {self._place} is out of reach: {reason}") from None
        return _read(reply)

    def close(self) -> None:
        """As in `Store`; a client that was given stays open."""
        if self._client is not None and self._client is not self._given:
            self._client.close()
        self._client = self._given

    def _work(self, task: "Future[tuple[Client, Any]]", client: "Client | None", request: Request) -> None:
        try:
            task.set_result(self._run(client, request))
        except BaseException as error:  # noqa: BLE001 - it is raised by the one who waits for the task
            task.set_exception(error)

    def _run(self, client: "Client | None", request: Request) -> "tuple[Client, Any]":
        if client is None:
            assert self._url is not None
            client = self._redis.connect(self._url)
        needed = (request["window"] + request["lease"] + request["grace"]) / self._speed
        arguments = json.dumps(request), repr(self._speed), str(_KEPT + math.ceil(needed))
        try:
            return client, self._redis.run_script(client, self._digest, self._text, self._key, *arguments)
        except self._redis.ERRORS:
            # Also after an error of the server: its name may soon stand for another one that can do it.
            if client is not self._given:
                client.close()
            raise


def _script(key: str) -> str:
    """The script of one budget: a server that does not know it may have an old state of that budget.

    Scripts get lost when a server is started anew or takes over from another (documented for EVALSHA; since
    Redis 7 and in Valkey they are neither saved nor sent to replicas).
    """
    mark = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    lua = resources.files("depotfinity_async.ratelimit.stores").joinpath("redis.lua").read_text("utf-8")
    return f"-- {mark}\n{lua}"


def _read(reply: str | bytes) -> Reply:
    """The reply of the script; it cannot tell an empty list from an empty table."""
    read: Reply = json.loads(reply)
    for part in ("waits", "standby"):
        read[part] = read[part] or []
    return read
