import math

import pytest

from depotfinity_async.http.auth import lifetime


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [
        (3600, 3600),
        (3599.5, 3599.5),
        (30, 30),
        (29, 30),
        (0, 30),
        (-1, 30),
        (-math.inf, 30),
        (86400, 86400),
        (86401, 86400),
        (1e18, 86400),
        (10**400, 86400),
        (-(10**400), 30),
        (math.inf, 86400),
        (math.nan, 3600),
        (None, 3600),
        ("120", 3600),
        (True, 3600),
        ([], 3600),
    ],
    ids=lambda value: str(value)[:8],
)
def test_a_token_lives_for_a_sane_time(expires_in: object, seconds: float) -> None:
    assert lifetime(expires_in) == seconds
