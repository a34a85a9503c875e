"""The table of endpoints is the code's, and complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import endpoints

PAGE = Path(__file__).parents[2] / "docs" / "endpoints.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text() == endpoints.page(), "run: python -m tests.endpoints > docs/endpoints.md"


@pytest.mark.parametrize("row", endpoints.rows(), ids=lambda row: row.operation)
def test_no_cell_is_empty(row: endpoints.Row) -> None:
    assert all(row.cells)
