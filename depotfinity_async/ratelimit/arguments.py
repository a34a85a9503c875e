"""Checks what a budget is given: an error names the argument and what it must be. It knows no budget."""

import math
import numbers
from collections.abc import Mapping, Sequence
from typing import cast


def check_count(name: str, count: object, *, least: int) -> int:
    """`count` as an int.

    Raises:
        TypeError: it is no whole number.
        ValueError: it is less than `least`.
    """
    if not isinstance(count, numbers.Integral):
        raise TypeError(f"{name} must be a whole number, at least {least}, not {count!r}")
    if count < least:
        raise ValueError(f"{name} must be at least {least}, not {count!r}")
    return int(count)


def check_seconds(name: str, seconds: object, *, zero: bool = False) -> None:
    """Finite, and above 0, or at least 0 with `zero`.

    Raises:
        TypeError: it is no number.
        ValueError: it is out of range.
    """
    rule = f"{name} must be a finite number of seconds{', at least' if zero else ' above'} 0, not {seconds!r}"
    if not isinstance(seconds, numbers.Real):
        raise TypeError(rule)
    if not math.isfinite(seconds) or seconds < 0 or (seconds == 0 and not zero):
        raise ValueError(rule)


def check_timeout(timeout: float) -> None:
    """Any number; infinity is for ever. It is called for each request that has a timeout.

    Raises:
        TypeError: it is no number.
        ValueError: it is nan.
    """
    try:
        unknown = math.isnan(timeout)
    except TypeError:
        raise TypeError(f"timeout must be a number of seconds or None, not {timeout!r}") from None
    if unknown:
        raise ValueError("timeout must be a number of seconds, not nan")


def check_lanes(lanes: object, reserve: Mapping[str, object], limit: int) -> None:
    """Different names in their order, and a number of slots for some of them that leaves the others one.

    Raises:
        ValueError: they are not.
    """
    ordered = isinstance(lanes, Sequence) and not isinstance(lanes, str)
    names = list(cast("Sequence[object]", lanes)) if ordered else []
    if not names or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise ValueError(f"lanes must be different names in their order, at least one, not {lanes!r}")
    reserved = 0
    for name, slots in reserve.items():
        if name not in names:
            raise ValueError(f"reserve: there is no lane {name!r}; there are {', '.join(map(str, names))}")
        if not isinstance(slots, int) or slots < 0:
            raise ValueError(f"reserve of {name!r} must be a number of slots, at least 0, not {slots!r}")
        reserved += slots
    if reserved >= limit:
        raise ValueError(f"reserve must leave at least one of the {limit} slots to the other lanes")


def check_text(name: str, text: object) -> str:
    """`text` as one that can be written as UTF-8.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(text, str):
        raise TypeError(f"{name} must be a text, not {text!r}")
    return text.encode(errors="replace").decode()


def check_store(store: object) -> None:
    """Something like a store.

    Raises:
        TypeError: it is none; without the text, which may be a URL with a password.
    """
    if not hasattr(store, "exchange"):
        raise TypeError(f"store must be what open_store(...) returns, not of type {type(store).__name__}")
