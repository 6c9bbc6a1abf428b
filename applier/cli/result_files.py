"""Writes the file of `--result`: checked and reserved before an apply, written after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from applier.cli.console import write_diagnostic, write_error
from applier.saving import check_writable, is_stream, overwrite_file, write_file

if TYPE_CHECKING:
    from applier.report import Report

BYTES_PER_OUTCOME = 1000  # that the outcome of one change may take


def check_files(files: Sequence[str]) -> None:
    """Raise `CommandError` for a file that cannot be written, before anything is applied."""
    for file in files:
        try:
            check_writable(file)
        except OSError as error:
            raise write_error(file, error) from None


def reserve_result(file: str | None, report: Report) -> None:
    """Write what is known before the apply as an interrupted one, with room for the outcomes.

    A process that is killed leaves this behind, and a full disk shows before the apply: raises `CommandError`. Anything
    but an ordinary file, such as a pipe, is written only at the end.
    """
    from applier.render import json

    if file is None or is_stream(file):
        return
    room = " " * BYTES_PER_OUTCOME * len(report.plan.changes if report.plan else ())
    try:
        write_file(file, f"{json.render(replace(report, interrupted=True))}\n{room}\n")
    except OSError as error:
        raise write_error(file, error) from None


def write_result(file: str | None, report: Report) -> Report:
    """Write the report as JSON if a file is given; return it, with a diagnostic if the file cannot be written."""
    from applier.render import json

    if file is None:
        return report
    try:
        _write(file, json.render(report) + "\n")
        return report
    except OSError as error:
        return report.add(write_diagnostic(file, error))


def _write(file: str, content: str) -> None:
    """Replace the file; where the disk has no room for a second one, use the room that was reserved. Raises OSError."""
    try:
        write_file(file, content)
    except OSError as error:
        if is_stream(file):
            raise
        try:
            overwrite_file(file, content)
        except OSError:
            raise error from None
