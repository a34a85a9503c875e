"""The vendor's request limit under three policies, each counting every client address for itself.

The vendor says "100 queries per five minutes per IP address" (page General Information); how that is counted,
and that refused requests do not count, is assumed, not documented. All times are simulated seconds.
"""

import math
from collections import deque
from collections.abc import Callable
from typing import ClassVar, Final, Literal, Protocol, get_args

import attrs

Policy = Literal["sliding-window", "fixed-window", "token-bucket"]
POLICIES: Final[tuple[Policy, ...]] = get_args(Policy)

_positive = attrs.validators.and_(attrs.validators.gt(0.0), attrs.validators.lt(math.inf))


class RequestLimit(Protocol):
    """Decides which requests are within the limit.

    `limit` is the number of requests, `window` the seconds it is for, `count_refused` whether a refused
    request uses up a place as well.
    """

    policy: ClassVar[Policy]
    limit: int
    window: float
    count_refused: bool

    def admit(self, client: str, arrival: float) -> int | None:
        """Admit a request that arrived at `arrival`.

        Returns:
            None when admitted, otherwise whole seconds after which a place is free.
        """
        ...

    def count(self, client: str, arrival: float) -> None:
        """Count a request that was answered without asking `admit`."""
        ...


@attrs.define
class RequestWindow:
    """At most `limit` requests in any closed window of `window` seconds: the window slides."""

    policy: ClassVar[Policy] = "sliding-window"
    limit: int = attrs.field(validator=attrs.validators.ge(1))
    window: float = attrs.field(validator=_positive)
    count_refused: bool = False
    _arrivals: dict[str, deque[float]] = attrs.field(factory=dict[str, deque[float]], init=False)

    def admit(self, client: str, arrival: float) -> int | None:
        """None when admitted, otherwise whole seconds until a place is free."""
        arrivals = self._within(client, arrival)
        if len(arrivals) < self.limit:
            arrivals.append(arrival)
            return None
        if self.count_refused:
            arrivals.append(arrival)
        age = arrival - arrivals[len(arrivals) - self.limit]
        # The window is closed: an arrival of exactly that age still counts.
        return math.floor(self.window - age) + 1

    def count(self, client: str, arrival: float) -> None:
        """Count a request that was answered without asking `admit`."""
        self._within(client, arrival).append(arrival)

    def _within(self, client: str, arrival: float) -> deque[float]:
        arrivals = self._arrivals.setdefault(client, deque())
        while arrivals and arrivals[0] < arrival - self.window:
            arrivals.popleft()
        return arrivals


@attrs.define
class FixedWindow:
    """At most `limit` requests in each window; windows follow one another from the epoch on.

    So twice the limit may pass around the moment at which a window ends. Whether refused requests count makes
    no difference here: the next window begins anew.
    """

    policy: ClassVar[Policy] = "fixed-window"
    limit: int = attrs.field(validator=attrs.validators.ge(1))
    window: float = attrs.field(validator=_positive)
    count_refused: bool = False
    _counted: dict[str, tuple[int, int]] = attrs.field(factory=dict[str, tuple[int, int]], init=False)

    def admit(self, client: str, arrival: float) -> int | None:
        """None when admitted, otherwise whole seconds until the next window begins."""
        number, used = self._used(client, arrival)
        if used < self.limit:
            self._counted[client] = number, used + 1
            return None
        return max(1, math.ceil((number + 1) * self.window - arrival))

    def count(self, client: str, arrival: float) -> None:
        """Count a request that was answered without asking `admit`."""
        number, used = self._used(client, arrival)
        self._counted[client] = number, used + 1

    def _used(self, client: str, arrival: float) -> tuple[int, int]:
        """The number of the window, and the requests counted in it."""
        number = math.floor(arrival / self.window)
        known, used = self._counted.get(client, (number, 0))
        return number, used if known == number else 0


@attrs.define
class TokenBucket:
    """`limit` requests at once, then one every `window` / `limit` seconds: a bucket that is refilled evenly.

    A refused request that counts takes what has been refilled, so knocking on keeps the door shut.
    """

    policy: ClassVar[Policy] = "token-bucket"
    limit: int = attrs.field(validator=attrs.validators.ge(1))
    window: float = attrs.field(validator=_positive)
    count_refused: bool = False
    _levels: dict[str, tuple[float, float]] = attrs.field(factory=dict[str, tuple[float, float]], init=False)

    def admit(self, client: str, arrival: float) -> int | None:
        """None when admitted, otherwise whole seconds until a place is free."""
        level = self._level(client, arrival)
        if level >= 1:
            self._levels[client] = arrival, level - 1
            return None
        if self.count_refused:
            level = min(level, 0.0)
            self._levels[client] = arrival, level
        return max(1, math.ceil((1 - level) * self.window / self.limit))

    def count(self, client: str, arrival: float) -> None:
        """Count a request that was answered without asking `admit`."""
        self._levels[client] = arrival, self._level(client, arrival) - 1

    def _level(self, client: str, arrival: float) -> float:
        since, level = self._levels.get(client, (arrival, float(self.limit)))
        # Cleared of the last digits of a sum: after `window` seconds the bucket is full, not almost.
        return min(float(self.limit), round(level + (arrival - since) * self.limit / self.window, 6))


_CLASSES: Final[dict[Policy, Callable[[int, float, bool], RequestLimit]]] = {
    each.policy: each for each in (RequestWindow, FixedWindow, TokenBucket)
}


def make_limit(policy: Policy, limit: int, window: float, *, count_refused: bool) -> RequestLimit:
    """The limit under a policy, with nothing used yet.

    Raises:
        ValueError: `limit` is below 1, or `window` is not finite and positive.
    """
    return _CLASSES[policy](limit, window, count_refused)
