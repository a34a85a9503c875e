import io
import sys
from collections.abc import Iterator

import pytest

from depotfinity_async.cli.live import LiveScreen
from depotfinity_async.cli.screen import (
    Column,
    PlainScreen,
    Table,
    fitted,
    is_terminal,
    open_screen,
    printable,
)
from depotfinity_async.errors import ConfigurationError

from .views import WAITING, view


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


def test_unknown_total_counts_as_one_more() -> None:
    assert (view(4).done, view(4).total) == (5, 40)
    assert view(4, pages=None).total == 41


def test_each_quarter_is_one_line(out: io.StringIO) -> None:
    with PlainScreen(out) as screen:
        for done in range(40):
            screen.show(view(done))
        screen.finish()
    assert out.getvalue().splitlines() == [
        f"{quarter:3} %  chargers {done} of 39, transactions 100 in 1 page; 7 of 100 slots used"
        for quarter, done in ((25, 9), (50, 19), (75, 29), (100, 39))
    ]


def test_waiting_is_told_once_in_five_seconds(out: io.StringIO) -> None:
    screen = PlainScreen(out)
    for _ in range(20):
        screen.show(view(0, budget=WAITING))
    assert out.getvalue() == (
        "waiting for a slot: 200 requests queued, next slot in 287 s, about 10 min left\n"
    )


TABLE = Table((Column("name"), Column("Wh", is_number=True)), [("CP-1", "7"), ("a", "1,000")], "Depot")


def test_plain_table_is_aligned(out: io.StringIO) -> None:
    PlainScreen(out).table(TABLE)
    assert out.getvalue().splitlines() == ["Depot", "name     Wh", "CP-1      7", "a     1,000"]


def test_plain_table_goes_on_without_header(out: io.StringIO) -> None:
    columns = fitted(TABLE.columns, TABLE.rows)
    PlainScreen(out).table(Table(columns, [("b", "2")], has_header=False))
    assert out.getvalue() == "b         2\n"


def test_table_without_rows_is_its_header(out: io.StringIO) -> None:
    PlainScreen(out).table(Table(TABLE.columns, []))
    assert out.getvalue() == "name  Wh\n"


def test_control_characters_are_escaped(out: io.StringIO) -> None:
    screen = PlainScreen(out)
    screen.line("a\x1b[2Jb\nc")
    screen.table(Table([Column("")], [("\x07\x9b",)], has_header=False))
    assert out.getvalue() == "a\\x1b[2Jb\\nc\n\\x07\\x9b\n"
    assert printable("Köln") == "Köln"


def test_file_gets_plain_lines(out: io.StringIO) -> None:
    assert isinstance(open_screen(out), PlainScreen)


@pytest.mark.parametrize(
    ("term", "is_one"), [("xterm", True), ("dumb", False), ("unknown", False), ("", False)]
)
def test_terminal_must_be_able_to_move_its_cursor(
    term: str, is_one: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    assert is_terminal(_Terminal()) is is_one
    assert isinstance(open_screen(_Terminal()), LiveScreen if is_one else PlainScreen)


@pytest.fixture
def without_live(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TERM", "xterm")
    kept = sys.modules.pop("depotfinity_async.cli.live")
    yield
    sys.modules["depotfinity_async.cli.live"] = kept


@pytest.mark.usefixtures("without_live")
def test_missing_rich_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "rich"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "rich", None)
    with pytest.raises(ConfigurationError, match=r'pip install "depotfinity-async\[cli\]"'):
        open_screen(_Terminal())


@pytest.mark.usefixtures("without_live")
def test_other_missing_module_is_not_called_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "depotfinity_async.cli.live", None)
    with pytest.raises(ModuleNotFoundError):
        open_screen(_Terminal())
