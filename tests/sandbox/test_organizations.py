"""Organizations, users and keys: who may do what, and that organizations see nothing of each other."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from applier.sandbox.inprocess import InProcess, transport
from tests.sandbox.conftest import KEY, MYSQL, V1, V2, create

PARTNER = "partner-key-0123456789"
UNKNOWN = "99999999-9999-4999-8999-999999999999"


class TenantSandbox:
    """One sandbox and clients of it with different credentials."""

    def __init__(self, sandbox: InProcess) -> None:
        self.transport = sandbox

    def client(self, authorization: str | None, version: str = V1) -> httpx.Client:
        headers = {"X-Polytomic-Version": version, **({"Authorization": authorization} if authorization else {})}
        return httpx.Client(transport=self.transport, base_url="http://sandbox", headers=headers)

    def organization(self, name: str, **user: Any) -> tuple[str, str]:
        """A new organization and the key of its first user."""
        partner = self.client(f"Bearer {PARTNER}")
        organization = create(partner, "/api/organizations", {"name": name})["id"]
        users = f"/api/organizations/{organization}/users"
        id = create(partner, users, {"email": "a@example.com", "role": "admin", **user})["id"]
        return organization, str(create(partner, f"{users}/{id}/keys", {})["value"])


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[TenantSandbox]:
    running = transport(tmp_path, api_key=KEY, partner_key=PARTNER)
    yield TenantSandbox(running)
    running.close()


@pytest.fixture
def partner(sandbox: TenantSandbox) -> httpx.Client:
    return sandbox.client(f"Bearer {PARTNER}")


def basic(organization: str, key: str) -> str:
    return "Basic " + base64.b64encode(f"{organization}:{key}".encode()).decode()


def test_organizations_see_nothing_of_each_other(sandbox: TenantSandbox) -> None:
    clients = [sandbox.client(f"Bearer {sandbox.organization(name)[1]}") for name in ("One", "Two")]
    clients.append(sandbox.client(f"Bearer {KEY}"))
    unchecked = {**MYSQL, "validate": False}
    ids = [create(client, "/api/connections", unchecked)["id"] for client in clients]
    for place, client in enumerate(clients):
        assert [one["id"] for one in client.get("/api/connections").json()["data"]] == [ids[place]]
        assert {one["event"]["id"] for one in client.get("/api/events").json()["data"]} >= {ids[place]}
        for other in set(ids) - {ids[place]}:
            assert client.get(f"/api/connections/{other}").status_code == 404
            assert client.delete(f"/api/connections/{other}").status_code == 404
            body = {"name": "M", "connection_id": other, "configuration": {"table": "x"}}
            assert client.post("/api/models", json=body).status_code == 400
            assert other not in client.get("/api/events", params={"limit": 100}).text


def test_one_idempotency_key_in_two_organizations_is_two_keys(sandbox: TenantSandbox) -> None:
    headers = {"Idempotency-Key": "the-same-in-both"}
    answers = [
        sandbox.client(f"Bearer {sandbox.organization(name)[1]}").post(
            "/api/connections", json={**MYSQL, "validate": False}, headers=headers
        )
        for name in ("One", "Two")
    ]
    assert len({answer.json()["data"]["id"] for answer in answers}) == 2


@pytest.mark.behaviour("credentials")
def test_a_partner_key_acts_in_an_organization_in_the_basic_form_only(sandbox: TenantSandbox) -> None:
    organization, key = sandbox.organization("One")
    bearer = sandbox.client(f"Bearer {PARTNER}")
    assert bearer.get("/api/connections").status_code == 403
    me = bearer.get("/api/me").json()["data"]
    assert (me["is_partner"], me["is_user"], me["organization_id"]) == (True, False, "")
    inside = sandbox.client(basic(organization, PARTNER))
    created = create(inside, "/api/connections", {**MYSQL, "validate": False, "organization_id": organization})
    assert created["organization_id"] == organization
    assert inside.get("/api/me").json()["data"]["organization_name"] == "One"
    assert inside.get(f"/api/connections/{created['id']}").json()["data"]["created_by"]["type"] == "partner"
    assert sandbox.client(basic(UNKNOWN, PARTNER)).get("/api/connections").status_code == 403
    assert sandbox.client(basic(organization, key)).get("/api/connections").json()["data"][0]["id"] == created["id"]


@pytest.mark.behaviour("credentials")
def test_a_user_key_reaches_its_own_organization_only(sandbox: TenantSandbox) -> None:
    organization, key = sandbox.organization("One")
    other, _ = sandbox.organization("Two")
    user = sandbox.client(f"Bearer {key}")
    me = user.get("/api/me").json()["data"]
    assert (me["email"], me["organization_id"], me["is_user"], me["is_partner"]) == (
        "a@example.com",
        organization,
        True,
        False,
    )
    body = {**MYSQL, "validate": False, "organization_id": other}
    assert user.post("/api/connections", json=body).status_code == 403
    assert user.get("/api/events", params={"organization_id": other}).status_code == 403
    assert sandbox.client(basic(other, key)).get("/api/me").status_code == 403
    assert user.get("/api/organizations").status_code == 403
    assert user.get(f"/api/organizations/{organization}/users").status_code == 403
    assert user.get("/_sandbox/requests").status_code == 403, "the log tells of every organization"


@pytest.mark.parametrize("version", [V1, V2])
@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Bearer ", "Basic !!", "Digest x", "Basic d3Jvbmc="])
def test_a_wrong_key_is_401(sandbox: TenantSandbox, authorization: str | None, version: str) -> None:
    answer = sandbox.client(authorization, version).get("/api/me")
    assert answer.status_code == 401
    shape = {"code", "context", "error", "status"} if version == V1 else {"key", "message", "metadata", "status"}
    assert set(answer.json()) == shape


def test_organizations_are_created_renamed_and_deleted_with_everything(
    sandbox: TenantSandbox, partner: httpx.Client
) -> None:
    id, key = sandbox.organization("One")
    assert partner.post("/api/organizations", json={"name": "One"}).status_code == 409
    secret = {"name": "Uno", "client_id": "c", "client_secret": "s", "issuer": "i"}
    assert partner.put(f"/api/organizations/{id}", json=secret).json()["data"] == {
        "id": id,
        "name": "Uno",
        "issuer": "i",
    }
    logged = partner.get("/_sandbox/requests", params={"method": "PUT"}).json()["data"]
    assert logged[-1]["body"]["client_secret"] == "********"
    assert [one["name"] for one in partner.get("/api/organizations").json()["data"]] == ["Sandbox", "Uno"]
    assert partner.delete(f"/api/organizations/{id}").status_code == 200
    assert partner.get(f"/api/organizations/{id}").status_code == 404
    assert sandbox.client(f"Bearer {key}").get("/api/me").status_code == 401
    own = partner.get("/api/organizations").json()["data"][0]["id"]
    assert partner.delete(f"/api/organizations/{own}").status_code == 403


@pytest.mark.behaviour("user-emails")
def test_users_are_kept_in_lower_case_with_one_kind_of_role(sandbox: TenantSandbox, partner: httpx.Client) -> None:
    organization, _ = sandbox.organization("One")
    users = f"/api/organizations/{organization}/users"
    user = create(partner, users, {"email": "Mixed.Case@Example.com", "role": "User"})
    assert (user["email"], user["role"], user["organization_id"]) == ("mixed.case@example.com", "user", organization)
    roles = sandbox.client(basic(organization, PARTNER)).get("/api/permissions/roles").json()["data"]
    ids = {role["name"]: role["id"] for role in roles}
    assert user["role_ids"] == [ids["Member"]]
    path = f"{users}/{user['id']}"
    body = {"email": user["email"], "role_ids": [ids["Admin"], ids["Viewer"]]}
    assert partner.put(path, json=body).json()["data"]["role"] == "admin"
    refused: list[dict[str, Any]] = [
        {"role": "admin", "role_ids": [ids["Admin"]]},
        {"role": "king"},
        {"role_ids": [UNKNOWN]},
        {},
        {"role": "user", "email": "A@example.com"},
        {"role": "user", "email": "nobody"},
    ]
    assert [partner.post(users, json={"email": "new@example.com", **one}).status_code for one in refused] == [422] * 6
    assert partner.delete(path).json()["data"]["id"] == user["id"]
    assert partner.get(path).status_code == 404
    partner.put("/_sandbox/switches", json={"missing_user": "empty"}).raise_for_status()
    assert partner.get(path).json()["data"]["id"] == ""


def test_keys_are_shown_once_and_stop_with_force_or_with_their_user(
    sandbox: TenantSandbox, partner: httpx.Client
) -> None:
    organization, first = sandbox.organization("One")
    users = f"/api/organizations/{organization}/users"
    id = partner.get(users).json()["data"][0]["id"]

    def works(key: str) -> bool:
        return sandbox.client(f"Bearer {key}").get("/api/me").status_code == 200

    second = create(partner, f"{users}/{id}/keys", {})["value"]
    assert works(first)
    assert works(second)
    third = partner.post(f"{users}/{id}/keys", params={"force": "true"}).json()["data"]["value"]
    assert [works(key) for key in (first, second, third)] == [False, False, True]
    partner.put("/_sandbox/switches", json={"second_key": "refuse"}).raise_for_status()
    assert partner.post(f"{users}/{id}/keys").status_code == 409
    partner.delete(f"{users}/{id}").raise_for_status()
    assert not works(third)


def test_a_key_is_kept_as_a_digest_only(sandbox: TenantSandbox, tmp_path: Path) -> None:
    _, key = sandbox.organization("One")
    assert not any(key.encode() in path.read_bytes() for path in tmp_path.iterdir() if path.is_file())


def test_the_newer_version_has_the_callers_own_organization(sandbox: TenantSandbox) -> None:
    organization, key = sandbox.organization("One")
    admin = sandbox.client(f"Bearer {key}", V2)
    assert admin.get("/api/organization").json()["data"] == {"id": organization, "name": "One"}
    member = create(admin, "/api/organization/users", {"email": "m@example.com", "role": "user"})
    path = f"/api/organization/users/{member['id']}"
    assert admin.put(path, json={"role": "admin"}).json()["data"]["email"] == "m@example.com"
    renamed = admin.put(path, json={"role": "user", "email": "other@example.com"}).raise_for_status().json()["data"]
    assert (renamed["role"], renamed["email"]) == ("user", "m@example.com"), "the address is the partner's to change"
    keys = f"/api/organizations/{organization}/users/{member['id']}/keys"
    value = create(sandbox.client(f"Bearer {PARTNER}"), keys, {})["value"]
    as_member = sandbox.client(f"Bearer {value}", V2)
    assert len(as_member.get("/api/organization/users").json()["data"]) == 2
    assert as_member.delete(path).status_code == 403
    assert admin.delete(path).json()["data"]["email"] == "m@example.com"
    assert sandbox.client(f"Bearer {key}").get("/api/organization").status_code == 404, "not in the older version"


def test_without_keys_everyone_is_the_one_organization(tmp_path: Path) -> None:
    with httpx.Client(transport=transport(tmp_path), base_url="http://sandbox") as client:
        assert client.get("/api/me").json()["data"]["organization_name"] == "Sandbox"
        assert len(client.get("/api/organizations").json()["data"]) == 1
