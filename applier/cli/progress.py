"""Shows progress on stderr: a live line with counts and elapsed time in a terminal, otherwise a line per event."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


class Progress:
    """A context manager around the work. `hide` returns a text without secrets."""

    def __init__(self, *, live: bool, quiet: bool, hide: Callable[[str], str] = str) -> None:
        self._live = live
        self._hide = hide
        self._quiet = quiet
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        if self._live:
            self._bar = _create_bar()
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def begin(self, activity: str, total: int | None = None) -> None:
        """Show an activity of `total` steps in the live line, in place of the activity before."""
        if self._bar:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task = self._bar.add_task(activity, total=total)

    def line(self, text: str) -> None:
        """Print one event, without secrets."""
        text = self._hide(text)
        if self._bar:
            self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)
        elif not self._quiet:
            try:
                click.echo(text, err=True)
            except OSError:  # the reader is gone, which must not stop an apply half-way
                self._quiet = True

    def step(self) -> None:
        """Count one step as done."""
        if self._bar and self._task is not None:
            self._bar.advance(self._task)


def _create_bar() -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True)
