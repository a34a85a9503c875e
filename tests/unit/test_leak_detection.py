"""The leak detection itself: each guilty test fails, by name, and the innocent ones pass."""

from pathlib import Path

import pytest

_GUILTY = {
    "task": "task still running",
    "task_of_a_fixture": "task still running",
    "session_kept": "not closed: <aiohttp.client.ClientSession",
    "session_dropped": "Unclosed client session",
    "session_in_a_cycle": "Unclosed client session",
    "session_reported_to_the_loop": "error in the event loop: Unclosed client session",
    "transport": "not closed: <_SelectorSocketTransport",
    "listening_server": "not closed: <socket.socket",
    "socket_kept": "not closed: <socket.socket",
    "socket_dropped": "ResourceWarning: unclosed <socket.socket",
    "file_in_a_cycle": "ResourceWarning: unclosed file",
    "thread": "thread still running",
    "exception_nobody_saw": "error in the event loop: Task exception was never retrieved",
    "call_soon": "error in the event loop: Exception in callback",
    "own_loop": "not closed: <socket.socket",
}

_SOURCE = """
import asyncio, gc, socket, threading, time, warnings, weakref
import aiohttp, pytest
from aiohttp import web
from hypothesis import given, settings, strategies

kept = []

async def test_guilty_task():
    kept.append(asyncio.create_task(asyncio.sleep(60)))

@pytest.fixture
async def careless():
    kept.append(asyncio.create_task(asyncio.sleep(60)))

async def test_guilty_task_of_a_fixture(careless):
    pass

async def test_guilty_session_kept():
    kept.append(aiohttp.ClientSession())

async def test_guilty_session_dropped():
    aiohttp.ClientSession()

async def test_guilty_session_in_a_cycle():
    session = aiohttp.ClientSession()
    cycle = [session]
    cycle.append(cycle)

async def test_guilty_session_reported_to_the_loop():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        aiohttp.ClientSession()
        gc.collect()

async def test_guilty_transport():
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    transport, _ = await asyncio.get_running_loop().connect_accepted_socket(asyncio.Protocol, ours)
    kept.append(transport)
    theirs.detach()

async def test_guilty_listening_server():
    kept.append(await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", 0))

def test_guilty_socket_kept():
    kept.append(socket.socket())

def test_guilty_socket_dropped():
    socket.socket()

def test_guilty_file_in_a_cycle(tmp_path):
    cycle = [open(tmp_path / "file", "w")]
    cycle.append(cycle)

def test_guilty_thread():
    threading.Thread(target=threading.Event().wait, args=(60,), daemon=True).start()

async def test_guilty_exception_nobody_saw():
    async def fail():
        raise ValueError("unseen")
    task = asyncio.create_task(fail())
    await asyncio.sleep(0)
    del task

async def test_guilty_call_soon():
    asyncio.get_running_loop().call_soon(lambda: 1 / 0)

def test_guilty_own_loop():
    kept.append(asyncio.new_event_loop())

@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as session:
        yield session

async def test_innocent_server_and_client(session):
    async def answer(request):
        return web.Response(text="here")
    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0]
    async with session.get(f"http://{host}:{port}/") as reply:
        assert await reply.text() == "here"
    await runner.cleanup()

async def test_innocent_task_cancelled():
    task = asyncio.create_task(asyncio.sleep(60))
    await asyncio.sleep(0)
    task.cancel()

async def test_innocent_task_that_needs_some_rounds_to_end():
    async def end():
        for _ in range(5):
            await asyncio.sleep(0)
    asyncio.create_task(end())

async def test_innocent_thread_pool():
    await asyncio.to_thread(lambda: None)

def test_innocent_thread_that_takes_a_while_to_end():
    threading.Thread(target=time.sleep, args=(0.5,)).start()

class Owner:
    # Kept by a cycle. Its end is the end of its thread, which uses it now and then.

    def __init__(self):
        self.cycle, told, used = self, threading.Event(), threading.Event()
        weakref.finalize(self, told.set)

        def work(weak):
            owner = weak()
            used.set()
            time.sleep(0.5)
            del owner
            told.wait(60)

        threading.Thread(target=work, args=(weakref.ref(self),), daemon=True).start()
        used.wait()

def test_innocent_thread_that_uses_what_tells_it_to_end():
    Owner()

async def test_innocent_provocation(leak_watch):
    asyncio.get_running_loop().call_soon(lambda: 1 / 0)
    await asyncio.sleep(0)
    assert len(leak_watch.loop_errors) == 1
    leak_watch.loop_errors.clear()

@settings(max_examples=5)
@given(strategies.integers())
async def test_innocent_property(number):
    await asyncio.sleep(0)

def test_innocent_own_loop():
    asyncio.run(asyncio.sleep(0))

@pytest.fixture(scope="module")
def shared_socket():
    with socket.socket() as shared:
        yield shared

def test_innocent_user_of_shared_socket(shared_socket):
    pass

def test_innocent_second_user_of_shared_socket(shared_socket):
    pass

def test_innocent():
    pass
"""


def test_guilty_fail_and_innocent_pass(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", str(root))
    module = pytester.makepyfile(_SOURCE)
    options = [f"--config-file={root / 'pyproject.toml'}", f"--rootdir={pytester.path}", "--tb=short"]
    run = pytester.runpytest_subprocess(*options, "-p", "tests.support.leaks", module)

    reports = {name: _report(run.outlines, f"test_guilty_{name}") for name in _GUILTY}
    assert {name: text for name, text in reports.items() if _GUILTY[name] not in text} == {}
    assert [line for line in run.outlines if "::test_innocent" in line] == []
    outcomes = run.parseoutcomes()
    assert outcomes.get("failed", 0) + outcomes["errors"] == len(_GUILTY)
    assert outcomes["passed"] + outcomes.get("failed", 0) == len(_GUILTY) + _SOURCE.count("def test_innocent")


def _report(lines: list[str], test: str) -> str:
    """What pytest printed about one failed test: from its heading to the next one."""
    report: list[str] = []
    for line in lines:
        if line.startswith(("__", "==")):
            if report:
                break
            if test not in line.strip("_ ").split(" "):
                continue
        elif not report:
            continue
        report.append(line)
    return "\n".join(report)
