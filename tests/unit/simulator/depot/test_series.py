from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings

from depotfinity_async.simulator import Depot
from depotfinity_async.simulator.apis.time_series import CHARGER_MEASURANDS
from depotfinity_async.simulator.depot import Charger, Connector
from depotfinity_async.simulator.depot.series import SAMPLE_EVERY, charger_series, connector_series

from .test_state import DAY, NOW, depots

LATER = NOW + 3 * DAY
"""A moment at which all of the days before NOW is known, unless the charger is cut off just then."""


def of_charger(
    depot: Depot, charger: Charger, measurand: str, phase: str | None = None
) -> dict[datetime, float]:
    samples = charger_series(depot, charger, measurand, phase, depot.begin, NOW, LATER)
    return {sample.at: float(sample.value) for sample in samples}


def of_connector(
    depot: Depot, charger: Charger, connector: Connector, measurand: str
) -> dict[datetime, float]:
    samples = connector_series(depot, charger, connector, measurand, None, depot.begin, NOW, LATER)
    return {sample.at: float(sample.value) for sample in samples}


@settings(max_examples=15)
@given(depots)
def test_a_charger_is_the_sum_of_its_connectors(depot: Depot) -> None:
    charger = depot.chargers[0]
    for measurand in ("ActivePowerImport", "ActiveEnergyImport", "PowerOffered", "CurrentImport"):
        parts = [of_connector(depot, charger, connector, measurand) for connector in charger.connectors]
        for at, value in of_charger(depot, charger, measurand).items():
            assert value == pytest.approx(sum(part[at] for part in parts), abs=0.2)


@settings(max_examples=15)
@given(depots)
def test_energy_is_the_integral_of_power_and_agrees_with_the_transactions(depot: Depot) -> None:
    charger = depot.chargers[0]
    connector = charger.connectors[0]
    power = of_connector(depot, charger, connector, "ActivePowerImport")
    energy = list(of_connector(depot, charger, connector, "ActiveEnergyImport").values())
    assert all(later >= earlier for earlier, later in pairwise(energy))
    hours = SAMPLE_EVERY / timedelta(hours=1)
    highest = connector.max_power
    # A sample sees a step of the power late: at most one interval at each end of a transaction.
    transactions = depot.on_connector(connector, NOW)
    assert sum(power.values()) * hours == pytest.approx(
        energy[-1] - energy[0], abs=(2 * len(transactions) + 2) * highest * hours
    )
    whole = sum(each.energy(NOW) for each in transactions)
    assert energy[-1] - energy[0] == pytest.approx(whole, abs=2 * highest * hours)


@settings(max_examples=15)
@given(depots)
def test_soc_rises_with_the_transaction_and_is_silent_without(depot: Depot) -> None:
    charger = depot.chargers[0]
    connector = charger.connectors[0]
    soc = of_connector(depot, charger, connector, "SoC")
    covered: set[datetime] = set()
    for each in depot.on_connector(connector, NOW):
        samples = {at: value for at, value in soc.items() if each.start_at <= at < each.end_at}
        covered |= samples.keys()
        values = list(samples.values())
        assert values == sorted(values)
        assert all(
            100 * each.curve.initial_soc - 0.1 <= value <= 100 * each.soc(each.end_at) + 0.1
            for value in values
        )
    assert covered == set(soc)


@settings(max_examples=10)
@given(depots)
def test_voltage_current_and_temperature_are_plausible(depot: Depot) -> None:
    for charger in depot.chargers:
        assert all(215 < value < 235 for value in of_charger(depot, charger, "Voltage", "L2-N").values())
        assert all(5 < value < 70 for value in of_charger(depot, charger, "Temperature").values())
        power = of_charger(depot, charger, "ActivePowerImport")
        for at, current in of_charger(depot, charger, "CurrentImport", "L1").items():
            assert current * 400 * 3**0.5 == pytest.approx(power[at], abs=5)


@pytest.mark.parametrize("measurand", CHARGER_MEASURANDS)
def test_every_measurand_is_served_the_same_twice(measurand: str) -> None:
    first, again = (Depot(chargers=3, connectors=2, seed=9, begin=NOW - 3 * DAY) for _ in range(2))
    for charger in first.chargers:
        samples = charger_series(first, charger, measurand, None, first.begin, NOW, NOW)
        assert samples == charger_series(again, charger, measurand, None, first.begin, NOW, NOW)
        assert [sample.at for sample in samples] == sorted(sample.at for sample in samples)


def test_nothing_is_known_of_the_time_without_connection() -> None:
    depot = Depot(chargers=60, connectors=1, seed=1, begin=NOW - DAY)
    cut_off = [charger for charger in depot.chargers if depot.known_until(charger.id, NOW) < NOW]
    assert cut_off
    for charger in cut_off:
        samples = charger_series(depot, charger, "ActivePowerImport", None, depot.begin, NOW, NOW)
        assert all(sample.at <= depot.known_until(charger.id, NOW) for sample in samples)


def test_alarms_are_the_faults() -> None:
    depot = Depot(chargers=60, connectors=1, seed=1, begin=NOW - DAY)
    seen = 0
    for charger in depot.chargers:
        samples = charger_series(depot, charger, "AlarmCode", None, depot.begin, NOW, NOW)
        faults = [each for each in depot.interruptions(charger.id, NOW) if each.kind == "Faulted"]
        assert [sample.value for sample in samples if sample.value != "NoError"] == [
            each.error_code for each in faults
        ]
        seen += len(faults)
    assert seen


def test_samples_lie_on_the_clocks_five_minutes_within_the_bounds() -> None:
    depot = Depot(chargers=1, connectors=1, seed=1, begin=NOW - DAY)
    start = NOW - timedelta(hours=3)
    samples = charger_series(
        depot, depot.chargers[0], "Voltage", "L1", start, start + timedelta(hours=1), NOW
    )
    assert [sample.at for sample in samples] == [start + index * SAMPLE_EVERY for index in range(13)]
