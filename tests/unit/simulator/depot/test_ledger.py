"""Pages from the indexes are what a plain walk over all transactions gives, by a few looks at any size."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depotfinity_async.simulator import Depot
from depotfinity_async.simulator.apis.transactions import FILTERS, SORT_KEYS
from depotfinity_async.simulator.depot import Rejection, Search, Transaction
from depotfinity_async.simulator.depot.ledger import SortKey, TimeField
from depotfinity_async.simulator.depot.live import stop_charging, take_offline

from .test_state import DAY, NOW, depots

moments = st.none() | st.integers(-5 * 24 * 60, 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
fields = st.sampled_from(FILTERS)
keys = st.sampled_from(SORT_KEYS)
searches = st.builds(
    Search,
    charger_id=st.none() | st.sampled_from(["CP-1", "CP-9"]),
    connector_id=st.none() | st.integers(1, 3),
    vehicle_id=st.none() | st.sampled_from(["BUS-001", "BUS-002"]),
    time_field=fields,
    start=moments,
    end=moments,
    sort_key=keys,
    descending=st.booleans(),
)


def walked(depot: Depot, search: Search, now: datetime) -> list[Transaction]:
    """What is wanted, without any index."""

    def end_of(each: Transaction) -> datetime | None:
        return None if depot.is_running(each, now) else each.end_at

    def is_wanted(each: Transaction) -> bool:
        end = end_of(each)
        forever = datetime.max.replace(tzinfo=UTC)
        first, last = {
            "StartAt": (each.start_at, each.start_at),
            "EndAt": (end, end),
            "InsertedAt": (each.inserted_at, each.inserted_at),
            "Overlapping": (each.start_at, end or forever),
        }[search.time_field]
        bounded = search.start is not None or search.end is not None
        return (
            search.charger_id in (None, each.charger_id)
            and search.connector_id in (None, each.connector_id)
            and search.vehicle_id in (None, each.vehicle_id)
            and not (bounded and (first is None or last is None))
            and (search.end is None or first is None or first <= search.end)
            and (search.start is None or last is None or last >= search.start)
        )

    def key(each: Transaction) -> tuple[bool, datetime, int]:
        end = end_of(each)
        if search.sort_key == "StartAt":
            return False, each.start_at, each.id
        if search.sort_key == "EndAt":
            return end is None, end or NOW, each.id
        return False, NOW, each.id

    return sorted(filter(is_wanted, depot.transactions(now)), key=key, reverse=search.descending)


@settings(max_examples=200)
@given(
    depots,
    searches,
    st.integers(0, 9),
    st.integers(1, 40),
    st.integers(0, 300),
    st.sampled_from(["", "stop", "offline"]),
)
def test_a_page_is_what_a_walk_over_all_gives(
    depot: Depot, search: Search, first: int, count: int, minutes: int, command: str
) -> None:
    depot.search(search, NOW, first=0, count=1)
    for charger in depot.chargers:
        if command == "offline":
            take_offline(depot, charger, NOW)
        for connector in charger.connectors:
            if command == "stop":
                stop_charging(depot, charger, connector.number, NOW)
    now = NOW + timedelta(minutes=minutes)
    assert depot.search(search, now, first=0, count=10_000) == walked(depot, search, now)
    assert depot.search(search, now, first=first, count=count) == walked(depot, search, now)[first:][:count]


@pytest.mark.parametrize("year", [1, 9999])
def test_bounds_at_the_ends_of_time(year: int) -> None:
    depot = Depot(chargers=2, connectors=2, seed=1, begin=NOW - DAY)
    moment = datetime(year, 1, 1, tzinfo=UTC) if year == 1 else datetime.max.replace(tzinfo=UTC)
    search = Search(start=moment, end=moment, time_field="StartAt")
    assert depot.search(search, NOW, first=0, count=9) == []


def test_what_ended_unseen_is_running_until_the_charger_is_back() -> None:
    seen = 0
    for seed in range(12):
        depot = Depot(chargers=12, connectors=2, seed=seed, begin=NOW - DAY)
        depot.search(Search(), NOW, first=0, count=1)
        outages = [(charger, take_offline(depot, charger, NOW)) for charger in depot.chargers]
        unseen = [
            (outage.end, each)
            for charger, outage in outages
            if not isinstance(outage, Rejection)
            for connector in charger.connectors
            for each in depot.on_connector(connector, NOW)
            if NOW < each.end_at < outage.end
        ]
        # The connectors of one charger become known at one moment: ask about all of them before it.
        for back_at in sorted({back for back, _ in unseen}):
            mine = [each for back, each in unseen if back == back_at]
            for now, known in ((back_at - timedelta(milliseconds=1), False), (back_at, True)):
                for each in mine:
                    end = each.end_at
                    ended = Search(charger_id=each.charger_id, time_field="EndAt", start=end, end=end)
                    assert depot.search(ended, now, first=0, count=9) == ([each] if known else [])
            seen += len(mine)
    assert seen


def test_late_records_are_found_by_their_start() -> None:
    depot = Depot(chargers=30, connectors=2, seed=1, begin=NOW - 3 * DAY)
    late = [each for each in depot.transactions(NOW) if each.inserted_at - each.start_at > DAY / 12]
    assert late
    for each in late:
        for sort_key in SORT_KEYS:
            search = Search(
                time_field="StartAt",
                start=each.start_at - DAY,
                end=each.start_at,
                sort_key=sort_key,
                descending=False,
            )
            assert each in depot.search(search, NOW, first=0, count=10_000)


@pytest.fixture(scope="module")
def loaded() -> Depot:
    """A tenth of the largest depot that is promised, over its whole time: 30 days."""
    depot = Depot(chargers=200, connectors=2, seed=1, begin=NOW - 30 * DAY)
    assert len(depot.transactions(NOW)) > 28_000
    depot.search(Search(), NOW, first=0, count=1)
    return depot


class _Counted(list[Transaction]):
    """Transactions that count how often one of them, or a run, is looked at."""

    looks = 0

    def __getitem__(self, place: Any) -> Any:
        self.looks += 1
        return super().__getitem__(place)


@pytest.mark.parametrize("sort_key", SORT_KEYS)
@pytest.mark.parametrize("time_field", FILTERS)
@pytest.mark.parametrize("descending", [True, False])
def test_a_page_does_not_walk_over_all(
    loaded: Depot,
    monkeypatch: pytest.MonkeyPatch,
    sort_key: SortKey,
    time_field: TimeField,
    descending: bool,
) -> None:
    ledger = loaded._ledger
    stored = _Counted(ledger._stored)
    monkeypatch.setattr(ledger, "_stored", stored)
    search = Search(
        time_field=time_field, start=NOW - 20 * DAY, end=NOW - DAY, sort_key=sort_key, descending=descending
    )
    assert len(loaded.search(search, NOW, first=200, count=100)) == 100
    # The page, what stands before it, and what lies near the bounds: a day of this depot is a thousand.
    assert 100 <= stored.looks < 1500
