from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depotfinity_async.simulator import Depot
from depotfinity_async.simulator.depot import Transaction

NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)
DAY = timedelta(days=1)

depots = st.builds(
    lambda chargers, connectors, seed, days, shift: Depot(
        chargers=chargers,
        connectors=connectors,
        seed=seed,
        begin=NOW - days * DAY - shift * timedelta(minutes=7),
    ),
    chargers=st.integers(1, 4),
    connectors=st.integers(1, 3),
    seed=st.integers(0, 10_000),
    days=st.integers(1, 4),
    shift=st.integers(0, 200),
)


def overlapping(transactions: list[Transaction]) -> list[tuple[Transaction, Transaction]]:
    ordered = sorted(transactions, key=lambda each: each.start_at)
    return [(one, other) for one, other in pairwise(ordered) if one.end_at > other.start_at]


@settings(max_examples=60)
@given(depots)
def test_one_vehicle_at_a_connector_and_no_vehicle_in_two_places(depot: Depot) -> None:
    transactions = depot.transactions(NOW + 2 * DAY)
    for key in ("vehicle_id", "place"):
        groups: dict[object, list[Transaction]] = {}
        for each in transactions:
            place = (each.charger_id, each.connector_id)
            groups.setdefault(place if key == "place" else each.vehicle_id, []).append(each)
        assert not [pair for group in groups.values() for pair in overlapping(group)]


@settings(max_examples=60)
@given(depots)
def test_transactions_are_plausible(depot: Depot) -> None:
    capacity = {vehicle.id: vehicle.capacity for vehicle in depot.vehicles}
    for each in depot.transactions(NOW + DAY):
        assert each.start_at < each.charged_at <= each.end_at
        assert each.start_at >= depot.begin
        assert each.inserted_at > each.start_at
        assert timedelta(minutes=1) < each.end_at - each.start_at < DAY
        assert 0.1 <= each.curve.initial_soc < each.soc(each.end_at) <= 1 + 1e-9
        gained = each.soc(each.end_at) - each.curve.initial_soc
        assert each.energy(each.end_at) == pytest.approx(gained * capacity[each.vehicle_id])
        assert each.driver_id in depot.drivers


@settings(max_examples=60)
@given(depots)
def test_no_power_flows_while_a_charger_is_faulted_or_unavailable(depot: Depot) -> None:
    for charger in depot.chargers:
        stops = [each for each in depot.interruptions(charger.id, NOW) if each.kind != "NotConnected"]
        for connector in charger.connectors:
            for transaction in depot.on_connector(connector, NOW):
                assert not [s for s in stops if s.start < transaction.end_at and transaction.start_at < s.end]


@settings(max_examples=40)
@given(depots, st.lists(st.integers(0, 3000), min_size=1, max_size=5).map(sorted))
def test_ids_ascend_with_the_time_of_storing_and_never_change(depot: Depot, minutes: list[int]) -> None:
    seen: list[Transaction] = []
    for minute in minutes:
        stored = depot.transactions(NOW + timedelta(minutes=minute))
        assert stored[: len(seen)] == seen
        assert all(each.inserted_at <= NOW + timedelta(minutes=minute) for each in stored)
        seen = stored
    assert [each.id for each in seen] == list(range(100_001, 100_001 + len(seen)))
    assert [each.inserted_at for each in seen] == sorted(each.inserted_at for each in seen)


@settings(max_examples=20)
@given(st.integers(0, 1000))
def test_same_seed_same_depot_however_it_is_asked(seed: int) -> None:
    def made() -> Depot:
        return Depot(chargers=2, connectors=2, seed=seed, begin=NOW - 2 * DAY)

    at_once, in_steps = made(), made()
    for hours in range(0, 72, 5):
        in_steps.transactions(NOW - 2 * DAY + timedelta(hours=hours))
    assert at_once.transactions(NOW + DAY) == in_steps.transactions(NOW + DAY)
    assert at_once.chargers == in_steps.chargers
    assert at_once.vehicles == in_steps.vehicles


def test_another_seed_is_another_depot() -> None:
    one, other = (Depot(chargers=2, connectors=2, seed=seed, begin=NOW - DAY) for seed in (1, 2))
    assert one.transactions(NOW) != other.transactions(NOW)


def test_the_seed_means_the_same_in_every_process_and_version() -> None:
    depot = Depot(chargers=3, connectors=2, seed=1, begin=NOW - DAY)
    first = depot.transactions(NOW)[0]
    assert (first.charger_id, first.connector_id, first.vehicle_id) == ("CP-3", 2, "BUS-001")
    assert first.start_at == datetime.fromisoformat("2026-03-09T17:37:27.788000+00:00")


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_a_day_of_sixty_connectors_is_two_pages_of_a_hundred(hour: int) -> None:
    now = NOW.replace(hour=hour)
    counts = [
        len(Depot(chargers=30, connectors=2, seed=seed, begin=now - DAY).transactions(now))
        for seed in range(15)
    ]
    assert all(110 <= count <= 190 for count in counts), counts
    assert 130 <= sum(counts) / len(counts) <= 165


def test_what_happens_without_connection_is_known_when_the_charger_is_back() -> None:
    depot = Depot(chargers=30, connectors=2, seed=1, begin=NOW - 3 * DAY)
    late = [
        each for each in depot.transactions(NOW) if each.inserted_at - each.start_at > timedelta(seconds=1)
    ]
    assert late
    for each in late:
        assert each not in depot.transactions(each.inserted_at - timedelta(seconds=1))
        assert depot.known_until(each.charger_id, each.start_at) <= each.start_at
    ended_unseen = [
        each
        for each in depot.transactions(NOW)
        if each not in late and depot.known_until(each.charger_id, each.end_at) < each.end_at
    ]
    assert ended_unseen
    for each in ended_unseen:
        assert depot.is_running(each, each.end_at + timedelta(seconds=1))


def test_one_transaction_by_id() -> None:
    depot = Depot(chargers=2, connectors=2, seed=1, begin=NOW - DAY)
    stored = depot.transactions(NOW)
    assert depot.transaction(stored[3].id, NOW) is stored[3]
    assert depot.transaction(100_000, NOW) is None
    assert depot.transaction(stored[-1].id + 1, NOW) is None


def test_chargers_and_connectors_by_their_names() -> None:
    depot = Depot(chargers=2, connectors=3, seed=1, begin=NOW - DAY)
    assert [charger.id for charger in depot.chargers] == ["CP-1", "CP-2"]
    assert len(depot.vehicles) == len(depot.drivers) == 6
    charger = depot.charger("CP-2")
    assert charger is not None
    assert charger is depot.chargers[1]
    assert charger.connector(3) is charger.connectors[2]
    assert charger.connector(0) is None
    assert charger.connector(4) is None
    assert depot.charger("CP-3") is None


@pytest.mark.parametrize(("chargers", "connectors"), [(0, 1), (1, 0)])
def test_an_empty_depot_is_refused(chargers: int, connectors: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Depot(chargers=chargers, connectors=connectors, seed=1, begin=NOW)
