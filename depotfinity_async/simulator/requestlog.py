"""The log of every request that arrived, for tests that ask whether the limit held. It decides nothing."""

from collections import Counter
from collections.abc import Iterator
from typing import Literal

import attrs

Kind = Literal["token", "api", "vehicle"]


@attrs.define
class LoggedRequest:
    """One request on the wire.

    `arrival` is simulated seconds since the epoch; `status` is None while the reply is due, and stays None
    when the connection was closed without a reply. `counted` says whether the limit has a say in it.
    """

    arrival: float
    client: str
    method: str
    path: str
    query: str
    kind: Kind
    status: int | None = None
    counted: bool = True

    @property
    def refused(self) -> bool:
        """Whether the answer was 429."""
        return self.status == 429


@attrs.define
class RequestLog:
    """All requests in the order of arrival."""

    entries: list[LoggedRequest] = attrs.field(factory=list[LoggedRequest])

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[LoggedRequest]:
        return iter(self.entries)

    @property
    def refusals(self) -> int:
        """Number of requests answered 429."""
        return sum(entry.refused for entry in self.entries)

    def count(self, path: str | None = None, kind: Kind | None = None, status: int | None = None) -> int:
        """Number of requests with this exact path, kind and status; what is None is not looked at."""
        return sum(
            (path is None or entry.path == path)
            and (kind is None or entry.kind == kind)
            and (status is None or entry.status == status)
            for entry in self.entries
        )

    def by_path(self) -> dict[str, int]:
        """Number of requests per path, most frequent first."""
        return dict(Counter(entry.path for entry in self.entries).most_common())

    def busiest_window(self, window: float) -> int:
        """The most requests whose arrival lies in any closed window of `window` simulated seconds.

        Refused requests count as well: they arrived. Those that are outside the limit do not.
        """
        arrivals = [entry.arrival for entry in self.entries if entry.counted]
        busiest = first = 0
        for last, arrival in enumerate(arrivals):
            while arrival - arrivals[first] > window:
                first += 1
            busiest = max(busiest, last - first + 1)
        return busiest

    def clear(self) -> None:
        """Forget all requests; the limit itself does not forget them."""
        self.entries.clear()
