"""The screen of a terminal, made with rich: a live display and tables. The only module that imports rich.

Nothing is drawn by a thread: the display moves when it is told to.
"""

import math
import time
from types import TracebackType
from typing import Final, Self, TextIO

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table as RichTable
from rich.text import Text

from depotfinity_async.cli.screen import Bar, Table, View, printable
from depotfinity_async.cli.waiting import about_text, next_slot, seconds_text, time_left

_LABEL_WIDTH: Final = 12
_BAR_WIDTH: Final = 36
_FRAME: Final = 0.1
"""Real seconds between two drawings, at least: a display that flickers is not calm."""
_STYLES: Final = {
    "Available": "green",
    "Connected": "green",
    "Charging": "cyan",
    "Preparing": "cyan",
    "Finishing": "cyan",
    "SuspendedEV": "cyan",
    "SuspendedEVSE": "cyan",
    "Faulted": "bold red",
    "Unavailable": "yellow",
    "NotConnected": "yellow",
}
"""Words of the depot that deserve a look; all others stay plain."""
_STYLED: Final = rf"\b({'|'.join(_STYLES)})\b"


def open_screen(out: TextIO) -> "LiveScreen":
    """The screen for a stream that is a terminal."""
    console = Console(file=out, force_terminal=True, highlight=False, markup=False, emoji=False)
    return LiveScreen(console)


class LiveScreen:
    """A terminal: one display that is drawn anew in its place, and tables below it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None
        self._latest: View | None = None
        self._drawn = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.finish()

    def line(self, text: str) -> None:
        """One line above the display."""
        self._console.print(Text(printable(text)))

    def show(self, view: View) -> None:
        """Draw the display, which hides the cursor; not if it was drawn just now."""
        self._latest = view
        if time.monotonic() - self._drawn >= _FRAME:
            self._draw(view)

    def finish(self) -> None:
        """Leave the latest view where it is, and show the cursor again."""
        if self._live is not None and self._latest is not None:
            try:
                self._draw(self._latest)
            finally:
                live, self._live = self._live, None
                live.stop()

    def _draw(self, view: View) -> None:
        if self._live is None:
            self._live = Live(
                console=self._console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
            )
            self._live.start()
        self._live.update(_display(view), refresh=True)
        self._drawn = time.monotonic()

    def table(self, table: Table) -> None:
        """A table as wide as it needs, at most as wide as the terminal."""
        drawn = RichTable(
            title=Text(table.title, style="bold") if table.title else None,
            title_justify="left",
            box=box.ROUNDED if table.has_frame else box.SIMPLE_HEAD,
            show_edge=table.has_frame,
            show_header=table.has_header,
            header_style="dim",
            border_style="dim",
            padding=(0, 1) if table.has_frame else (0, 1, 0, 0),
            pad_edge=table.has_frame,
        )
        for column in table.columns:
            drawn.add_column(
                column.name,
                justify="right" if column.is_number else "left",
                min_width=column.width or None,
                # Where a terminal is too narrow, the last column of a list gives way.
                no_wrap=column is not table.columns[-1],
            )
        for row in table.rows:
            drawn.add_row(*map(_cell, row))
        if table.has_frame:
            self._console.print()
        self._console.print(drawn)


def _cell(text: str) -> Text:
    cell = Text(printable(text))
    cell.highlight_regex(_STYLED, _STYLES.get)
    return cell


def _display(view: View) -> RenderableType:
    grid = RichTable.grid(padding=(0, 2), pad_edge=True)
    grid.add_column()
    grid.add_column(width=_BAR_WIDTH)
    grid.add_column(overflow="ellipsis", no_wrap=True)
    for bar in view.bars:
        grid.add_row(_label(bar.label), _bar(bar), Text(bar.note, style="dim"))
    grid.add_row()
    grid.add_row(_label("slots"), _slots(view), Text(_slots_note(view), style="dim"))
    facts = RichTable.grid(padding=(0, 2), pad_edge=True)
    facts.add_column()
    facts.add_row(_label("next slot"), Text(_next_slot(view), style="dim"))
    facts.add_row(_label("time"), Text(_times(view), style="dim"))
    return Group(Text(), grid, facts)


def _label(text: str) -> Text:
    # Filled up here: versions of rich differ in whether the width of a column holds its padding.
    return Text(text.ljust(_LABEL_WIDTH))


def _bar(bar: Bar) -> ProgressBar:
    # Where the end is not known, the bar fills as if one more were to come.
    total = bar.done + 1 if bar.total is None else bar.total
    return ProgressBar(
        total=max(total, 1),
        completed=bar.done,
        width=_BAR_WIDTH,
        complete_style="cyan",
        finished_style="green",
    )


def _slots(view: View) -> ProgressBar:
    budget = view.budget
    return ProgressBar(
        total=budget.limit,
        completed=budget.used,
        width=_BAR_WIDTH,
        complete_style="magenta",
        finished_style="yellow",
    )


def _slots_note(view: View) -> str:
    budget = view.budget
    waiting = f", {budget.waiting} waiting" if budget.waiting else ""
    return f"{budget.used} of {budget.limit}{waiting}"


def _next_slot(view: View) -> str:
    budget = view.budget
    first = next_slot(budget)
    if first is not None:
        return f"in {seconds_text(first, view.speed)}"
    if budget.next_slot == math.inf:
        return "when the shared state is in reach again"
    return "free" if budget.free else "after the next reply"


def _times(view: View) -> str:
    left = time_left(view.budget)
    elapsed = f"{seconds_text(view.elapsed, view.speed)} elapsed"
    return elapsed if left is None else f"{elapsed}, {about_text(left, view.speed)} left"
