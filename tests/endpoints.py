"""The table of endpoints, made from the code: `python -m tests.endpoints > docs/endpoints.md`.

What is called where is found in the sources, so the table cannot promise what is not there.
"""

from __future__ import annotations

import ast
import functools
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import get_type_hints

import attrs

from depotfinity_async import DepotFinity, VehicleSession
from depotfinity_async.resources.paths import ENDPOINTS, Endpoint
from depotfinity_async.simulator import apis

TESTS = Path(__file__).parent
RESOURCES = TESTS.parent / "depotfinity_async" / "resources"

INTRODUCTION = """\
# Every endpoint

Made by `python -m tests.endpoints > docs/endpoints.md`; a test holds this page to the code.

*Documented* or *assumed* is said of method and path; what else is assumed of a call stands in its
docstring. A path that differs at your deployment is a setting, by the operation's name:
`DepotFinity(paths={"transactions.get": "/v3/…"})`. `depotfinity verify` tells which ones differ. The handler
is that of the simulator; the tests are those that make the call.

A token is asked for by itself, before the first call; its whole address is the setting `token_url`. The path
of version 2 of the remote commands is one to set. A vehicle (`depot.vehicle(vin, password)`) has no token.
"""

BESIDE = {
    "token": Endpoint("POST", "/oauth2/token", "documented"),
    "remote_commands.send (version 2)": Endpoint(
        "POST", "/v2/chargerControl/chargers/{charger_id}/remoteCommands/{command}", "assumed"
    ),
}
"""Endpoints that no operation has as its built-in path."""


@attrs.frozen
class Row:
    """One operation, and who has to do with it."""

    operation: str
    request: str
    certainty: str
    methods: tuple[str, ...]
    handler: str
    tests: tuple[str, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """As Markdown."""
        return (
            f"`{self.operation}`",
            f"`{self.request}`",
            self.certainty,
            ", ".join(f"`{method}`" for method in self.methods),
            f"`{self.handler}`" if self.handler else "",
            ", ".join(self.tests),
        )


def rows() -> list[Row]:
    """All rows, in the order of the endpoints."""
    methods = {**_methods(), "token": ["DepotFinity.token"]}
    made: list[Row] = []
    for name, endpoint in (BESIDE | dict(ENDPOINTS)).items():
        asking = methods.get(name.partition(" ")[0], [])
        made.append(
            Row(
                name,
                f"{endpoint.method} {endpoint.template}",
                endpoint.certainty,
                tuple(asking),
                _handler(endpoint.method, endpoint.template),
                tuple(sorted({file for method in asking for file in _tests(method)})),
            )
        )
    return made


def page() -> str:
    """The page of the docs."""
    head = ("operation", "request", "path is", "methods", "handler", "tests")
    lines = [
        f"| {' | '.join(cells)} |" for cells in (head, ("---",) * len(head), *(row.cells for row in rows()))
    ]
    return INTRODUCTION + "\n" + "\n".join(lines) + "\n"


def _methods() -> dict[str, list[str]]:
    """By operation, the public methods that ask for it, by the way a user reaches them."""
    found: dict[str, list[str]] = {}
    ways = {hint.__name__: f"depot.{name}" for name, hint in get_type_hints(DepotFinity).items()}
    ways[VehicleSession.__name__] = VehicleSession.__name__
    for source in sorted(RESOURCES.glob("*.py")):
        module = ast.parse(source.read_text())
        for node in module.body:
            if isinstance(node, ast.ClassDef) and node.name in ways:
                functions = {
                    each.name: each
                    for each in node.body
                    if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))
                }
                for name in functions:
                    if not name.startswith("_"):
                        for operation in sorted(_operations(name, functions, _constants(module), set())):
                            found.setdefault(operation, []).append(f"{ways[node.name]}.{name}")
    return found


def _constants(module: ast.Module) -> dict[str, str]:
    """Names that a module gives to operations."""
    return {
        target.id: node.value.value
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


def _operations(
    name: str, functions: Mapping[str, ast.AST], constants: Mapping[str, str], seen: set[str]
) -> set[str]:
    """The operations that a method names, itself or through other methods of its class."""
    seen.add(name)
    found: set[str] = set()
    for node in ast.walk(functions[name]):
        named = constants.get(node.id) if isinstance(node, ast.Name) else None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            named = node.value
        if named is not None and named in ENDPOINTS:
            found.add(named)
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "self"
            and node.attr in functions
            and node.attr not in seen
        ):
            found |= _operations(node.attr, functions, constants, seen)
    return found


def _handler(method: str, template: str) -> str:
    """The simulator's function for a request; empty if it has none."""
    path = re.sub(r"{\w+}", "1", template)
    for route in apis.ROUTES:
        if route.method == method and re.fullmatch(re.sub(r"{\w+}", "[^/]+", route.path), path):
            return f"{route.handler.__module__.rpartition('.')[2]}.{route.handler.__name__}"
    return ""


def _tests(method: str) -> list[str]:
    """The files of tests that call a method: ``….attribute.method(``, or ``….method(`` beside its class."""
    *_, owner, name = method.split(".")
    if method.startswith("depot."):
        return [file for file, (_, calls) in _calls().items() if (owner, name) in calls]
    return [
        file
        for file, (text, calls) in _calls().items()
        if owner in text and any(called == name for _, called in calls)
    ]


@functools.cache
def _calls() -> dict[str, tuple[str, set[tuple[str | None, str]]]]:
    """By file of tests its text, and the methods that it calls with what they are attributes of."""
    found: dict[str, tuple[str, set[tuple[str | None, str]]]] = {}
    for source in sorted(TESTS.rglob("test_*.py")):
        text = source.read_text()
        found[source.relative_to(TESTS).with_suffix("").as_posix()] = (
            text,
            {
                (node.func.value.attr if isinstance(node.func.value, ast.Attribute) else None, node.func.attr)
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            },
        )
    return found


if __name__ == "__main__":
    sys.stdout.write(page())
