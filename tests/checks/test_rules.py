"""Every rule, in every place where it can be broken: the message is as it was, and the correct twin passes.

A case is a spec in which a line ends with `#=> RIGHT`: without that the line is broken, with RIGHT in its place the
spec is correct; an empty RIGHT removes the line. `# v2` in the first line asks the newer API. `UPDATE_GOLDEN=1` writes
the messages anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from applier.checks.rules import RULES
from applier.checks.runner import CHECKS
from applier.kinds import KINDS
from applier.spec.schema.files import read_schema
from tests import golden
from tests.checks.support import FOLDER, CheckSandbox, check, format_findings

CASES = sorted((FOLDER / "cases").glob("*/*.yaml"))
MARK = re.compile(r"^( *)(.*?) +#=> ?(.*)$", re.MULTILINE)
NOT_BY_SPEC = {
    "connection-type-not-offered",
    "unhealthy-connection",
    "not-checkable",
    "schedule-not-offered",
    "missing-bulk-setting",
    "resync-not-offered",
}  # see test_severity_and_repetition.py and test_bulk_syncs.py


def name_of(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


def right(text: str) -> str:
    replaced = MARK.sub(lambda found: found[1] + found[3] if found[3] else "", text)
    return re.sub(r"\n\s*\n", "\n", replaced)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_broken_rule_is_reported(case: Path, shared: CheckSandbox, tmp_path: Path) -> None:
    text = case.read_text("utf-8")
    client = shared.newer if text.startswith("# v2") else shared.client
    broken = tmp_path / "spec.yaml"
    broken.write_text(MARK.sub(r"\1\2", text), "utf-8")
    _, findings = check(client, broken)
    golden.compare(case.with_suffix(".txt"), format_findings(findings, tmp_path))
    assert case.parent.name in {one.code for one in findings}


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_corrected_spec_passes(case: Path, shared: CheckSandbox, tmp_path: Path) -> None:
    text = case.read_text("utf-8")
    client = shared.newer if text.startswith("# v2") else shared.client
    (tmp_path / "spec.yaml").write_text(right(text), "utf-8")
    checks, findings = check(client, tmp_path / "spec.yaml")
    assert format_findings(findings, tmp_path) == "\n"
    assert checks.completed > 0


def test_every_rule_has_a_case() -> None:
    assert {case.parent.name for case in CASES} == RULES.keys() - NOT_BY_SPEC


UNCHECKED_KINDS = {"policies", "roles", "webhooks"}


def test_every_kind_is_checked_or_named_as_unchecked() -> None:
    assert CHECKS.keys() == KINDS.keys() - UNCHECKED_KINDS


def test_the_schema_knows_every_rule() -> None:
    schema = read_schema("spec.schema")
    assert schema is not None
    assert set(schema["properties"]["checks"]["properties"]) == RULES.keys()
