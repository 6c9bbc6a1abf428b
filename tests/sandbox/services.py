"""Connections to services, and requests of syncs into them, as the tests send them."""

from __future__ import annotations

from typing import Any

import httpx

from tests.sandbox.conftest import V1, Workspace, create

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


def into(workspace: Workspace, connection: str, target: str, mode: str, **fields: str) -> dict[str, Any]:
    mapped = [{"source": workspace.source(source), "target": name} for name, source in fields.items()]
    return workspace.sync_body(mode=mode, fields=mapped, target={"connection_id": connection, "object": target})
