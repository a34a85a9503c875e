"""The supply of a shared budget without a budget, a thread, or real time."""

from collections.abc import Callable

import pytest

from depotfinity_async.ratelimit import BudgetError
from depotfinity_async.ratelimit.courier import Courier
from depotfinity_async.ratelimit.errands import Rule
from depotfinity_async.ratelimit.lease import Outcome
from depotfinity_async.ratelimit.lent import LentSupply
from depotfinity_async.ratelimit.record import LEARN
from depotfinity_async.ratelimit.stores import StoreError
from depotfinity_async.ratelimit.supply import Demand
from tests.support.shared_state import ManualClock, MemoryStore, SecondsClock, asked

WINDOW = 30_000
RULE = Rule(limit=20, window=WINDOW, grace=3000, lease=5000, smooth=False)


class Desk:
    """Whoever the supply works for."""

    def __init__(self, *, raises: bool = False) -> None:
        self.clock = ManualClock()
        self.store = MemoryStore(self.clock)
        self.couriers: list[Courier] = []
        seconds = SecondsClock(self.clock)
        self.supply = LentSupply(self.store, RULE, seconds, self.ring, raises=raises, start=self.start)

    def start(self, courier: Courier, ring: Callable[[], None]) -> None:
        self.couriers.append(courier)

    def ring(self) -> None: ...

    @property
    def now(self) -> float:
        return self.clock.now / 1000

    def wait(self, *counts: int) -> int:
        """So many wait in each lane; how many slots are ready when the courier was at the store."""
        self.supply.due(self.now, [Demand(count, 0) for count in counts])
        self.couriers[0].step()
        return self.supply.ready(self.now)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def ended(desk: Desk) -> list[tuple[int, str]]:
    return [(end[0], end[1]) for request in desk.store.requests for end in request["ended"]]


def test_nothing_starts_before_somebody_waits(desk: Desk) -> None:
    desk.supply.facts(desk.now)
    desk.supply.idle()
    assert desk.couriers == []
    assert desk.wait(3) == 3
    assert desk.wait(5) == 8
    assert len(desk.couriers) == 1


def test_what_nobody_waits_for_goes_back(desk: Desk) -> None:
    desk.wait(3)
    assert desk.supply.take(desk.now) == 1
    desk.supply.idle()
    assert desk.supply.ready(desk.now) == 0
    desk.couriers[0].step()
    assert ended(desk) == [(2, "UNUSED"), (3, "UNUSED")]
    assert desk.store.requests[-1]["wants"] == [[0, 0]]


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNAVAILABLE])
def test_after_a_refusal_nothing_lent_is_granted(desk: Desk, outcome: Outcome) -> None:
    desk.wait(3)
    desk.supply.end(desk.supply.take(desk.now), outcome, 2.5, desk.now)
    assert desk.supply.ready(desk.now) == 0
    desk.couriers[0].step()
    assert [list(end) for end in desk.store.requests[-1]["ended"]] == [
        [1, outcome.name, 0, 2500],
        [2, "UNUSED", 0, -1],
        [3, "UNUSED", 0, -1],
    ]


@pytest.mark.parametrize("outcome", Outcome)
def test_after_the_end_of_each_lease_it_is_worth_a_look(desk: Desk, outcome: Outcome) -> None:
    """When the courier brings something is not known, so no end may be taken for one that changes nothing."""
    desk.wait(1)
    assert desk.supply.end(desk.supply.take(desk.now), outcome, None, desk.now)


def test_a_hold_begins_at_once(desk: Desk) -> None:
    desk.wait(3)
    desk.supply.hold(desk.now + 4, "user", desk.now)
    assert desk.supply.ready(desk.now) == 0
    facts = desk.supply.facts(desk.now)
    assert (facts.hold_until, facts.hold_reason, facts.mode) == (desk.now + 4, "user", "held")


def test_the_courier_hears_of_those_who_wait_again_when_it_has_reported(desk: Desk) -> None:
    desk.wait(2)
    for _ in range(2):
        desk.supply.take(desk.now)
    assert desk.wait(7) == 7
    assert desk.store.requests[-1]["wants"] == [[7, 0]]


def test_the_moment_of_an_answer_is_rounded_up(desk: Desk) -> None:
    desk.wait(1)
    desk.supply.end(desk.supply.take(desk.now), Outcome.ANSWERED, None, desk.now + 0.0004)
    desk.couriers[0].step()
    desk.clock.now += 2000
    desk.couriers[0].step()
    assert desk.store.requests[-1]["ended"][0][2] == 1999


def test_what_was_used_without_the_store_is_told_when_it_is_back(desk: Desk) -> None:
    desk.store.down = StoreError("down")
    desk.wait(1)
    assert desk.supply.ready(desk.now) == 1
    assert desk.supply.take(desk.now) == -1
    desk.store.down = None
    desk.clock.now += 5000
    desk.couriers[0].step()
    assert [list(entry) for entry in desk.store.requests[-1]["restore"]] == [[-1, WINDOW + 2, 1]]
    assert desk.supply.ready(desk.now) == 0
    assert desk.supply.failure is None


def test_the_copy_of_a_child_grants_nothing(desk: Desk) -> None:
    desk.wait(3)
    desk.supply.ready(desk.now)
    desk.supply.disown(BudgetError("child"))
    assert desk.supply.ready(desk.now) == 0
    assert str(desk.supply.failure) == "child"


def test_what_is_kept_for_others_is_told(desk: Desk) -> None:
    assert desk.supply.facts(desk.now).standby == 0
    MemoryStore(desk.clock, beside=desk.store).exchange(asked("other", limit=20))
    desk.wait(1)
    facts = desk.supply.facts(desk.now)
    assert (facts.free, facts.standby) == (19, 3)
    desk.store.down = StoreError("down")
    desk.clock.now += 10_000
    desk.couriers[0].step()
    assert desk.supply.facts(desk.now).standby == 0


def test_while_the_state_is_new_the_reason_is_told() -> None:
    desk = Desk()
    desk.store = store = MemoryStore(desk.clock, start="learning")
    seconds = SecondsClock(desk.clock)
    desk.supply = LentSupply(store, RULE, seconds, desk.ring, raises=False, start=desk.start)
    desk.wait(1)
    facts = desk.supply.facts(desk.now)
    assert facts.hold_reason == "finding out what other processes have used"
    assert desk.supply.expected(0, desk.now) == desk.now + LEARN / 1000


def test_expected_goes_by_what_is_back_when(desk: Desk) -> None:
    desk.wait(20)
    desk.wait(20)
    for number in range(20):
        desk.supply.end(desk.supply.take(desk.now), Outcome.ANSWERED, None, desk.now + number)
    desk.clock.now += 20_000
    desk.couriers[0].step()
    assert desk.supply.expected(0, desk.now) == desk.now - 20 + 30.002
    assert desk.supply.expected(3, desk.now) == desk.now - 20 + 33.002
    assert desk.supply.expected(23, desk.now) == desk.now - 20 + 63.002
