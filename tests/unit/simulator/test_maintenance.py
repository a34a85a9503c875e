import pytest

from depotfinity_async.simulator.maintenance import DURATION, Maintenance


def test_there_is_none_at_first() -> None:
    assert Maintenance().left(0) == 0


def test_it_lasts_as_long_as_the_vendor_says_and_tells_what_is_left() -> None:
    maintenance = Maintenance()
    maintenance.begin(1000)
    assert DURATION == 90
    assert (maintenance.left(1000), maintenance.left(1089.5), maintenance.left(1090)) == (90, 0.5, 0)
    assert maintenance.headers(1000.5) == {"Retry-After": "90"}


def test_it_may_keep_silent_and_be_replaced_and_ended() -> None:
    maintenance = Maintenance()
    maintenance.begin(0, 10, retry_after=False)
    assert maintenance.headers(1) == {}
    maintenance.begin(5, 100)
    assert maintenance.left(5) == 100
    maintenance.begin(6, 0)
    assert maintenance.left(6) == 0


@pytest.mark.parametrize("seconds", [-1, float("inf"), float("nan")])
def test_a_length_that_cannot_be(seconds: float) -> None:
    with pytest.raises(ValueError, match="seconds must be finite and not negative"):
        Maintenance().begin(0, seconds)
