from datetime import UTC, datetime

import pytest

from depotfinity_async.simulator import parameters
from depotfinity_async.simulator.replies import Refusal


def test_integers() -> None:
    assert parameters.integer({"limit": "7"}, "limit", 100) == 7
    assert parameters.integer({}, "limit", 100) == 100
    assert parameters.integer({}, "page") is None


@pytest.mark.parametrize(
    "text", ["0", "-1", "1.5", "", " 1", "+1", "\u0661", "1_0", "x", "9" * 19, "9" * 5000]
)
def test_what_is_no_integer_is_refused_by_name(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parameters.integer({"limit": text}, "limit", 100)
    assert refused.value.status == 400
    assert refused.value.message.startswith("limit:")


def test_choices() -> None:
    assert parameters.choice({}, "order", ("asc", "desc"), "desc") == "desc"
    assert parameters.choice({"order": "asc"}, "order", ("asc", "desc"), "desc") == "asc"
    with pytest.raises(Refusal, match="order: must be one of asc, desc"):
        parameters.choice({"order": "ASC"}, "order", ("asc", "desc"), "desc")


def test_bounds() -> None:
    assert parameters.between({}) == (None, None)
    assert parameters.between({"to": "2026-03-10T12:00:00.000Z"}) == (
        None,
        datetime(2026, 3, 10, 12, tzinfo=UTC),
    )
    with pytest.raises(Refusal, match="from: must not be later than to"):
        parameters.between({"from": "2026-03-11T00:00:00Z", "to": "2026-03-10T00:00:00Z"})
    with pytest.raises(Refusal, match="to: must be an ISO 8601"):
        parameters.between({"to": "noon"})
