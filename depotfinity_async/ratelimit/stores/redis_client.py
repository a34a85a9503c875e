"""Connections to a Redis or Valkey server with redis-py, which the extra "redis" brings.

Not for what is said on them.
"""

from typing import Any, Final

import redis
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisClusterException, RedisError
from redis.retry import Retry

from depotfinity_async.ratelimit.stores.redis_url import RedisUrl

Client = redis.Redis | redis.RedisCluster

# redis-py's error of clusters is none of its RedisErrors.
ERRORS: Final = (RedisError, RedisClusterException, OSError)
"""What a client raises when the server cannot be reached, or refuses."""

_TIMEOUT: Final = 0.25
"""Seconds for a connection, and for a reply."""


def connect(url: RedisUrl) -> Client:
    """A client with few connections that waits little and tries nothing twice.

    Raises:
        one of `ERRORS`: the cluster cannot be reached. A single server is reached for with the first command.
    """
    options: dict[str, Any] = {
        "username": url.username or None,
        "password": url.password or None,
        "max_connections": 2,
        "socket_timeout": _TIMEOUT,
        "socket_connect_timeout": _TIMEOUT,
        "health_check_interval": 0,
        # Who asks decides when to try again, and goes on without the server meanwhile.
        "retry": Retry(NoBackoff(), 0),
        # One greeting less, and no messages that the server sends unasked.
        "protocol": 2,
    }
    if url.scheme == "rediss":
        options |= {"ssl": True, "ssl_check_hostname": True, **url.tls_files}
    if url.cluster:
        return redis.RedisCluster(host=url.host, port=url.port, **options)
    if url.scheme == "unix":
        return redis.Redis(unix_socket_path=url.path, db=url.database, **options)
    return redis.Redis(host=url.host, port=url.port, db=url.database, **options)


def run_script(client: Client, digest: str, text: str, key: str, *arguments: str) -> Any:
    """Run a script on `key`; its last argument is "1" if the server did not know it, else "".

    Raises:
        one of `ERRORS`.
    """
    try:
        return client.evalsha(digest, 1, key, *arguments, "")
    except NoScriptError:
        return client.eval(text, 1, key, *arguments, "1")
