"""Where output goes: on a terminal to `live`, which needs rich; else in lines without control characters.

What is shown comes as values, a `View` or a `Table`; both kinds of screen are given the same.
"""

import os
from collections.abc import Sequence
from importlib import import_module
from types import TracebackType
from typing import Protocol, Self, TextIO, cast

import attrs

from depotfinity_async.cli.waiting import WaitingLines
from depotfinity_async.errors import ConfigurationError
from depotfinity_async.ratelimit import BudgetStatus


@attrs.frozen
class Bar:
    """One kind of thing that is fetched. `total` is None as long as nobody knows it."""

    label: str
    done: int
    total: int | None
    note: str


@attrs.frozen
class View:
    """One look at a job. `elapsed` is in seconds of the budget's clock, `speed` of which make a real one."""

    bars: tuple[Bar, ...]
    budget: BudgetStatus
    elapsed: float
    speed: float

    @property
    def done(self) -> int:
        """Requests answered."""
        return sum(bar.done for bar in self.bars)

    @property
    def total(self) -> int:
        """Requests in all, as far as known: where nobody knows, one more than are done."""
        return sum(bar.done + 1 if bar.total is None else bar.total for bar in self.bars)


@attrs.frozen
class Column:
    """One column of a table, at least `width` characters wide."""

    name: str
    is_number: bool = False
    width: int = 0


@attrs.frozen
class Table:
    """Texts in columns. With a frame it stands for itself; without a header it goes on from another."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    title: str = ""
    has_header: bool = True
    has_frame: bool = False


def fitted(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> tuple[Column, ...]:
    """The columns, wide enough for their names and for `rows`."""
    texts = [[column.name for column in columns], *rows]
    return tuple(
        attrs.evolve(column, width=max(column.width, *(len(printable(row[index])) for row in texts)))
        for index, column in enumerate(columns)
    )


class Screen(Protocol):
    """What a command shows; a context manager that gives the terminal back as it was."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...
    def line(self, text: str) -> None:
        """Say something once."""
        ...

    def show(self, view: View) -> None:
        """Show how far a job is; call it as often as you like."""
        ...

    def finish(self) -> None:
        """The job is over: what follows comes below its last view."""
        ...

    def table(self, table: Table) -> None:
        """Show a table."""
        ...


class _LiveModule(Protocol):
    def open_screen(self, out: TextIO) -> Screen: ...


def open_screen(out: TextIO) -> Screen:
    """The screen for a stream: `is_terminal` decides.

    Raises:
        ConfigurationError: it is a terminal, and rich is not installed.
    """
    if not is_terminal(out):
        return PlainScreen(out)
    try:
        live = cast("_LiveModule", import_module("depotfinity_async.cli.live"))
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "rich":
            raise
        raise ConfigurationError(
            'A display on a terminal needs rich, which is not installed: pip install "depotfinity-async[cli]"'
        ) from None
    return live.open_screen(out)


def is_terminal(out: TextIO) -> bool:
    """Whether a stream is a terminal that can move its cursor."""
    return out.isatty() and os.environ.get("TERM", "") not in ("", "dumb", "unknown")


def printable(text: str) -> str:
    """The text with control characters escaped: what a service sends must not steer a terminal."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


class PlainScreen:
    """Lines for files, pipes and logs: each quarter of a job, and when it waits."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._waiting = WaitingLines()
        self._quarter = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        pass

    def line(self, text: str) -> None:
        """One line, at once."""
        self._out.write(f"{printable(text)}\n")
        self._out.flush()

    def show(self, view: View) -> None:
        """Lines when a quarter more is done, or when there is something to say about waiting."""
        quarter = 4 * view.done // view.total
        if quarter > self._quarter:
            self._quarter = quarter
            parts = ", ".join(f"{bar.label} {bar.note}" for bar in view.bars)
            self.line(f"{25 * quarter:3} %  {parts}; {view.budget.used} of {view.budget.limit} slots used")
        if line := self._waiting.line(view.budget, view.speed):
            self.line(line)

    def finish(self) -> None:
        """Nothing to do: every line stands for itself."""

    def table(self, table: Table) -> None:
        """Columns set apart by two spaces."""
        if table.title:
            self.line(table.title)
        columns = fitted(table.columns, table.rows)
        header = [[column.name for column in columns]] if table.has_header else []
        for row in [*header, *table.rows]:
            cells = map(_padded, row, columns)
            self.line("  ".join(cells).rstrip())


def _padded(text: str, column: Column) -> str:
    text = printable(text)
    return text.rjust(column.width) if column.is_number else text.ljust(column.width)
