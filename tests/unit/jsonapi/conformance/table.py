"""The whole conformance table, and the rules that it has to cover."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from . import atomic, errors, links, relationships, requests, resources, top_level
from .case import Case

CASES: list[Case] = [
    *top_level.CASES,
    *resources.CASES,
    *relationships.CASES,
    *links.CASES,
    *errors.CASES,
    *requests.CASES,
    *atomic.CASES,
]

REJECTING = [
    *(f"D{number}" for number in (1, 2, 3, 4, *range(6, 24), 27, 28, 31)),
    *(f"R{number}" for number in (1, 2, 3, 4, 8)),
]
"""Rules that a single document can break."""

ACCEPTING = ["D5", "D24", "D25", "D26", "D29"]
"""Rules that name what may stand in a document, or what is ignored: no document breaks them."""

CITED = re.compile(r"(?<![A-Za-z0-9])([dcr][0-9]{1,2})(?![A-Za-z0-9])", re.IGNORECASE)


def citing_tests() -> Iterator[tuple[str, str]]:
    """Rules that tests of the mapper name in their own name or docstring, with those tests."""
    folder = Path(__file__).parent.parent
    for file in sorted(folder.glob("**/test_*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_"):
                text = f"{node.name.replace('_', ' ')} {ast.get_docstring(node) or ''}"
                for rule in sorted(set(CITED.findall(text))):
                    yield rule.upper(), f"{file.relative_to(folder)}::{node.name}"
