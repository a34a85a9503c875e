"""Places that keep the state the processes of a budget share, and how one is named."""

import os
import re
from pathlib import Path
from typing import Final

from depotfinity_async.ratelimit.stores.redis_url import is_redis_url
from depotfinity_async.ratelimit.stores.store import Store, StoreError, StoreUnusableError

__all__ = ["Store", "StoreError", "StoreUnusableError", "open_store"]

_URL: Final = re.compile(r"://|^\s*(rediss?|valkeys?|unix|https?|file)(:|//)", re.IGNORECASE)

_PLACES: Final = (
    "the place of the shared state must be 'host', the path of a file, or a URL that starts with redis://, "
    "rediss:// or unix://"
)


def open_store(where: str | Path, key: str, *, speed: float = 1.0) -> Store:
    """The store of the budget `key`; nothing is opened or connected before its first exchange.

    Args:
        where: "host" for a file in the user's state folder, the path of a file (as a text with its folder,
            such as ./name or ~/name), or a URL that starts with redis://, rediss:// or unix://.
        key: names what the limit counts, such as the server and the address we are seen under. A path is one
            budget, whatever the key.
        speed: ms of the budget's clock per real one. Budgets of different speeds must not share a key.

    Raises:
        ValueError: `where` is none of these, or not a valid URL.
        TypeError: `where` is neither a text nor a path.
        StoreUnusableError: "host", and the user has no home folder.
        ImportError: a URL without the extra "redis".
    """
    # Each kind of store brings much with it, so only the one that is asked for is imported.
    if isinstance(where, str) and is_redis_url(where):
        from depotfinity_async.ratelimit.stores.redis import RedisStore  # noqa: PLC0415  # see above

        return RedisStore(where, key, speed=speed)
    _check_path(where)
    from depotfinity_async.ratelimit.host import BootClock, state_file  # noqa: PLC0415  # see above
    from depotfinity_async.ratelimit.stores.file import FileStore  # noqa: PLC0415  # see above

    try:
        # As it is now: the program may go to another folder.
        path = state_file(key) if where == "host" else Path(where).expanduser().absolute()
    except RuntimeError:
        raise StoreUnusableError("there is no home folder to keep the shared state in") from None
    return FileStore(path, BootClock(speed))


def _check_path(where: object) -> None:
    """A mistyped URL or "host" must not become the name of a file."""
    if isinstance(where, os.PathLike):
        return
    if not isinstance(where, str):
        raise TypeError(f"{_PLACES}, not of type {type(where).__name__}")
    if _URL.search(where) or not where.strip():
        raise ValueError(_PLACES)  # without the text, which may hold a password
    if where != "host" and Path(where).name == where:
        raise ValueError(f"{_PLACES}; a file in the current folder is written ./{where}")
