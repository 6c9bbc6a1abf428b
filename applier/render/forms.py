"""Every form of a report by its name; only the module of the one that is asked for is loaded."""

from __future__ import annotations

from importlib import import_module

from applier.render.parts.places import HERE, Repository
from applier.report import Report

ALONE = ("text", "json")
WITH_PLACES = ("markdown", "html", "github", "junit", "sarif")
"""Forms that are read elsewhere, and so tell files from the top of the repository."""

FORMS = (*ALONE, *WITH_PLACES)


def render_report(report: Report, form: str, repository: Repository = HERE) -> str:
    """The report in that form, without a newline at the end."""
    render = import_module(f"applier.render.{form}").render
    told: str = render(report, repository) if form in WITH_PLACES else render(report)
    return told
