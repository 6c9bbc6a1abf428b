"""What users may do: as the policies on an object say for their roles, and as the switch says which policies count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from applier.sandbox import seed
from applier.sandbox.inprocess import transport
from tests.sandbox.conftest import KEY, MYSQL, SNOWFLAKE, V1, GuideObjects, create

PARTNER = "partner-key-0123456789"
POLICIES = "/api/permissions/policies"
ROLES = "/api/permissions/roles"
BULK = {
    "name": "Copy",
    "destination_configuration": {},
    "schedule": {"frequency": "manual"},
}
Users = Callable[..., httpx.Client]


@pytest.fixture
def owner(tmp_path: Path, tables: Path) -> Iterator[tuple[GuideObjects, Users]]:
    """The workspace of an administrator, who can have further users with a role each."""
    data = tmp_path / "data"
    seed(tables, data)
    running = transport(data, api_key=KEY, partner_key=PARTNER)

    def client(key: str) -> httpx.Client:
        headers = {"X-Polytomic-Version": V1, "Authorization": f"Bearer {key}"}
        return httpx.Client(transport=running, base_url="http://sandbox", headers=headers)

    api, partner = client(KEY), client(PARTNER)
    users = f"/api/organizations/{api.get('/api/me').json()['data']['organization_id']}/users"

    def user(*role_ids: str) -> httpx.Client:
        body = {"email": f"{'-'.join(role_ids)}@example.com", "role_ids": list(role_ids)}
        id = create(partner, users, body)["id"]
        return client(create(partner, f"{users}/{id}/keys", {})["value"])

    api.put("/_sandbox/switches", json={"schema_cache_refusals": "0"}).raise_for_status()
    mysql, snowflake = (create(api, "/api/connections", body)["id"] for body in (MYSQL, SNOWFLAKE))
    model = {"name": "M", "connection_id": mysql, "configuration": {"table": "company.customers"}}
    yield GuideObjects(api, mysql, snowflake, create(api, "/api/models", model)["id"]), user
    running.close()


def role(api: httpx.Client, name: str) -> str:
    return str(next(role["id"] for role in api.get(ROLES).json()["data"] if role["name"] == name))


def outcomes(user: httpx.Client, workspace: GuideObjects, sync: str) -> dict[str, int]:
    """The status of every kind of request, on the workspace's sync and the connection that it writes to."""
    path, connection = f"/api/syncs/{sync}", f"/api/connections/{workspace.snowflake}"
    return {
        "list": len(user.get("/api/syncs").json()["data"]),
        "read": user.get(path).status_code,
        "executions": user.get(f"{path}/executions").status_code,
        "create": user.post("/api/syncs", json=workspace.sync_body(name="New")).status_code,
        "edit": user.put(path, json=workspace.sync_body(active=True)).status_code,
        "activate": user.post(f"{path}/activate", json={"active": True}).status_code,
        "trigger": user.post(f"{path}/cancel").status_code,
        "fields": user.post(f"{connection}/modelsync/target/fields", json={"target": "CUSTOMERS.CONTACTS"}).status_code,
        "roles": user.post(ROLES, json={"name": "R"}).status_code,
        "delete": user.delete(path).status_code,
    }


ALL = {
    "list": 1,
    **dict.fromkeys(("read", "executions", "create", "edit", "activate", "trigger", "fields", "roles", "delete"), 200),
}
WRITER = {**ALL, "roles": 403}
READER = {**WRITER, **dict.fromkeys(("create", "edit", "activate", "trigger", "delete"), 403)}
NOBODY = {**READER, "list": 0, **dict.fromkeys(("read", "executions", "fields"), 404)}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Admin", ALL), ("Editor", WRITER), ("Member", WRITER), ("Sync Editor", WRITER), ("Viewer", READER)],
)
def test_built_in_roles_may_do_what_the_built_in_policies_say(
    owner: tuple[GuideObjects, Users], name: str, expected: dict[str, int]
) -> None:
    workspace, user = owner
    assert outcomes(user(role(workspace.api, name)), workspace, workspace.sync()["id"]) == expected


