from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from depotfinity_async.simulator import Depot
from depotfinity_async.simulator.depot.status import (
    REPORT_EVERY,
    StatusRecord,
    charger_availability,
    charger_connectivity,
    connector_availability,
)

from .test_state import DAY, NOW, depots

LITTLE = timedelta(seconds=2)


def in_order(records: list[StatusRecord]) -> bool:
    moments = [record.at for record in records]
    return moments == sorted(set(moments))


@settings(max_examples=60)
@given(depots)
def test_connectors_agree_with_transactions(depot: Depot) -> None:
    stored = depot.transactions(NOW)
    for charger in depot.chargers:
        known = depot.known_until(charger.id, NOW)
        for connector in charger.connectors:
            records = connector_availability(depot, connector, NOW)
            assert in_order(records)
            assert records[-1].at <= known
            running = [
                each
                for each in stored
                if (each.charger_id, each.connector_id) == (charger.id, connector.number)
                and depot.is_running(each, NOW)
            ]
            started_just_now = [
                each for each in depot.on_connector(connector, known) if known - each.start_at < LITTLE
            ]
            if running:
                assert records[-1].status == ("Charging" if running[0].charged_at > known else "SuspendedEV")
            elif not started_just_now:
                assert records[-1].status not in ("Charging", "SuspendedEV")


@settings(max_examples=60)
@given(depots)
def test_chargers_agree_with_interruptions_and_connectors(depot: Depot) -> None:
    for charger in depot.chargers:
        records = charger_availability(depot, charger, NOW)
        assert in_order(records)
        known = depot.known_until(charger.id, NOW)
        force = [
            each
            for each in depot.interruptions(charger.id, known)
            if each.kind != "NotConnected" and each.start <= known < each.end
        ]
        assert records[-1].status == (force[0].kind if force else "Available")
        assert (records[-1].error_code == "NoError") is (records[-1].status != "Faulted")
        assert (records[-1].vendor_error_code == 0) is (records[-1].status != "Faulted")
        if force:
            for connector in charger.connectors:
                assert connector_availability(depot, connector, NOW)[-1].status == force[0].kind


@settings(max_examples=60)
@given(depots)
def test_connectivity_is_known_at_once(depot: Depot) -> None:
    for charger in depot.chargers:
        records = charger_connectivity(depot, charger, NOW)
        assert in_order(records)
        connected = depot.known_until(charger.id, NOW) == NOW
        assert records[-1].status == ("Connected" if connected else "NotConnected")


@settings(max_examples=20)
@given(depots)
def test_every_charger_reports_several_times_a_day(depot: Depot) -> None:
    for charger in depot.chargers:
        records = charger_connectivity(depot, charger, NOW)
        assert len([record for record in records if record.at > NOW - DAY]) >= DAY / REPORT_EVERY
        assert records[0].at == depot.begin


def test_a_large_depot_has_chargers_of_every_kind() -> None:
    depot = Depot(chargers=200, connectors=1, seed=1, begin=NOW - DAY)
    availability = {charger_availability(depot, charger, NOW)[-1].status for charger in depot.chargers}
    connectivity = [charger_connectivity(depot, charger, NOW)[-1].status for charger in depot.chargers]
    assert availability == {"Available", "Unavailable", "Faulted"}
    assert 5 <= connectivity.count("NotConnected") <= 40


def test_a_transaction_passes_through_the_statuses() -> None:
    depot = Depot(chargers=1, connectors=1, seed=3, begin=NOW - 2 * DAY)
    connector = depot.chargers[0].connectors[0]
    statuses = [record.status for record in connector_availability(depot, connector, NOW)]
    changes = [status for index, status in enumerate(statuses) if index == 0 or statuses[index - 1] != status]
    assert ",".join(changes).find("Available,Preparing,Charging,SuspendedEV,Finishing,Available") >= 0


def test_a_loss_of_connection_at_the_beginning_leaves_a_record() -> None:
    depot = Depot(chargers=300, connectors=1, seed=1, begin=NOW - timedelta(minutes=1))
    for charger in depot.chargers:
        assert charger_availability(depot, charger, NOW)
        assert connector_availability(depot, charger.connectors[0], NOW)


@settings(max_examples=60)
@given(depots, st.integers(-10, 5 * 24 * 60) | st.integers(0, 30).map(lambda number: 210 + 240 * number))
def test_records_since_a_moment_are_the_last_of_all(depot: Depot, minutes: int) -> None:
    since = NOW - timedelta(minutes=minutes)
    for charger in depot.chargers:
        for records, late in (
            (charger_availability(depot, charger, NOW), charger_availability(depot, charger, NOW, since)),
            (charger_connectivity(depot, charger, NOW), charger_connectivity(depot, charger, NOW, since)),
            *(
                (connector_availability(depot, each, NOW), connector_availability(depot, each, NOW, since))
                for each in charger.connectors
            ),
        ):
            assert late == [record for record in records if record.at >= since]
        known = depot.known_until(charger.id, NOW)
        assert charger_availability(depot, charger, NOW, known - REPORT_EVERY)
