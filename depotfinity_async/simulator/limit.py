"""The vendor's request limit as a sliding window over arrivals, one window per client address.

The vendor says "100 queries per five minutes per IP address" (page General Information); that the window
slides and that refused requests do not count is assumed, not documented.
"""

import math
from collections import deque

import attrs


@attrs.define
class RequestWindow:
    """Decides which requests are within the limit.

    Args:
        limit: requests admitted in any closed window, per client address.
        window: length of the window in simulated seconds.
        count_refused: whether a refused request uses up a place as well.
    """

    limit: int
    window: float
    count_refused: bool = False
    _arrivals: dict[str, deque[float]] = attrs.field(factory=dict[str, deque[float]], init=False)

    def admit(self, client: str, arrival: float) -> int | None:
        """Admit a request that arrived at `arrival` (simulated seconds).

        Returns:
            None when admitted, otherwise whole seconds after which a place is free.
        """
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
