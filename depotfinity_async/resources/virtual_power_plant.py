"""Virtual Power Plant: write and read the energy prices of a site."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from depotfinity_async.errors import UnexpectedResponseError
from depotfinity_async.jsonapi import flat_object
from depotfinity_async.models.acknowledgement import Acknowledgement
from depotfinity_async.models.virtual_power_plant import EnergyPriceBlock, EnergyPricesBody

from .parameters import finite, in_order, minutes, span
from .requester import Requester


@attrs.frozen
class VirtualPowerPlant:
    """``depot.virtual_power_plant``. Vendor page: Virtual Power Plant; package Premium.

    No currency goes over the wire: give all prices of all sites in one and the same currency.
    """

    _requester: Requester

    async def set_energy_prices(
        self, site_id: str, blocks: Iterable[EnergyPriceBlock], *, allow_gaps: bool = False
    ) -> Acknowledgement:
        """Set the energy prices of a site. Vendor page: Virtual Power Plant; the units are assumed.

        The same prices may be written twice without harm (assumed, not documented), so the call is sent again
        when no answer came.

        Args:
            site_id: of the site, from Siemens Regional Support.
            blocks: at least one; in the order of time, without overlap. Every price in the same currency.
            allow_gaps: False refuses blocks between which there is time without a price.

        Raises:
            InvalidArgumentError: a block or their order is not allowed; nothing was sent.
            NotFoundError: there is no such site (assumed, not documented).
        """
        return await self._requester.acknowledged(
            "virtual_power_plant.set_energy_prices",
            values={"site_id": site_id},
            body={"PricesJsonStr": {"blocks": _entries(blocks, allow_gaps=allow_gaps)}},
        )

    async def energy_prices(self, site_id: str) -> Sequence[EnergyPriceBlock]:
        """The energy prices of a site, as the service lists them. Vendor page: Virtual Power Plant.

        The tail of the path and the body are assumed, not documented.

        Raises:
            UnexpectedResponseError: the body holds no prices in any of the forms that are known.
        """
        operation = "virtual_power_plant.energy_prices"
        document = await self._requester.read(
            operation, flat_object(EnergyPricesBody), values={"site_id": site_id}
        )
        prices = document.data.prices
        if prices is None:
            raise UnexpectedResponseError(f"{operation}: the answer holds no blocks.", operation=operation)
        return prices


def _entries(blocks: Iterable[EnergyPriceBlock], *, allow_gaps: bool) -> list[dict[str, object]]:
    listed = list(blocks)
    durations = [minutes(f"blocks[{place}].duration", block.duration) for place, block in enumerate(listed)]
    spans = [
        span(f"blocks[{place}].start", block.start, f"blocks[{place}].end", block.end)
        for place, block in enumerate(listed)
    ]
    in_order("blocks", spans, allow_gaps=allow_gaps)
    return [
        {"start": start, "duration": duration, "price": finite(f"blocks[{place}].price", block.price)}
        for place, (block, duration, (start, _)) in enumerate(zip(listed, durations, spans, strict=True))
    ]
