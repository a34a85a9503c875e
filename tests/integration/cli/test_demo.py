"""The demo as a user runs it: a process, with and without a terminal."""

import itertools
import os
import pty
import random
import re
import select
import signal
import subprocess
import sys
import threading
import time

import pytest

from tests.support.commands import COMMAND, ROOT, SECONDS, done, processes_with, started

_HIDE_CURSOR, _SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
_seeds = itertools.count(random.randrange(10**9, 10**12))


def _found(pattern: str, text: str) -> re.Match[str]:
    found = re.search(pattern, text, re.MULTILINE)
    assert found, f"{pattern!r} is not in:\n{text}"
    return found


def test_default_demo_is_done_in_one_window_and_sums_up() -> None:
    seed = str(next(_seeds))
    began = time.monotonic()
    demo = done("demo", "--seed", seed)
    assert (demo.returncode, demo.stderr) == (0, "")
    assert time.monotonic() - began < 30
    assert demo.stdout.startswith(
        "Simulated depot: 30 chargers, 2 connectors each; limit 100 requests in 300 s\n"
    )
    assert not [character for character in demo.stdout if not character.isprintable() and character != "\n"]
    assert [line[:5] for line in demo.stdout.splitlines() if " %" in line] == [
        " 25 %",
        " 50 %",
        " 75 %",
        "100 %",
    ]
    assert "100 %  chargers 30 of 30, connectors 60 of 60, transactions " in demo.stdout
    assert "waiting for a slot" not in demo.stdout
    spent = _found(
        r"^requests spent +(\d+) by the client's count, (\d+) by the simulator's log$", demo.stdout
    )
    assert spent[1] == spent[2]
    assert 93 <= int(spent[1]) <= 100
    _found(r"^chargers +(\d+) Available", demo.stdout)
    assert sum(map(int, re.findall(r"(\d+) \w+", _found(r"^chargers .*$", demo.stdout)[0]))) == 30
    assert sum(map(int, re.findall(r"(\d+) \w+", _found(r"^connectors .*$", demo.stdout)[0]))) == 60
    _found(r"^energy delivered +[\d,]+\.\d kWh in the last day's \d+ transactions$", demo.stdout)
    _found(r"^peak power +\d+\.\d kW at CP-7, of \d+ points$", demo.stdout)
    _found(rf"^busiest window +{spent[1]} requests in 300 s, 100 are allowed$", demo.stdout)
    _found(r"^refusals +0$", demo.stdout)
    assert processes_with(seed) == {}


def test_demo_beyond_the_budget_waits_says_so_and_is_never_refused() -> None:
    demo = done("demo", "--chargers", "150", "--speed", "150")
    assert (demo.returncode, demo.stderr) == (0, "")
    assert "limit 100 requests in 300 s (2 s real)" in demo.stdout
    waits = re.findall(
        r"^waiting for a slot: (\d+) requests? queued, next slot in \d+ s \(\d+ s real\), "
        r"about \d+ (?:s|min) \(\d+ s real\) left$",
        demo.stdout,
        re.MULTILINE,
    )
    assert waits, demo.stdout
    assert int(waits[0]) > 300
    # At most one line each 5 s: four windows of 2 s and the time to answer.
    assert len(waits) <= 5
    assert int(_found(r"^busiest window +(\d+) requests in 300 s", demo.stdout)[1]) <= 100
    assert int(_found(r"^requests spent +(\d+) by", demo.stdout)[1]) > 450
    _found(r"^refusals +0$", demo.stdout)


def test_settings_of_the_user_have_no_say_in_it() -> None:
    own = {
        **os.environ,
        "DEPOTFINITY_PROXY": "http://127.0.0.1:1",
        "DEPOTFINITY_PROFILE": "missing",
        "DEPOTFINITY_CLIENT_SECRET_FILE": "/missing",
    }
    demo = done("demo", "--chargers", "2", env=own)
    assert (demo.returncode, demo.stderr) == (0, "")


def test_secret_of_the_simulator_is_in_no_command_line() -> None:
    seed = str(next(_seeds))
    with started("demo", "--chargers", "150", "--seed", seed) as process:
        try:
            until = time.monotonic() + SECONDS
            while len(commands := processes_with(seed)) < 2 and time.monotonic() < until:
                time.sleep(0.02)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=SECONDS)
        finally:
            process.kill()
    assert len(commands) == 2
    assert all("secret" not in command.lower() for command in commands.values())


def test_reader_that_leaves_ends_it_quietly() -> None:
    seed = str(next(_seeds))
    with started("demo", "--seed", seed) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.readline()
            process.stdout.close()
            err = process.stderr.read()
            process.wait(SECONDS)
        finally:
            process.kill()
    assert (process.returncode, err) == (141, "")
    assert processes_with(seed) == {}


class Terminal:
    """A pseudo-terminal with a command in it; collects all that is drawn."""

    def __init__(self, *command: str) -> None:
        self._ours, theirs = pty.openpty()
        self.drawn = ""
        own = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=own, start_new_session=True
        )
        os.close(theirs)
        # Read all the time: a terminal whose buffer is full would stop the command.
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        while select.select([self._ours], [], [], SECONDS)[0]:
            try:
                read = os.read(self._ours, 4096)
            except OSError:  # how Linux tells that nobody has the other end any more
                return
            if not read:
                return
            self.drawn += read.decode(errors="replace")

    def wait_for(self, text: str) -> None:
        until = time.monotonic() + SECONDS
        while text not in self.drawn:
            assert time.monotonic() < until, self.drawn
            time.sleep(0.01)

    def wait(self) -> int:
        try:
            return self.process.wait(SECONDS)
        finally:
            self.process.kill()
            self.process.wait()
            self._reader.join()
            os.close(self._ours)


def test_terminal_shows_a_live_display_and_is_given_back() -> None:
    terminal = Terminal(*COMMAND, "demo")
    assert terminal.wait() == 0, terminal.drawn
    for part in ("30 of 30", "60 of 60", "points", "94 of 100", "next slot", "elapsed", "refusals"):
        assert part in terminal.drawn
    assert terminal.drawn.rindex(_HIDE_CURSOR) < terminal.drawn.rindex(_SHOW_CURSOR)
    assert "Traceback" not in terminal.drawn


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_terminal_shows_its_cursor_again(number: int, code: int) -> None:
    terminal = Terminal(*COMMAND, "demo", "--chargers", "150", "--speed", "20")
    terminal.wait_for("waiting")
    terminal.wait_for(" left")
    terminal.process.send_signal(number)
    assert terminal.wait() == code
    assert "100 of 100, " in terminal.drawn
    assert "s real)" in terminal.drawn
    assert terminal.drawn.rindex(_HIDE_CURSOR) < terminal.drawn.rindex(_SHOW_CURSOR)
    assert "Traceback" not in terminal.drawn


_WITHOUT_RICH = "import sys; sys.modules['rich'] = None; from depotfinity_async.cli import main; main()"


def test_terminal_without_rich_tells_what_to_install() -> None:
    terminal = Terminal(sys.executable, "-c", _WITHOUT_RICH, "demo")
    assert terminal.wait() == 3
    assert 'pip install "depotfinity-async[cli]"' in terminal.drawn
    assert "Traceback" not in terminal.drawn


def test_plain_output_needs_no_rich() -> None:
    demo = subprocess.run(
        (sys.executable, "-c", _WITHOUT_RICH, "demo", "--chargers", "1"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (demo.returncode, demo.stderr) == (0, "")
