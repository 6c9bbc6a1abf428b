"""Findings that appear once, checks that stay silent, and the severity that a spec sets."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from applier import pipeline
from applier.checks.rules import RULES
from applier.diagnostics import Severity
from applier.discovery.live import LiveCatalog
from applier.discovery.offerings import Capabilities
from tests.checks.support import CheckSandbox, check, format_findings

MODEL = "version: 1\nmodels:\n  Customers: {connection: Shop, configuration: {table: company.customers}}\n"
SYNC = """\
  {name}:
    mode: update
    model: Customers
    target: {{connection: {connection}, object: {object}}}
    identity: {{field: email, target: {identity}}}
    fields: {{{fields}}}
    schedule: {{frequency: {frequency}}}
"""
HUBSPOT = {"object": "contacts", "identity": "email", "fields": "firstname: first_name"}
WAREHOUSE = {"object": "CUSTOMERS.CONTACTS", "identity": "EMAIL", "fields": "FIRST_NAME: first_name"}


def sync(name: str, connection: str, frequency: str = "manual", **members: str) -> str:
    return SYNC.format(name=name, connection=connection, frequency=frequency, **members)


def write(folder: Path, text: str) -> Path:
    (folder / "spec.yaml").write_text(text, "utf-8")
    return folder / "spec.yaml"


def test_an_unauthorized_connection_is_reported_once(shared: CheckSandbox, tmp_path: Path) -> None:
    syncs = "".join(sync(f"Sync {number}", "Unfinished", **HUBSPOT) for number in range(5))
    checks, findings = check(shared.client, write(tmp_path, f"{MODEL}syncs:\n{syncs}"))
    assert format_findings(findings, tmp_path) == (
        'spec.yaml:5:3: warning: The connection "Unfinished" is not authorized. '
        "[unhealthy-connection]\n"
        "  hint: fix the connection; resources that use it were not checked\n"
    )
    assert checks.completed > 5


def test_an_unreadable_connection_is_reported_once(workspace: CheckSandbox, tmp_path: Path) -> None:
    workspace.http.post(
        "/_sandbox/faults", json={"path": "/api/connections/*/modelsync/target/fields", "kind": "status", "status": 403}
    ).raise_for_status()
    syncs = "".join(sync(f"Sync {number}", "Warehouse", **WAREHOUSE) for number in range(5))
    _, findings = check(workspace.client, write(tmp_path, f"{MODEL}syncs:\n{syncs}"))
    assert [one.code for one in findings] == ["not-checkable"]
    assert findings[0].severity is Severity.WARNING


REFRESH = {"status": 422, "body": {"message": "cache refresh in progress"}}
UNKNOWN = {  # what fails, and what is said of it: of which connection, and why
    "source being read": ("/api/connections/*/modelsync/source/fields", REFRESH, ("Shop", "422: cache refresh")),
    "target being read": ("/api/connections/*/modelsync/target/fields", REFRESH, ("Warehouse", "422: cache refresh")),
    "no source at all": ("/api/connections/*/modelsync/source*", {"status": 404}, ("Shop", "404")),
    "no target at all": ("/api/connections/*/modelsync/target*", {"status": 404}, ("Warehouse", "404")),
    "forbidden types": ("/api/connection_types", {"status": 403}, ("", "403")),
    "forbidden schedules": ("/api/syncs/schedules", {"status": 403}, ("", "403")),
    "no list of schedules": ("/api/syncs/schedules", {"status": 404}, None),
    "failing": ("/api/connections/*/modelsync/source*", {"status": 500}, ("Shop", "500")),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_an_unavailable_answer_is_reported_once_and_refuses_nothing(
    case: str, workspace: CheckSandbox, tmp_path: Path
) -> None:
    path, fault, said = UNKNOWN[case]
    workspace.http.post("/_sandbox/faults", json={"path": path, "kind": "status", **fault}).raise_for_status()
    syncs = "".join(sync(f"Sync {number}", "Warehouse", **WAREHOUSE) for number in range(3))
    started = time.monotonic()
    checks, findings = check(workspace.client, write(tmp_path, f"{MODEL}syncs:\n{syncs}"))
    assert time.monotonic() - started < 20  # nobody waits a minute for what can go without an answer
    assert [one.code for one in findings] == ([] if said is None else ["not-checkable"])
    if said is not None:
        name, why = said
        about = f'schemas of the connection "{name}"' if name else "connection types or schedules of the workspace"
        assert findings[0].detail.startswith(f"The {about} cannot be read: The service answered {why}")
        assert findings[0].severity is Severity.WARNING
    assert checks.completed > 3


def test_schedules_and_types_that_are_not_offered(
    shared: CheckSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LiveCatalog, "frequencies", lambda self: {"manual": (), "daily": ("hour", "minute")})
    monkeypatch.setattr(LiveCatalog, "types", lambda self: {"mysql": Capabilities()})
    extra = (
        "connections:\n"
        "  Warehouse: {type: snowflake, configuration: {account: a, dbname: d, username: u, password: '${env:X:-a}'}}\n"
        "  New: {type: stripe, configuration: {api_key: '${env:X:-abcdef}', api_version: '2022-08-01'}}\n"
    )
    text = f"{MODEL}{extra}syncs:\n{sync('Case', 'Warehouse', 'weekly', **WAREHOUSE)}"
    text = text.replace("frequency: weekly", "frequency: weekly, day_of_week: 1, hour: 1, minute: 0")
    _, findings = check(shared.client, write(tmp_path, text))
    assert format_findings(findings, tmp_path) == (
        'spec.yaml:6:15: error: connections/New has the type "stripe", which the workspace does not offer. '
        "[connection-type-not-offered]\n"
        'spec.yaml:14:27: error: syncs/Case has the schedule frequency "weekly", which the workspace does not offer. '
        "[schedule-not-offered]\n"
        "  hint: use one of: manual, daily\n"
    )


@pytest.mark.parametrize("word", ["error", "warning", "off"])
def test_the_spec_sets_the_severity_of_findings(word: str, shared: CheckSandbox, tmp_path: Path) -> None:
    members = {**WAREHOUSE, "fields": "NICKNAME: first_name"}
    text = f"{MODEL}checks: {{unknown-target-field: {word}}}\nsyncs:\n{sync('Case', 'Warehouse', **members)}"
    _, findings = check(shared.client, write(tmp_path, text))
    assert [one.severity.value for one in findings] == ([] if word == "off" else [word])


def test_an_unknown_rule_in_the_spec(tmp_path: Path) -> None:
    _, problems = pipeline.load([write(tmp_path, "version: 1\nchecks: {lossy-typ: off}\n")], {})
    assert len(problems) == 1
    assert "lossy-typ" in format_findings(problems, tmp_path)
    assert "lossy-type" in format_findings(problems, tmp_path)


def test_checks_wait_for_connections_that_are_not_live(shared: CheckSandbox, tmp_path: Path) -> None:
    settings = "{hostname: h, port: 3306, account: u, passwd: '${env:X:-abcdef}'}"
    new = f"connections:\n  New: {{type: mysql, configuration: {settings}}}\n"
    text = (
        MODEL.replace("connection: Shop", "connection: New") + new + "syncs:\n" + sync("Case", "Warehouse", **WAREHOUSE)
    )
    checks, findings = check(shared.client, write(tmp_path, text))
    assert findings == ()
    assert checks.deferred_addresses == {"models/Customers", "syncs/Case"}
    assert checks.deferred > 2


def test_a_target_that_another_sync_creates(shared: CheckSandbox, tmp_path: Path) -> None:
    members = {"object": "CUSTOMERS.NEW", "identity": "EMAIL", "fields": "FIRST_NAME: first_name"}
    first = sync("First", "Warehouse", **members).replace("object: CUSTOMERS.NEW", "create: {name: CUSTOMERS.NEW}")
    text = f"{MODEL}syncs:\n{first}{sync('Second', 'Warehouse', **members)}"
    assert check(shared.client, write(tmp_path, text))[1] == ()


def test_missing_answers_are_not_checked(shared: CheckSandbox, tmp_path: Path) -> None:
    """A type of which the sandbox knows no fields accepts any field (docs/api/behaviours.md#target-capabilities)."""
    shared.connect("Unknown", "iterable", {"api_key": "a-key-of-iterable"})
    members = {"object": "a.b", "identity": "anything", "fields": "WHATEVER: first_name"}
    _, findings = check(shared.client, write(tmp_path, f"{MODEL}syncs:\n{sync('Case', 'Unknown', **members)}"))
    assert [one.code for one in findings if "anything" in one.detail or "WHATEVER" in one.detail] == []


def test_the_table_of_rules() -> None:
    assert all(rule.bad != rule.good and rule.summary[-1] != "." and rule.why[-1] == "." for rule in RULES.values())
