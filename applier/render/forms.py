"""The output forms. A new form is a module `render/NAME.py` with a function `render`, and its name in this file."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from applier.render.parts.places import Repository
    from applier.report import Report

GENERAL_FORMS = ("text", "json", "markdown")
"""The forms that every command with a result offers."""

FORMS = (*GENERAL_FORMS, "html", "github", "junit", "sarif")
"""The choices of `-o` and `--report` for commands that read a spec."""


GRAPH_FORMS = ("text", "dot", "mermaid", "svg")
"""The choices of `graph -o`; `render.diagram` has a function for each."""


def render_report(report: Report, form: str, repository: Repository | None = None) -> str:
    """Return the report in a form, without a newline at the end. Only the module of that form is loaded."""
    from applier.render.parts.places import HERE

    render: Callable[[Report, Repository], str] = import_module(f"applier.render.{form}").render
    return render(report, repository or HERE)
