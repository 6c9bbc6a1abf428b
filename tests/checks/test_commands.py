"""Checks in plan, apply, validate, schema and drift, and the explanation of rules."""

from __future__ import annotations

import json
import re

import pytest

from applier.checks.rules import RULES
from tests.checks.support import SHOP_AND_WAREHOUSE, alter_source
from tests.workspace import Result, Workspace

SPEC = (
    SHOP_AND_WAREHOUSE
    + """\
models:
  Customers:
    connection: Shop
    configuration: {table: company.customers}
syncs:
  Contacts:
    mode: replace
    model: Customers
    target: {connection: Warehouse, object: CUSTOMERS.CONTACTS}
    fields:
      EMAIL: email
      FIRST_NAME: first_name
    schedule: {frequency: manual}
    active: true
"""
)
BROKEN = SPEC.replace("FIRST_NAME: first_name", "FIRST_NAME: forename")


def apply_spec(applier: Workspace, text: str = SPEC) -> Result:
    applier.write("spec.yaml", text)
    result = applier("apply", "spec.yaml", "--yes", "--parallelism", "1")
    assert result.code == 0, result.err
    return result


def test_plan_says_how_much_was_checked(applier: Workspace) -> None:
    applier.write("spec.yaml", SPEC)
    first = applier("plan", "spec.yaml")
    assert "Live checks: 5 passed, 6 deferred until apply (they need resources created by this plan).\n" in first.out
    assert applier("plan", "spec.yaml", "-o", "json").json["checks"] == {
        "made": 5, "waiting": 6, "findings": 0, "by": "what connections offer",
    }  # fmt: skip
    assert "Checks:" not in applier("plan", "spec.yaml", "--no-checks").out
    apply_spec(applier)
    assert "Checks:" not in applier("plan", "spec.yaml").out
    applier.write("spec.yaml", SPEC.replace("mode: replace", "mode: append"))
    assert re.search(r"^Live checks: \d+ passed\.$", applier("plan", "spec.yaml").out, re.M)


def test_a_finding_stops_plan_and_apply(applier: Workspace) -> None:
    apply_spec(applier)
    applier.write("spec.yaml", BROKEN)
    for command in (("plan", "spec.yaml"), ("apply", "spec.yaml", "--yes")):
        result = applier(*command)
        assert result.code == 1
        assert result.err == (
            'spec.yaml:20:19: error: syncs/Contacts uses the field "forename", but company.customers has no such '
            'field. [unknown-source-field]\n  hint: did you mean "first_name"?\n'
        )
        assert "\nCannot be applied: 1 error; 1 to update" in result.out
    assert applier("plan", "spec.yaml", "--no-checks").code == 0


def test_deferred_checks_run_right_before_the_write(applier: Workspace) -> None:
    applier.write("spec.yaml", BROKEN + "  After:\n" + BROKEN.split("  Contacts:\n")[1].replace("forename", "email")
                  .replace("{frequency: manual}", "{frequency: runafter, run_after: {syncs: [Contacts]}}"))  # fmt: skip
    result = applier("apply", "spec.yaml", "--yes", "-o", "json", "--parallelism", "1")
    assert result.code == 4
    outcomes = {one["address"]: one for one in result.json["outcomes"]}
    assert {one["status"] for name, one in outcomes.items() if "sync" not in name} == {"done"}
    failed = outcomes["syncs/Contacts"]
    assert (failed["status"], failed["message"]) == ("failed", "Live check failed; not applied.")
    assert [one["code"] for one in failed["findings"]] == ["unknown-source-field"]
    assert failed["findings"][0]["place"]["line"] == 20
    assert outcomes["syncs/After"]["status"] == "skipped"
    text = applier("apply", "spec.yaml", "--yes")
    assert text.code == 1  # by now everything can be known before


def test_an_unchanged_sync_is_checked_when_its_model_changes(applier: Workspace) -> None:
    apply_spec(applier)
    applier.write("spec.yaml", SPEC.replace("{table: company.customers}", "{query: 'SELECT id, email FROM customers'}"))
    result = applier("plan", "spec.yaml")
    assert result.code == 1
    assert 'syncs/Contacts uses the field "first_name", but the query has no such field.' in result.err


def test_a_plan_without_changes_asks_nothing(applier: Workspace) -> None:
    apply_spec(applier)
    asked = applier("plan", "spec.yaml", "-v").err
    assert "modelsync" not in asked
    assert "schedules" not in asked


def test_validate_live(applier: Workspace) -> None:
    applier.write("spec.yaml", SPEC)
    assert applier("validate", "spec.yaml", "--live").out.endswith(
        "Live checks: 5 passed, 6 deferred (they need connections that are not live yet).\n"
    )
    apply_spec(applier)
    alter_source(applier.folder, 'ALTER TABLE "company.customers" DROP COLUMN first_name')
    result = applier("validate", "spec.yaml", "--live")
    assert result.code == 1
    assert "[unknown-source-field]" in result.err
    assert applier("validate", "spec.yaml").code == 0


ALTERED = {
    "dropped": ("DROP COLUMN first_name", 'spec.yaml:20:19: error: syncs/Contacts uses the field "first_name"'),
    "renamed": (
        "RENAME COLUMN first_name TO forename",
        'uses the field "first_name", but company.customers has no such field',
    ),
    "gone": ("RENAME TO other", 'reads the table "company.customers", but the connection "Shop" has no such table'),
}


@pytest.mark.parametrize("what", ALTERED)
def test_altered_tables_are_reported(what: str, applier: Workspace) -> None:
    apply_spec(applier)
    statement, said = ALTERED[what]
    alter_source(applier.folder, f'ALTER TABLE "company.customers" {statement}')
    assert said in applier("validate", "spec.yaml", "--live").err


