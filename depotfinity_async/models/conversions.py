"""How the vendor writes values that no standard describes: rules for the decoder. Not for single fields."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NewType

import cattrs
import msgspec

from depotfinity_async.jsonapi import make_converter

ZonelessTime = NewType("ZonelessTime", datetime)
"""An aware time in UTC that the vendor prints without a zone (UTC is assumed, not documented)."""


class StatusWord(int):
    """A 32-bit word, shown as the vendor writes it: ``0x0000784B``. Vendor reference: Session Reports."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"0x{int(self):08X}"

    __str__ = __repr__


_WORD = re.compile(r"0[xX][0-9A-Fa-f]{1,8}")

MINUTE = timedelta(minutes=1)
"""What durations are counted in (assumed, not documented)."""


def converter() -> cattrs.Converter:
    """The mapper's rules and the vendor's."""
    made = make_converter()
    made.register_structure_hook(ZonelessTime, _zoneless_time)
    made.register_structure_hook(timedelta, _duration)
    made.register_structure_hook_func(lambda wanted: wanted == StatusWord | str, _status_word)
    return made


def _zoneless_time(value: object, _: object) -> datetime:
    time = msgspec.convert(value, datetime)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _duration(value: object, _: object) -> timedelta:
    return msgspec.convert(value, float) * MINUTE


def _status_word(value: object, _: object) -> StatusWord | str:
    text = msgspec.convert(value, str)
    return StatusWord(text, 16) if _WORD.fullmatch(text) else text
