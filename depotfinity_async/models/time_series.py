"""Time Series: measured values of a charger or connector over time, and what may be asked for."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple, overload

import attrs

from depotfinity_async import jsonapi
from depotfinity_async.jsonapi import OpenEnum, attribute


class Measurand(OpenEnum):
    """What was measured. Vendor page: Time Series."""

    ACTIVE_POWER_EXPORT = "ActivePowerExport"
    ACTIVE_POWER_IMPORT = "ActivePowerImport"
    POWER_OFFERED = "PowerOffered"
    ACTIVE_ENERGY_EXPORT = "ActiveEnergyExport"
    ACTIVE_ENERGY_IMPORT = "ActiveEnergyImport"
    CURRENT_EXPORT = "CurrentExport"
    CURRENT_IMPORT = "CurrentImport"
    CURRENT_OFFERED = "CurrentOffered"
    VOLTAGE = "Voltage"
    ALARM_CODE = "AlarmCode"
    TEMPERATURE = "Temperature"
    SOC = "SoC"
    """Connectors only. Assumed, not documented."""


class Phase(OpenEnum):
    """A phase, or a phase against neutral. Vendor page: Time Series."""

    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    L1_N = "L1-N"
    L2_N = "L2-N"
    L3_N = "L3-N"


_PHASES = frozenset({Phase.L1, Phase.L2, Phase.L3})

CHARGER_PHASES: Mapping[Measurand, frozenset[Phase]] = MappingProxyType(
    {
        Measurand.ACTIVE_POWER_EXPORT: frozenset(),
        Measurand.ACTIVE_POWER_IMPORT: frozenset(),
        Measurand.POWER_OFFERED: frozenset(),
        Measurand.ACTIVE_ENERGY_EXPORT: frozenset(),
        Measurand.ACTIVE_ENERGY_IMPORT: frozenset(),
        Measurand.CURRENT_EXPORT: _PHASES,
        Measurand.CURRENT_IMPORT: _PHASES,
        Measurand.CURRENT_OFFERED: _PHASES,
        Measurand.VOLTAGE: _PHASES | {Phase.L1_N, Phase.L2_N, Phase.L3_N},
        Measurand.ALARM_CODE: frozenset(),
        Measurand.TEMPERATURE: frozenset(),
    }
)
"""Measurands of a charger and the phases each may be asked for. Vendor page: Time Series."""

CONNECTOR_PHASES: Mapping[Measurand, frozenset[Phase]] = MappingProxyType(
    {**CHARGER_PHASES, Measurand.SOC: frozenset()}
)
"""The same for a connector. Assumed, not documented: the table for chargers and ``SoC``."""

UNITS: Mapping[Measurand, str] = MappingProxyType(
    {
        Measurand.ACTIVE_POWER_EXPORT: "W",
        Measurand.ACTIVE_POWER_IMPORT: "W",
        Measurand.POWER_OFFERED: "W",
        Measurand.ACTIVE_ENERGY_EXPORT: "Wh",
        Measurand.ACTIVE_ENERGY_IMPORT: "Wh",
        Measurand.CURRENT_EXPORT: "A",
        Measurand.CURRENT_IMPORT: "A",
        Measurand.CURRENT_OFFERED: "A",
        Measurand.VOLTAGE: "V",
        Measurand.TEMPERATURE: "Celsius",
        Measurand.SOC: "Percent",
    }
)
"""Units by measurand, as OCPP 1.6 has them. Assumed, not documented."""

Value = float | bool | str

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@jsonapi.value
class TimeSeriesRecord:
    """One record as the service writes it: the value is text. Vendor page: Time Series."""

    timestamp: datetime = attribute("timeStamp")
    value: str | int | float | bool | None


class TimeSeriesPoint(NamedTuple):
    """One measured value at one time."""

    timestamp: datetime
    value: Value | None


@attrs.frozen(kw_only=True)
class TimeSeries(Sequence[TimeSeriesPoint]):
    """Measured values in two columns of one length, in order of time; a sequence of points.

    ``times`` are aware UTC. ``values`` are numbers in ``unit`` for a measurand that is a quantity, booleans
    where the service wrote true or false, and else the text as it came (``AlarmCode``).
    """

    measurand: Measurand
    phase: Phase | None
    unit: str | None
    """``W``, ``Wh``, ``A``, ``V``, ``Celsius`` or ``Percent``; ``None`` where the value is no quantity."""
    times: Sequence[datetime] = attrs.field(repr=False)
    values: Sequence[Value | None] = attrs.field(repr=False)

    @classmethod
    def of_records(
        cls, measurand: Measurand, phase: Phase | None, records: Sequence[TimeSeriesRecord]
    ) -> TimeSeries:
        """The series of the records of one reply."""
        ordered = sorted(records, key=lambda record: record.timestamp)
        unit = UNITS.get(measurand)
        return cls(
            measurand=measurand,
            phase=phase,
            unit=unit,
            times=tuple(record.timestamp for record in ordered),
            values=tuple(read_value(record.value, quantity=unit is not None) for record in ordered),
        )

    @overload
    def __getitem__(self, index: int) -> TimeSeriesPoint: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[TimeSeriesPoint]: ...
    def __getitem__(self, index: int | slice) -> TimeSeriesPoint | Sequence[TimeSeriesPoint]:
        if isinstance(index, slice):
            return [*map(TimeSeriesPoint, self.times[index], self.values[index])]
        return TimeSeriesPoint(self.times[index], self.values[index])

    def __len__(self) -> int:
        return len(self.times)

    def __iter__(self) -> Iterator[TimeSeriesPoint]:
        return map(TimeSeriesPoint, self.times, self.values)


def read_value(given: str | int | float | bool | None, *, quantity: bool) -> Value | None:
    """A record's value by its kind: a finite number for a quantity, true or false, else the text itself."""
    if not isinstance(given, str):
        return given
    if given in ("true", "false"):
        return given == "true"
    if quantity and _NUMBER.fullmatch(given) and math.isfinite(number := float(given)):
        return number
    return given
