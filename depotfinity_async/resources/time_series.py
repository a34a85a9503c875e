"""Time Series: measured values of a charger or of one connector."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Mapping
from datetime import datetime

import attrs

from depotfinity_async.errors import AssumptionWarning, InvalidArgumentError
from depotfinity_async.jsonapi import flat_items
from depotfinity_async.models.glossary import ChargerId, ConnectorId
from depotfinity_async.models.time_series import (
    CHARGER_PHASES,
    CONNECTOR_PHASES,
    Measurand,
    Phase,
    TimeSeries,
    TimeSeriesRecord,
)

from .parameters import from_one, query, window
from .requester import Requester


@attrs.frozen
class TimeSeriesReader:
    """``depot.time_series``. Vendor page: Time Series; packages Basic, Advanced, Premium.

    Without ``start`` and ``end`` the service gives the previous day only.
    """

    _requester: Requester

    async def charger(
        self,
        charger_id: ChargerId,
        measurand: Measurand | str,
        *,
        phase: Phase | str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> TimeSeries:
        """Values of a charger. Vendor page: Time Series.

        Args:
            charger_id: the charger.
            measurand: what was measured; one of the vendor's table for chargers.
            phase: only for currents (L1 to L3) and voltage (L1 to L3, L1-N to L3-N).
            start: begin of the time window, aware; either bound may stand alone (assumed).
            end: end of the time window, aware.

        Raises:
            InvalidArgumentError: the table has no such measurand, or not this phase of it; nothing was sent.
        """
        measurand, phase = _selectors(measurand, phase)
        if fault := _fault(CHARGER_PHASES, "charger", measurand, phase):
            raise InvalidArgumentError(fault)
        return await self._series(
            "time_series.charger", {"charger_id": charger_id}, measurand, phase, start, end
        )

    async def connector(
        self,
        charger_id: ChargerId,
        connector_id: ConnectorId,
        measurand: Measurand | str,
        *,
        phase: Phase | str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> TimeSeries:
        """Values of one connector. The function is documented; path, body and measurands are assumed.

        Args:
            charger_id: the charger.
            connector_id: number of the connector on its charger, from 1 on.
            measurand: what was measured. Those of a charger and ``SoC`` are assumed; with any other you get a
                warning (:class:`AssumptionWarning`), and it is sent as it is.
            phase: as for a charger; with any other likewise.
            start: begin of the time window, aware; either bound may stand alone (assumed).
            end: end of the time window, aware.

        Raises:
            InvalidArgumentError: an argument cannot be sent; nothing was.
        """
        measurand, phase = _selectors(measurand, phase)
        if fault := _fault(CONNECTOR_PHASES, "connector", measurand, phase):
            # Of this frame's caller: whoever awaits the coroutine itself.
            warnings.warn(
                f"{fault} The table for connectors is assumed, not documented, so it is sent all the same.",
                AssumptionWarning,
                stacklevel=2,
            )
        return await self._series(
            "time_series.connector",
            {"charger_id": charger_id, "connector_id": from_one("connector_id", connector_id)},
            measurand,
            phase,
            start,
            end,
        )

    async def _series(
        self,
        operation: str,
        values: Mapping[str, str | int],
        measurand: Measurand,
        phase: Phase | None,
        start: datetime | None,
        end: datetime | None,
    ) -> TimeSeries:
        parameters = query(measurand=measurand, phase=phase, **window(start, end))
        document = await self._requester.read(
            operation, flat_items(TimeSeriesRecord), values=values, query=parameters
        )
        return TimeSeries.of_records(measurand, phase, document.data)


def _selectors(measurand: object, phase: object) -> tuple[Measurand, Phase | None]:
    if not isinstance(measurand, str) or not measurand:
        raise InvalidArgumentError("measurand must be a text, such as 'ActivePowerImport'.")
    if phase is not None and (not isinstance(phase, str) or not phase):
        raise InvalidArgumentError("phase must be a text, such as 'L1'.")
    return Measurand(measurand), None if phase is None else Phase(phase)


def _fault(
    table: Mapping[Measurand, frozenset[Phase]], owner: str, measurand: Measurand, phase: Phase | None
) -> str | None:
    """What a table of measurands and their phases has against a request."""
    phases = table.get(measurand)
    if phases is None:
        near = difflib.get_close_matches(measurand.value, [known.value for known in table], n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(table)}."
        return f"measurand: a {owner} has no {measurand.value!r}; {hint}"
    if phase is not None and phase not in phases:
        allowed = f"one of {', '.join(sorted(phases))}" if phases else "none"
        return f"phase: for {measurand.value} the service takes {allowed}, not {phase.value!r}."
    return None
