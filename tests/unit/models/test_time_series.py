"""A series: two columns in order of time, values by the kind of the measurand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from depotfinity_async.models.time_series import (
    CHARGER_PHASES,
    UNITS,
    Measurand,
    Phase,
    TimeSeries,
    TimeSeriesRecord,
    Value,
    read_value,
)

T0 = datetime(2026, 3, 1, tzinfo=UTC)


def series(*values: str, measurand: Measurand = Measurand.ACTIVE_POWER_IMPORT) -> TimeSeries:
    records = [
        TimeSeriesRecord(timestamp=T0 + timedelta(minutes=number), value=value)
        for number, value in enumerate(values)
    ]
    return TimeSeries.of_records(measurand, None, records[::-1])


def test_columns_are_in_order_of_time() -> None:
    power = series("1", "2.5", "3")
    assert power.values == (1.0, 2.5, 3.0)
    assert power.times == (T0, T0 + timedelta(minutes=1), T0 + timedelta(minutes=2))
    assert (power.unit, len(power)) == ("W", 3)


def test_a_series_is_a_sequence_of_points() -> None:
    power = series("1", "2", "3")
    assert [point.value for point in power] == [1, 2, 3]
    assert power[-1] == (T0 + timedelta(minutes=2), 3.0)
    assert power[1:] == [(T0 + timedelta(minutes=1), 2.0), (T0 + timedelta(minutes=2), 3.0)]


def test_points_are_not_in_its_representation() -> None:
    assert repr(series("1")) == "TimeSeries(measurand=Measurand('ActivePowerImport'), phase=None, unit='W')"


@pytest.mark.parametrize(
    ("given", "quantity", "expected"),
    [
        ("1500", True, 1500.0),
        ("1e3", True, 1000.0),
        ("true", True, True),
        ("false", False, False),
        ("True", False, "True"),
        ("0042", False, "0042"),
        ("E-17", True, "E-17"),
        ("nan", True, "nan"),
        ("1_000", True, "1_000"),
        ("-.5", True, -0.5),
        ("1e999", True, "1e999"),
        ("inf", True, "inf"),
        ("", True, ""),
        (None, True, None),
        (7, False, 7),
    ],
)
def test_values_by_kind(given: str | int | None, quantity: bool, expected: Value | None) -> None:
    found = read_value(given, quantity=quantity)
    assert found == expected
    assert type(found) is type(expected)


def test_alarm_codes_stay_text() -> None:
    alarms = series("0042", measurand=Measurand.ALARM_CODE)
    assert (alarms.values, alarms.unit) == (("0042",), None)


def test_the_vendors_table_of_phases() -> None:
    three = {Phase.L1, Phase.L2, Phase.L3}
    assert {measurand: set(phases) for measurand, phases in CHARGER_PHASES.items() if phases} == {
        Measurand.CURRENT_EXPORT: three,
        Measurand.CURRENT_IMPORT: three,
        Measurand.CURRENT_OFFERED: three,
        Measurand.VOLTAGE: set(Phase),
    }
    assert set(Measurand) - set(CHARGER_PHASES) == {Measurand.SOC}
    assert set(Measurand) - set(UNITS) == {Measurand.ALARM_CODE}


def test_units_follow_from_the_measurands_name() -> None:
    by_word = {
        "Power": "W",
        "Energy": "Wh",
        "Current": "A",
        "Voltage": "V",
        "Temperature": "Celsius",
        "SoC": "Percent",
    }
    for measurand, unit in UNITS.items():
        assert [unit] == [expected for word, expected in by_word.items() if word in measurand.value]
