"""The services of the sandbox: how they are connected to, and what their objects and fields can do."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import V2, Server, Workspace, create
from tests.sandbox.services import connect, fields_of, into, records


def refusal(workspace: Workspace, salesforce: str) -> dict[str, dict[str, Any]]:
    def into_contact(mode: str = "update", **fields: str) -> dict[str, Any]:
        body = into(workspace, salesforce, "Contact", mode, **fields)
        return {**body, "identity": workspace.identity(target="Email")}

    usual = into_contact(LastName="last_name")
    field = {"source": workspace.source("age"), "target": "Title"}
    phone = {"source": workspace.source("last_name"), "target": "Phone"}
    target_filter = {"field_type": "Target", "function": "Equality", "value": 1}
    return {
        "read-only field": into_contact(Name="last_name"),
        "field that cannot be created": {**into_contact("create", Id="email")},
        "identity on a field that is none": {**usual, "identity": workspace.identity(target="Title")},
        "identity function that the field lacks": {
            **usual,
            "identity": {**workspace.identity(target="Email"), "function": "OneOf"},
        },
        "new field where none can be made": {**usual, "fields": [{**field, "target": "New__c", "new": True}]},
        "encryption of a field that has none": {
            **usual,
            "fields": [{**field, "encryption_enabled": True}],
            "encryption_passphrase": "hush",
        },
        "encryption without a passphrase": {**usual, "fields": [{**phone, "encryption_enabled": True}]},
        "mode that the object lacks": into_contact("append", LastName="last_name"),
        "target filter in another mode": {
            **into_contact("create", LastName="last_name"),
            "filters": [{**target_filter, "field_id": "Email"}],
        },
        "target filter on no field": {**usual, "filters": [{**target_filter, "field_id": "Nothing"}]},
        "object that is only a source": {**usual, "target": {"connection_id": salesforce, "object": "User"}},
        "creation where there is none": {**usual, "target": {"connection_id": salesforce, "create": {"name": "X"}}},
    }


def test_a_connection_waits_for_a_person_and_tells_nothing_until_then(api: httpx.Client, server: Server) -> None:
    body = {"name": "Salesforce", "type": "salesforce", "configuration": {"domain": "https://x.my.salesforce.com"}}
    created = create(api, "/api/connections", body)
    assert created["saved"] is False
    one = f"/api/connections/{created['id']}"
    paths = ("source", "source/fields?object=Contact", "target", "target/fields?target=Contact", "targetobjects")
    for path in paths:
        answer = api.get(f"{one}/modelsync/{path}")
        assert (answer.status_code, "not authorized" in answer.json()["message"]) == (400, True), path
    model = {"name": "M", "connection_id": created["id"], "configuration": {"object": "Contact"}}
    assert api.post("/api/models", json=model).status_code == 400
    api.put("/_sandbox/switches", json={"unauthorized_status": "403"}).raise_for_status()
    assert api.get(f"{one}/modelsync/source").status_code == 403
    assert httpx.get(created["auth_url"] + "x").status_code == 401
    page = httpx.get(created["auth_url"])
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    read = api.get(one).json()["data"]
    assert (read["saved"], read["status"]) == (True, "healthy")
    for path in paths:
        assert api.get(f"{one}/modelsync/{path}").status_code == 200, path


def test_a_key_authorizes_without_a_link(api: httpx.Client) -> None:
    created = create(api, "/api/connections", {"name": "H", "type": "hubspot", "configuration": {}})
    api.post(f"/_sandbox/authorize/{created['id']}").raise_for_status()
    path = f"/api/connections/{created['id']}"
    assert api.get(path).json()["data"]["saved"] is True
    body = {"name": "H", "configuration": {}}
    again = api.put(path, json=body).json()["data"]
    assert (again["saved"], "auth_url" in again) == (True, False)
    restarted = api.put(path, json={**body, "reconnect": True}).json()["data"]
    assert (restarted["saved"], "auth_url" in restarted) == (False, True)


def test_fields_say_what_can_be_done_with_them(api: httpx.Client) -> None:
    fields = fields_of(api, connect(api, "salesforce"), "Contact", V2)
    assert fields["LastName"]["required"] is True
    assert (fields["Id"]["createable"], fields["Id"]["updateable"], fields["Id"]["supports_identity"]) == (
        False,
        False,
        True,
    )
    assert fields["AccountId"]["association"] is True
    assert {"value": "Web", "label": "Web"} in fields["LeadSource"]["values"]
    assert [function["id"] for function in fields["Email"]["identity_functions"]] == ["Equality", "DomainMatch"]
    assert {"id": "True", "label": "True", "multi_value": False, "requires_value": False, "values": []} in fields[
        "HasOptedOutOfEmail"
    ]["filter_functions"]
    assert fields["Phone"]["encryptable"] is True


def test_the_older_version_shows_fewer_members(api: httpx.Client) -> None:
    salesforce = connect(api, "salesforce")
    assert not {"values", "filter_functions", "multiple_associations"} & set(
        fields_of(api, salesforce, "Contact")["LeadSource"]
    )
    path = f"/api/connections/{salesforce}/modelsync/target/fields?target=Contact"
    older = api.get(path).json()["data"]
    newer = api.get(path, headers={"X-Polytomic-Version": V2}).json()["data"]
    assert "supports_multiple_identities" not in older["properties"]
    assert newer["properties"]["supports_multiple_identities"] is True
    modes = {mode["mode"]: mode for mode in older["modes"]}
    assert modes["update"]["supports_target_filters"] is modes["update"]["supports_field_sync_mode"] is True
    assert modes["create"]["supports_field_sync_mode"] is False


def test_levels_are_drilled_into(api: httpx.Client) -> None:
    airtable = connect(api, "airtable")
    path = f"/api/connections/{airtable}/modelsync/source"
    top = api.get(path).json()["data"]
    assert top["requires_one_of"] == ["base"]
    assert top["items"]["base"] == {"items": ["appSandboxCRM"], "requires_one_of": ["table"], "has_items": True}
    assert top["items"]["table"] == {"items": None, "requires_one_of": None, "has_items": False}
    for name in ("base", "params[base]"):
        below = api.get(path, params={name: "appSandboxCRM"}).json()["data"]["items"]["table"]
        assert below["items"] == ["appSandboxCRM/tblPeople", "appSandboxCRM/tblCompanies"]
    assert api.get(f"{path}/fields", params={"base": "appSandboxCRM"}).status_code == 400
    chosen = {"base": "appSandboxCRM", "table": "appSandboxCRM/tblPeople"}
    assert "Email" in [field["name"] for field in api.get(f"{path}/fields", params=chosen).json()["data"]]
    target = f"/api/connections/{airtable}/modelsync/target"
    assert api.get(target, params={"type": "table", "search": "people"}).json()["data"]["items"]["table"]["items"] == [
        "appSandboxCRM/tblPeople"
    ]
    assert api.get(target, params={"type": "nothing"}).status_code == 400


@pytest.mark.parametrize("type", ["salesforce", "hubspot", "airtable", "netsuite", "linkedinads", "s3", "webhook"])
def test_every_target_object_can_be_looked_into(api: httpx.Client, type: str) -> None:
    connection = connect(api, type)
    found = api.get(f"/api/connections/{connection}/modelsync/targetobjects").json()
    assert found["data"]
    for entry in found["data"]:
        path = f"/api/connections/{connection}/modelsync/target/fields"
        target = api.get(path, params={"target": entry["id"]}).json()["data"]
        assert [mode["mode"] for mode in target["modes"]] == [mode["id"] for mode in entry["modes"]]
        assert target["fields"]


@pytest.mark.parametrize(
    ("type", "choice", "names"),
    [
        ("stripe", {"object": "customers"}, {"id", "email", "name", "delinquent", "created"}),
        ("s3", {"path": "exports/orders.csv"}, {"order_id", "email", "total", "ordered_at"}),
        ("salesforce", {"object": "User"}, {"Id", "Name", "Email", "IsActive"}),
    ],
)
def test_models_read_what_is_seeded(api: httpx.Client, type: str, choice: dict[str, str], names: set[str]) -> None:
    body = {"name": "M", "connection_id": connect(api, type), "configuration": choice}
    model = create(api, "/api/models", body)
    assert {field["name"] for field in model["fields"]} == names
    assert model["configuration"] == {**choice, "tracking_columns": None}
    assert api.get(f"/api/models/{model['id']}/sample").json()["data"]["records"]
    assert api.post("/api/models", json={**body, "configuration": {}}).status_code == 400
    assert api.post("/api/models", json={**body, "configuration": dict.fromkeys(choice, "no")}).status_code == 400


def test_what_the_target_does_not_allow_is_refused(workspace: Workspace) -> None:
    bodies = refusal(workspace, connect(workspace.api, "salesforce"))
    answers = {name: workspace.api.post("/api/syncs", json=body).status_code for name, body in bodies.items()}
    assert answers == dict.fromkeys(answers, 400)
    workspace.api.put("/_sandbox/switches", json={"target_rules": "store"}).raise_for_status()
    assert workspace.api.post("/api/syncs", json=bodies["read-only field"]).status_code == 200


def test_accounts_are_apart_and_forgotten_with_their_connection(workspace: Workspace, server: Server) -> None:
    api = workspace.api
    first, second = connect(api, "hubspot", "one"), connect(api, "hubspot", "two")
    body = into(workspace, first, "contacts", "update", lastname="last_name")
    workspace.run(create(api, "/api/syncs", {**body, "identity": workspace.identity(target="email")}))
    assert records(api, first, "contacts")[0]["lastname"] == "Lovelace"
    assert records(api, second, "contacts")[0]["lastname"] is None
    assert api.get(f"/_sandbox/records/{first}", params={"object": "nothing"}).status_code == 400
    kept = server.data / "databases" / "hubspot"
    assert {file.name for file in kept.glob("*.sqlite")} == {f"{first}.sqlite", f"{second}.sqlite"}
    api.delete(f"/api/connections/{second}").raise_for_status()
    assert {file.name for file in kept.glob("*.sqlite")} == {f"{first}.sqlite"}
    assert api.get(f"/_sandbox/records/{workspace.model}", params={"object": "x"}).status_code == 404
    assert len(records(api, workspace.mysql, "company.customers")) == 3


def test_problems_tell_what_has_gone_since(workspace: Workspace, newer: httpx.Client) -> None:
    salesforce = connect(workspace.api, "salesforce")
    body = into(workspace, salesforce, "Lead", "create", FirstName="first_name")
    sync = create(workspace.api, "/api/syncs", {**body, "identity": workspace.identity(target="Email")})
    path = f"/api/syncs/{sync['id']}"
    assert [problem["code"] for problem in newer.get(path).json()["data"]["problems"]] == [
        "required_field_not_mapped",
        "required_field_not_mapped",
    ]
    workspace.api.delete(f"/api/models/{workspace.model}").raise_for_status()
    first = newer.get(path).json()["data"]["problems"][0]
    assert (first["code"], first["path"], first["severity"]) == (
        "model_not_found",
        "fields[0].source.model_id",
        "error",
    )
    assert "problems" not in workspace.api.get(path).json()["data"]
