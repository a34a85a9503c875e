"""Sessions say what transactions, status and power say of the same time and place."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import attrs
from hypothesis import given, settings

from depotfinity_async.simulator import Depot
from depotfinity_async.simulator.depot import Connector, PowerWindow, Transaction
from depotfinity_async.simulator.depot.live import limit_power, take_offline
from depotfinity_async.simulator.depot.model import HPC_POWER, PLUG_OUT
from depotfinity_async.simulator.depot.sessions import Session, sessions
from depotfinity_async.simulator.depot.status import connector_availability

from .test_state import DAY, NOW, depots


def all_sessions(depot: Depot, now: datetime) -> Iterator[tuple[Connector, Session]]:
    stored = depot.transactions(now)
    for connector in depot.places:
        mine = [
            each
            for each in stored
            if (each.charger_id, each.connector_id) == (connector.charger_id, connector.number)
        ]
        for session in sessions(depot, connector, mine, now):
            yield connector, session


def test_high_power_chargers_are_those_that_give_most() -> None:
    depot = Depot(chargers=30, connectors=2, seed=1, begin=NOW - DAY)
    assert max(connector.max_power for connector in depot.places) == HPC_POWER
    assert {charger.is_hpc for charger in depot.chargers} == {True, False}
    assert all(charger.is_hpc is (charger.connectors[0].max_power >= HPC_POWER) for charger in depot.chargers)


@settings(max_examples=60)
@given(depots)
def test_statuses_are_those_of_the_connector(depot: Depot) -> None:
    for connector, session in all_sessions(depot, NOW):
        records = connector_availability(depot, connector, NOW)
        assert all(status in records for status in session.statuses)
        transaction = session.transaction
        known = {status.at: status.status for status in session.statuses}
        assert known[transaction.start_at] == "Charging"
        if transaction.plugged_at >= depot.begin:
            assert session.statuses[0].at < transaction.plugged_at or transaction.plugged_at == depot.begin
            assert known[transaction.plugged_at] == "Preparing"
        while records and records[-1].at > transaction.end_at + PLUG_OUT:
            records.pop()
        assert session.statuses[-1].status == records[-1].status


@settings(max_examples=60)
@given(depots)
def test_nothing_is_told_that_the_backend_does_not_know(depot: Depot) -> None:
    for connector, session in all_sessions(depot, NOW):
        known = depot.known_until(connector.charger_id, NOW)
        parts = (session.statuses, session.words, session.devices, session.limits)
        assert all(event.at <= known for events in parts for event in events)
        assert session.alignment is not None
        assert (session.opening is None) is depot.is_running(session.transaction, NOW)
        if session.opening is not None:
            assert session.opening.at == session.transaction.end_at
            assert session.opening.volts > session.alignment.volts >= 550


def test_a_fault_is_in_the_status_the_words_and_the_devices() -> None:
    depot = Depot(chargers=40, connectors=2, seed=1, begin=NOW - 2 * DAY)
    cut = 0
    for connector, session in all_sessions(depot, NOW):
        faults = {
            each.start: each.vendor_error_code
            for each in depot.interruptions(connector.charger_id, NOW)
            if each.kind == "Faulted"
        }
        code = faults.get(session.transaction.end_at)
        told = [(device.name, device.fault.vendor_error_code) for device in session.devices if device.fault]
        words = [word.value for word in session.words if word.key == "systemStatus"]
        assert told == ([("Converter", code)] if code else [])
        assert words == [0, *([code] if code else [])]
        cut += code is not None
    assert cut


def test_a_power_limit_is_in_the_charge_parameters() -> None:
    depot = Depot(chargers=10, connectors=2, seed=1, begin=NOW - DAY)
    (group,) = depot.power_groups
    power = 20 * 10e3
    window = PowerWindow(NOW + timedelta(minutes=5), NOW + timedelta(minutes=15), power)
    before: dict[int, Transaction] = {each.id: each for each in depot.transactions(NOW)}
    limit_power(depot, group, "me", [window], NOW)
    limited = 0
    for connector, session in all_sessions(depot, NOW + timedelta(minutes=30)):
        each = session.transaction
        station = {limit.at: limit.power for limit in session.limits if limit.party == "Station"}
        if each.id in before and each.start_at < NOW and each.charged_at > window.end:
            assert [power for at, power in station.items() if at >= NOW] == [10e3, connector.max_power]
            assert station[window.start] == each.offered(window.start, connector.max_power)
            limited += 1
        for at, offered in station.items():
            # What is told before the charge begins is what is offered when it does.
            assert offered == each.offered(max(at, each.start_at), connector.max_power)
        (vehicle,) = (limit.power for limit in session.limits if limit.party == "Vehicle")
        assert vehicle >= each.curve.power
    assert limited


def test_what_a_charger_out_of_reach_does_is_told_when_it_is_back() -> None:
    depot = Depot(chargers=8, connectors=2, seed=1, begin=NOW - DAY)
    running = [each for each in depot.transactions(NOW) if depot.is_running(each, NOW)]
    charger = next(
        each
        for each in depot.chargers
        if any(charge.charger_id == each.id for charge in running)
        and not depot.interruption_at(each.id, NOW, connected=False)
    )
    seen = {s.transaction.id: attrs.astuple(s) for _, s in all_sessions(depot, NOW)}
    take_offline(depot, charger, NOW)
    for _, session in all_sessions(depot, NOW + timedelta(minutes=4)):
        if session.transaction.charger_id == charger.id:
            assert attrs.astuple(session) == seen[session.transaction.id]
