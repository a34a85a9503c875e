"""Writes that are accepted with 202 and refused when they are processed, for tests that set it up.

Such a write never changes anything: what the depot shows afterwards is what it showed before.
"""

import math
from collections.abc import Iterator

import attrs

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@attrs.frozen
class Deferred:
    """One write that was answered 202; it is refused at `refused_at` (simulated seconds since the epoch)."""

    method: str
    path: str
    accepted_at: float
    refused_at: float


def _lasting(_order: object, _field: "attrs.Attribute[float]", value: float) -> None:
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"after must be finite and not negative, got {value!r}")


@attrs.define
class _Order:
    path: str = attrs.field(validator=attrs.validators.instance_of(str))
    times: int = attrs.field(validator=[attrs.validators.instance_of(int), attrs.validators.ge(1)])
    after: float = attrs.field(validator=_lasting)


class Deferrals:
    """What waits for writes, first in, first out, and the writes it has met."""

    def __init__(self) -> None:
        self._orders: list[_Order] = []
        self._accepted: list[Deferred] = []

    def __iter__(self) -> Iterator[Deferred]:
        return iter(self._accepted)

    def add(self, *, path: str = "/", times: int = 1, after: float = 5.0) -> None:
        """Let the next writes be accepted and refused later.

        Args:
            path: a prefix of the path; by default any.
            times: how many writes, at least 1.
            after: simulated seconds until a write is refused, finite and not negative.

        Raises:
            ValueError: `times` or `after` is outside its range.
            TypeError: a value is of the wrong type.
        """
        self._orders.append(_Order(path, times, after))

    def take(self, method: str, path: str, now: float) -> bool:
        """Whether this request is to be answered 202; if so it is kept as accepted."""
        if method not in WRITES:
            return False
        order = next((each for each in self._orders if path.startswith(each.path)), None)
        if order is None:
            return False
        if order.times == 1:
            self._orders.remove(order)
        else:
            order.times -= 1
        self._accepted.append(Deferred(method, path, now, now + order.after))
        return True

    def clear(self) -> None:
        """Forget what waits and what was accepted."""
        self._orders.clear()
        self._accepted.clear()
