"""Waiting for what no event tells."""

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], object]) -> None:
    """Wait for what happens in a client or in another thread, 5 s at most."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - polling is the point
            await asyncio.sleep(0.001)
