"""Reading the Retry-After header; it never fails, whatever stands in it.

Pure: it takes texts and a time and returns seconds. What to do with them is the matter of `retry`.
"""

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

__all__ = ["parse_retry_after"]

_SECONDS: Final = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")
_LONGEST_TEXT: Final = 64
_LONGEST_WAIT: Final = 366 * 86400.0


def parse_retry_after(value: str | None, *, date: str | None, wall_time: float) -> float | None:
    """Seconds that a Retry-After header asks to wait (RFC 9110, section 10.2.3).

    Args:
        value: the header: seconds, or an HTTP date.
        date: the Date header of the same answer; a date in `value` counts from it, so that a wrong clock on
            either side changes nothing.
        wall_time: seconds since 1970, used when `date` is missing or no date.

    Returns:
        Seconds above 0 and up to a year; None for everything else, which means "as if there were no header".
    """
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        seconds = float(text)
    else:
        until = _timestamp(text)
        if until is None:
            return None
        since = _timestamp((date or "").strip())
        seconds = until - (wall_time if since is None else since)
    return seconds if 0 < seconds <= _LONGEST_WAIT else None


def _timestamp(text: str) -> float | None:
    if not text or len(text) > _LONGEST_TEXT:
        return None
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
