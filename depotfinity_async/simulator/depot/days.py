"""What happens at one charger on one depot day, drawn from the seed: interruptions and transactions.

A depot day runs from noon to noon UTC, since buses charge through the night; nothing reaches from one into
the next. A vehicle belongs to one connector for a depot day, so it is never in two places.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import attrs

from depotfinity_async.simulator.times import to_milliseconds

from .curve import ChargingCurve
from .model import Charger, Connector, Interruption, InterruptionKind, Transaction, Vehicle

DAY = timedelta(days=1)
MARGIN = timedelta(minutes=15)
"""Kept free at both ends of a slot, room for the status records around a transaction."""

ERROR_CODES = (
    "ConnectorLockFailure",
    "GroundFailure",
    "HighTemperature",
    "InternalError",
    "OverCurrentFailure",
    "PowerSwitchFailure",
)
NORMAL_ENDS = ("Local", "Local", "Local", "EVDisconnected", "EVDisconnected", "Remote")
EARLY_ENDS = ("DeAuthorized", "EmergencyStop", "Other", "Reboot", "SoftReset", "UnlockCommand")

_NOON = datetime(1970, 1, 1, 12, tzinfo=UTC)


def depot_day(moment: datetime) -> int:
    """The number of the depot day a moment lies in."""
    return (moment - _NOON) // DAY


def day_start(day: int) -> datetime:
    """Noon at which a depot day begins."""
    return _NOON + day * DAY


@attrs.frozen
class DayPlan:
    """One charger's depot day. Transactions have the id 0: ids are given when all chargers are planned."""

    interruption: Interruption | None
    transactions: list[Transaction]


def plan_day(
    seed: int, day: int, charger: Charger, vehicles: Sequence[Vehicle], drivers: Sequence[str]
) -> DayPlan:
    """Plan one depot day of one charger; `vehicles` and `drivers` are those of its connectors, in order."""
    random = Random(f"{seed}/{charger.id}/{day}")
    interruption = _interruption(random, day_start(day))
    transactions: list[Transaction] = []
    for connector, vehicle, driver in zip(charger.connectors, vehicles, drivers, strict=True):
        transactions += _plan_connector(random, day_start(day), connector, vehicle, driver, interruption)
    return DayPlan(interruption, transactions)


def _interruption(random: Random, start: datetime) -> Interruption | None:
    kinds: tuple[InterruptionKind | None, ...] = ("Faulted", "Unavailable", "NotConnected", None)
    kind = random.choices(kinds, weights=(12, 12, 30, 46))[0]
    length = timedelta(hours=random.uniform(3, 10))
    begin = to_milliseconds(start + random.random() * (DAY - length - MARGIN))
    code = random.choice(ERROR_CODES)
    if kind is None:
        return None
    error = (code, 100 + ERROR_CODES.index(code)) if kind == "Faulted" else ("NoError", 0)
    return Interruption(kind, begin, to_milliseconds(begin + length), *error)


def _plan_connector(
    random: Random,
    start: datetime,
    connector: Connector,
    vehicle: Vehicle,
    driver: str,
    interruption: Interruption | None,
) -> list[Transaction]:
    count = random.choices((1, 2, 3, 4), weights=(5, 40, 40, 15))[0]
    slot = DAY / count
    soc = random.randint(20, 60)
    parked_until = start - timedelta(hours=4)
    planned: list[Transaction] = []
    for number in range(count):
        slot_start = start + number * slot
        begin = to_milliseconds(slot_start + MARGIN + random.uniform(0, 0.45) * (slot - 2 * MARGIN))
        driven = (begin - parked_until) / timedelta(hours=1)
        if planned:
            soc = max(10, int(soc - driven * random.uniform(6, 14)))
        curve = ChargingCurve(vehicle.capacity, min(connector.max_power, vehicle.max_power), soc / 100)
        transaction = _cut_short(
            _charge(random, begin, slot_start + slot - MARGIN, connector, vehicle, driver, curve),
            interruption,
            random,
        )
        if transaction is not None:
            planned.append(transaction)
            soc = round(100 * transaction.soc(transaction.end_at))
            parked_until = transaction.end_at
    return planned


def _charge(
    random: Random,
    begin: datetime,
    latest: datetime,
    connector: Connector,
    vehicle: Vehicle,
    driver: str,
    curve: ChargingCurve,
) -> Transaction:
    """A transaction from `begin` that ends at `latest` at the latest."""
    target = min(100, max(round(100 * curve.initial_soc) + 5, random.randint(80, 100)))
    charged = min(begin + timedelta(seconds=curve.seconds_to(target / 100)), latest)
    if random.random() < 0.08:
        charged = begin + random.uniform(0.2, 0.9) * (charged - begin)
        end, result = charged, random.choice(EARLY_ENDS)
    else:
        end, result = charged + random.uniform(0, 0.5) * (latest - charged), random.choice(NORMAL_ENDS)
    return Transaction(
        id=0,
        charger_id=connector.charger_id,
        connector_id=connector.number,
        vehicle_id=vehicle.id,
        driver_id=driver,
        start_at=begin,
        charged_at=to_milliseconds(charged),
        end_at=to_milliseconds(end),
        inserted_at=to_milliseconds(begin + timedelta(seconds=random.uniform(0.1, 0.9))),
        curve=curve,
        end_result=result,
        goal_soc=target / 100,
    )


def _cut_short(
    transaction: Transaction, interruption: Interruption | None, random: Random
) -> Transaction | None:
    """The transaction as the interruption leaves it; None when it could not begin."""
    if interruption is None:
        return transaction
    if interruption.kind == "NotConnected":
        # A charger without connection goes on charging; its records reach the backend when it is back.
        if interruption.start <= transaction.start_at < interruption.end:
            late = interruption.end + (transaction.inserted_at - transaction.start_at)
            return attrs.evolve(transaction, inserted_at=late)
        return transaction
    gap = timedelta(minutes=5)
    if transaction.end_at + gap <= interruption.start or transaction.start_at - gap >= interruption.end:
        return transaction
    if transaction.start_at + MARGIN > interruption.start:
        return None
    return attrs.evolve(
        transaction,
        charged_at=min(transaction.charged_at, interruption.start),
        end_at=interruption.start,
        end_result=random.choice(("PowerLoss", "HardReset")) if interruption.kind == "Faulted" else "Remote",
    )
