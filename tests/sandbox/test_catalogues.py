"""Services that are no databases: what they enumerate, what they refuse, and the records that runs leave behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import V1, V2, Server, Workspace, create, wait_for_end

TOKEN = {"oauth_refresh_token": "granted"}
ACCOUNTS = {
    "salesforce": {"domain": "https://example.my.salesforce.com", **TOKEN},
    "hubspot": TOKEN,
    "linkedinads": TOKEN,
    "airtable": TOKEN,
    "stripe": {"api_key": "sk_test"},
    "s3": {"auth_mode": "access_key_and_secret", "s3_bucket_name": "b", "s3_bucket_region": "us-east-1"},
    "webhook": {"url": "https://hooks.example", "auth_method": "polytomic_secret"},
    "netsuite": dict.fromkeys(("account_id", "consumer_key", "consumer_secret", "token", "token_secret"), "x"),
    "apollo": {"apikey": "x"},
}


def connect(api: httpx.Client, type: str, name: str | None = None) -> str:
    body = {"name": name or type, "type": type, "configuration": ACCOUNTS[type], "validate": False}
    connection = create(api, "/api/connections", body)
    assert connection["saved"] is True, connection
    return str(connection["id"])


def records(api: httpx.Client, connection: str, name: str) -> list[dict[str, Any]]:
    answer = api.get(f"/_sandbox/records/{connection}", params={"object": name})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def fields_of(api: httpx.Client, connection: str, target: str, version: str = V1) -> dict[str, dict[str, Any]]:
    path = f"/api/connections/{connection}/modelsync/target/fields"
    answer = api.get(path, params={"target": target}, headers={"X-Polytomic-Version": version})
    assert answer.status_code == 200, answer.text
    return {field["id"]: field for field in answer.json()["data"]["fields"]}


@pytest.fixture
def newer(server: Server, workspace: Workspace) -> Iterator[httpx.Client]:
    """The same workspace in version 2025-09-18."""
    with server.client(V2) as client:
        yield client


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


def into(workspace: Workspace, connection: str, target: str, mode: str, **fields: str) -> dict[str, Any]:
    mapped = [{"source": workspace.source(source), "target": name} for name, source in fields.items()]
    return workspace.sync_body(mode=mode, fields=mapped, target={"connection_id": connection, "object": target})


def test_a_run_creates_and_updates_contacts(workspace: Workspace) -> None:
    api, salesforce = workspace.api, connect(workspace.api, "salesforce")
    body = into(workspace, salesforce, "Contact", "updateOrCreate", FirstName="first_name", LastName="last_name")
    sync = create(api, "/api/syncs", {**body, "identity": workspace.identity(target="Email")})
    execution = workspace.run(sync)
    assert (execution["status"], execution["counts"]["insert"], execution["counts"]["update"]) == ("completed", 2, 1)
    found = {row["Email"]: row for row in records(api, salesforce, "Contact")}
    assert (found["ada@example.com"]["LastName"], found["ada@example.com"]["Id"]) == ("Lovelace", "003SB0000000001")
    assert found["hedy@example.com"]["LastName"] == "Lamarr"
    assert found["grace@example.com"]["Id"].startswith("003")
    assert len({row["Id"] for row in found.values()}) == 4
    assert found["grace@example.com"]["CreatedDate"]


def test_records_that_the_service_refuses_are_counted(workspace: Workspace) -> None:
    api, salesforce = workspace.api, connect(workspace.api, "salesforce")
    body = into(workspace, salesforce, "Contact", "create", LastName="last_name", LeadSource="first_name")
    sync = create(api, "/api/syncs", {**body, "identity": workspace.identity(target="Email")})
    execution = workspace.run(sync)
    assert (execution["status"], execution["counts"]["error"], execution["counts"]["insert"]) == ("completed", 3, 0)
    assert "LeadSource: bad value for restricted picklist field: Ada" in execution["errors"]
    body = into(workspace, salesforce, "Lead", "create", FirstName="first_name")
    lead = create(api, "/api/syncs", {**body, "identity": workspace.identity(target="Email")})
    assert workspace.run(lead)["errors"][0] == "required fields are missing: LastName, Company"
    assert records(api, salesforce, "Lead") == []


def test_target_filters_choose_the_records_that_are_updated(workspace: Workspace) -> None:
    api, salesforce = workspace.api, connect(workspace.api, "salesforce")
    first = into(workspace, salesforce, "Contact", "updateOrCreate", LastName="last_name")
    workspace.run(create(api, "/api/syncs", {**first, "identity": workspace.identity(target="Email")}))
    body = into(workspace, salesforce, "Contact", "update", Title="first_name")
    conditions = [
        {"field_id": "LeadSource", "field_type": "Target", "function": "Equality", "value": "Web"},
        {"field_id": "LastName", "field_type": "Target", "function": "Equality", "value": "Hopper"},
    ]
    target = {"connection_id": salesforce, "object": "Contact", "filter_logic": "A OR B"}
    filtered = {**body, "identity": workspace.identity(target="Email"), "filters": conditions, "target": target}
    execution = workspace.run(create(api, "/api/syncs", filtered))
    assert execution["counts"]["update"] == 2
    titles = {row["Email"]: row["Title"] for row in records(api, salesforce, "Contact")}
    assert (titles["ada@example.com"], titles["alan@example.com"], titles["grace@example.com"]) == (
        "Ada",
        None,
        "Grace",
    )


def test_a_field_of_mode_create_keeps_what_is_there(workspace: Workspace) -> None:
    api, hubspot = workspace.api, connect(workspace.api, "hubspot")
    body = into(workspace, hubspot, "contacts", "update", lastname="last_name")
    keeping = {"source": workspace.source("last_name"), "target": "firstname", "sync_mode": "create"}
    body = {**body, "fields": [*body["fields"], keeping], "identity": workspace.identity(target="email")}
    assert workspace.run(create(api, "/api/syncs", body))["counts"]["update"] == 1
    ada = records(api, hubspot, "contacts")[0]
    assert (ada["firstname"], ada["lastname"]) == ("Ada", "Lovelace")


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


def test_what_the_target_does_not_allow_is_refused(workspace: Workspace) -> None:
    bodies = refusal(workspace, connect(workspace.api, "salesforce"))
    answers = {name: workspace.api.post("/api/syncs", json=body).status_code for name, body in bodies.items()}
    assert answers == dict.fromkeys(answers, 400)
    workspace.api.put("/_sandbox/switches", json={"target_rules": "store"}).raise_for_status()
    assert workspace.api.post("/api/syncs", json=bodies["read-only field"]).status_code == 200


def test_an_audience_is_made_from_its_properties(workspace: Workspace, newer: httpx.Client) -> None:
    linkedin = connect(workspace.api, "linkedinads")
    path = f"/api/connections/{linkedin}/modelsync/targetobjects"
    assert "values" not in workspace.api.get(path).json()["target_creation"]["properties"][0]
    told = newer.get(path, params={"include_target_creation_values": "true"}).json()["target_creation"]
    assert told["supported"] is True
    assert told["properties"][0] == {
        "id": "account",
        "title": "Account",
        "enum": True,
        "values": [
            {"value": "507001", "label": "Sandbox Inc. (507001)"},
            {"value": "507002", "label": "Sandbox Europe (507002)"},
        ],
    }
    account = newer.get(f"{path}/properties/account").json()["data"]
    assert account == told["properties"][0]
    assert newer.get(f"{path}/properties/nothing").status_code == 404
    properties = {"account": "507001", "name": "Readers", "type": "user_audience"}
    fields_path = f"/api/connections/{linkedin}/modelsync/target/fields"
    expected = newer.get(fields_path, params={f"properties[{name}]": value for name, value in properties.items()})
    assert [field["id"] for field in expected.json()["data"]["fields"]][:2] == ["id", "email"]
    assert newer.get(fields_path, params={"target": "x", "properties[name]": "y"}).status_code == 400
    body = into(workspace, linkedin, "", "snapshot", email="email")
    for wrong in (
        {**properties, "account": "1"},
        {**properties, "type": ""},
        {"name": "x"},
        {**properties, "more": "x"},
    ):
        target = {"connection_id": linkedin, "create": wrong}
        assert workspace.api.post("/api/syncs", json={**body, "target": target}).status_code == 400
    target = {"connection_id": linkedin, "create": properties}
    sync = create(workspace.api, "/api/syncs", {**body, "target": target})
    made_object = sync["target"]["object"]
    assert "create" not in sync["target"]
    assert made_object != "Readers"
    assert {"id": made_object, "name": "Readers"}.items() <= workspace.api.get(path).json()["data"][1].items()
    assert workspace.run(sync)["counts"]["insert"] == 3
    assert len(records(workspace.api, linkedin, made_object)) == 3


def test_a_file_is_made_with_the_columns_of_the_sync(workspace: Workspace) -> None:
    s3 = connect(workspace.api, "s3")
    body = into(workspace, s3, "", "replace", email="email", name="last_name")
    target = {"connection_id": s3, "create": {"name": "out/people.csv"}, "configuration": {"format": "csv"}}
    sync = create(workspace.api, "/api/syncs", {**body, "target": target})
    assert (sync["target"]["object"], sync["target"]["configuration"]) == ("out/people.csv", {"format": "csv"})
    for _ in range(2):
        assert workspace.run(sync)["status"] == "completed"
    assert {row["name"] for row in records(workspace.api, s3, "out/people.csv")} == {"Lovelace", "Turing", "Hopper"}
    assert set(fields_of(workspace.api, s3, "out/people.csv")) == {"email", "name"}


def test_creating_a_table_twice_is_refused_or_makes_a_second(workspace: Workspace) -> None:
    create = {"connection_id": workspace.snowflake, "create": {"name": "CUSTOMERS.LEADS"}}
    sync = workspace.sync(target=create)
    path = f"/api/syncs/{sync['id']}"
    assert workspace.api.put(path, json=workspace.sync_body(target=create)).status_code == 400
    workspace.api.put("/_sandbox/switches", json={"repeated_target_create": "second"}).raise_for_status()
    second = workspace.api.put(path, json=workspace.sync_body(target=create)).json()["data"]
    assert second["target"]["object"] == "CUSTOMERS.LEADS_2"


def test_new_fields_appear_in_the_target(workspace: Workspace) -> None:
    hubspot = connect(workspace.api, "hubspot")
    body = into(workspace, hubspot, "contacts", "update", lastname="last_name")
    age = {"source": workspace.source("age"), "target": "age", "new": True}
    body = {**body, "fields": [*body["fields"], age], "identity": workspace.identity(target="email")}
    assert workspace.run(create(workspace.api, "/api/syncs", body))["status"] == "completed"
    assert fields_of(workspace.api, hubspot, "contacts")["age"]["type"] == "number"
    assert records(workspace.api, hubspot, "contacts")[0]["age"] == 36


def test_records_move_between_services(workspace: Workspace) -> None:
    api, stripe, salesforce = (
        workspace.api,
        connect(workspace.api, "stripe"),
        connect(workspace.api, "salesforce"),
    )
    configuration = {"object": "customers"}
    model = create(api, "/api/models", {"name": "C", "connection_id": stripe, "configuration": configuration})["id"]
    body = {
        "name": "Stripe to Salesforce",
        "mode": "updateOrCreate",
        "fields": [{"source": {"model_id": model, "field": "name"}, "target": "LastName"}],
        "identity": {"source": {"model_id": model, "field": "email"}, "target": "Email", "function": "Equality"},
        "schedule": {"frequency": "manual"},
        "target": {"connection_id": salesforce, "object": "Contact"},
        "active": True,
    }
    sync = create(api, "/api/syncs", body)
    started = create(api, f"/api/syncs/{sync['id']}/executions", {})
    assert wait_for_end(api, sync["id"], started["id"])["counts"]["total"] == 2


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
