import contextlib
import json
import os
import signal
import sqlite3
import stat
import sys
import threading
import time
from pathlib import Path
from typing import Any

import attrs
import pytest

from depotfinity_async.ratelimit.host import BootClock
from depotfinity_async.ratelimit.record import LEARN, MARGIN, exchange
from depotfinity_async.ratelimit.shapes import Reply
from depotfinity_async.ratelimit.stores import Store, StoreError, StoreUnusableError, file, open_store
from depotfinity_async.ratelimit.stores.file import FileStore
from tests.support.shared_state import asked

WINDOW, LEASE = 30_000, 5000


@attrs.define
class Host:
    """A host whose clock stands still unless the test moves it."""

    time: int = 5_000_000
    run: str = "first boot"

    def now(self) -> int:
        return self.time

    def boot(self) -> str:
        return self.run


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "of state" / "budget?mode=ro#.sqlite3"


def store_of(path: Path, host: Any) -> FileStore:
    return FileStore(path, host)


def want(store: Store, count: int, process: str = "p", **parts: Any) -> Reply:
    return store.exchange(asked(process, wants=[[count, 0]], **parts))


def test_a_file_is_a_store(path: Path) -> None:
    store: Store = FileStore(path, BootClock())
    assert store.kind == "host"
    assert want(store, 3)["granted"] == 3
    store.close()
    assert want(store, 20, first=4)["granted"] == 7
    store.close()


def test_nothing_is_made_before_it_is_needed(path: Path) -> None:
    FileStore(path, BootClock()).close()
    assert not path.parent.exists()


def test_stores_of_one_file_share_its_state(path: Path, host: Host) -> None:
    one, other = store_of(path, host), store_of(path, host)
    assert want(one, 6, "a")["granted"] == 6
    one.exchange(asked("a", member=False))
    assert want(other, 9, "b", first=7)["granted"] == 4
    one.close()
    other.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_only_the_user_can_read_it(path: Path) -> None:
    old = os.umask(0)
    try:
        store = FileStore(path, BootClock())
        want(store, 1)
        store.close()
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {each.name for each in path.parent.iterdir()} <= {path.name, f"{path.name}-journal"}


def test_the_wall_clock_is_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(time, "time")
    monkeypatch.delattr(time, "time_ns")
    store = FileStore(path, BootClock())
    want(store, 1)
    store.close()


def test_after_a_reboot_what_was_left_counts_from_the_start_of_the_host(path: Path, host: Host) -> None:
    store = store_of(path, host)
    want(store, 10)
    store.exchange(asked(member=False, ended=[(number, "ANSWERED", 0, -1) for number in range(1, 11)]))
    store.close()
    host.run, host.time = "second boot", 12_000
    store = store_of(path, host)
    reply = want(store, 1, "q")
    assert reply["granted"] == 0
    assert reply["waits"][0] == WINDOW + MARGIN - 12_000
    host.time += WINDOW + MARGIN - 12_000
    assert want(store, 1, "q")["granted"] == 1
    store.close()


def test_a_reboot_is_known_by_the_name_of_the_boot_as_well(path: Path, host: Host) -> None:
    host.time = 10_000
    store = store_of(path, host)
    want(store, 10)
    host.run, host.time = "second boot", 11_000
    assert want(store, 1, "q")["waits"] == [LEASE + WINDOW + MARGIN - 11_000] * 10
    store.close()


def test_a_clock_that_began_anew_is_a_reboot_where_boots_have_no_name(path: Path, host: Host) -> None:
    host.run = ""
    store = store_of(path, host)
    want(store, 10)
    host.time = 100
    assert want(store, 1, "q")["waits"] == [LEASE + WINDOW + MARGIN - 100] * 10
    store.close()


def test_processes_that_are_gone_are_told_of(path: Path, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "is_gone", lambda process: process == "a")
    store = store_of(path, host)
    want(store, 2, "a")
    assert want(store, 0, "looks", member=False)["leased"] == 2
    reply = want(store, 0, "b")
    assert (reply["leased"], reply["members"]) == (0, 1)
    store.close()


def test_a_file_that_was_removed_is_a_lost_state(path: Path, host: Host) -> None:
    store, other = store_of(path, host), store_of(path, host)
    epoch = want(store, 5, "a")["epoch"]
    want(other, 0, "b")
    path.unlink()
    reply = want(store, 1, "a", epoch=epoch, first=6, fresh="new")
    assert (reply["granted"], reply["opens"], reply["epoch"]) == (0, LEARN, "new")
    # The other one finds the new file.
    assert want(other, 0, "b", epoch=epoch)["epoch"] == "new"
    store.close()
    other.close()


def test_a_folder_that_was_removed_is_made_anew(path: Path, host: Host) -> None:
    store = store_of(path, host)
    want(store, 1)
    for each in path.parent.iterdir():
        each.unlink()
    path.parent.rmdir()
    assert want(store, 1, fresh="new")["epoch"] == "new"
    store.close()


