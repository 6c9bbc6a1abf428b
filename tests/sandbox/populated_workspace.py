"""A workspace with one of everything, and requests to it that are right."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import httpx

from tests.sandbox.conftest import MYSQL, SNOWFLAKE, V1, create

WEBHOOK = {"endpoint": "https://example.com/events", "secret": "x"}
NUMBERS = itertools.count(1)


def populate(client: httpx.Client) -> dict[str, list[str]]:
    """Make the objects, and tell their ids by the segment of the path that they follow, or by parameter."""
    client.headers["X-Polytomic-Version"] = V1
    client.put("/_sandbox/switches", json={"schema_cache_refusals": "0"}).raise_for_status()
    number = next(NUMBERS)
    mysql = create(client, "/api/connections", {**MYSQL, "name": f"mysql {number}"})["id"]
    snowflake = create(client, "/api/connections", {**SNOWFLAKE, "name": f"snowflake {number}"})["id"]
    salesforce = create(client, "/api/connections", _service("salesforce", number, {"domain": "https://x.example"}))[
        "id"
    ]
    apollo = create(client, "/api/connections", _service("apollo", number, {"apikey": "x"}))["id"]
    client.post(f"/_sandbox/authorize/{salesforce}").raise_for_status()
    configuration = {"table": "company.customers"}
    model = create(client, "/api/models", {"name": "M", "connection_id": mysql, "configuration": configuration})["id"]
    sync = create(client, "/api/syncs", _sync(model, snowflake))["id"]
    execution = create(client, f"/api/syncs/{sync}/executions", {})["id"]
    bulk = create(client, "/api/bulk/syncs", _bulk(mysql, snowflake))["id"]
    bulk_execution = create(client, f"/api/bulk/syncs/{bulk}/executions", {})["id"]
    organization = create(client, "/api/organizations", {"name": f"Organization {number}"})["id"]
    user = create(client, f"/api/organizations/{organization}/users", {"email": "a@b.example", "role": "admin"})["id"]
    role = create(client, "/api/permissions/roles", {"name": f"Role {number}"})["id"]
    policy = create(client, "/api/permissions/policies", {"name": f"Policy {number}"})["id"]
    webhook = [webhook["id"] for webhook in client.get("/api/webhooks").json()["data"]] or [
        create(client, "/api/webhooks", WEBHOOK)["id"]
    ]
    job = client.post("/api/model-preview", params={"async": "true"}, json=_model(mysql)).json()["job"]["job_id"]
    del client.headers["X-Polytomic-Version"]
    return {
        "connections": [mysql, snowflake, salesforce, apollo],
        "models": [model],
        "syncs": [sync],
        "bulk/syncs": [bulk],
        "execution": [execution, bulk_execution],
        "enrichment": [mysql, apollo],
        "connection_types": ["mysql", "salesforce", "hubspot"],
        "organizations": [organization],
        "organization": [organization],
        "users": [user],
        "roles": [role],
        "policies": [policy],
        "schema": ["company.customers", "Contact"],
        "field": ["email", "Email"],
        "type": ["records", "previewmodel", "mysql", "salesforce"],
        "jobs/{type}": [job],
        "property": ["name"],
        "webhooks": webhook,
    }


def bodies_of(client: httpx.Client, version: str) -> Iterator[tuple[str, str, Any]]:
    """Requests that write, with everything in them that they take."""
    ids = populate(client)
    mysql, snowflake, salesforce, apollo = ids["connections"]
    model, sync, bulk = ids["models"][0], ids["syncs"][0], ids["bulk/syncs"][0]
    yield (
        "PUT",
        f"/api/connections/{mysql}",
        {**MYSQL, "name": f"m {mysql}", "policies": [], "healthcheck_interval": "1h"},
    )
    yield "POST", "/api/connections/test", {"type": "mysql", "configuration": MYSQL["configuration"]}
    yield "PUT", f"/api/models/{model}", _whole_model(mysql, apollo)
    yield "PUT", f"/api/syncs/{sync}", _whole_sync(model, sync, salesforce, version)
    yield "POST", f"/api/syncs/{sync}/executions", {"resync": True, "test": True, "identities": ["x"]}
    yield "POST", f"/api/connections/{snowflake}/modelsync/target/fields", {"target": "CUSTOMERS.CONTACTS"}
    yield "POST", f"/api/enrichment/{apollo}/inputfields", {"configuration": {"object": "people"}}
    yield "PUT", f"/api/bulk/syncs/{bulk}", _bulk(mysql, snowflake, version)
    yield "PUT", f"/api/permissions/roles/{ids['roles'][0]}", {"name": f"R {sync}"}
    action = {"action": "read", "role_ids": ids["roles"]}
    yield "PUT", f"/api/permissions/policies/{ids['policies'][0]}", {"name": f"P {sync}", "policy_actions": [action]}
    yield "PUT", "/api/notifications/global-error-subscribers", {"emails": ["a@b.example"]}
    yield "PUT", f"/api/webhooks/{ids['webhooks'][0]}", {**WEBHOOK, "organization_id": ""}


def _service(type: str, number: int, configuration: dict[str, str]) -> dict[str, Any]:
    return {"name": f"{type} {number}", "type": type, "configuration": configuration}


def _model(mysql: str) -> dict[str, Any]:
    return {"name": "P", "connection_id": mysql, "configuration": {"table": "company.customers"}}


def _whole_model(mysql: str, apollo: str) -> dict[str, Any]:
    enricher = {
        "connection_id": apollo,
        "configuration": {"object": "people"},
        "mappings": {"email": "email"},
        "fields": [{"name": "title"}],
    }
    return {
        **_model(mysql),
        "fields": ["id", "email", "first_name", "last_name", "age", "account_id"],
        "additional_fields": [{"name": "x", "label": "X", "type": "string", "example": "1"}],
        "relations": [],
        "identifier": "email",
        "tracking_columns": ["id"],
        "enricher": enricher,
        "labels": [],
        "policies": [],
        "refresh": True,
    }


def _sync(model: str, snowflake: str) -> dict[str, Any]:
    return {
        "name": "S",
        "mode": "replace",
        "active": True,
        "fields": [{"source": {"model_id": model, "field": "email"}, "target": "EMAIL"}],
        "schedule": {"frequency": "manual"},
        "target": {"connection_id": snowflake, "object": "CUSTOMERS.CONTACTS"},
    }


def _whole_sync(model: str, sync: str, salesforce: str, version: str) -> dict[str, Any]:
    def source(field: str) -> dict[str, str]:
        return {"model_id": model, "field": field}

    identity = {"source": source("email"), "target": "Email", "function": "Equality", "new_field": False}
    body: dict[str, Any] = {
        "name": "S",
        "mode": "update",
        "active": True,
        "fields": [
            {"source": source("last_name"), "target": "LastName", "sync_mode": "create", "new": False},
            {"source": source("first_name"), "target": "Phone", "encryption_enabled": True},
        ],
        "override_fields": [{"target": "Title", "override_value": "x"}],
        "overrides": [{"field": source("age"), "function": "Equality", "value": 1, "override": {"a": 1}}],
        "schedule": {"frequency": "runafter", "run_after": {"sync_ids": [sync], "bulk_sync_ids": []}},
        "target": {"connection_id": salesforce, "object": "Contact", "configuration": {"a": 1}},
        "sync_all_records": True,
        "encryption_passphrase": "x",
        "policies": [],
    }
    if version == V1:
        target_filter = {"field_id": "Email", "field_type": "Target", "function": "IsNotNull"}
        model_filter = {"field": source("age"), "function": "GreaterThan", "value": 1}
        return {**body, "identity": identity, "filters": [model_filter, target_filter], "filter_logic": "A"}
    other = {**identity, "source": source("last_name"), "target": "External_Id__c"}
    on_model = {"source": source("age"), "function": "GreaterThan", "value": 1, "label": "old"}
    on_target = {"field": "LastName", "function": "Equality", "value_source": source("last_name")}
    return {
        **body,
        "identities": {"mappings": [identity, other], "strategy": "priority"},
        "model_filters": {"conditions": [on_model], "logic": "old"},
        "target_filters": {"conditions": [on_target], "logic": "A"},
    }


def _bulk(mysql: str, snowflake: str, version: str = V1) -> dict[str, Any]:
    schedule = {"frequency": "hourly", "minute": "5"}
    fields = [{"id": "email", "enabled": True, "obfuscate": True}]
    return {
        "name": "B",
        "source_connection_id": mysql,
        "destination_connection_id": snowflake,
        "destination_configuration": {"schema": "COPIES"},
        "mode": "replicate",
        "active": True,
        "schemas": [{"id": "company.customers", "enabled": True, "fields": fields, "filters": []}],
        **({"schedule": schedule} if version == V1 else {"default_schedule": schedule, "additional_schedules": []}),
    }
