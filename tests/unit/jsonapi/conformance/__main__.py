"""``python -m tests.unit.jsonapi.conformance``: which tests stand for which rule."""

from __future__ import annotations

import sys

from .table import CASES, citing_tests


def main() -> None:
    """Print each rule with its tests."""
    tests: dict[str, list[str]] = {}
    for case in CASES:
        tests.setdefault(case.rule, []).append(f"test_conformance.py::test_document[{case.name}]")
    for rule, test in citing_tests():
        tests.setdefault(rule, []).append(test)
    for rule in sorted(tests, key=lambda rule: (rule[0], int(rule[1:]))):
        sys.stdout.write(f"{rule}\n" + "".join(f"  {test}\n" for test in tests[rule]))


if __name__ == "__main__":
    main()