def test_an_altered_type_is_reported(applier: Workspace) -> None:
    text = SPEC.replace("CUSTOMERS.CONTACTS", "CUSTOMERS.PEOPLE").replace(
        "FIRST_NAME: first_name", "ID: id\n      AGE: age"
    )
    apply_spec(applier, text)
    alter_source(
        applier.folder,
        'ALTER TABLE "company.customers" DROP COLUMN age',
        'ALTER TABLE "company.customers" ADD COLUMN age TEXT varchar(20)',
    )
    result = applier("validate", "spec.yaml", "--live")
    assert result.code == 0
    assert "text that is not a number is rejected. [lossy-type]" in result.err


def test_recorded_schemas(applier: Workspace) -> None:
    apply_spec(applier)
    recorded = applier("schema", "--snapshot", "spec.yaml")
    assert (recorded.code, recorded.out) == (0, "")
    assert recorded.err == "recorded 1 source and 1 target of 2 connections in applier.schemas.json\n"
    content = (applier.folder / "applier.schemas.json").read_text("utf-8")
    told = json.loads(content)
    assert sorted(told["connections"]) == ["Shop", "Warehouse"]
    assert "ann@example.com" not in content
    assert "secret-word" not in content
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", content)
    offline = applier("validate", "spec.yaml", APPLIER_SANDBOX="")
    assert re.search(r"^Checks against applier.schemas.json of \S+, taken today: \d+ passed\.$", offline.out, re.M)
    applier.write("spec.yaml", BROKEN.replace("CUSTOMERS.CONTACTS", "CUSTOMERS.CONTACT"))
    broken = applier("validate", "spec.yaml", APPLIER_SANDBOX="")
    assert broken.code == 1
    assert re.findall(r"\[([a-z-]+)\]$", broken.err, re.M) == ["unknown-target", "unknown-source-field"]


def test_how_old_recorded_schemas_are(applier: Workspace) -> None:
    apply_spec(applier)
    applier("schema", "--snapshot", "spec.yaml", "other.json")
    content = (applier.folder / "other.json").read_text("utf-8")
    applier.write("applier.schemas.json", re.sub(r'"taken": "[^"]*"', '"taken": "2026-01-02T00:00:00+00:00"', content))
    old = r"applier.schemas.json of 2026-01-02, \d+ days old: \d+ passed\.$"
    assert re.search(old, applier("validate", "spec.yaml").out, re.M)


@pytest.mark.parametrize("connections", [None, [], {"Shop": []}, {"Shop": {"sources": []}}, {"Shop": {"objects": 1}}])
def test_a_file_without_schemas_is_refused(connections: object, applier: Workspace) -> None:
    applier.write("spec.yaml", SPEC)
    content = {"format": "applier-schemas", "format_version": 1, "taken": "", "frequencies": {}}
    for document in ({}, {**content, "connections": connections}, {**content, "connections": {}, "format_version": 2}):
        applier.write("applier.schemas.json", json.dumps(document))
        assert "[bad-schemas]" in applier("validate", "spec.yaml").err
    applier.write("applier.schemas.json", json.dumps({**content, "connections": {}}))
    assert applier("validate", "spec.yaml").err == ""


def test_recorded_twice_is_the_same_but_for_the_date(applier: Workspace) -> None:
    apply_spec(applier)
    contents = []
    for name in ("a.json", "b.json"):
        applier("schema", "--snapshot", "spec.yaml", name)
        contents.append(re.sub(r'"taken": "[^"]*"', "", (applier.folder / name).read_text("utf-8")))
    assert contents[0] == contents[1]


def test_drift_reports_changed_schemas(applier: Workspace) -> None:
    apply_spec(applier)
    applier("schema", "--snapshot", "spec.yaml")
    still = applier("drift", "spec.yaml")
    assert (still.code, still.err) == (0, "")
    alter_source(applier.folder, 'ALTER TABLE "company.customers" DROP COLUMN first_name')
    result = applier("drift", "spec.yaml")
    assert result.code == 2
    assert re.sub(r"\d{4}-\d\d-\d\d", "<date>", result.out).endswith(
        "Schema drift: 1 object changed since applier.schemas.json of <date>.\n"
    )
    assert result.err == (
        "spec.yaml:12:20: warning: company.customers, read by models/Customers, has changed: removed first_name. "
        "[schema-moved]\n"
        "  also: spec.yaml:20:19\n"
        "  hint: update the spec if it uses what has changed, then record again: applier schema --snapshot\n"
    )
    assert [one["code"] for one in applier("drift", "spec.yaml", "-o", "json").json["schemas"]["moved"]] == [
        "schema-moved"
    ]


NOT_A_SOURCE = """\
not-a-source (error): Connection is not a source

The connection type has no source capability.

wrong:
    # a model over something that is only written to
    connection: Webhook
right:
    connection: MySQL Connection

In the spec, `checks: {not-a-source: warning}` makes it a warning; `off`
disables it.
"""


def test_explain(applier: Workspace) -> None:
    assert applier("explain", "not-a-source").out == NOT_A_SOURCE
    assert "lossy-type (warning)" in applier("explain", "lossy-type").out
    assert len(applier("explain").out.splitlines()) == len(applier("explain", "-o", "json").json)
    assert 'did you mean "lossy-type"?' in applier("explain", "lossy-typ").err
    assert max(len(line) for code in RULES for line in applier("explain", code).out.splitlines()) <= 80
