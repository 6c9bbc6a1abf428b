"""The form `json`: one object for programs, versioned and stable."""

from __future__ import annotations

from dataclasses import asdict

from applier.diagnostics import Diagnostic, Place
from applier.diff import FieldChange
from applier.execute import Outcome, Run
from applier.plan import Action, Change, Plan
from applier.plan.coverage import Coverage
from applier.render.parts.json_text import dump_json
from applier.render.parts.places import HERE, Repository
from applier.report import Report

FORMAT_VERSION = 1
LIVE_CHECKS = "what connections offer"
"""What live checks compare resources with; checks of recorded schemas name the schemas."""


def render(report: Report, _: Repository = HERE) -> str:
    """Return the whole document, indented, with keys in a fixed order. Paths are those that the command was given."""
    document: dict[str, object] = {"format_version": FORMAT_VERSION, "command": report.command}
    if report.declared or report.command == "validate":
        document["declared"] = dict(report.declared)
        document["files"] = report.files
    if report.plan is not None:
        document.update(_plan(report.plan))
    if report.checks is not None:
        one = report.checks
        document["checks"] = {
            "made": one.completed,
            "waiting": one.deferred,
            "findings": len(one.findings),
            "by": one.recorded or LIVE_CHECKS,
        }
    if report.schemas:
        document["schemas"] = {"recorded": report.schemas, "moved": [_diagnostic(one) for one in report.schema_changes]}
    if report.coverage is not None:
        document["coverage"] = _coverage(report.coverage)
    if report.outcomes is not None:
        document["outcomes"] = [_outcome(one) for one in report.outcomes]
    if report.runs is not None:
        document["runs"] = [_run(one) for one in report.runs]
    if report.table is not None:
        document["result"] = report.table.data
    if report.cancelled or report.interrupted:
        document["stopped"] = "interrupted" if report.interrupted else "cancelled"
    document["diagnostics"] = [_diagnostic(one) for one in report.all_diagnostics]
    document["exit_code"] = int(report.exit_code)
    return dump_json(document)


def _coverage(one: Coverage) -> dict[str, object]:
    shares = {**one.by_kind, "all": one.total}
    return {
        "shares": {
            kind: {"live": share.live, "described": share.described, "percent": round(share.percent, 2)}
            for kind, share in shares.items()
        },
        "undescribed": list(one.undescribed),
        "least": one.least,
        "falls_short": one.falls_short,
    }


def _plan(plan: Plan) -> dict[str, object]:
    summary = {action.value: plan.count(action) for action in Action}
    return {
        "summary": {**summary, "unchanged": len(plan.unchanged)},
        "changes": [_change(one) for one in plan.changes],
        "unchanged": list(plan.unchanged),
        "unmanaged": [asdict(one) for one in plan.unmanaged],
        "fingerprint": plan.fingerprint,
        "secrets_not_compared": plan.unknown_secrets,
    }


def _change(one: Change) -> dict[str, object]:
    return {
        "address": one.address,
        "kind": one.kind,
        "name": one.name,
        "id": one.id,
        "action": one.action.value,
        "fields": [_field(each) for each in one.fields],
        "place": _place(one.place),
        "waits_for": list(one.waits_for),
        "later": list(one.deferred),
        "completes": list(one.completes),
        "updated_at": one.updated_at or None,
        "updated_by": one.updated_by or None,
        "why": one.why or None,
        "cause": one.cause or None,
        "blocked": one.blocked or None,
        "history": list(one.history),
    }


def _field(one: FieldChange) -> dict[str, object]:
    members = {"path": one.label, "before": one.before, "after": one.after}
    return {**members, "cause": one.cause} if one.cause else members


def _place(place: Place | None) -> dict[str, object] | None:
    return asdict(place) if place else None


def _diagnostic(one: Diagnostic) -> dict[str, object]:
    return {
        "severity": one.severity.value,
        "code": one.code,
        "summary": one.summary,
        "detail": one.detail,
        "hint": one.hint,
        "address": one.address,
        "place": _place(one.place),
        "related": [_place(place) for place in one.related],
    }


def _outcome(one: Outcome) -> dict[str, object]:
    return {
        "address": one.address,
        "action": one.action.value,
        "status": one.status.value,
        "place": _place(one.place),
        "id": one.id,
        "message": one.message or None,
        "hint": one.hint,
        "differs": [_field(each) for each in one.differs],
        "findings": [_diagnostic(each) for each in one.findings],
    }


def _run(one: Run) -> dict[str, object]:
    return {
        "address": one.address,
        "target": one.target or None,
        "id": one.id or None,
        "status": one.status,
        "counts": dict(one.counts),
        "errors": list(one.errors),
        "started_at": one.started_at or None,
        "completed_at": one.completed_at or None,
        "next_at": one.next_at or None,
    }
