"""Checks of bulk syncs against their source and destination, in every form of the answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checks.support import V1, V2, CheckSandbox, Service, check, client_of, format_findings

SPEC = """\
version: 1
bulk_syncs:
  Copy:
    source: {connection: Shop}
    destination: {connection: Warehouse, configuration: {DESTINATION}}
    mode: replicate
    schemas: {company.customers: {tracking_field: seen}}
    schedule: {frequency: manual}
    additional_schedules:
      - {frequency: weekly, day_of_week: 0, hour: 4, minute: 0, resync_mode: rebuild}
"""
DESTINATION = "/bulksync/target"
SOURCE = "/bulksync/source"
MODEL = "models:\n  Customers: {connection: Shop, configuration: {table: company.custmers}}\n"


def findings(
    shared: CheckSandbox, folder: Path, text: str, version: str = V2, **answers: tuple[int, object]
) -> tuple[str, list[str]]:
    """What is said, and the requests that it took."""
    service = Service(shared.transport, {globals()[name]: answer for name, answer in answers.items()})
    (folder / "spec.yaml").write_text(text, "utf-8")
    shared.requests()
    with client_of(service, version) as client:
        return format_findings(check(client, folder / "spec.yaml")[1], folder), shared.requests()


def destination(configuration: object, **members: object) -> tuple[int, object]:
    return 200, {"configuration": configuration, "modes": [{"id": "replicate", "label": "Replicate"}], **members}


FORMS = {
    "each": {
        "path": {"default": "", "items": None, "required": True},
        "format": {"default": "csv", "items": ["csv", "json"], "required": True},
        "advanced": {"items": {"truncate_existing": {"default": "", "items": None, "required": False}}},
    },
    "json-schema": {
        "type": "object",
        "properties": {"path": {"type": "string"}, "format": {"type": "string", "default": "csv"}, "advanced": {}},
        "required": ["path", "format"],
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_a_setting_that_is_required(form: str, shared: CheckSandbox, tmp_path: Path) -> None:
    text = SPEC.partition("    additional_schedules")[0]
    said, _ = findings(shared, tmp_path, text.replace("DESTINATION", "paht: x"), DESTINATION=destination(FORMS[form]))
    assert said == (
        'spec.yaml:5:42: error: bulk_syncs/Copy does not set "path" of its destination, which the connection '
        '"Warehouse" requires. [missing-bulk-setting]\n  hint: add it to destination.configuration\n'
        'spec.yaml:5:58: warning: bulk_syncs/Copy sets "paht" of its destination, but the connection "Warehouse" has '
        'no such setting. [unknown-bulk-setting]\n  hint: did you mean "path"?\n'
    )
    for right in ("path: x", "path: x, whatever: 1"):
        answer = destination(FORMS[form])
        assert findings(shared, tmp_path, text.replace("DESTINATION", right), DESTINATION=answer)[0] == "\n"


def test_what_is_live_counts_as_given(workspace: CheckSandbox, tmp_path: Path) -> None:
    ids = {one["name"]: one["id"] for one in workspace.http.get("/api/connections").json()["data"]}
    body = {
        "name": "Copy",
        "source_connection_id": ids["Shop"],
        "destination_connection_id": ids["Warehouse"],
        "destination_configuration": {"path": "x"},
        "schedule": {"frequency": "manual"},
    }
    workspace.http.put("/_sandbox/switches", json={"schema_cache_refusals": "0"}).raise_for_status()
    workspace.http.post("/api/bulk/syncs", json=body).raise_for_status()
    text = SPEC.replace("DESTINATION", "schema: shop").partition("    additional_schedules")[0]
    assert findings(workspace, tmp_path, text, V1, DESTINATION=destination(FORMS["each"]))[0] == "\n"


def test_a_resync_mode_that_is_not_offered(shared: CheckSandbox, tmp_path: Path) -> None:
    answer = destination({}, supported_resync_modes=["refetch", "resync"])
    said, _ = findings(shared, tmp_path, SPEC.replace("DESTINATION", ""), DESTINATION=answer)
    assert said == (
        'spec.yaml:10:78: error: bulk_syncs/Copy has the resync mode "rebuild", which the connection "Warehouse" does '
        "not offer. [resync-not-offered]\n  hint: use one of: refetch, resync\n"
    )
    unsaid = destination({}, supported_resync_modes=None)
    assert findings(shared, tmp_path, SPEC.replace("DESTINATION", ""), DESTINATION=unsaid)[0] == "\n"


def test_a_source_without_use_for_tracking_fields(shared: CheckSandbox, tmp_path: Path) -> None:
    fields = [{"id": "seen", "type": "datetime"}]
    source = {
        "capabilities": {"supports_tracking_fields": False},
        "schemas": [{"id": "company.customers", "fields": fields}],
    }
    said, _ = findings(shared, tmp_path, SPEC.replace("DESTINATION", ""), SOURCE=(200, source))
    assert said == (
        'spec.yaml:7:51: warning: bulk_syncs/Copy sets a tracking_field, but the connection "Shop" does not use '
        'tracking fields. [unfit-field]\n  hint: remove "tracking_field"\n'
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (None, ""),
        ([], ""),
        ([{"id": "id", "type": "number"}], 'uses the field "seen", but company.customers has no such field'),
    ],
)
def test_undescribed_fields_are_accepted(fields: object, said: str, shared: CheckSandbox, tmp_path: Path) -> None:
    source = {"schemas": [{"id": "company.customers", "name": "orders", "fields": fields}]}
    assert said in findings(shared, tmp_path, SPEC.replace("DESTINATION", ""), SOURCE=(200, source))[0]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((422, "cache refresh in progress"), "cache refresh in progress"),
        ((400, "the connection did not provide any schemas"), "the connection did not provide any schemas"),
        ((200, {"schemas": []}), "The service lists no schemas. It may still be reading them."),
        ((403, "not permitted"), "not permitted"),
    ],
)  # fmt: skip
def test_an_unknown_source_is_reported_once(
    answer: tuple[int, object], why: str, shared: CheckSandbox, tmp_path: Path
) -> None:
    text = SPEC.replace("DESTINATION", "")
    text += text.partition("bulk_syncs:\n")[2].replace("Copy", "Copy 2")
    said, _ = findings(shared, tmp_path, text, SOURCE=answer)
    lines = said.splitlines()
    assert [one.rpartition(" ")[2] for one in lines] == ["[not-checkable]"]
    assert lines[0].startswith('spec.yaml:3:3: warning: The schemas of the connection "Shop" cannot be read: ')
    assert why in lines[0]


def test_models_are_checked_beside_a_source_that_cannot_be_copied(shared: CheckSandbox, tmp_path: Path) -> None:
    said, _ = findings(shared, tmp_path, SPEC.replace("DESTINATION", "") + MODEL, SOURCE=(404, "not a bulk source"))
    assert [one.rpartition(" ")[2] for one in said.splitlines() if "hint" not in one] == [
        "[not-checkable]", "[unknown-source]",
    ]  # fmt: skip


def test_two_requests_however_many_bulk_syncs(shared: CheckSandbox, tmp_path: Path) -> None:
    one = SPEC.replace("DESTINATION", "").partition("bulk_syncs:\n")[2]
    text = "version: 1\nbulk_syncs:\n" + "".join(one.replace("Copy", f"Copy {number}") for number in range(20))
    said, asked = findings(shared, tmp_path, text)
    assert said == "\n"
    enumerations = sorted(path.partition("?")[0].rpartition("/")[2] for path in asked if "bulksync" in path)
    assert enumerations == ["source", "target"]


def test_nothing_named_wants_no_fields(shared: CheckSandbox, tmp_path: Path) -> None:
    text = SPEC.replace("DESTINATION", "").replace("{company.customers: {tracking_field: seen}}", "[company.customers]")
    _, asked = findings(shared, tmp_path, text)
    assert not any("include_fields" in path for path in asked)
