"""Time Series API: one measurand of a charger or a connector (vendor page Time Series).

Assumed, not documented: the connector's path and its measurand SoC, 400 for an unknown measurand or phase,
"previous day" as the previous calendar day in UTC, inclusive bounds of which either may stand alone.
"""

from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from depotfinity_async.simulator import parameters
from depotfinity_async.simulator.depot.series import Sample, charger_series, connector_series
from depotfinity_async.simulator.replies import Refusal, json_reply
from depotfinity_async.simulator.times import print_time
from depotfinity_async.simulator.world import WORLD

from .places import CHARGER, CONNECTOR, charger_of, connector_of

_LINES: Final = ("L1", "L2", "L3")
CHARGER_MEASURANDS: Final[dict[str, tuple[str, ...]]] = {
    "ActivePowerExport": (),
    "ActivePowerImport": (),
    "PowerOffered": (),
    "ActiveEnergyExport": (),
    "ActiveEnergyImport": (),
    "CurrentExport": _LINES,
    "CurrentImport": _LINES,
    "CurrentOffered": _LINES,
    "Voltage": (*_LINES, "L1-N", "L2-N", "L3-N"),
    "AlarmCode": (),
    "Temperature": (),
}
CONNECTOR_MEASURANDS: Final[dict[str, tuple[str, ...]]] = {**CHARGER_MEASURANDS, "SoC": ()}


async def series_of_charger(request: web.Request) -> web.Response:
    """Records of a charger, as documented."""
    world, charger = request.app[WORLD], charger_of(request)
    now = world.clock.now()
    measurand, phase = _measurand_and_phase(request, CHARGER_MEASURANDS)
    start, end = _bounds(request, now)
    return _items(charger_series(world.depot, charger, measurand, phase, start, end, now))


async def series_of_connector(request: web.Request) -> web.Response:
    """Records of a connector (assumed, not documented)."""
    world, charger = request.app[WORLD], charger_of(request)
    connector, now = connector_of(request, charger), world.clock.now()
    measurand, phase = _measurand_and_phase(request, CONNECTOR_MEASURANDS)
    start, end = _bounds(request, now)
    return _items(connector_series(world.depot, charger, connector, measurand, phase, start, end, now))


def _measurand_and_phase(request: web.Request, table: dict[str, tuple[str, ...]]) -> tuple[str, str | None]:
    measurand = request.query.get("measurand")
    if measurand not in table:
        raise Refusal(400, f"measurand: must be one of {', '.join(table)}")
    phase = request.query.get("phase")
    if phase is not None and phase not in table[measurand]:
        allowed = ", ".join(table[measurand]) or "left out"
        raise Refusal(400, f"phase: for {measurand} must be {allowed}")
    return measurand, phase


def _bounds(request: web.Request, now: datetime) -> tuple[datetime, datetime]:
    start, end = parameters.between(request.query)
    if start is None and end is None:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight - timedelta(days=1), midnight - timedelta(milliseconds=1)
    return start or request.app[WORLD].depot.begin, end or now


def _items(samples: list[Sample]) -> web.Response:
    return json_reply(
        {"items": [{"timeStamp": print_time(sample.at), "value": sample.value} for sample in samples]}
    )


_BASE = f"/v1/timeSeries/{CHARGER}"

ROUTES = (
    web.get(_BASE, series_of_charger, allow_head=False),
    web.get(f"{_BASE}/{CONNECTOR}", series_of_connector, allow_head=False),
)
