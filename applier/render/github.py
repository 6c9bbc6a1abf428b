"""A report as workflow commands: GitHub shows each beside its line of a pull request."""

from __future__ import annotations

from applier.diagnostics import Severity
from applier.render import text
from applier.render.parts.findings import Finding, findings
from applier.render.parts.places import HERE, Repository
from applier.report import Report

WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Report, repository: Repository = HERE) -> str:
    """One line per finding, the worst first since GitHub shows only ten of a sort; the sum last, for the log."""
    lines = [_command(one, repository) for one in findings(report)]
    return "\n".join([*lines, f"applier {report.command}: {text.headline(report)}"])


def _command(one: Finding, repository: Repository) -> str:
    properties = {"title": f"{one.summary} [{one.code}]"}
    if one.place:
        path = repository.path(one.place)
        properties = {"file": path, "line": str(one.place.line), "col": str(one.place.column), **properties}
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{WORDS[one.severity]} {told}::{_data(one.message)}"


def _data(words: str) -> str:
    """As the runner reads a message."""
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    """As the runner reads a property: its separators, too."""
    return _data(words).replace(":", "%3A").replace(",", "%2C")
