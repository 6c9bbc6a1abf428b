"""The files that tell the outcome of an apply: tried before anything is done, written when all is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from applier.cli.console import unusable_file, unwritten
from applier.system import write_text

if TYPE_CHECKING:
    from applier.report import Report

ROOM = 1000  # bytes that the outcome of a change may take


def tried(files: Sequence[str]) -> None:
    """Raises `Unusable` for a file that could not be written: better now than after the apply."""
    for file in files:
        try:
            Path(file).open("a", encoding="utf-8").close()
        except OSError as error:
            raise unusable_file(file, error) from None


def reserved(file: str | None, report: Report) -> None:
    """Write what is known before the apply, with room for its outcome: who dies on the way leaves "interrupted" behind.

    Raises `Unusable` when there is no room. What is no ordinary file, such as a pipe, is written once, at the end.
    """
    from applier.render.json import render

    if file is None or not Path(file).is_file():
        return
    room = " " * ROOM * len(report.plan.changes if report.plan else ())
    try:
        write_text(file, f"{render(replace(report, interrupted=True))}\n{room}\n")
    except OSError as error:
        raise unusable_file(file, error) from None


def written_to(file: str | None, report: Report) -> Report:
    """The report, written to a file as JSON if one is given; that this failed is added to it."""
    from applier.render.json import render

    if file is None:
        return report
    try:
        write_text(file, render(report) + "\n")
        return report
    except OSError as error:
        return replace(report, diagnostics=(*report.diagnostics, unwritten(file, error)))
