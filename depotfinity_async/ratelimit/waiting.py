"""The callers who wait for a slot, in their order.

It keeps order and nothing else: who is granted when is the business of `Budget`.
"""

import asyncio
from collections import OrderedDict


class Waiter:
    """One caller in the queue; `future` ends its wait, `granted` says that a slot is leased in its name."""

    __slots__ = ("future", "granted", "loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.future: asyncio.Future[None] = loop.create_future()
        self.granted = False

    def wake(self, running: asyncio.AbstractEventLoop | None) -> bool:
        """End the wait, from any thread; `running` is the loop of this one. False: its loop is closed."""
        if self.loop is running:
            self.end()
            return True
        try:
            self.loop.call_soon_threadsafe(self.end)
        except RuntimeError:  # what asyncio raises for a closed loop
            return False
        return True

    def end(self) -> None:
        """End the wait, in the loop's own thread."""
        if not self.future.done():
            self.future.set_result(None)


class Queue:
    """First in, first out; those who go ahead come before all others, in their own order.

    Ordered dictionaries, so that a waiter who gives up goes from the middle at once and leaves nothing.
    """

    __slots__ = ("_ahead", "_ordinary")

    def __init__(self) -> None:
        self._ahead: OrderedDict[Waiter, None] = OrderedDict()
        self._ordinary: OrderedDict[Waiter, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._ahead) + len(self._ordinary)

    def position(self, *, ahead: bool) -> int:
        """How many a newcomer would have before it."""
        return len(self._ahead) if ahead else len(self)

    def append(self, waiter: Waiter, *, ahead: bool) -> None:
        """Join the end of the line, or the end of those who go ahead."""
        (self._ahead if ahead else self._ordinary)[waiter] = None

    def pop_head(self) -> Waiter:
        """Take out the one whose turn it is; the queue must not be empty."""
        waiter, _ = (self._ahead or self._ordinary).popitem(last=False)
        return waiter

    def discard(self, waiter: Waiter) -> None:
        """Take `waiter` out if it is still in."""
        self._ahead.pop(waiter, None)
        self._ordinary.pop(waiter, None)
