"""Bulk syncs and enrichments as a user meets their checks: in plan and apply, recorded and drifting."""

from __future__ import annotations

import json
import re

import pytest

from applier.sandbox import inprocess
from tests.checks.support import SHOP_AND_WAREHOUSE, Service, alter_source
from tests.workspace import Workspace

SPEC = (
    SHOP_AND_WAREHOUSE
    + """\
  Apollo:
    type: apollo
    configuration: {apikey: "${env:PASSWD:-secret-word}"}
models:
  Customers:
    connection: Shop
    configuration: {table: company.customers}
    enricher: {connection: Apollo, configuration: {object: people}, mappings: {email: email}}
bulk_syncs:
  Copy:
    source: {connection: Shop}
    destination: {connection: Warehouse, configuration: {schema: shop}}
    mode: replicate
    schemas:
      company.customers:
        fields: [id, first_name]
        tracking_field: seen
      company.orders:
    schedule: {frequency: manual}
"""
)
BROKEN = (
    SPEC.replace("first_name]", "forename]").replace("company.orders", "company.order").replace("l: email}", "l: mail}")
)
SAID = """\
spec.yaml:16:87: error: models/Customers maps the enrichment input "mail", but the enrichment has no such input. \
[enrichment-input]
  hint: did you mean "email"?
spec.yaml:24:22: error: bulk_syncs/Copy uses the field "forename", but company.customers has no such field. \
[unknown-source-field]
  hint: did you mean "first_name"?
spec.yaml:26:7: error: bulk_syncs/Copy copies the schema "company.order", but the connection "Shop" has no such \
schema. [unknown-schema]
  hint: did you mean "company.orders"?
"""


@pytest.fixture
def applied(applier: Workspace) -> Workspace:
    applier.write("spec.yaml", SPEC)
    result = applier("apply", "spec.yaml", "--yes")
    assert result.code == 0, result.err
    return applier


@pytest.mark.parametrize("version", ["2024-02-08", "2025-09-18"])
def test_a_finding_stops_a_plan(version: str, applied: Workspace) -> None:
    applied.write("spec.yaml", BROKEN)
    result = applied("plan", "spec.yaml", "--api-version", version)
    assert (result.code, result.err) == (1, SAID)


def test_deferred_checks_run_right_before_the_write(applier: Workspace) -> None:
    applier.write("spec.yaml", BROKEN)
    result = applier("apply", "spec.yaml", "--yes", "-o", "json", "-v")
    assert result.code == 4
    outcomes = {one["address"]: one for one in result.json["outcomes"]}
    assert {name: [each["code"] for each in one["findings"]] for name, one in outcomes.items() if one["findings"]} == {
        "models/Customers": ["enrichment-input"],
        "bulk_syncs/Copy": ["unknown-source-field", "unknown-schema"],
    }
    asked = [line for line in result.err.splitlines() if "/bulksync/source" in line or "/schemas/" in line]
    assert "/schemas/status" in asked[0]  # the service is made to read the schemas before it is asked for them
    assert "/bulksync/source" in asked[-1]


def test_schemas_are_recorded(applied: Workspace) -> None:
    recorded = applied("schema", "--snapshot", "spec.yaml")
    assert recorded.code == 0
    assert recorded.err == (
        "recorded 1 source, 1 enrichment, 1 bulk source and 1 bulk destination of 3 connections in "
        "applier.schemas.json\n"
    )
    content = (applied.folder / "applier.schemas.json").read_text("utf-8")
    told = json.loads(content)["connections"]
    assert sorted(told) == ["Apollo", "Shop", "Warehouse"]
    assert told["Shop"]["bulk_source"]["schemas"]["company.customers"]["seen"]["type"] == "datetime"
    assert told["Warehouse"]["bulk_destination"]["modes"] == ["replicate", "snapshot"]
    assert told["Apollo"]["enrichments"] == {"object=people": [["email"], ["first_name", "company"]]}
    assert "secret-word" not in content
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", content)
    assert applied("validate", "spec.yaml", APPLIER_SANDBOX="").err == ""
    applied.write("spec.yaml", BROKEN)
    offline = applied("validate", "spec.yaml", APPLIER_SANDBOX="")
    assert (offline.code, offline.err) == (1, SAID)


