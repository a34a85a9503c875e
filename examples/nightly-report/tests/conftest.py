"""All tests of this project run against a depot of six chargers."""

from collections.abc import Mapping
from typing import Any

import pytest


@pytest.fixture
def depotfinity_options() -> Mapping[str, Any]:
    return {"chargers": 6, "days": 2}