def test_a_role_of_ones_own_may_do_what_a_policy_on_the_object_says(owner: tuple[GuideObjects, Users]) -> None:
    workspace, user = owner
    api = workspace.api
    auditor = create(api, ROLES, {"name": "Auditor"})["id"]
    actions = [{"action": action, "role_ids": [auditor]} for action in ("read", "trigger")]
    policy = create(api, POLICIES, {"name": "Audit", "policy_actions": actions})["id"]
    plain, audited = workspace.sync()["id"], workspace.sync(name="Audited", policies=[policy])["id"]
    reader = user(auditor)
    assert outcomes(reader, workspace, plain) == {**NOBODY, "list": 1}
    assert outcomes(reader, workspace, audited) == {
        **NOBODY,
        "list": 1,
        "read": 200,
        "executions": 200,
        "trigger": 200,
    }
    refused = reader.delete(f"/api/syncs/{audited}")
    assert refused.json()["message"] == "no policy lets your roles delete sync Audited"
    assert reader.get(f"/api/syncs/{plain}").json() == {
        "key": "not_found",
        "message": f"sync {plain} not found",
        "metadata": {},
        "status": 404,
    }


def test_a_sync_editor_writes_syncs_only(owner: tuple[GuideObjects, Users]) -> None:
    workspace, user = owner
    editor = user(role(workspace.api, "Sync Editor"))
    model = {"name": "M", "connection_id": workspace.mysql, "configuration": {"table": "company.customers"}}
    assert editor.put(f"/api/models/{workspace.model}", json=model).status_code == 403
    assert editor.post("/api/connections", json={**MYSQL, "name": "Other"}).status_code == 403
    bulk = {**BULK, "source_connection_id": workspace.mysql, "destination_connection_id": workspace.snowflake}
    assert editor.post("/api/bulk/syncs", json=bulk).status_code == 200


def test_only_administrators_write_webhooks(owner: tuple[GuideObjects, Users]) -> None:
    workspace, user = owner
    editor = user(role(workspace.api, "Editor"))
    body = {"endpoint": "https://example.com/events", "secret": "s3cret"}
    refused = editor.post("/api/webhooks", json=body)
    assert (refused.status_code, refused.json()["message"]) == (403, "only administrators manage webhooks")
    path = f"/api/webhooks/{create(workspace.api, '/api/webhooks', body)['id']}"
    assert [editor.delete(path).status_code, editor.post(f"{path}/disable").status_code] == [403, 403]
    assert editor.get(path).status_code == 200


@pytest.mark.parametrize(("switch", "status"), [("any", 200), ("own", 403), ("ignore", 200)])
def test_which_policies_count_is_a_switch(owner: tuple[GuideObjects, Users], switch: str, status: int) -> None:
    """A policy without roles takes an object from everyone but administrators, where it counts alone."""
    workspace, user = owner
    workspace.api.put("/_sandbox/switches", json={"object_policies": switch}).raise_for_status()
    policy = create(workspace.api, POLICIES, {"name": "Nobody", "policy_actions": []})["id"]
    sync = workspace.sync(policies=[policy])["id"]
    editor, path = user(role(workspace.api, "Editor")), f"/api/syncs/{sync}"
    assert editor.put(path, json=workspace.sync_body(policies=[policy])).status_code == status
    assert workspace.api.put(path, json=workspace.sync_body(policies=[policy])).status_code == 200


def test_writing_to_a_connection_and_putting_a_policy_on_an_object_are_allowed_apart(
    owner: tuple[GuideObjects, Users],
) -> None:
    workspace, user = owner
    api = workspace.api
    api.put("/_sandbox/switches", json={"object_policies": "own"}).raise_for_status()
    member = role(api, "Member")
    closed = create(api, POLICIES, {"name": "Closed", "policy_actions": [{"action": "read", "role_ids": [member]}]})[
        "id"
    ]
    opened = {"name": "Open", "policy_actions": [{"action": "apply_policy", "role_ids": [member]}]}
    applicable = create(api, POLICIES, opened)["id"]
    writer = user(member)
    assert writer.post("/api/syncs", json=workspace.sync_body(policies=[applicable])).status_code == 200
    assert writer.post("/api/syncs", json=workspace.sync_body(policies=[closed])).json()["message"] == (
        "your roles may not apply policy Closed"
    )
    api.put(f"/api/connections/{workspace.snowflake}", json={**SNOWFLAKE, "policies": [closed]}).raise_for_status()
    bulk = {**BULK, "source_connection_id": workspace.mysql, "destination_connection_id": workspace.snowflake}
    for path, body in (("/api/syncs", workspace.sync_body()), ("/api/bulk/syncs", bulk)):
        refused: dict[str, Any] = writer.post(path, json=body).json()
        assert refused == {
            "key": "forbidden",
            "message": f"no policy lets your roles sync_to connection {SNOWFLAKE['name']}",
            "metadata": {},
            "status": 403,
        }
