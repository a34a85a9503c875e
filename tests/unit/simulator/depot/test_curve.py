import pytest
from hypothesis import given
from hypothesis import strategies as st

from depotfinity_async.simulator.depot.curve import KNEE, LAST, ChargingCurve

curves = st.builds(
    ChargingCurve,
    capacity=st.floats(50e3, 500e3),
    power=st.floats(20e3, 300e3),
    initial_soc=st.floats(0, 0.99),
)


@given(curves, st.floats(0, 1))
def test_reaches_a_state_of_charge_when_it_says_so(curve: ChargingCurve, share: float) -> None:
    target = curve.initial_soc + share * (1 - curve.initial_soc)
    assert curve.soc(curve.seconds_to(target)) == pytest.approx(target, abs=1e-6)


@given(curves)
def test_the_energy_is_the_integral_of_the_power(curve: ChargingCurve) -> None:
    whole = curve.seconds_to(1.0)
    step = whole / 2000
    middle = (curve.power_at((index + 0.5) * step) for index in range(2000))
    assert sum(power * step for power in middle) / 3600 == pytest.approx(curve.energy(whole), rel=1e-3)


@given(curves, st.floats(0, 1), st.floats(0, 1))
def test_power_never_rises_and_energy_never_falls(curve: ChargingCurve, one: float, other: float) -> None:
    whole = curve.seconds_to(1.0)
    early, late = sorted((one * whole, other * whole))
    assert curve.power_at(late) <= curve.power_at(early) + 1e-6
    assert curve.energy(late) >= curve.energy(early) - 1e-6


def test_constant_to_the_knee_then_falling_to_the_last_share() -> None:
    curve = ChargingCurve(capacity=100e3, power=100e3, initial_soc=0.3)
    assert curve.seconds_to(KNEE) == pytest.approx(1800)
    assert curve.power_at(1799) == 100e3
    assert curve.power_at(curve.seconds_to(0.9)) == pytest.approx(60e3)
    assert curve.power_at(curve.seconds_to(1.0)) == pytest.approx(LAST * 100e3)