def test_only_names_are_recorded_of_schemas_that_are_not_copied(applied: Workspace) -> None:
    applied.write("spec.yaml", SPEC.replace("      company.orders:\n", ""))
    applied("schema", "--snapshot", "spec.yaml")
    told = json.loads((applied.folder / "applier.schemas.json").read_text("utf-8"))["connections"]
    assert told["Shop"]["bulk_source"]["schemas"]["company.orders"] is None


def test_drift_reports_changes_of_copied_schemas(applied: Workspace) -> None:
    applied("schema", "--snapshot", "spec.yaml")
    assert applied("drift", "spec.yaml").err == ""
    alter_source(
        applied.folder,
        'ALTER TABLE "company.customers" DROP COLUMN first_name',
        'ALTER TABLE "company.orders" RENAME TO "company.other"',
    )
    said = applied("drift", "spec.yaml").err
    hint = "  hint: update the spec if it uses what has changed, then record again: applier schema --snapshot\n"
    assert said == (
        "spec.yaml:15:20: warning: company.customers, read by models/Customers, has changed: removed first_name. "
        "[schema-moved]\n"
        f"{hint}"
        "spec.yaml:23:7: warning: company.customers, copied by bulk_syncs/Copy, has changed: removed first_name. "
        "[schema-moved]\n"
        f"{hint}"
        "spec.yaml:26:7: warning: company.orders, copied by bulk_syncs/Copy, no longer exists. [schema-moved]\n"
        f"{hint}"
    )


FROM_OUTSIDE = SPEC.replace("company.customers:", "company.customers:  # in full").replace(
    "fields: [id, first_name]", "fields: ['${env:FIELD}', {id: '${env:OTHER}', obfuscate: true}]"
).replace("tracking_field: seen", "tracking_field: '${env:TRACKED}'").replace(
    "mappings: {email: email}", "mappings: {email: '${env:INPUT}'}, fields: ['${env:ADDED}']"
) + """\
  List:
    source: {connection: Shop}
    destination: {connection: Warehouse}
    mode: replicate
    schemas: ['${env:SCHEMA}']
    data_cutoff_timestamp: '${env:CUTOFF}'
    schedule: {frequency: manual}
"""  # fmt: skip
NAMES = {
    "FIELD": "email", "OTHER": "first_name", "TRACKED": "seen", "INPUT": "email", "ADDED": "title",
    "SCHEMA": "company.orders", "CUTOFF": "2024-01-02",
}  # fmt: skip


def test_names_that_come_from_the_environment(applier: Workspace) -> None:
    """They are looked up, sent and shown as they are; only settings and values are secrets."""
    applier.write("spec.yaml", FROM_OUTSIDE)
    planned = applier("plan", "spec.yaml", "-o", "json", **NAMES)
    assert (planned.code, planned.err) == (0, "")
    assert [one for one in planned.json["changes"] if "(sensitive)" in json.dumps(one["fields"])] == [
        one for one in planned.json["changes"] if one["kind"] == "connections"
    ]
    assert applier("apply", "spec.yaml", "--yes", **NAMES).code == 0
    assert applier("plan", "spec.yaml", "--detailed-exitcode", **NAMES).code == 0
    wrong = applier("validate", "spec.yaml", "--live", **{**NAMES, "SCHEMA": "company.order", "OTHER": "forename"})
    assert wrong.err == (
        'spec.yaml:24:39: error: bulk_syncs/Copy uses the field "forename", but company.customers has no such field. '
        "[unknown-source-field]\n"
        '  hint: did you mean "first_name"?\n'
        'spec.yaml:32:15: error: bulk_syncs/List copies the schema "company.order", but the connection "Shop" has no '
        "such schema. [unknown-schema]\n"
        '  hint: did you mean "company.orders"?\n'
    )


@pytest.mark.parametrize("command", ["schema --snapshot", "drift"])
def test_unavailable_schemas_are_reported_and_are_no_drift(
    command: str, applied: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied("schema", "--snapshot", "spec.yaml")
    real = inprocess.transport
    answers = {"/bulksync/source": (403, "not permitted")}
    monkeypatch.setattr(inprocess, "transport", lambda *given, **named: Service(real(*given, **named), answers))
    result = applied(*command.split(), "spec.yaml")
    said = [line for line in result.err.splitlines() if "[" in line]
    assert (result.code, len(said)) == (0, 1)
    assert said[0].startswith('spec.yaml:3:3: warning: The schemas of the connection "Shop" cannot be read: ')