def _row(path: Path, **values: object) -> None:
    connection = sqlite3.connect(path)
    for name, value in values.items():
        connection.execute(f"UPDATE state SET {name} = ?", (value,))
    connection.commit()
    connection.close()


def _garbage(path: Path) -> None:
    path.write_bytes(b"this is no database" * 1000)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _scrambled(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100] + os.urandom(len(path.read_bytes()) - 100))


def _other_version(path: Path) -> None:
    row = sqlite3.connect(path)
    record = json.loads(row.execute("SELECT record FROM state").fetchone()[0])
    row.close()
    _row(path, record=json.dumps({**record, "version": 99}))


def _other_tables(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("ALTER TABLE state RENAME TO other")
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "damage",
    [
        _garbage,
        _cut,
        _empty,
        _scrambled,
        _other_version,
        lambda path: _row(path, record="{"),
        lambda path: _row(path, record="[" * 100_000),
        lambda path: _row(path, record=None),
        lambda path: _row(path, record=b"\xff\xfe"),
        lambda path: _row(path, record="{}"),
        lambda path: _row(path, moment="now"),
        lambda path: _row(path, boot=None),
    ],
    ids=[
        "no database",
        "truncated",
        "empty",
        "scrambled",
        "other version",
        "cut JSON",
        "deep JSON",
        "nothing",
        "bytes",
        "other JSON",
        "no time",
        "no boot",
    ],
)
@pytest.mark.parametrize("opened", [True, False])
def test_a_damaged_file_is_put_aside_and_a_spaced_state_begins(
    path: Path, host: Host, damage: Any, opened: bool
) -> None:
    store = store_of(path, host)
    want(store, 2)
    # SQLite reads the header before it trusts what it has in memory; the rest it writes anew, as it was.
    if not opened or damage in (_cut, _scrambled):
        store.close()
    damage(path)
    damaged = path.read_bytes()
    reply = want(store, 5, "q", fresh="new")
    assert (reply["fault"], reply["granted"], reply["epoch"]) == ("damaged", 0, "new")
    assert path.with_name(f"{path.name}.damaged").read_bytes() == damaged
    assert want(store, 5, "q")["fault"] == ""
    host.time += LEARN
    assert want(store, 5, "q")["granted"] == 1
    store.close()


