import os
import threading
import time

import pytest

from depotfinity_async.ratelimit import Budget, Clock, shared, shared_budget
from depotfinity_async.ratelimit.shared import forget_shared_budgets


@pytest.fixture(autouse=True)
def fresh_registry() -> None:
    forget_shared_budgets()


def test_one_budget_for_each_key() -> None:
    budget = shared_budget("eu")
    assert shared_budget("eu") is budget
    assert shared_budget("us") is not budget
    assert (budget.limit, budget.window) == (100, 300.0)


def test_how_it_is_made_counts_for_the_first_caller() -> None:
    assert shared_budget("eu", lambda: Budget(5)).limit == 5
    assert shared_budget("eu", lambda: Budget(7)).limit == 5


def test_a_budget_outlives_its_clients() -> None:
    shared_budget("eu").hold(800, "kept")
    assert shared_budget("eu").status().hold_reason == "kept"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
# Other threads are no danger here: the child ends without cleaning up.
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_the_child_of_a_fork_gets_a_budget_of_its_own() -> None:
    budget = shared_budget("eu")
    ours, theirs = os.pipe()
    with shared._lock:  # as by a thread that the child does not have
        child = os.fork()
        if not child:
            try:
                own = shared_budget("eu")
                os.write(theirs, b"same" if own is budget else str(own.status()).encode())
            finally:
                os._exit(0)
    os.close(theirs)
    os.waitpid(child, 0)
    with open(ours) as told:
        assert told.read() == "0 of 100 used, 100 free, 0 waiting"
    assert shared_budget("eu") is budget


def test_threads_that_ask_at_once_get_the_same_budget() -> None:
    class SlowClock(Clock):
        @property
        def resolution(self) -> float:
            time.sleep(0.001)  # lets the other threads run while the budget is made
            return 0.0

    barrier = threading.Barrier(8)
    found: list[Budget] = []

    def ask() -> None:
        barrier.wait()
        found.append(shared_budget("eu", lambda: Budget(clock=SlowClock())))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(map(id, found))) == 1


def test_forgetting_gives_the_next_caller_a_new_one() -> None:
    budget = shared_budget("eu")
    forget_shared_budgets()
    assert shared_budget("eu") is not budget
