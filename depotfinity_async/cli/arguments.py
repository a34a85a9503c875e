"""Kinds of arguments: each reads a text of the command line, or says why it cannot. Nothing is looked up."""

import argparse
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

_AGO: Final = re.compile(r"(\d{1,9}(?:\.\d+)?)([mhdw])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def at_least_one(text: str) -> int:
    """A whole number from 1 on."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return number


def above_zero(text: str) -> float:
    """A finite number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return number


def moment(text: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> datetime:
    """A time with its zone (ISO 8601), or how long ago: ``90m``, ``24h``, ``7d``, ``2w``."""
    try:
        if ago := _AGO.fullmatch(text):
            return now() - timedelta(**{_UNITS[ago[2]]: float(ago[1])})
        time = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a time such as 2026-01-01T00:00Z, or how long ago, such as 24h or 7d"
        ) from None
    if time.utcoffset() is None:
        raise argparse.ArgumentTypeError(f"{text!r} has no time zone: write it as 2026-01-01T00:00Z")
    return time


def proxy_url(text: str) -> str:
    """The address of a proxy, without credentials: everybody on the machine can read a command line."""
    return _without_credentials(text, "DEPOTFINITY_PROXY, or the proxy")


def place(text: str) -> str:
    """Where the budget is kept; an address without credentials, for the same reason."""
    return _without_credentials(text, "DEPOTFINITY_BUDGET, or the budget")


def _without_credentials(text: str, instead: str) -> str:
    try:
        has_credentials = "@" in urlsplit(text).netloc
    except ValueError:
        has_credentials = "@" in text
    if has_credentials:
        raise argparse.ArgumentTypeError(
            f"credentials do not belong on the command line: set {instead} of a profile"
        )
    return text
