"""What holds for every test: nothing is left behind, nothing of the user's settings is seen, and
Hypothesis repeats itself. Not for what only some tests need.
"""

import os
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import hypothesis
import pytest
from aioresponses import aioresponses

from depotfinity_async.ratelimit.shared import forget_shared_budgets

pytest_plugins = ["pytester", "tests.support.leaks"]

# The machines that run this are shared and noisy, so no deadline; the same examples every time, so that a
# failure is always of the change at hand. `pytest --hypothesis-profile=default` looks for new examples.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("ci")


@pytest.fixture(autouse=True)
def isolated_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """No settings of the user's reach a test: returns the empty folder that is HOME."""
    for name in [name for name in os.environ if name.startswith("DEPOTFINITY_")]:
        monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / ".local" / "state"))
    return home


@pytest.fixture(autouse=True)
def fresh_budgets() -> Iterator[None]:
    """No test draws from the shared budget of another one that had the same port."""
    forget_shared_budgets()
    yield
    forget_shared_budgets()


class _Response(aiohttp.ClientResponse):
    """aioresponses does not pass `stream_writer`, which aiohttp asks for since 3.14."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("stream_writer", types.SimpleNamespace(output_size=0))
        super().__init__(*args, **kwargs)


@pytest.fixture
def responses(monkeypatch: pytest.MonkeyPatch) -> Iterator[aioresponses]:
    """Canned replies in place of the wire, to check which URL, query and body a resource asks for.

    Timeouts, tracing, redirects and header checks are not real here: for those use a loopback server.
    """
    # Patched where it is looked up, so that the replies of callbacks get it too.
    monkeypatch.setattr("aioresponses.core.ClientResponse", _Response)
    with aioresponses() as canned:
        yield canned
