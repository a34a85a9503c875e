"""Charger Control: power groups, and limits that are set on them from outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from depotfinity_async.errors import InvalidArgumentError
from depotfinity_async.jsonapi import flat_array
from depotfinity_async.models.acknowledgement import Acknowledgement
from depotfinity_async.models.charger_control import PowerGroup, PowerLimitWindow, PowerUnit

from .parameters import filled, finite, in_order, span
from .requester import Requester


@attrs.frozen
class ChargerControl:
    """``depot.charger_control``. Vendor page: Charger Control; package Premium."""

    _requester: Requester

    async def power_groups(self) -> Sequence[PowerGroup]:
        """All power groups. Vendor page: Charger Control.

        Their times carry no zone on the wire and are read as UTC (assumed, not documented).
        """
        return (await self._requester.read("charger_control.power_groups", flat_array(PowerGroup))).data

    async def set_external_power_limit(
        self,
        group_id: str,
        windows: Iterable[PowerLimitWindow],
        *,
        source: str = "depotfinity_async",
        unit: PowerUnit | str = PowerUnit.WATT,
    ) -> Acknowledgement:
        """Limit the power of a charger group for some time. Vendor page: Charger Control.

        The windows replace those set before (assumed, not documented), so the call is sent again when no
        answer came. :func:`power_limit_windows` makes windows from a schedule.

        Args:
            group_id: GUID of the charger group, from Siemens Regional Support.
            windows: at least one; in the order of time, without overlap; gaps are allowed.
            source: name of the system that sets the limit; which names are allowed is not documented.
            unit: of the limits: ``W``, or ``A`` (assumed, not documented).

        Raises:
            InvalidArgumentError: a window, their order or the unit is not allowed; nothing was sent.
            NotFoundError: there is no such group (assumed, not documented).
        """
        if unit not in tuple(PowerUnit):
            raise InvalidArgumentError(f"unit must be one of {', '.join(PowerUnit)}.")
        return await self._requester.acknowledged(
            "charger_control.set_external_power_limit",
            values={"group_id": group_id},
            body={
                "source": filled("source", source),
                "externalPowerRateUnit": unit,
                "dynamicPowerLimit": _entries(windows),
            },
        )


def _entries(windows: Iterable[PowerLimitWindow]) -> list[dict[str, object]]:
    listed = list(windows)
    spans = [
        span(f"windows[{place}].start", window.start, f"windows[{place}].end", window.end)
        for place, window in enumerate(listed)
    ]
    in_order("windows", spans)
    return [
        {
            "fromDate": start,
            "toDate": end,
            "externalPowerLimit": finite(f"windows[{place}].limit", window.limit, lowest=0),
        }
        for place, (window, (start, end)) in enumerate(zip(listed, spans, strict=True))
    ]