def test_each_damaged_file_is_kept(path: Path, host: Host, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    for count in range(3):
        store = store_of(path, host)
        want(store, 1)
        store.close()
        path.write_bytes(b"damaged %d" % count)
        want(store, 1)
        store.close()
    kept = [path.with_name(path.name + end) for end in (".damaged", ".damaged.2", ".damaged.3")]
    assert [file.read_bytes() for file in kept] == [b"damaged 0", b"damaged 1", b"damaged 2"]
    assert [str(file) in record.message for file, record in zip(kept, caplog.records, strict=True)] == [
        True
    ] * 3


@pytest.mark.parametrize("member", [True, False])
@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
@pytest.mark.parametrize(
    "tables",
    [
        ["CREATE TABLE theirs (precious)"],
        ["CREATE TABLE state (name, value)"],
        ["CREATE TABLE state (id, a, b, c)"],
        [
            "CREATE TABLE state (id INTEGER PRIMARY KEY, boot, moment, record)",
            "CREATE TABLE theirs (precious)",
        ],
    ],
    ids=["another table", "another state", "a state of four columns", "ours and another table"],
)
def test_a_database_of_somebody_else_is_left_alone(
    path: Path, host: Host, member: bool, mode: str, tables: list[str]
) -> None:
    path.parent.mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(path)) as theirs:
        theirs.execute(f"PRAGMA journal_mode = {mode}")
        for table in tables:
            theirs.execute(table)
    before = path.read_bytes()
    store = store_of(path, host)
    with pytest.raises(StoreUnusableError, match="holds no sound state of a request budget"):
        store.exchange(asked("p", member=member))
    store.close()
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_database_that_becomes_somebody_elses_is_left_alone(path: Path, host: Host) -> None:
    store = store_of(path, host)
    want(store, 1)
    _other_tables(path)
    before = path.read_bytes()
    with pytest.raises(StoreUnusableError, match="holds no sound state"):
        want(store, 1)
    store.close()
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", [_garbage, _empty, lambda path: _row(path, record="{")])
def test_who_only_looks_changes_nothing(path: Path, host: Host, damage: Any) -> None:
    store = store_of(path, host)
    assert store.exchange(asked("p", member=False))["waits"] == []
    assert not path.parent.exists()
    want(store, 1)
    store.close()
    damage(path)
    before = {file: file.read_bytes() for file in path.parent.iterdir()}
    with pytest.raises(StoreUnusableError, match="holds no sound state"):
        store.exchange(asked("p", member=False))
    assert {file: file.read_bytes() for file in path.parent.iterdir()} == before


@pytest.mark.parametrize("parts", [{"limit": 10, "window": 7_200_000}, {"smooth": True}])
def test_a_look_changes_nothing_of_members_with_another_rule(
    path: Path, host: Host, parts: dict[str, Any]
) -> None:
    store = store_of(path, host)
    left = [(0, {"remaining": 0, "reset": 7_000_000})]
    before = want(store, 1, announced=left, **parts)
    store.close()
    kept = path.read_bytes()
    seen = store.exchange(asked("looks", member=False))
    assert (path.read_bytes(), seen["fault"], seen["pace"]["left_until"]) == (
        kept,
        "",
        before["pace"]["left_until"],
    )
    store.close()


def test_a_look_at_what_can_be_no_file_is_told_as_such(path: Path, host: Host) -> None:
    path.parent.parent.mkdir(parents=True)
    path.parent.touch()
    with pytest.raises(StoreUnusableError, match="there can be no shared state in"):
        store_of(path, host).exchange(asked("looks", member=False))


def test_times_of_the_future_are_put_right(path: Path, host: Host) -> None:
    store = store_of(path, host)
    want(store, 10)
    host.time -= 3_600_000
    _row(path, moment=0)
    reply = want(store, 1, "q")
    assert (reply["fault"], reply["granted"]) == ("future", 0)
    assert max(reply["waits"]) <= LEASE + WINDOW + 3000 + MARGIN
    store.close()


def test_a_path_that_cannot_be_is_out_of_use(
    tmp_path: Path, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file, "_PATIENCE", 60)  # nobody waits for what will not change
    (tmp_path / "file").write_text("")
    for path in (
        tmp_path / "file" / "state",
        tmp_path / "file" / "folder" / "state",
        tmp_path,
        Path("/dev/null/x"),
    ):
        store = store_of(path, host)
        began = time.monotonic()
        with pytest.raises(StoreUnusableError, match="there can be no shared state in"):
            want(store, 1)
        assert time.monotonic() - began < 30
        store.close()


def test_a_full_disk_is_out_of_use(path: Path, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_of(path, host)
    want(store, 1)
    connection: sqlite3.Connection = vars(store)["_connection"]
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    many = {f"reason {'x' * 9000}"}
    with pytest.raises(StoreUnusableError, match="full"):
        store.exchange(asked(holds=[(1000, many.pop())]))
    # It is tried again each time, and comes back with the space.
    assert want(store, 1, first=2)["granted"] == 1
    store.close()


def test_who_finds_it_busy_tries_again_and_gives_up_in_time(path: Path, host: Host) -> None:
    store = store_of(path, host)
    want(store, 1)
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    with pytest.raises(StoreError, match="busy") as caught:
        want(store, 1)
    assert not isinstance(caught.value, StoreUnusableError)
    assert 0.7 < time.monotonic() - began < 30
    timer = threading.Timer(0.05, other.rollback)
    timer.start()
    assert want(store, 1, first=2)["granted"] == 1
    timer.join()
    other.close()
    store.close()


def test_many_at_once_make_one_state(path: Path) -> None:
    replies: list[Reply] = []

    def take(name: str) -> None:
        store = FileStore(path, BootClock())
        replies.append(want(store, 2, name, fresh=name))
        store.close()

    threads = [threading.Thread(target=take, args=(f"process {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({reply["epoch"] for reply in replies}) == 1
    granted = sum(reply["granted"] for reply in replies)
    store = FileStore(path, BootClock())
    assert 6 <= granted == want(store, 0, "last")["leased"] <= 10
    store.close()
    assert all(reply["fault"] == "" for reply in replies)


def test_the_place_of_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert str(tmp_path / "depotfinity-async" / "budget-a-") in repr(open_store("host", "a"))
    assert repr(open_store(tmp_path / "x", "a")) == f"FileStore({str(tmp_path / 'x')!r})"


def test_without_a_home_there_is_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(StoreUnusableError, match="home"):
        open_store("host", "a")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
# Other threads are no danger here: the child ends without cleaning up.
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_fork_waits_until_no_exchange_is_on_its_way(
    path: Path, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = os.getpid()
    within, go_on = threading.Event(), threading.Event()

    def slow(*arguments: Any, **options: Any) -> Any:
        if os.getpid() == parent:
            within.set()
            go_on.wait(5)
        return exchange(*arguments, **options)

    monkeypatch.setattr(file, "exchange", slow)
    replies: list[Reply] = []
    store = store_of(path, host)
    thread = threading.Thread(target=lambda: replies.append(want(store, 20)))
    thread.start()
    assert within.wait(5)
    threading.Timer(0.2, go_on.set).start()
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(5)
        try:
            os.write(theirs, b"%d" % want(store_of(path, host), 20, "child")["granted"])
        finally:
            os._exit(0)
    os.close(theirs)
    os.waitpid(child, 0)
    thread.join()
    with open(ours) as told:
        assert told.read() == "0"
    # The parent goes on in the same file.
    assert [replies[0]["granted"], want(store, 1)["granted"]] == [10, 0]
    store.close()
