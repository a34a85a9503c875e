"""Time series, computed on request from the charging curves, so that series and transactions agree.

Sampled every five minutes. Units are those of OCPP 1.6: W, Wh, A, V, Celsius, Percent. Values are text.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from zlib import crc32

import attrs

from .model import Charger, Connector, Transaction
from .state import Depot

SAMPLE_EVERY = timedelta(minutes=5)

LINE_VOLTAGE = 400.0
PHASE_VOLTAGE = 230.0

_MIDNIGHT = datetime(1970, 1, 1, tzinfo=UTC)


@attrs.frozen
class Sample:
    """One point of a series."""

    at: datetime
    value: str


@attrs.frozen
class _History:
    """What happened on one connector, with the energy delivered before each transaction summed up once."""

    connector: Connector
    transactions: list[Transaction]
    delivered: list[float]
    register: float

    def last(self, at: datetime) -> int:
        return bisect_right(self.transactions, at, key=lambda known: known.start_at) - 1

    def plugged_in(self, at: datetime) -> Transaction | None:
        index = self.last(at)
        return self.transactions[index] if index >= 0 and at < self.transactions[index].end_at else None

    def power(self, at: datetime) -> float:
        transaction = self.plugged_in(at)
        return transaction.power(at) if transaction else 0.0

    def offered(self, at: datetime) -> float:
        transaction = self.plugged_in(at)
        return transaction.offered(at, self.connector.max_power) if transaction else 0.0

    def energy(self, at: datetime) -> float:
        index = self.last(at)
        return self.register + (
            self.delivered[index] + self.transactions[index].energy(at) if index >= 0 else 0.0
        )


def charger_series(
    depot: Depot,
    charger: Charger,
    measurand: str,
    phase: str | None,
    start: datetime,
    end: datetime,
    now: datetime,
) -> list[Sample]:
    """The samples of a charger, `start` to `end`, that the backend knows at `now`; sums over connectors."""
    return _series(depot, charger, charger.connectors, measurand, phase, start, min(end, now), now)


def connector_series(
    depot: Depot,
    charger: Charger,
    connector: Connector,
    measurand: str,
    phase: str | None,
    start: datetime,
    end: datetime,
    now: datetime,
) -> list[Sample]:
    """The same for one connector; its measurand SoC has samples only while a vehicle is plugged in."""
    return _series(depot, charger, (connector,), measurand, phase, start, min(end, now), now)


def _series(
    depot: Depot,
    charger: Charger,
    connectors: Sequence[Connector],
    measurand: str,
    phase: str | None,
    start: datetime,
    end: datetime,
    now: datetime,
) -> list[Sample]:
    start, end = max(start, depot.begin), min(end, depot.known_until(charger.id, now))
    if measurand == "AlarmCode":
        return _alarms(depot, charger, start, end)
    histories = [_history(depot, connector, end) for connector in connectors]
    value = _reader(measurand, phase, histories)
    return [Sample(at, text) for at in _sample_times(start, end) if (text := value(at)) is not None]


def _sample_times(start: datetime, end: datetime) -> Iterator[datetime]:
    at = _MIDNIGHT + math.ceil((start - _MIDNIGHT) / SAMPLE_EVERY) * SAMPLE_EVERY
    while at <= end:
        yield at
        at += SAMPLE_EVERY


def _history(depot: Depot, connector: Connector, until: datetime) -> _History:
    transactions = depot.on_connector(connector, until)
    whole = (transaction.energy(transaction.end_at) for transaction in transactions)
    register = 1e6 + crc32(f"{depot.seed}/{connector.charger_id}/{connector.number}".encode()) % 9_000_000
    return _History(connector, transactions, list(accumulate(whole, initial=0.0)), register)


def _reader(
    measurand: str, phase: str | None, histories: Sequence[_History]
) -> Callable[[datetime], str | None]:
    """The function that reads one value; None where there is nothing to read."""

    def power(at: datetime) -> float:
        return sum(history.power(at) for history in histories)

    def offered(at: datetime) -> float:
        return sum(history.offered(at) for history in histories)

    def soc(at: datetime) -> str | None:
        transaction = histories[0].plugged_in(at)
        return f"{100 * transaction.soc(at):.1f}" if transaction else None

    def wobble(at: datetime, what: str) -> float:
        """A number in -1..1 that is the same whenever it is asked for."""
        place = histories[0].connector.charger_id
        return crc32(f"{place}/{what}/{at.timestamp():.0f}".encode()) / 2**31 - 1

    def voltage(at: datetime) -> str:
        return f"{PHASE_VOLTAGE - power(at) / 100e3 + 1.5 * wobble(at, phase or ''):.1f}"

    def temperature(at: datetime) -> str:
        daily = 6 * math.sin(2 * math.pi * (at.hour - 9 + at.minute / 60) / 24)
        return f"{22 + daily + power(at) / 15e3 + 0.3 * wobble(at, 'temperature'):.1f}"

    def current(watts: Callable[[datetime], float]) -> Callable[[datetime], str]:
        # The load is the same on each phase; without a phase the current of one phase is meant (assumed).
        return lambda at: f"{watts(at) / (math.sqrt(3) * LINE_VOLTAGE):.2f}"

    readers: dict[str, Callable[[datetime], str | None]] = {
        "ActivePowerExport": lambda at: "0.0",
        "ActivePowerImport": lambda at: f"{power(at):.1f}",
        "PowerOffered": lambda at: f"{offered(at):.1f}",
        "ActiveEnergyExport": lambda at: "0.0",
        "ActiveEnergyImport": lambda at: f"{sum(history.energy(at) for history in histories):.1f}",
        "CurrentExport": lambda at: "0.00",
        "CurrentImport": current(power),
        "CurrentOffered": current(offered),
        "Voltage": voltage,
        "Temperature": temperature,
        "SoC": soc,
    }
    return readers[measurand]


def _alarms(depot: Depot, charger: Charger, start: datetime, end: datetime) -> list[Sample]:
    """Alarms are no samples: one record when a fault begins and one when it is over."""
    faults = [each for each in depot.interruptions(charger.id, end) if each.kind == "Faulted"]
    records = [Sample(each.start, each.error_code) for each in faults]
    records += [Sample(each.end, "NoError") for each in faults]
    return sorted((record for record in records if start <= record.at <= end), key=lambda record: record.at)
