"""The store on Debian's redis-server: TLS, a cluster of three nodes, and the script on Redis 7."""

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tests.support
from depotfinity_async.ratelimit.stores import StoreError
from depotfinity_async.ratelimit.stores.redis import RedisStore
from tests.support.redis_script import Twins
from tests.support.shared_state import asked
from tests.support.valkey import Valkey, free_port, running
from tests.unit.ratelimit.stores.test_redis_script import STEPS, compare

CERTIFICATE = Path(tests.support.__file__).with_name("localhost.pem")
SPEED = 10.0
SLOTS = 16_384


def redis_server(folder: Path, **options: str) -> Valkey:
    folder.mkdir(exist_ok=True)
    program = shutil.which("redis-server")
    assert program, "make test-extra installs it"
    return Valkey(folder, program=Path(program), **options)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    with running(redis_server(tmp_path_factory.mktemp("redis"))) as server:
        yield server


@settings(max_examples=120)
@given(st.lists(STEPS, min_size=5, max_size=30))
def test_the_script_agrees_with_python_on_redis_too(server: Valkey, steps: list[tuple[int, Any]]) -> None:
    with server.client() as client:
        compare(Twins(client), steps)


def test_a_server_with_tls_is_reached_if_its_certificate_is_right(tmp_path: Path) -> None:
    port = free_port()
    options = {"tls_port": str(port), "tls_cert_file": str(CERTIFICATE), "tls_key_file": str(CERTIFICATE)}
    with running(redis_server(tmp_path, tls_auth_clients="no", **options)):
        url = f"rediss://localhost:{port}"
        store = RedisStore(f"{url}?ssl_ca_certs={CERTIFICATE}", "depot")
        assert store.exchange(asked())["members"] == 1
        store.close()
        for wrong in (url, f"rediss://127.0.0.1:{port}?ssl_ca_certs={CERTIFICATE}"):
            with pytest.raises(StoreError, match=r"(?i)certificate"):
                RedisStore(wrong, "depot").exchange(asked())


def test_a_cluster_is_reached_through_any_node_and_may_lose_one(tmp_path: Path) -> None:
    nodes = [
        redis_server(
            tmp_path / str(number),
            cluster_enabled="yes",
            cluster_port=str(free_port()),
            cluster_node_timeout="500",
            cluster_require_full_coverage="no",
            appendonly="yes",
            appendfsync="always",
        )
        for number in range(3)
    ]
    with ExitStack() as stack:
        for node in nodes:
            stack.enter_context(running(node))
        _join(nodes)
        stores = [RedisStore(f"{node.url}?cluster=true", "depot", speed=SPEED) for node in nodes]
        epochs = set()
        for number, store in enumerate(stores):
            reply = store.exchange(asked(f"p{number}"))
            assert reply["members"] == number + 1
            epochs.add(reply["epoch"])
        assert len(epochs) == 1
        (owner,) = (node for node in nodes if _keys(node))
        owner.kill()
        for store in stores:
            began = time.monotonic()
            with pytest.raises(StoreError):
                store.exchange(asked())
            assert time.monotonic() - began < 30
        owner.start()
        _wait_until_whole(nodes)
        reply = stores[0].exchange(asked("p0", epoch=epochs.pop()))
        assert reply["members"] > 0
        assert reply["opens"] > 0  # a server that was started anew may have lost something
        for store in stores:
            store.close()


def _join(nodes: list[Valkey]) -> None:
    share = SLOTS // len(nodes)
    for number, node in enumerate(nodes):
        last = SLOTS - 1 if node is nodes[-1] else (number + 1) * share - 1
        node.command("CLUSTER", "ADDSLOTSRANGE", number * share, last)
        node.command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        node.command("CLUSTER", "MEET", "127.0.0.1", nodes[0].port, nodes[0].options["cluster_port"])
    _wait_until_whole(nodes)


def _wait_until_whole(nodes: list[Valkey]) -> None:
    patience = time.monotonic() + 20
    for node in nodes:
        while True:
            state = node.command("CLUSTER", "INFO")
            if all(line in state for line in (b"state:ok", b"slots_ok:16384", b"known_nodes:3")):
                break
            assert time.monotonic() < patience, state
            time.sleep(0.02)


def _keys(node: Valkey) -> Any:
    return node.command("KEYS", "*")
