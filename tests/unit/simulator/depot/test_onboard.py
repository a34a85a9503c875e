import re

from depotfinity_async.simulator import Depot

from .test_state import NOW


def depot(seed: int = 1) -> Depot:
    return Depot(chargers=6, connectors=2, seed=seed, begin=NOW)


def test_every_vehicle_has_a_vin_and_a_password_and_the_seed_decides_them() -> None:
    one, same, other = list(depot().onboards), list(depot().onboards), list(depot(2).onboards)
    assert [(each.vin, each.password) for each in one] == [(each.vin, each.password) for each in same]
    assert not {each.password for each in one} & {each.password for each in other}
    assert len({each.vin for each in one}) == len({each.password for each in one}) == 12
    assert [each.vehicle.id for each in one] == [f"BUS-{number:03d}" for number in range(1, 13)]


def test_they_are_what_the_protocol_asks_for() -> None:
    for each in depot().onboards:
        assert re.fullmatch(r"[A-HJ-NPR-Z0-9]{17}", each.vin)
        assert 8 <= len(each.password) <= 150
        for kind in ("[A-Z]", "[a-z]", "[0-9]", "[_+#*!()?-]"):
            assert re.search(kind, each.password)


def test_the_password_is_not_shown() -> None:
    one = next(iter(depot().onboards))
    assert one.password not in repr(one)


def test_changes_are_laid_over_the_full_set_and_a_full_set_begins_anew() -> None:
    one = next(iter(depot().onboards))
    assert one.signal("odo") is None
    one.report(0, {"odo": 1, "prec_reqtime": 20})
    one.report(1, {"prec_reqtime": 30})
    assert (one.seq, one.signals) == (1, {"odo": 1, "prec_reqtime": 30})
    one.report(0, {"odo": 2})
    assert (one.signals, one.signal("prec_reqtime")) == ({"odo": 2}, None)


def test_a_signal_that_is_not_available_is_none() -> None:
    one = next(iter(depot().onboards))
    one.report(0, {"prec_reqtime": 65535, "bat_reqtime": 65534})
    assert one.signal("prec_reqtime") is None
    assert one.signal("bat_reqtime") == 65534


def test_they_are_found_by_vin_and_by_vehicle() -> None:
    onboards = depot().onboards
    for each in onboards:
        assert onboards.get(each.vin) is onboards.of_vehicle(each.vehicle.id) is each


def test_other_vins_are_not_known() -> None:
    assert depot().onboards.get("X" * 17) is None
