import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from depotfinity_async.ratelimit import host
from depotfinity_async.ratelimit.host import BootClock, is_gone, process_key, state_file, state_folder

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the start of a process")


def test_state_is_kept_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert state_folder() == tmp_path / "depotfinity-async"


@pytest.mark.parametrize("named", ["", "relative/folder"])
def test_else_in_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, named: str) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_STATE_HOME", named)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state_folder() == tmp_path / ".local" / "state" / "depotfinity-async"


def test_the_folders_of_other_systems(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "darwin")
    assert state_folder() == tmp_path / "Library" / "Application Support" / "depotfinity-async"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "data"))
    assert state_folder() == tmp_path / "data" / "depotfinity-async"
    monkeypatch.delenv("LOCALAPPDATA")
    assert state_folder() == tmp_path / "AppData" / "Local" / "depotfinity-async"


@pytest.mark.parametrize(
    "key", ["https://a.example/x|default", "../../etc/passwd", "a\0b\n", "x" * 5000, "", "\ud800", "CON", "ü"]
)
def test_any_key_gives_a_safe_name(key: str) -> None:
    path = state_file(key)
    assert path.parent == state_folder()
    assert re.fullmatch(r"budget-[a-z0-9-]*-[0-9a-f]{16}\.sqlite3", path.name)
    assert len(path.name) < 100


def test_keys_that_look_alike_have_files_of_their_own() -> None:
    assert len({state_file(key) for key in ("a/b", "a-b", "A-b", "a_b", "a b")}) == 5


def test_the_clock_counts_milliseconds_and_follows_the_speed() -> None:
    before, now, fast = BootClock().now(), BootClock().now(), BootClock(speed=600.0).now()
    assert 0 <= now - before < 1000
    assert fast == pytest.approx(now * 600, abs=600_000)


def test_the_clock_does_not_read_the_wall_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(time, "time")
    monkeypatch.delattr(time, "time_ns")
    BootClock().now()
    BootClock().boot()


def test_without_a_boot_id_there_is_no_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(host, "_BOOT_ID", tmp_path / "none")
    assert BootClock().boot() == ""


def test_process_keys_differ_and_this_process_is_there() -> None:
    one, other = process_key(), process_key()
    assert one != other
    assert not is_gone(one)


@LINUX
def test_a_process_that_has_ended_is_gone_even_before_it_is_buried() -> None:
    program = (
        "from depotfinity_async.ratelimit.host import process_key; print(process_key(), flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        key = child.stdout.readline().strip()
        assert not is_gone(key)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert is_gone(key)
        child.wait()
    assert is_gone(key)


@LINUX
def test_another_process_with_the_same_number_is_another_one() -> None:
    pid, start, space, rest = process_key().split("-")
    assert is_gone(f"{pid}-{int(start) + 1}-{space}-{rest}")


@LINUX
@pytest.mark.parametrize(
    ("part", "value"), [(0, "x"), (1, ""), (2, "0")], ids=["no number", "no start", "another container"]
)
def test_who_cannot_be_judged_is_not_gone(part: int, value: str) -> None:
    parts = process_key().split("-")
    parts[0] = "999999999"
    parts[part] = value
    assert not is_gone("-".join(parts))


def test_keys_of_others_are_not_judged() -> None:
    assert not is_gone("anything")


@LINUX
def test_a_process_that_is_hidden_is_not_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    key = process_key()

    def hidden(pid: int) -> str:
        return ""

    monkeypatch.setattr(host, "_start_of", hidden)
    assert not is_gone(key)
