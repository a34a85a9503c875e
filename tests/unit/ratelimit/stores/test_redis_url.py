import pytest

from depotfinity_async.ratelimit.stores.redis_url import is_redis_url, parse_redis_url

CANARY = "canary-secret"


def test_a_url_of_a_server_needs_no_more_than_the_host() -> None:
    url = parse_redis_url("redis://cache")
    assert (url.scheme, url.host, url.port, url.database, url.cluster) == ("redis", "cache", 6379, 0, False)
    assert (url.username, url.password, url.prefix) == ("", "", "depotfinity")


def test_all_parts_of_a_url_are_read() -> None:
    url = parse_redis_url(
        f"rediss://fleet:{CANARY}%2F%40@cache.example:7000/3?prefix=yard&ssl_ca_certs=/etc/ca.pem"
    )
    assert (url.scheme, url.host, url.port, url.database) == ("rediss", "cache.example", 7000, 3)
    assert (url.username, url.password, url.prefix) == ("fleet", f"{CANARY}/@", "yard")
    assert url.tls_files == {"ssl_ca_certs": "/etc/ca.pem"}


def test_a_socket_is_named_by_its_path() -> None:
    url = parse_redis_url(f"unix://fleet:{CANARY}@/run/my%20valkey.sock?db=2")
    assert (url.path, url.database, url.username, url.password) == ("/run/my valkey.sock", 2, "fleet", CANARY)
    assert str(url) == "unix://fleet@/run/my valkey.sock"


def test_a_cluster_is_named_by_an_option() -> None:
    assert parse_redis_url("redis://node-1:7000?cluster=true").cluster
    assert not parse_redis_url("redis://node-1:7000?cluster=false").cluster


def test_an_address_of_six_bytes_pairs_keeps_its_brackets() -> None:
    url = parse_redis_url("redis://[::1]:7000/1")
    assert (url.host, url.port) == ("::1", 7000)
    assert str(url) == "redis://[::1]:7000/1"


@pytest.mark.parametrize("text", ["redis://h", "REDIS://h", "rediss://h", "unix:///s"])
def test_urls_of_servers_are_known_by_their_scheme(text: str) -> None:
    assert is_redis_url(text)
    parse_redis_url(text)


@pytest.mark.parametrize("text", ["host", "/var/lib/state", "redis:h", "file:///x", "C:\\redis", ""])
def test_other_texts_are_no_urls_of_servers(text: str) -> None:
    assert not is_redis_url(text)
    with pytest.raises(ValueError, match="shared state"):
        parse_redis_url(text)


@pytest.mark.parametrize(
    "text",
    [
        f"redis://:{CANARY}",
        f"redis://:{CANARY}/x@host",
        f"redis://:{CANARY}@host:port",
        f"redis://:{CANARY}@host:70000",
        f"redis://:{CANARY}@[::1",
        f"redis://:{CANARY}@/0",
        f"redis://:{CANARY}@host/first",
        f"redis://:{CANARY}@host?db=-1",
        f"redis://:{CANARY}@host/0#part",
        f"redis://:{CANARY}@host?cluster",
        f"redis://:{CANARY}@host?cluster=yes",
        f"redis://:{CANARY}@host/1?cluster=true",
        f"redis://:{CANARY}@host?socket_timeout=60",
        f"redis://:{CANARY}@host?ssl_cert_reqs=none",
        f"unix://:{CANARY}@/run/s?cluster=true",
        f"unix://:{CANARY}@host/run/s",
        f"unix://:{CANARY}@",
    ],
)
def test_what_is_no_such_url_is_refused_without_showing_its_secret(text: str) -> None:
    with pytest.raises(ValueError, match=r"shared state|cluster") as caught:
        parse_redis_url(text)
    assert CANARY not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_no_text_of_a_url_shows_its_password() -> None:
    url = parse_redis_url(f"redis://fleet:{CANARY}@host/1?prefix=p")
    assert CANARY not in f"{url} {url!r}"
    assert str(url) == "redis://fleet@host:6379/1"
