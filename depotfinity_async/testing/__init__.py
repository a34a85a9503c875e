"""The pytest plugin: fixtures with a simulated depot and a client of it, for projects that use this package.

pytest loads it because the package is installed. So it imports neither the client nor the simulator nor an
HTTP library: the fixtures do, when a test asks for them.
"""

from importlib import import_module

import pytest

MARKER = "depotfinity"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, and the fixtures where pytest-asyncio is there to run them."""
    config.addinivalue_line(
        "markers", f"{MARKER}(**options): options of the Simulator behind the fixture depotfinity_server"
    )
    if config.pluginmanager.has_plugin("asyncio"):
        config.pluginmanager.register(import_module(".fixtures", __name__), "depotfinity-fixtures")
