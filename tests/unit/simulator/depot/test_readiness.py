from datetime import datetime, timedelta

import pytest

from depotfinity_async.simulator import Depot
from depotfinity_async.simulator.depot import Transaction
from depotfinity_async.simulator.depot.live import stop_charging
from depotfinity_async.simulator.depot.onboard import Onboard
from depotfinity_async.simulator.depot.readiness import Climate, Readiness, ambient_temperature, readiness

from .test_state import DAY, NOW

MINUTE = timedelta(minutes=1)
ASKS = {"prec_reqtime": 30, "prec_eamount": 5, "bprec_eamount": 0, "bat_reqtime": 0}


@pytest.fixture
def depot() -> Depot:
    return Depot(chargers=6, connectors=2, seed=1, begin=NOW)


def a_visit(depot: Depot) -> tuple[Onboard, Transaction]:
    """A vehicle and a long charge of it."""
    depot.interruptions("CP-1", NOW + DAY)
    visits = (each for place in depot.places for each in depot.timelines.on(place))
    visit = next(each for each in visits if each.end_at - each.start_at > 120 * MINUTE)
    return next(each for each in depot.onboards if each.vehicle.id == visit.vehicle_id), visit


def test_nothing_is_known_of_a_vehicle_that_is_not_plugged_in(depot: Depot) -> None:
    onboard, visit = a_visit(depot)
    onboard.report(0, ASKS)
    nothing = Readiness(None, None, Climate.NONE, None)
    for moment in (visit.plugged_at - MINUTE, visit.end_at):
        assert readiness(depot, onboard, moment) == nothing


def test_the_departure_is_the_end_of_the_visit(depot: Depot) -> None:
    onboard, visit = a_visit(depot)
    onboard.report(0, ASKS)
    assert readiness(depot, onboard, visit.end_at - 90 * MINUTE).departure == 90
    assert readiness(depot, onboard, visit.end_at - 0.5 * MINUTE).departure == 1


def test_it_moves_with_the_plan(depot: Depot) -> None:
    onboard, visit = a_visit(depot)
    onboard.report(0, ASKS)
    charger = depot.charger(visit.charger_id)
    assert charger is not None
    stop_charging(depot, charger, visit.connector_id, visit.start_at + MINUTE)
    assert readiness(depot, onboard, visit.start_at + 2 * MINUTE).departure is None


@pytest.mark.parametrize(
    ("minutes", "changes", "wanted"),
    [
        (31, {}, False),
        (30, {}, True),
        (5, {}, True),
        (5, {"prec_reqtime": 65535}, None),
        (5, {"prec_eamount": 0}, False),
        (5, {"prec_eamount": 65535}, False),
        (5, {"prec_eamount": 0, "bprec_eamount": 3}, True),
        (5, {"bat_reqtime": 6}, False),
        (5, {"bat_reqtime": 5}, True),
        (5, {"bat_reqtime": 65535}, True),
    ],
)
def test_preparing_begins_when_the_vehicle_needs_it(
    depot: Depot, minutes: int, changes: dict[str, int], wanted: bool | None
) -> None:
    onboard, visit = a_visit(depot)
    onboard.report(0, ASKS)
    onboard.report(1, changes)
    found = readiness(depot, onboard, visit.end_at - minutes * MINUTE)
    assert found.precondition is wanted
    assert (found.climate is Climate.NONE) is (wanted is not True)


def test_a_vehicle_that_has_sent_nothing(depot: Depot) -> None:
    onboard, visit = a_visit(depot)
    assert readiness(depot, onboard, visit.end_at - MINUTE).precondition is None


def test_the_climate_goes_by_the_air(depot: Depot) -> None:
    for onboard in depot.onboards:
        onboard.report(0, ASKS)
    depot.interruptions("CP-1", NOW + 4 * DAY)
    vehicles = {each.vehicle.id: each for each in depot.onboards}
    seen: dict[Climate, set[int | None]] = {}
    for place in depot.places:
        for visit in depot.timelines.on(place):
            found = readiness(depot, vehicles[visit.vehicle_id], visit.end_at - MINUTE)
            assert found.ambient == ambient_temperature(visit.end_at - MINUTE)
            seen.setdefault(found.climate, set()).add(found.ambient)
    assert seen[Climate.HEATING] <= set(range(10, 15))
    assert seen[Climate.VENTILATION] <= set(range(15, 25))
    assert seen[Climate.COOLING] <= {25, 26}


def test_the_air_is_coldest_at_four(depot: Depot) -> None:
    day = [ambient_temperature(datetime(2026, 3, 10, hour)) for hour in range(24)]  # noqa: DTZ001  # hours alone
    assert (min(day), max(day), day[4], day[16]) == (10, 26, 10, 26)
