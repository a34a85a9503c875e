import math

import attrs
import pytest

from depotfinity_async.ratelimit import BudgetStatus

STATUS = BudgetStatus(
    limit=100,
    window=300.0,
    used=87,
    free=13,
    leased=2,
    waiting=0,
    next_slot=0.0,
    hold=0.0,
    hold_reason=None,
    granted=412,
)


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (STATUS, "87 of 100 used, 13 free, 0 waiting"),
        (
            attrs.evolve(STATUS, used=100, free=0, waiting=4, next_slot=11.2),
            "100 of 100 used, 0 free, 4 waiting, next slot in 12 s",
        ),
        (
            attrs.evolve(STATUS, used=100, free=0, leased=100, next_slot=None),
            "100 of 100 used, 0 free, 0 waiting, next slot after the next reply",
        ),
        (
            attrs.evolve(STATUS, used=100, free=0, next_slot=math.inf),
            "100 of 100 used, 0 free, 0 waiting, next slot when the shared state is in reach again",
        ),
        (
            attrs.evolve(STATUS, hold=29.01, hold_reason="429"),
            "87 of 100 used, 13 free, 0 waiting, held for 30 s (429)",
        ),
    ],
)
def test_one_line_for_people(status: BudgetStatus, text: str) -> None:
    assert str(status) == text
    if "next slot" in text:
        assert text.rpartition("next slot ")[2] in status.report()


def test_what_is_kept_for_others_is_told_in_the_report() -> None:
    assert "kept for other" not in STATUS.report()
    first = attrs.evolve(STATUS, standby=11, members=2).report().splitlines()[0]
    assert (
        first
        == "87 of 100 slots used in 300 s, 2 on their way; 11 of the free ones are kept for other processes"
    )


def test_a_status_is_a_value() -> None:
    assert attrs.evolve(STATUS) == STATUS
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(STATUS, "free", 1)  # noqa: B010 - the type checker rightly refuses the plain form
