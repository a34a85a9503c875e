"""Virtual Power Plant: the price of energy over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import attribute


@jsonapi.value
class EnergyPriceBlock:
    """A price that holds for a while. Vendor page: Virtual Power Plant; the units are assumed.

    No currency goes over the wire: all prices must be in one and the same.
    """

    start: datetime
    """Begin, aware UTC."""
    duration: timedelta
    """On the wire a number of minutes (assumed, not documented)."""
    price: float
    """For one kWh (assumed, not documented); negative prices exist."""

    @property
    def end(self) -> datetime:
        """When the next price begins, if there is one."""
        return self.start + self.duration


@jsonapi.value
class PriceBlocks:
    """The inner part of a price body. Vendor page: Virtual Power Plant."""

    blocks: tuple[EnergyPriceBlock, ...]


@jsonapi.value
class EnergyPricesBody:
    """The prices of a site as they are read: in the wrapper they are written in, or bare (both assumed)."""

    wrapped: PriceBlocks | None = attribute("PricesJsonStr", default=None)
    bare: tuple[EnergyPriceBlock, ...] | None = attribute("blocks", default=None)

    @property
    def prices(self) -> Sequence[EnergyPriceBlock] | None:
        """The blocks, in the order in which they came; None: the body holds none of the two forms."""
        return self.bare if self.wrapped is None else self.wrapped.blocks
