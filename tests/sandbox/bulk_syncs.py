"""Requests of bulk syncs, as the tests send them."""

from __future__ import annotations

import time
from typing import Any

import httpx

from tests.sandbox.conftest import V2, Workspace, create

TERMINAL = ("completed", "failed", "canceled", "interrupted", "errors")
NEWER = {"X-Polytomic-Version": V2}


def body(workspace: Workspace, **members: Any) -> dict[str, Any]:
    return {
        "name": "Copy",
        "source_connection_id": workspace.mysql,
        "destination_connection_id": workspace.snowflake,
        "destination_configuration": {"schema": "COPIES"},
        "schedule": {"frequency": "manual"},
        "mode": "replicate",
        "active": True,
        **members,
    }


def newer_body(workspace: Workspace, **members: Any) -> dict[str, Any]:
    older = body(workspace, **{"default_schedule": {"frequency": "manual"}, **members})
    del older["schedule"]
    return older


def run(api: httpx.Client, sync: str, **options: Any) -> dict[str, Any]:
    started = create(api, f"/api/bulk/syncs/{sync}/executions", options)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found: dict[str, Any] = api.get(f"/api/bulk/syncs/{sync}/executions/{started['id']}").json()["data"]
        if found["status"] in TERMINAL:
            return found
        time.sleep(0.02)
    raise AssertionError("the execution did not end")


def enabled_schemas(api: httpx.Client, sync: str, value: str = "true") -> list[str]:
    answer = api.get(f"/api/bulk/syncs/{sync}/schemas", params={"filters[enabled]": value}).json()["data"]
    return [schema["id"] for schema in answer]
