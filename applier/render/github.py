"""The form `github`: workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from applier.diagnostics import Severity
from applier.render.parts.findings import Finding, list_findings
from applier.render.parts.headline import headline
from applier.render.parts.places import HERE, Repository
from applier.report import Report

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Report, repository: Repository = HERE) -> str:
    """Return one line per finding, the worst first since GitHub shows only ten of a level; then the summary."""
    lines = [_format_command(one, repository) for one in list_findings(report)]
    return "\n".join([*lines, f"applier {report.command}: {headline(report)}"])


def _format_command(one: Finding, repository: Repository) -> str:
    properties = {"title": f"{one.summary} [{one.code}]"}
    if one.place:
        path = repository.path(one.place)
        properties = {"file": path, "line": str(one.place.line), "col": str(one.place.column), **properties}
    settings = ",".join(f"{name}={_escape_property(value)}" for name, value in properties.items())
    return f"::{LEVELS[one.severity]} {settings}::{_escape(one.message)}"


def _escape(text: str) -> str:
    """Return a message as the runner reads it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    """Return a property as the runner reads it; its separators are escaped, too."""
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
