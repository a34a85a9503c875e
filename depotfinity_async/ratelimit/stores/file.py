"""The shared state in a file: one row of an SQLite database, for the processes of one host.

Not for network file systems: hosts have clocks of their own.
"""

import contextlib
import itertools
import json
import logging
import os
import random
import sqlite3
import sys
import threading
import time
import weakref
from pathlib import Path
from typing import Any, Final

from depotfinity_async.ratelimit.host import BootClock, is_gone, process_key
from depotfinity_async.ratelimit.record import (
    Record,
    Reply,
    Request,
    Start,
    exchange,
    is_sound,
    move,
    only_looks,
    processes,
)
from depotfinity_async.ratelimit.stores.store import StoreError, StoreUnusableError

logger = logging.getLogger("depotfinity_async.ratelimit")

_PATIENCE: Final = 0.8
"""Seconds to wait while others write. Each needs about a millisecond, on a busy disk ten times that."""

_TABLE: Final = "CREATE TABLE state (id INTEGER PRIMARY KEY, boot, moment, record)"

# The last one: the file was removed after we looked.
_BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY_DBMOVED)
_DAMAGED: Final = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


# SQLite cannot go on in a forked child: what it knows of the locks on a file would be the parent's.
_no_fork = threading.RLock()
_open_stores: "weakref.WeakSet[FileStore]" = weakref.WeakSet()


class _DamagedError(Exception):
    """The file is no sound state."""


class _ForeignError(Exception):
    """The file is somebody else's."""


class FileStore:
    """A store in the file `path`, which is made when a member first needs it, with its folder.

    A damaged file is put aside under a name of its own. A database with other tables is somebody else's and
    is left alone, and so is all by those who only look or leave.

    Args:
        path: any name; the file belongs to one budget.
        clock: the time of the records.
    """

    kind: str = "host"

    def __init__(self, path: Path, clock: BootClock) -> None:
        self._path = path
        self._clock = clock
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None

    def __repr__(self) -> str:
        return f"FileStore({str(self._path)!r})"

    def __str__(self) -> str:
        return str(self._path)

    def new_process(self) -> str:
        """The key by which the others can see that this process is gone."""
        return process_key()

    def exchange(self, request: Request) -> Reply:
        """As in `Store`."""
        patience = time.monotonic() + _PATIENCE
        start: Start = "open"
        try:
            if not request["member"] and _identity(self._path) is None:
                return exchange(None, self._clock.now(), request, start="open")[1]
            while time.monotonic() < patience:
                try:
                    with _no_fork:
                        return self._try(request, start)
                except sqlite3.Error as error:
                    self.close()
                    if error.sqlite_errorcode & 0xFF in _DAMAGED:
                        self._set_aside(request)
                        start = "spaced"
                    elif error.sqlite_errorcode not in _BUSY:
                        raise
                except _DamagedError:
                    self.close()
                    self._set_aside(request)
                    start = "spaced"
                # Random, so that no process comes too late again and again.
                time.sleep(random.uniform(0.0005, 0.005))
        except _ForeignError:
            self.close()
            raise StoreUnusableError(f"{self._path} holds no sound state of a request budget") from None
        except (OSError, sqlite3.Error) as error:
            raise StoreUnusableError(f"there can be no shared state in {self._path}: {error}") from None
        raise StoreError(f"the shared state in {self._path} was busy for {_PATIENCE} s")

    def close(self) -> None:
        """As in `Store`."""
        with _no_fork:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _try(self, request: Request, start: Start) -> Reply:
        connection = self._open()
        connection.execute("BEGIN IMMEDIATE")
        try:
            reply = self._exchange(connection, request, start)
            connection.execute("COMMIT")
        except BaseException:  # whatever it was, it is raised again
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise
        return reply

    def _exchange(self, connection: sqlite3.Connection, request: Request, start: Start) -> Reply:
        _check_owner(connection)
        row = connection.execute("SELECT * FROM state").fetchone()
        boot, now = self._clock.boot(), self._clock.now()
        record = None if row is None else _read(row, boot, now)
        # Not for one that only looks: its rule may not be the one of the members.
        if record is not None and request["member"]:
            request = {**request, "dead": [process for process in processes(record) if is_gone(process)]}
        looks = only_looks(record, request)
        record, reply = exchange(record, now, request, start=start)
        if looks:
            return reply
        connection.execute(
            "INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?)",
            (boot, now, json.dumps(record, separators=(",", ":"))),
        )
        return reply

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None and self._identity != _identity(self._path):
            self.close()  # the file was removed or put aside: go on in the new one
        if self._connection is None:
            if _identity(self._path) is None:
                self._create()
            self._identity = _identity(self._path)
            self._connection = sqlite3.connect(
                self._path, timeout=0, isolation_level=None, check_same_thread=False
            )
            _open_stores.add(self)
            _check_owner(self._connection)  # the next lines change the file
            # A grant is on the disk before its request leaves, even if the power goes; a killed process would
            # lose nothing with less. TRUNCATE needs no shared memory and leaves no second file to get lost.
            self._connection.execute("PRAGMA journal_mode = TRUNCATE")
            self._connection.execute("PRAGMA synchronous = FULL")
        return self._connection

    def _create(self) -> None:
        """Put an empty state in place in one step, so that a file without a table is always a damaged one."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(":memory:")) as empty:
            empty.execute(_TABLE)
            image = empty.serialize()
        draft = self._path.with_name(f"{self._path.name}.{os.urandom(4).hex()}")
        try:
            with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(image)
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):  # another process was faster
                if sys.platform == "win32":
                    draft.rename(self._path)
                else:
                    os.link(draft, self._path)
        finally:
            draft.unlink(missing_ok=True)

    def _set_aside(self, request: Request) -> None:
        """Keep the damaged file under another name, unless somebody else has put it aside already."""
        if not request["member"]:
            raise _ForeignError
        if _identity(self._path) == self._identity:
            # A journal of the old file must not be played back into the new one.
            self._path.with_name(f"{self._path.name}-journal").unlink(missing_ok=True)
            aside = _unused(self._path.with_name(f"{self._path.name}.damaged"))
            self._path.replace(aside)
            logger.info("%s was damaged and is kept as %s.", self._path, aside)


def _before_fork() -> None:
    _no_fork.acquire()
    for store in list(_open_stores):
        store.close()  # it is opened anew when it is needed
    _open_stores.clear()


def _after_fork() -> None:
    """In the child, where the thread that took the lock may have another number."""
    global _no_fork
    _no_fork = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=lambda: _no_fork.release(), after_in_child=_after_fork
    )


def _check_owner(connection: sqlite3.Connection) -> None:
    schema = connection.execute("SELECT sql FROM sqlite_schema").fetchall()
    if schema != [(_TABLE,)]:
        raise _ForeignError if schema else _DamagedError


def _unused(path: Path) -> Path:
    """`path`, or the first of its numbered siblings that is not there."""
    names = itertools.chain([path], (path.with_name(f"{path.name}.{count}") for count in itertools.count(2)))
    return next(name for name in names if not name.exists())


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _read(row: tuple[Any, ...], boot: str, now: int) -> Record:
    try:
        _, written_boot, written, text = row
        record = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        raise _DamagedError from None
    if not (isinstance(written_boot, str) and type(written) is int and is_sound(record)):
        raise _DamagedError
    if written_boot != boot or now < written:
        # The host was started anew, so at least the time since then has passed: what was left at the last
        # write counts from that start.
        move(record, -written)
    return record
