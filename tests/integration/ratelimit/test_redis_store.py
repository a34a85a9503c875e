"""The store on a real Valkey: what it asks of the server, and what it says when the server cannot."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import redis

from depotfinity_async.ratelimit.record import LEARN
from depotfinity_async.ratelimit.shapes import Reply
from depotfinity_async.ratelimit.standby import BEAT
from depotfinity_async.ratelimit.stores import StoreError, open_store
from depotfinity_async.ratelimit.stores.redis import RedisStore
from tests.support.shared_state import asked
from tests.support.valkey import Valkey, free_port, running

CANARY = "canary-secret"
SPEED = 100.0
"""The time of learning takes 0.1 s, and no slot that is used comes back within a test."""
KEY = "{depotfinity:depot}"


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    with running(Valkey(tmp_path)) as server:
        yield server


@contextmanager
def store_at(server: Any, **options: Any) -> Iterator[RedisStore]:
    store = RedisStore(server, "depot", **{"speed": SPEED, **options})
    try:
        yield store
    finally:
        store.close()


def learned(store: RedisStore, **parts: Any) -> Reply:
    """The reply to a request as soon as the state has learned what is used."""
    reply = store.exchange(asked(**{**parts, "wants": []}))
    while reply["opens"]:
        time.sleep(min(reply["opens"], BEAT // 2) / SPEED / 1000)
        reply = store.exchange(asked(**{"epoch": reply["epoch"], **parts, "wants": []}))
    return store.exchange(asked(**{"epoch": reply["epoch"], "wants": [[4, 0]], **parts}))


def refused(store: RedisStore, match: str = "shared state") -> str:
    """The text of the error, which comes soon, though the server may never answer, and shows no secret."""
    began = time.monotonic()
    with pytest.raises(StoreError, match=match) as caught:
        store.exchange(asked(wants=[[1, 0]]))
    assert time.monotonic() - began < 30
    assert CANARY not in f"{caught.value!r}"
    assert caught.value.__suppress_context__
    return str(caught.value)


def test_a_new_state_learns_and_then_grants(valkey: Valkey) -> None:
    with store_at(valkey.url) as store:
        first = store.exchange(asked(wants=[[4, 0]]))
        assert (first["granted"], first["waits"], first["members"]) == (0, [], 1)
        assert 0 < first["opens"] <= LEARN
        second = learned(store)
        assert (second["granted"], second["leased"], second["epoch"]) == (4, 4, first["epoch"])
        assert store.kind == "redis"


def test_the_state_is_one_key_that_does_not_stay_for_ever(valkey: Valkey) -> None:
    with store_at(valkey.url) as store, valkey.client() as client:
        store.exchange(asked())
        assert client.keys() == [KEY.encode()]
        left = client.pttl(KEY)
        assert isinstance(left, int)
        assert 24 * 3_600_000 < left < 72 * 3_600_000


def test_an_exchange_is_four_commands_on_one_connection(valkey: Valkey) -> None:
    with store_at(valkey.url) as store:
        store.exchange(asked())
        before = valkey.calls()
        for _ in range(10):
            store.exchange(asked())
        after = valkey.calls()
    added = {name: calls - before.get(name, 0) for name, calls in after.items()}
    assert {name: calls for name, calls in added.items() if calls >= 10} == dict.fromkeys(
        ["evalsha", "time", "get", "set"], 10
    )
    with valkey.client() as client:
        assert client.info("stats")["total_connections_received"] <= 6


def test_the_clock_is_that_of_the_server(valkey: Valkey) -> None:
    with store_at(valkey.url) as store, valkey.client() as client:
        store.exchange(asked())
        stored = client.get(KEY)
        assert isinstance(stored, bytes)
        record = msgspec.msgpack.decode(stored)
        seconds, microseconds = client.time()
    now = (seconds * 1000 + microseconds / 1000) * SPEED
    assert now + LEARN - 1000 * SPEED < record["opens"] <= now + LEARN


def test_two_budgets_of_one_server_know_nothing_of_each_other(valkey: Valkey) -> None:
    with store_at(valkey.url) as one, store_at(valkey.url + "?prefix=yard") as other:
        assert learned(one)["granted"] == 4
        assert other.exchange(asked("q"))["members"] == 1
        with valkey.client() as client:
            assert client.keys("{yard:*") == [b"{yard:depot}"]
        # The first one's state is no older for the other's first script.
        assert one.exchange(asked("r"))["opens"] == 0


def test_a_store_is_opened_by_its_url(valkey: Valkey) -> None:
    store = open_store(valkey.url, "depot", speed=SPEED)
    try:
        assert store.exchange(asked())["members"] == 1
    finally:
        store.close()


def test_a_socket_and_a_user_with_few_rights_will_do(tmp_path: Path) -> None:
    path = tmp_path / "valkey.sock"
    rights = f"on >{CANARY} ~{{depotfinity:* -@all +evalsha +eval +time +get +set"
    with running(Valkey(tmp_path, unixsocket=str(path))) as server:
        server.command("ACL", "SETUSER", "fleet", *rights.split())
        with store_at(f"unix://fleet:{CANARY}@{path}") as store:
            assert learned(store)["granted"] == 4
            assert CANARY not in repr(store)


def test_a_ready_client_is_used_and_left_open(valkey: Valkey) -> None:
    with redis.Redis(port=valkey.port, decode_responses=True) as client:
        connection = client.client_id()
        with store_at(client, prefix="yard") as store:
            assert learned(store)["granted"] == 4
            assert "given client" in repr(store)
        assert client.keys() == ["{yard:depot}"]
        assert client.client_id() == connection


def test_a_node_of_a_cluster_is_found(tmp_path: Path) -> None:
    with running(Valkey(tmp_path, cluster_enabled="yes", cluster_port=str(free_port()))) as server:
        cluster = server.url + "?cluster=true"
        with store_at(cluster) as store:
            refused(store)
            server.command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
            while b"cluster_state:ok" not in server.command("CLUSTER", "INFO"):
                time.sleep(0.01)
            assert learned(store)["granted"] == 4


def test_a_cluster_that_serves_nobody_is_an_error(tmp_path: Path) -> None:
    with (
        running(Valkey(tmp_path, cluster_enabled="yes", cluster_port=str(free_port()))) as server,
        store_at(server.url) as store,
    ):
        assert "slot not served" in refused(store)


def test_nobody_listens() -> None:
    with store_at(f"redis://fleet:{CANARY}@127.0.0.1:{free_port()}") as store:
        assert "refused" in refused(store)


def test_no_such_host() -> None:
    with store_at(f"redis://:{CANARY}@nowhere.invalid") as store:
        refused(store)


def test_a_wrong_password_is_said_and_not_shown(tmp_path: Path) -> None:
    server = Valkey(tmp_path, requirepass="another")
    with running(server), store_at(server.url.replace("//", f"//:{CANARY}@")) as store:
        refused(store, r"out of reach: .*password")


def test_a_replica_is_an_error(valkey: Valkey, tmp_path: Path) -> None:
    (tmp_path / "replica").mkdir()
    replica = Valkey(tmp_path / "replica", replicaof=f"127.0.0.1 {valkey.port}")
    with running(replica), store_at(replica.url) as store:
        assert "read only" in refused(store)


def test_a_full_server_is_an_error_until_it_has_room(valkey: Valkey) -> None:
    with store_at(valkey.url) as store, valkey.client() as client:
        client.config_set("maxmemory", "1")
        assert "memory" in refused(store)
        client.config_set("maxmemory", "0")
        assert learned(store)["granted"] == 4


def test_a_key_of_somebody_else_is_left_alone(valkey: Valkey) -> None:
    with store_at(valkey.url) as store, valkey.client() as client:
        client.rpush(KEY, "theirs")
        refused(store)
        assert client.lrange(KEY, 0, -1) == [b"theirs"]


def test_a_frozen_server_costs_less_than_a_second(valkey: Valkey) -> None:
    with store_at(valkey.url) as store:
        learned(store)
        valkey.freeze()
        assert "Timeout" in refused(store)
        assert "Timeout" in refused(store)
        valkey.thaw()
        assert store.exchange(asked())["members"] == 1


def _silent(connection: socket.socket, over: threading.Event) -> None:
    over.wait(5)


def _dribbling(connection: socket.socket, over: threading.Event) -> None:
    while not over.wait(0.05):
        connection.sendall(b"+" if over.is_set() else b"-")


@pytest.mark.parametrize("behave", [_silent, _dribbling])
def test_a_server_that_never_ends_its_answer(
    behave: Callable[[socket.socket, threading.Event], None],
) -> None:
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                behave(connection, over)

        thread = threading.Thread(target=serve)
        thread.start()
        with store_at(f"redis://127.0.0.1:{server.getsockname()[1]}") as store:
            refused(store)
        over.set()
        thread.join()
        _wait_for_threads()


def test_a_slow_look_up_of_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def slow(*_: Any, **__: Any) -> Any:
        answered.wait(5)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with store_at("redis://slow.example") as store:
        assert "did not answer" in refused(store)
    answered.set()
    _wait_for_threads()


def _wait_for_threads() -> None:
    for thread in threading.enumerate():
        if thread.name == "depotfinity-redis":
            thread.join(5)


def test_a_server_that_was_killed_and_lost_all_is_a_new_state(valkey: Valkey) -> None:
    with store_at(valkey.url) as store:
        first = learned(store)
        valkey.kill()
        refused(store)
        valkey.start()
        reply = store.exchange(asked(epoch=first["epoch"], fresh="later", restore=[[1, 30_000, 1]]))
        assert (reply["epoch"], reply["leased"]) == ("later", 1)
        assert 0 < reply["opens"] <= LEARN


def test_a_server_that_was_started_anew_with_old_data_learns(tmp_path: Path) -> None:
    server = Valkey(tmp_path)
    with running(server), store_at(server.url) as store:
        store.exchange(asked())
        with server.client() as client:
            client.save()
        first = learned(store)
        assert first["granted"] == 4  # which the saved state does not know of
        server.kill()
        server.start()
        with store_at(server.url, prefix="yard") as yard:
            yard.exchange(asked())  # this one brings a script, but not that of the other budget
        other = store.exchange(asked("q", wants=[[10, 0]]))
        assert (other["granted"], other["epoch"]) == (0, "epoch of q")
        assert other["opens"] > 0
        back = store.exchange(asked(epoch=first["epoch"], restore=[[n, 30_000, 1] for n in range(1, 5)]))
        assert back["leased"] == 4
        time.sleep(0.05)  # half of the time; each member comes back before it is late
        left = store.exchange(asked(epoch="epoch of q"))["opens"]
        time.sleep(left / SPEED / 1000 + 0.002)
        assert store.exchange(asked("q", epoch="epoch of q", wants=[[10, 0]]))["granted"] == 6


def test_a_replica_that_took_over_learns(valkey: Valkey, tmp_path: Path) -> None:
    (tmp_path / "replica").mkdir()
    replica = Valkey(tmp_path / "replica", replicaof=f"127.0.0.1 {valkey.port}")
    with valkey.client() as primary, store_at(valkey.url) as store, store_at(replica.url) as later:
        primary.config_set("repl-diskless-sync-delay", "0")
        first = learned(store, window=3_000_000)
        with running(replica), replica.client() as client:
            while client.get(KEY) != primary.get(KEY):
                time.sleep(0.01)
            client.replicaof("NO", "ONE")
            reply = later.exchange(asked("q", wants=[[10, 0]], window=3_000_000))
    assert (reply["granted"], reply["leased"], reply["epoch"] != first["epoch"]) == (0, 4, True)
    assert reply["opens"] > 0


def test_without_redis_py_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.delitem(sys.modules, "depotfinity_async.ratelimit.stores.redis_client", raising=False)
    monkeypatch.delattr("depotfinity_async.ratelimit.stores.redis_client", raising=False)
    with pytest.raises(ImportError, match=r"depotfinity-async\[redis\]"):
        RedisStore("redis://127.0.0.1", "depot")


def test_when_no_thread_can_be_started_none_is_needed(
    valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with store_at(valkey.url) as store:
        assert store.exchange(asked())["members"] == 1


def test_at_the_end_of_a_program_the_store_can_be_told(valkey: Valkey) -> None:
    script = (
        "import atexit, os\n"
        "from tests.support.shared_state import asked\n"
        "from depotfinity_async.ratelimit.stores.redis import RedisStore\n"
        f"store = RedisStore({valkey.url!r}, 'depot')\n"
        "atexit.register(lambda: print(store.exchange(asked())['members']))\n"
    )
    assert _printed(script) == "1\n"


def test_a_budget_without_redis_does_not_load_it() -> None:
    script = "import sys, depotfinity_async.ratelimit.stores; print('redis' in sys.modules)"
    assert _printed(script) == "False\n"


def _printed(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[3],
        env={**os.environ},
    )
    assert not done.stderr
    return done.stdout
