"""The URL that names a Redis or Valkey server, taken apart. No connection is made here."""

from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

import attrs

SCHEMES: Final = ("redis", "rediss", "unix")

PREFIX: Final = "depotfinity"
"""Keys begin with this, so that an ACL can say `~{depotfinity:*`."""

_TLS_FILES: Final = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
_OPTIONS: Final = ("cluster", "db", "prefix", *_TLS_FILES)


@attrs.frozen
class RedisUrl:
    """A server, or one node of a cluster.

    Args:
        scheme: "redis", "rediss" (TLS, the certificate is checked) or "unix".
        host: empty for a socket.
        path: the socket's.
        username, password: of the ACL; empty if none.
        database: 0 or above; a cluster has only 0.
        cluster: whether the server is a node of a cluster.
        prefix: keys begin with it.
        tls_files: by redis-py's names, "ssl_ca_certs", "ssl_certfile" and "ssl_keyfile".
    """

    scheme: str
    host: str
    port: int
    path: str
    username: str
    password: str = attrs.field(repr=False)
    database: int
    cluster: bool
    prefix: str
    tls_files: dict[str, str]

    def __str__(self) -> str:
        """The place without password and options, for logs."""
        user = f"{self.username}@" if self.username else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        place = self.path if self.scheme == "unix" else f"{host}:{self.port}/{self.database}"
        return f"{self.scheme}://{user}{place}"


def is_redis_url(text: str) -> bool:
    """Whether `text` starts as the URL of a server, not as a path."""
    return text.lower().startswith(tuple(f"{scheme}://" for scheme in SCHEMES))


def parse_redis_url(text: str) -> RedisUrl:
    """Take apart redis[s]://[[user]:password@]host[:port][/database][?options] or unix:///path[?options].

    User, password and path may be percent-encoded. Options: `prefix` of the keys, `cluster=true` if the
    server is a node of a cluster, `db`, and for TLS the files `ssl_ca_certs`, `ssl_certfile`, `ssl_keyfile`.
    Others that redis-py knows, such as timeouts, are refused: the budget promises how long a call takes.

    Raises:
        ValueError: the text is no such URL; the message shows no part of it that may be secret.
    """
    try:
        parts = urlsplit(text)
        port = parts.port if parts.port is not None else 6379
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        # The reason may quote the password, as when a sign in it should have been percent-encoded.
        raise ValueError(
            "the URL of the shared state cannot be read; encode special signs of the password"
        ) from None
    if parts.scheme not in SCHEMES or parts.fragment:
        raise ValueError(
            "the URL of the shared state must be redis://, rediss:// or unix://, without a fragment"
        )
    unknown = sorted(set(options) - set(_OPTIONS))
    if unknown:
        raise ValueError(
            f"the URL of the shared state takes the options {', '.join(_OPTIONS)}, not {unknown}"
        )
    unix = parts.scheme == "unix"
    host, path = unquote(parts.hostname or ""), unquote(parts.path)
    if unix and (host or len(path) < 2):
        raise ValueError("the URL of the shared state needs the path of a socket: unix:///run/valkey.sock")
    if not unix and not host:
        raise ValueError("the URL of the shared state needs a host: redis://host:6379/0")
    named = options.get("db") or ("" if unix else path.strip("/")) or "0"
    if not (named.isascii() and named.isdecimal()):
        raise ValueError("the database in the URL of the shared state must be a whole number")
    if options.get("cluster", "false") not in ("true", "false"):
        raise ValueError("the option cluster in the URL of the shared state must be true or false")
    cluster = options.get("cluster") == "true"
    if cluster and (unix or int(named)):
        raise ValueError("a cluster is reached by host and port, and has only the database 0")
    return RedisUrl(
        scheme=parts.scheme,
        host=host,
        port=port,
        path=path if unix else "",
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=int(named),
        cluster=cluster,
        prefix=options.get("prefix") or PREFIX,
        tls_files={name: options[name] for name in _TLS_FILES if name in options},
    )
