"""What the pages of docs/ show runs as it stands, from top to bottom of a page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_on_the_mapper(capsys: pytest.CaptureFixture[str]) -> None:
    page = (DOCS / "jsonapi.md").read_text()
    snippets = re.findall(r"<!-- test: run -->\n```python\n(.*?)```", page, re.DOTALL)
    assert len(snippets) == page.count("```python") == 8
    names: dict[str, Any] = {"__name__": "page"}
    for snippet in snippets:
        exec(compile(snippet, "jsonapi.md", "exec", dont_inherit=True), names)
    printed = capsys.readouterr().out
    assert "comments/12" in printed
    assert "'author': {'type': 'people', 'id': '9'}" in printed
    assert "not a fault in it" in printed
    assert "1 {'title': ('JSON:API paints my bikeshed!', 'JSON:API paints my house!')}" in printed
    assert '"attributes":{"title":"Changed"}' in printed
    assert "include=author,comments.author&fields%5Bpeople%5D=firstName&sort=-published" in printed


def test_the_page_on_the_budget(capsys: pytest.CaptureFixture[str]) -> None:
    page = (DOCS / "budget.md").read_text()
    snippets = re.findall(r"<!-- test: run -->\n```python\n(.*?)```", page, re.DOTALL)
    assert len(snippets) == page.count("```python") == 2
    names: dict[str, Any] = {"__name__": "page"}
    for snippet in snippets:
        exec(compile(snippet, "budget.md", "exec", dont_inherit=True), names)
    printed = capsys.readouterr().out
    assert "of 3 used" in printed
    assert "the next slot for a poll is free in 60 s" in printed
    assert "3 of 3 slots used in 60 s" in printed
