import math

import pytest

from depotfinity_async.ratelimit.slots import Slots

# One window and the millisecond by which a slot comes back later.
BACK = 10.001
NEVER = -math.inf


def make(limit: int = 3) -> Slots:
    return Slots(limit, window=10.0, grace=5.0, resolution=0.0)


def test_a_used_slot_comes_back_after_the_window_and_never_at_its_end() -> None:
    slots = make()
    slots.take()
    slots.cool(100.0, known=True)
    slots.collect(110.0)
    assert slots.free == 2
    slots.collect(100.0 + BACK)
    assert slots.free == 3


def test_a_slot_of_unknown_outcome_waits_for_the_grace_as_well() -> None:
    slots = make()
    slots.take()
    slots.cool(100.0, known=False)
    slots.collect(115.0)
    assert slots.free == 2
    slots.collect(105.0 + BACK)
    assert slots.free == 3


def test_a_coarse_clock_makes_slots_come_back_later() -> None:
    slots = Slots(1, window=10.0, grace=5.0, resolution=0.016)
    slots.take()
    slots.cool(100.0, known=True)
    assert slots.next_return(100.0) == pytest.approx(110.016)


def test_an_unused_slot_is_free_at_once() -> None:
    slots = make()
    slots.take()
    assert (slots.free, slots.leased) == (2, 1)
    slots.put_back()
    assert (slots.free, slots.leased) == (3, 0)


def test_next_return() -> None:
    slots = make(2)
    assert slots.next_return(0.0) == 0.0
    slots.take()
    slots.take()
    assert slots.next_return(0.0) is None
    slots.cool(4.0, known=False)
    slots.cool(6.0, known=True)
    assert slots.next_return(7.0) == 6.0 + BACK


def test_expected_follows_free_cooling_and_leased_slots_and_then_the_next_lap() -> None:
    slots = make(4)
    for _ in range(3):
        slots.take()
    slots.cool(90.0, known=True)
    slots.cool(98.0, known=False)
    # One free, one back at 100.001, one leased and so not back before 110.001, one back at 113.001.
    lap = [100.0, 90.0 + BACK, 100.0 + BACK, 98.0 + 5.0 + BACK]
    assert [slots.expected(place, 100.0, NEVER) for place in range(4)] == pytest.approx(lap)
    later = [moment + BACK for moment in lap]
    assert [slots.expected(place, 100.0, NEVER) for place in range(4, 8)] == pytest.approx(later)


def test_expected_is_not_before_the_start() -> None:
    slots = make(1)
    assert slots.expected(0, 100.0, 130.0) == 130.0
    assert slots.expected(2, 100.0, 130.0) == pytest.approx(130.0 + 2 * BACK)
