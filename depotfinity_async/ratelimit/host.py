"""What the processes of one host have in common: a folder for state, and a clock that starts at boot.

The wall clock is never read, so setting it changes nothing. What the state says is the business of `record`.
"""

import hashlib
import os
import re
import sys
import time
from pathlib import Path

import attrs

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def state_folder() -> Path:
    """The folder of this user for state that outlives a process; it need not exist.

    XDG_STATE_HOME or ~/.local/state on Linux and the like, ~/Library/Application Support on macOS,
    %LOCALAPPDATA% on Windows (XDG Base Directory Specification 0.8; the guides of the two vendors).

    Raises:
        RuntimeError: the user has no home folder.
    """
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        base = Path(local) if local else Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        named = os.environ.get("XDG_STATE_HOME", "")
        # The specification: relative paths are invalid and count as not given.
        base = Path(named) if os.path.isabs(named) else Path.home() / ".local" / "state"
    return base / "depotfinity-async"


def state_file(key: str) -> Path:
    """The file of the budget `key`: any text gives a safe name, and different texts different ones.

    Raises:
        RuntimeError: the user has no home folder.
    """
    readable = re.sub(r"[^a-z0-9]+", "-", key.lower())[:40].strip("-")
    unique = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return state_folder() / f"budget-{readable}-{unique}.sqlite3"


@attrs.frozen
class BootClock:
    """Milliseconds since the host was started, the same in all its processes; they count while it sleeps.

    Args:
        speed: milliseconds of this clock per real one, as for `Clock`.
    """

    speed: float = 1.0

    def boot(self) -> str:
        """Names this run of the host; empty where the system has no such name (only Linux has).

        Then a reboot shows in the clock alone: it begins anew.
        """
        try:
            return _BOOT_ID.read_text("ascii").strip()
        except OSError:
            return ""

    def now(self) -> int:
        """Whole milliseconds since boot, rounded down."""
        if sys.platform == "linux":
            nanoseconds = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        else:
            nanoseconds = time.monotonic_ns()
        return int(nanoseconds * self.speed) // 1_000_000


def process_key() -> str:
    """A key for this process, unlike all others, by which others on this host can see that it is gone."""
    return f"{os.getpid()}-{_start_of(os.getpid())}-{_pid_space()}-{os.urandom(4).hex()}"


def is_gone(key: str) -> bool:
    """Whether the process that made `key` has surely ended; False where that cannot be known.

    Only Linux can tell: a number alone may have been given to another process, and a container does not see
    the processes of its neighbours.
    """
    parts = key.split("-")
    if len(parts) != 4 or not parts[0].isdecimal() or not parts[1] or parts[2] != _pid_space():
        return False
    start = _start_of(int(parts[0]))
    if start:
        return start != parts[1]
    try:
        os.kill(int(parts[0]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False  # it is there, and hidden from us


def _pid_space() -> str:
    try:
        return str(os.stat("/proc/self/ns/pid").st_ino)
    except OSError:
        return ""


def _start_of(pid: int) -> str:
    """When process `pid` was started, in ticks since boot; "dead" if it waits to be buried, "" if unknown."""
    try:
        # The name, in brackets, may hold anything; the state is the first field after it, the start the 20th.
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return ""
    return "dead" if fields[0] in (b"Z", b"X") else fields[19].decode("ascii")
