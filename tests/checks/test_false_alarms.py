"""Specs that the service would accept pass: unusual answers, open choices, values that may fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checks.support import V1, V2, CheckSandbox, Service, check, client_of, format_findings

SPEC = """\
version: 1
models:
  Customers:
    connection: Shop
    configuration: {{table: company.customers}}
syncs:
  Before:
    mode: update
    model: Customers
    target: {{connection: Warehouse, object: CUSTOMERS.CONTACTS}}
    identity: {{field: email, target: EMAIL}}
    fields: {{FIRST_NAME: first_name}}
    schedule: {{frequency: manual}}
  Case:
    mode: update
    model: Customers
    target: {{connection: HubSpot, object: contacts}}
    identity: {{field: email, target: email}}
    fields: {{{fields}}}
    schedule: {{{schedule}}}
"""
EMAIL = {"id": "email", "type": "string", "updateable": True, "createable": True, "supports_identity": True}
MODES = [{"mode": "update", "requires_identity": True}]
ENDS = ("/modelsync/target/fields", "/syncs/schedules")


def field(id: str, **members: object) -> dict[str, object]:
    return {"id": id, "name": id, "type": "string", "createable": True, "updateable": True, **members}


def said(
    shared: CheckSandbox,
    folder: Path,
    fields: str = "a: first_name",
    target: dict[str, object] | None = None,
    schedule: str = "frequency: manual",
    options: list[dict[str, object]] | None = None,
    version: str = V2,
) -> str:
    answers: dict[str, tuple[int, object]] = {}
    if target is not None:
        answers[ENDS[0]] = (200, {"id": "contacts", "modes": MODES, "properties": {}, **target})
    if options is not None:
        answers[ENDS[1]] = (200, {"schedule_options": options})
    (folder / "spec.yaml").write_text(SPEC.format(fields=fields, schedule=schedule), "utf-8")
    with client_of(Service(shared.transport, answers), version) as client:
        findings = tuple(one for one in check(client, folder / "spec.yaml")[1] if one.address == "syncs/Case")
        return format_findings(findings, folder)


CHOICES = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]
FINE = {
    "several choices at once": ("x: {value: a;b}", [field("x", values=CHOICES)]),
    "a truth among choices": (
        "x: {value: 'true'}", [field("x", type="boolean", values=[{"value": "true"}, {"value": "false"}])],
    ),
    "a type that nobody knows": ("x: first_name", [field("x", type="geography", source_type="GEOGRAPHY(4326)")]),
    "no type": ("x: age", [field("x", type=None)]),
    "no word on writing": ("x: first_name", [{"id": "x", "name": "x"}]),
    "a field that is named only": ("x: first_name", [{"name": "x"}]),
    "required, but not of updates": ("x: first_name", [field("x"), field("y", required=True)]),
    "an unlimited text into a limited one": ("x: email", [field("x", source_type="varchar(9000)")]),
    "texts for numbers": ("x: age", [field("x", source_type="text")]),
}  # fmt: skip


@pytest.mark.parametrize("case", FINE)
def test_fields(case: str, shared: CheckSandbox, tmp_path: Path) -> None:
    fields, known = FINE[case]
    assert said(shared, tmp_path, fields, {"fields": [EMAIL, *known]}) == "\n"


@pytest.mark.parametrize(
    "target",
    [{"fields": None}, {"fields": []}, {"modes": None, "fields": [EMAIL, field("x")]}],
    ids=str,
)  # fmt: skip
def test_undescribed_targets_are_accepted(target: dict[str, object], shared: CheckSandbox, tmp_path: Path) -> None:
    assert said(shared, tmp_path, "x: {field: first_name, new: true}", {"properties": None, **target}) == "\n"


def test_json_may_hold_anything(shared: CheckSandbox, tmp_path: Path) -> None:
    fields = [EMAIL, field("x", type="array"), field("y", type="number")]
    found = said(shared, tmp_path, "x: tags, y: tags", {"fields": fields})
    assert [one.split()[1] for one in found.splitlines()] == ["warning:", "warning:"]


def test_a_length_that_nobody_chose(shared: CheckSandbox, tmp_path: Path) -> None:
    """Snowflake's texts are VARCHAR(16777216) unless somebody says less."""
    spec = SPEC.replace("connection: Shop", "connection: Warehouse").replace("company.customers", "CUSTOMERS.CONTACTS")
    text = spec.format(fields="x: FIRST_NAME", schedule="frequency: manual").replace("field: email", "field: EMAIL")
    (tmp_path / "spec.yaml").write_text(text.replace("FIRST_NAME: first_name", "FIRST_NAME: LAST_NAME"), "utf-8")
    answers = {ENDS[0]: (200, {"id": "c", "modes": MODES, "fields": [EMAIL, field("x", source_type="varchar(50)"),
                                                                     field("EMAIL", supports_identity=True),
                                                                     field("FIRST_NAME")]})}  # fmt: skip
    with client_of(Service(shared.transport, answers)) as client:
        assert check(client, tmp_path / "spec.yaml")[1] == ()


OPTIONS = [
    {"frequency": "runafter", "configuration": {"required": ["run_after", "run_after_success_only"]}},
    {"frequency": "dbtcloud", "configuration": {"required": ["connection_id", "job_id"]}},
    {"frequency": "manual", "configuration": {}},
    {"frequency": "weekly", "configuration": None},
]
SCHEDULES = (
    "frequency: runafter, run_after: {syncs: [Before]}",
    "frequency: dbtcloud, connection: HubSpot, job_id: 1",
    "frequency: weekly, day_of_week: 1, hour: 2, minute: 3",
)


@pytest.mark.parametrize("version", [V1, V2])
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_schedules_in_the_words_of_the_spec(schedule: str, version: str, shared: CheckSandbox, tmp_path: Path) -> None:
    assert said(shared, tmp_path, "firstname: first_name", None, schedule, OPTIONS, version) == "\n"


def test_the_size_of_a_native_type_may_have_any_number_of_digits(shared: CheckSandbox, tmp_path: Path) -> None:
    target = {"fields": [EMAIL, field("a", source_type=f"varchar({'9' * 5000})")]}
    assert said(shared, tmp_path, target=target) == "\n"
