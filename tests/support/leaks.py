"""A pytest plugin that fails the test which leaves something behind: an asyncio task, an aiohttp session or
connector, a transport, a socket, a thread, or an error that only the event loop saw.
Not for the users of the package.
"""

import asyncio
import gc
import socket
import threading
import time
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

import aiohttp
import attrs
import pytest

_SETTLING_TICKS = 10  # closing a transport takes the loop a few of its rounds
_THREAD_GRACE = 5.0  # seconds that a thread told to end gets to do so, on a busy machine with a slow disk
_LOOK = 0.1  # seconds between two looks at such a thread
_PROBLEMS = pytest.StashKey[list[str]]()


@attrs.define
class LeakWatch:
    """What was open before a test, and what is known to be wrong after it.

    A test that provokes an error of the event loop on purpose takes the fixture `leak_watch`, checks
    `loop_errors`, and clears it.
    """

    threads: frozenset[threading.Thread]
    loop_errors: list[str] = attrs.Factory(list)
    tasks: list[str] = attrs.Factory(list)

    def note_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Remember what the loop would only have logged, and let it log that."""
        error = context.get("exception")
        self.loop_errors.append(context["message"] + (f" ({error!r})" if error else ""))
        loop.default_exception_handler(context)

    def problems(self) -> list[str]:
        """One line for each thing left behind."""
        left = [f"task still running: {task}" for task in self.tasks]
        left += [f"error in the event loop: {error}" for error in self.loop_errors]
        left += [f"not closed: {found!r}" for found in gc.get_objects() if _is_open(found)]
        for thread in set(threading.enumerate()) - self.threads:
            until = time.monotonic() + _THREAD_GRACE
            while thread.is_alive() and time.monotonic() < until:
                thread.join(_LOOK)
                gc.collect()  # it may have used what tells it to end while that was collected before
            if thread.is_alive():
                left.append(f"thread still running: {thread!r}")
        return left


def _is_open(candidate: Any) -> bool:
    kind = type(candidate)  # isinstance would ask proxies and mocks for their __class__
    if issubclass(kind, aiohttp.ClientSession | aiohttp.BaseConnector):
        return not candidate.closed
    if issubclass(kind, socket.socket):
        return bool(candidate.fileno() != -1)
    # A transport that a test made itself need not implement is_closing.
    if issubclass(kind, asyncio.BaseTransport) and kind.__module__.startswith("asyncio."):
        return not candidate.is_closing()
    return False


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Fail the test, after pytest itself has looked at the warnings of finalizers.

    Were a fixture to raise instead, pytest would not look, and blame them on the next test.
    """
    try:
        yield
    except BaseException as error:
        for problem in item.stash.get(_PROBLEMS, []):
            error.add_note(problem)
        raise
    if problems := item.stash.get(_PROBLEMS, []):
        pytest.fail("the test left something behind\n  " + "\n  ".join(problems), pytrace=False)


@pytest.fixture(autouse=True)
def leak_watch(request: pytest.FixtureRequest) -> Iterator[LeakWatch]:
    """The outermost fixture of a test: its end comes after the end of the event loop."""
    # All that exists by now is set aside: collecting and looking through what the test made alone is cheap.
    gc.freeze()
    watch = LeakWatch(frozenset(threading.enumerate()))
    yield watch
    gc.collect()  # what only a reference cycle keeps alive shows its ResourceWarning now, in the guilty test
    request.node.stash[_PROBLEMS] = watch.problems()


@pytest.fixture
async def _loop_watch(leak_watch: LeakWatch) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(leak_watch.note_loop_error)
    yield
    for _ in range(_SETTLING_TICKS):
        await asyncio.sleep(0)
    own = asyncio.current_task()
    leak_watch.tasks += [repr(task) for task in asyncio.all_tasks() if task is not own]


@pytest.fixture(autouse=True)
def _watch_loop_of_async_test(request: pytest.FixtureRequest, leak_watch: LeakWatch) -> None:
    # Asked for here and not by autouse, so that a test without a loop is not given one.
    if request.node.get_closest_marker("asyncio") is not None:
        request.getfixturevalue("_loop_watch")
