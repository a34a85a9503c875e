import math
import pickle

from depotfinity_async.ratelimit import BudgetError, BudgetTimeout, LeaseEndedError


def test_one_root() -> None:
    assert issubclass(BudgetTimeout, BudgetError)
    assert issubclass(LeaseEndedError, BudgetError)


def test_a_timeout_of_the_budget_is_not_mistaken_for_that_of_asyncio() -> None:
    assert not issubclass(BudgetTimeout, TimeoutError)


def test_budget_timeout_says_when_to_come_back() -> None:
    error = BudgetTimeout(12.34)
    assert error.retry_after == 12.34
    assert "12.3 s" in str(error)
    assert pickle.loads(pickle.dumps(error)).retry_after == 12.34
    assert "nobody knows when" in str(BudgetTimeout(math.inf))
