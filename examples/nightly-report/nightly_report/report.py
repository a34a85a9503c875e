"""The report: what it is made from, and how it is written. Where it goes is the business of `__main__`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import attrs

from depotfinity_async import Connectivity, DepotFinity, EndResult, FilterBy, Transaction

NIGHT = timedelta(hours=12)

UNUSUAL = frozenset(
    {EndResult.EMERGENCY_STOP, EndResult.POWER_LOSS, EndResult.HARD_RESET, EndResult.REBOOT, EndResult.OTHER}
)


@attrs.frozen
class VehicleNight:
    """One vehicle's night; energy in kWh, the state of charge in percent, None while it still charges."""

    vehicle: str
    charges: int
    energy: float
    soc: float | None


@attrs.frozen
class Report:
    """The night that ended at `until`."""

    until: datetime
    vehicles: tuple[VehicleNight, ...]
    unusual: tuple[str, ...]
    offline: tuple[str, ...]


async def make_report(depot: DepotFinity, chargers: Iterable[str], until: datetime) -> Report:
    """Read the night before `until` and make the report of it; one request for each charger and page."""
    pages = depot.transactions.list(start=until - NIGHT, end=until, filter_by=FilterBy.OVERLAPPING)
    transactions = [each async for each in pages]
    offline: list[str] = []
    for charger in chargers:
        newest = await depot.chargers.connectivity(charger)
        if newest is not None and newest.status == Connectivity.NOT_CONNECTED:
            offline.append(charger)
    return Report(
        until,
        tuple(sorted(_by_vehicle(transactions), key=lambda night: night.vehicle)),
        tuple(
            f"{each.charger.id}: {each.end_result} at {each.ended_at:%H:%M}"
            for each in transactions
            if each.end_result in UNUSUAL
        ),
        tuple(offline),
    )


def render(report: Report) -> str:
    """The report as text."""
    lines = [
        f"Charged in the {NIGHT / timedelta(hours=1):g} hours before {report.until:%Y-%m-%d %H:%M} UTC",
        "",
    ]
    for night in report.vehicles:
        soc = "charging" if night.soc is None else f"{night.soc:.0f} %"
        lines.append(f"{night.vehicle:<10}{night.charges:>3} charges {night.energy:>8.1f} kWh {soc:>10}")
    lines += ["", *(f"Look at {line}" for line in report.unusual)]
    lines += [f"Not connected: {charger}" for charger in report.offline]
    return "\n".join(lines).rstrip() + "\n"


def _by_vehicle(transactions: Iterable[Transaction]) -> list[VehicleNight]:
    by_vehicle: dict[str, list[Transaction]] = {}
    for transaction in transactions:
        by_vehicle.setdefault(str(transaction.vehicle.id), []).append(transaction)
    return [_night(vehicle, charges) for vehicle, charges in by_vehicle.items()]


def _night(vehicle: str, charges: list[Transaction]) -> VehicleNight:
    energy = sum(charge.energy_delivered or 0.0 for charge in charges) / 1000
    last = max(charges, key=lambda charge: charge.id)
    return VehicleNight(vehicle, len(charges), energy, last.end_soc)
