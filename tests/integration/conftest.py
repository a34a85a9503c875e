"""What the tests on the wire share: a service that answers what it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.integration.http.service import Service


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service = Service()
    await service.start()
    yield service
    await service.stop()
