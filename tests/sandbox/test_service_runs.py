"""Runs into services: records, audiences, files and fields that they create, update and refuse."""

from __future__ import annotations

import httpx

from tests.sandbox.conftest import Workspace, create, wait_for_end
from tests.sandbox.services import connect, fields_of, into, records


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
