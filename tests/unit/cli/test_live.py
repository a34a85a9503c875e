import contextlib
import io
import math
import re
from typing import Any

import attrs
import pytest
from rich.console import Console

from depotfinity_async.cli.live import LiveScreen, open_screen
from depotfinity_async.cli.screen import Column, Table

from .views import IDLE, WAITING, view

_HIDE_CURSOR, _SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


def _screen(out: io.StringIO, **options: Any) -> LiveScreen:
    return LiveScreen(
        Console(file=out, force_terminal=True, width=90, _environ={"TERM": "xterm"}, markup=False, **options)
    )


def _text(out: io.StringIO) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", out.getvalue())


def test_display_tells_what_is_fetched_and_how_the_budget_is(out: io.StringIO) -> None:
    with _screen(out) as screen:
        screen.show(view(20))
    lines = [line.strip() for line in _text(out).splitlines()]
    assert re.search(r"chargers +[━╺╸]+ +20 of 39", _text(out))
    assert re.search(r"transactions +━+ +100 in 1 page", _text(out))
    assert re.search(r"slots +[━╺╸]+ +7 of 100 *$", _text(out), re.MULTILINE)
    assert "next slot     free" in lines
    assert "time          13 s elapsed" in lines


def test_display_tells_the_wait(out: io.StringIO) -> None:
    with _screen(out) as screen:
        screen.show(view(20, budget=WAITING, speed=20, pages=None))
    text = _text(out)
    assert "100 of 100, 200 waiting" in text
    assert "next slot     in 287 s (15 s real)" in text
    assert "time          13 s (1 s real) elapsed, about 10 min (30 s real) left" in text


def test_slot_nobody_knows_of_comes_after_the_next_reply(out: io.StringIO) -> None:
    with _screen(out) as screen:
        screen.show(view(20, budget=attrs.evolve(IDLE, used=100, free=0, leased=100, next_slot=None)))
    assert "next slot     after the next reply" in _text(out)


def test_slot_that_waits_for_the_shared_state_says_so(out: io.StringIO) -> None:
    with _screen(out) as screen:
        screen.show(view(20, budget=attrs.evolve(WAITING, next_slot=math.inf)))
    assert "next slot     when the shared state is in reach again" in _text(out)


def test_cursor_is_hidden_while_it_lives_and_shown_at_the_end(out: io.StringIO) -> None:
    screen = _screen(out)
    with contextlib.suppress(ZeroDivisionError), screen:
        screen.show(view(1))
        assert out.getvalue().count(_HIDE_CURSOR) == 1
        assert _SHOW_CURSOR not in out.getvalue()
        raise ZeroDivisionError
    assert out.getvalue().count(_SHOW_CURSOR) == 1


def test_it_is_drawn_calmly_and_ends_with_the_latest_view(
    out: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("depotfinity_async.cli.live.time.monotonic", lambda: now)
    with _screen(out) as screen:
        for done in range(40):
            screen.show(view(done))
        assert "0 of 39" in _text(out)
        assert "1 of 39" not in _text(out)
        now += 0.2
        screen.show(view(20))
        assert "20 of 39" in _text(out)
        screen.show(view(39))
        assert "39 of 39" not in _text(out)
    assert "39 of 39" in _text(out)


def test_nothing_shown_leaves_the_terminal_alone(out: io.StringIO) -> None:
    with _screen(out):
        pass
    assert out.getvalue() == ""


def test_table_marks_the_words_of_the_depot(out: io.StringIO) -> None:
    _screen(out, color_system="standard").table(Table([Column("a")], [("1 Available, 2 Unavailable",)], "T"))
    assert "\x1b[32mAvailable\x1b[0m" in out.getvalue()
    assert "\x1b[33mUnavailable\x1b[0m" in out.getvalue()


def test_framed_table_has_a_frame(out: io.StringIO) -> None:
    _screen(out).table(Table([Column(""), Column("")], [("refusals", "0")], has_header=False, has_frame=True))
    assert _text(out).splitlines() == ["", "╭──────────┬───╮", "│ refusals │ 0 │", "╰──────────┴───╯"]


def test_list_goes_on_under_its_columns(out: io.StringIO) -> None:
    screen = _screen(out)
    columns = (Column("id", is_number=True, width=6), Column("end", width=5))
    screen.table(Table(columns, [("100200", "Local")]))
    screen.table(Table(columns, [("7", "Other")], has_header=False))
    lines = [line.rstrip() for line in _text(out).splitlines()]
    assert set(lines.pop(1)) == {"─"}
    assert lines == ["    id  end", "100200  Local", "     7  Other"]


def test_text_of_a_service_does_not_steer_the_terminal(out: io.StringIO) -> None:
    screen = _screen(out)
    screen.line("a\x1b[2Jb [red]c[/]")
    screen.table(Table([Column("")], [("\x1b[2J",)], has_header=False))
    assert "\x1b[2J" not in out.getvalue()
    assert "a\\x1b[2Jb [red]c[/]" in out.getvalue()


def test_screen_of_a_stream(out: io.StringIO) -> None:
    open_screen(out).line("hello")
    assert "hello" in out.getvalue()
