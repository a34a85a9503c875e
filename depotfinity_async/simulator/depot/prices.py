"""Energy prices of the site, as an energy trader writes them. Nothing in the depot goes by them."""

from datetime import datetime

import attrs

SITE_ID = "SITE-1"
"""The one site of the depot."""


@attrs.frozen
class PriceBlock:
    """A price from `start` on for so many `minutes`. Nobody tells the currency."""

    start: datetime
    minutes: float
    price: float

    @property
    def ends_at(self) -> float:
        """When it is over, in seconds since the epoch: that may be later than any `datetime`."""
        return self.start.timestamp() + 60 * self.minutes
