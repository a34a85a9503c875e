"""The switchboard of faults: what tests set to make the next requests fail. The gate carries them out."""

import fnmatch
import math
from collections.abc import Callable, Mapping
from typing import Literal

import attrs

Body = bytes | str | Mapping[str, object] | list[object]


_is_text = attrs.validators.instance_of(str)
_STATUS = attrs.validators.and_(attrs.validators.ge(200), attrs.validators.le(599))


@attrs.define(kw_only=True)
class Fault:
    """What happens to the requests it matches.

    Args:
        status: answer with this status instead of the real answer, with the usual error body unless given.
        times: how many requests it meets; None for all.
        path: a prefix of the path or, with any of `*?[`, a pattern for the whole path; None for every path.
        headers: headers added to the answer.
        body: sent instead of the real answer, with status 200 unless given; mappings and lists go as JSON.
        delay: simulated seconds the answer is held back, or a callable that gives them for each request.
        drop: close the connection without an answer.
        before: `"reply"` drops after the request was processed, `"read"` on arrival, unprocessed.
        truncate: announce the whole body, send the first half, close the connection.

    Raises:
        ValueError: the fault would do nothing, or a number or `before` is outside its range.
        TypeError: a value is of the wrong type.
    """

    status: int | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(_STATUS),
    )
    times: int | None = 1
    path: str | None = attrs.field(default=None, validator=attrs.validators.optional(_is_text))
    headers: Mapping[str, str] = attrs.field(
        factory=dict[str, str], validator=attrs.validators.deep_mapping(_is_text, _is_text)
    )
    body: Body | None = None
    delay: float | Callable[[], float] = 0.0
    drop: bool = False
    before: Literal["read", "reply"] = attrs.field(
        default="reply", validator=attrs.validators.in_(("read", "reply"))
    )
    truncate: bool = False

    def __attrs_post_init__(self) -> None:
        if self.times is not None and self.times < 1:
            raise ValueError(f"times must be at least 1 or None, got {self.times!r}")
        if not callable(self.delay) and not (math.isfinite(self.delay) and self.delay >= 0):
            raise ValueError(f"delay must be finite and not negative, got {self.delay!r}")
        if not (self.answers or self.headers or self.delay or self.drop or self.truncate):
            raise ValueError("the fault does nothing: give status, body, headers, delay, drop or truncate")

    @property
    def answers(self) -> bool:
        """Whether the fault has an answer of its own."""
        return self.status is not None or self.body is not None

    def matches(self, path: str) -> bool:
        """Whether a request to `path` is met by this fault."""
        if self.path is None:
            return True
        if any(sign in self.path for sign in "*?["):
            return fnmatch.fnmatchcase(path, self.path)
        return path.startswith(self.path)

    def seconds(self) -> float:
        """Simulated seconds to hold this answer back."""
        return self.delay() if callable(self.delay) else self.delay


@attrs.define
class FaultSwitchboard:
    """The faults that wait for requests, first in, first out; the first that matches is taken."""

    pending: list[Fault] = attrs.field(factory=list[Fault])

    def add(
        self,
        *,
        status: int | None = None,
        times: int | None = 1,
        path: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: Body | None = None,
        delay: float | Callable[[], float] = 0.0,
        drop: bool = False,
        before: Literal["read", "reply"] = "reply",
        truncate: bool = False,
    ) -> Fault:
        """Add a fault behind the others; the arguments are those of `Fault`."""
        fault = Fault(
            status=status,
            times=times,
            path=path,
            headers=headers or {},
            body=body,
            delay=delay,
            drop=drop,
            before=before,
            truncate=truncate,
        )
        self.pending.append(fault)
        return fault

    def take(self, path: str) -> Fault | None:
        """The first fault that matches, used up by one request; None when there is none."""
        fault = next((fault for fault in self.pending if fault.matches(path)), None)
        if fault is not None and fault.times is not None:
            fault.times -= 1
            if not fault.times:
                self.pending.remove(fault)
        return fault

    def clear(self) -> None:
        """Remove all faults; answers already held back stay held back."""
        self.pending.clear()
