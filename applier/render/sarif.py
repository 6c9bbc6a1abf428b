"""The form `sarif`: SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
from urllib.parse import quote

from applier import __version__
from applier.diagnostics import Severity
from applier.diagnostics.characters import escape_json
from applier.plan.changes import digest
from applier.render.parts.findings import Finding, list_findings
from applier.render.parts.places import HERE, Repository
from applier.report import ExitCode, Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def render(report: Report, repository: Repository = HERE) -> str:
    """Return one run with a rule per code and a result per finding."""
    findings = list_findings(report)
    codes = list(dict.fromkeys(one.code for one in findings))
    summaries = {one.code: one.summary for one in reversed(findings)}
    any_file = next((repository.path(one.place) for one in findings if one.place), repository.folder or ".")
    run = {
        "tool": {
            "driver": {
                "name": "applier",
                "version": __version__,
                "rules": [_rule(code, summaries[code]) for code in codes],
            }
        },
        "automationDetails": {"id": f"applier/{report.command}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": report.exit_code in (ExitCode.OK, ExitCode.PENDING),
                "exitCode": int(report.exit_code),
            }
        ],
        "results": [_result(one, codes.index(one.code), repository, any_file) for one in findings],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return escape_json(json.dumps(document, indent=2, ensure_ascii=False))


def _rule(code: str, summary: str) -> dict[str, object]:
    return {"id": code, "shortDescription": {"text": summary}}


def _result(one: Finding, rule: int, repository: Repository, any_file: str) -> dict[str, object]:
    file = (
        repository.path(one.place) if one.place else any_file
    )  # GitHub rejects all results if one of them has no file
    line, column = (one.place.line, one.place.column) if one.place else (1, 1)
    where: dict[str, object] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(file.encode("utf-8", "surrogateescape"))},
            "region": {"startLine": max(1, line), "startColumn": max(1, column)},
        }
    }
    if one.address:
        where["logicalLocations"] = [{"fullyQualifiedName": one.address, "kind": "resource"}]
    return {
        "ruleId": one.code,
        "ruleIndex": rule,
        "level": LEVELS[one.severity],
        "message": {"text": one.message},
        "locations": [where],
        "partialFingerprints": {"finding/v1": digest([one.code, one.address, one.lines[0]])},
    }
