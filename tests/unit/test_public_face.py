"""What `from depotfinity_async import …` offers, and what it costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import depotfinity_async


def loaded_after(statement: str) -> set[str]:
    """Names of the modules a fresh interpreter has loaded after `statement`."""
    program = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("name", depotfinity_async.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(depotfinity_async, name) is not None


def test_all_is_sorted_and_equals_what_type_checkers_see() -> None:
    assert depotfinity_async.__all__ == sorted(depotfinity_async.__all__)
    module = ast.parse(Path(depotfinity_async.__file__).read_text())
    (checked,) = [node for node in module.body if isinstance(node, ast.If)]
    seen = {
        (alias.name, f".{statement.module}")
        for statement in checked.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    assert seen == set(depotfinity_async._HOME_OF.items())
    assert {name for name, _ in seen} | {"__version__"} == set(depotfinity_async.__all__)


def test_dir_lists_what_can_be_had() -> None:
    assert dir(depotfinity_async) == depotfinity_async.__all__


def test_every_error_of_the_tree_is_public() -> None:
    from depotfinity_async import errors

    assert set(errors.__all__) <= set(depotfinity_async.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Depot'"):
        _ = depotfinity_async.Depot


def test_the_mapper_loads_neither_http_nor_client() -> None:
    loaded = loaded_after("from depotfinity_async import jsonapi")
    assert "depotfinity_async.jsonapi" in loaded
    assert not {"aiohttp", "asyncio", "depotfinity_async.client", "depotfinity_async.errors"} & loaded


def test_the_budget_loads_no_http() -> None:
    assert not {"aiohttp", "depotfinity_async.client"} & loaded_after("from depotfinity_async import Budget")


def test_the_client_opens_no_loop_file_or_socket_on_import() -> None:
    # A loop would show too: it opens a pair of sockets.
    program = """
import sys
import aiohttp, attrs, cattrs, backoff, msgspec, asyncio, tomllib
opened = []
sys.addaudithook(lambda event, args: opened.append((event, args)) if event in watched else None)
watched = {"socket.__new__", "socket.connect", "open", "os.mkdir", "subprocess.Popen"}
from depotfinity_async import DepotFinity, Transaction
foreign = [args for event, args in opened if event != "open" or not str(args[0]).endswith((".py", ".pyc"))]
assert not foreign, foreign
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
