"""Connections that are shared with other organizations: copies that follow their parent and go with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from applier.sandbox import seed
from applier.sandbox.inprocess import transport
from tests.sandbox.conftest import KEY, MYSQL, V1, V2, create

PARTNER = "partner-key-0123456789"
UNKNOWN = "99999999-9999-4999-8999-999999999999"


@dataclass(frozen=True)
class Two:
    """Two organizations, the partner above them, and a connection of the first."""

    first: httpx.Client
    second: httpx.Client
    partner: httpx.Client
    newer: httpx.Client
    """The partner in version 2025-09-18."""
    ids: tuple[str, str]
    connection: str

    def share(self, **body: str) -> httpx.Response:
        path = f"/api/connections/{self.connection}/share"
        return self.partner.post(path, json={"child_organization_id": self.ids[1], **body})


@pytest.fixture
def two(tmp_path: Path, tables: Path) -> Iterator[Two]:
    data = tmp_path / "data"
    seed(tables, data)
    running = transport(data, api_key=KEY, partner_key=PARTNER)

    def client(key: str, version: str = V1) -> httpx.Client:
        headers = {"X-Polytomic-Version": version, "Authorization": f"Bearer {key}"}
        return httpx.Client(transport=running, base_url="http://sandbox", headers=headers)

    first, partner = client(KEY), client(PARTNER)
    other = create(partner, "/api/organizations", {"name": "Other"})["id"]
    user = create(partner, f"/api/organizations/{other}/users", {"email": "a@example.com", "role": "admin"})["id"]
    second = client(create(partner, f"/api/organizations/{other}/users/{user}/keys", {})["value"])
    ids = (first.get("/api/me").json()["data"]["organization_id"], other)
    yield Two(first, second, partner, client(PARTNER, V2), ids, create(first, "/api/connections", MYSQL)["id"])
    running.close()


def test_a_copy_has_what_its_parent_has(two: Two) -> None:
    answer = two.share(name="Shared")
    copy = answer.json()["data"]["id"]
    assert answer.json() == {"data": {"id": copy}}
    seen = two.second.get(f"/api/connections/{copy}").json()["data"]
    parent = two.first.get(f"/api/connections/{two.connection}").json()["data"]
    own = {
        "id": copy,
        "name": "Shared",
        "organization_id": two.ids[1],
        "parent_connection_id": two.connection,
        **{name: seen[name] for name in ("created_at", "created_by", "updated_at", "updated_by")},
    }
    assert seen == {**parent, **own}
    model = {"name": "M", "connection_id": copy, "configuration": {"table": "company.customers"}}
    assert len(create(two.second, "/api/models", model)["fields"]) == 6
    for client in (two.first, two.partner):
        assert client.get(f"/api/connections/{two.connection}/shared").json()["data"] == [seen]
    assert two.second.get(f"/api/connections/{two.connection}/shared").status_code == 404
    assert two.first.get("/api/connections").json()["data"] == [parent]


def test_the_newer_version_names_the_organization(two: Two) -> None:
    path = f"/api/organizations/{two.ids[0]}/connections/{two.connection}/shared"
    copy = create(two.newer, path, {"child_organization_id": two.ids[1]})["id"]
    listed = two.newer.get(path).json()["data"]
    assert [(one["id"], one["name"], one["rate_limit"]) for one in listed] == [(copy, MYSQL["name"], None)]
    assert two.newer.get(path.replace(two.ids[0], two.ids[1])).status_code == 404
    assert two.newer.get(path.replace(two.ids[0], UNKNOWN)).status_code == 404
    assert two.newer.post(f"/api/connections/{two.connection}/share", json={}).status_code == 404
    assert two.partner.get(path).status_code == 404


def test_a_copy_follows_its_parent_and_goes_with_it(two: Two) -> None:
    copy = two.share().json()["data"]["id"]
    model = {"name": "M", "connection_id": copy, "configuration": {"table": "company.customers"}}
    create(two.second, "/api/models", model)
    changed = {**MYSQL, "configuration": {**MYSQL["configuration"], "hostname": "elsewhere"}}  # type: ignore[dict-item]
    path = f"/api/connections/{two.connection}"
    two.first.put(path, json=changed).raise_for_status()
    assert two.second.get(f"/api/connections/{copy}").json()["data"]["configuration"]["hostname"] == "elsewhere"
    refused = two.first.delete(path)
    assert (refused.status_code, refused.json()["metadata"]) == (
        422,
        {"used_by": [{"type": "connection", "name": MYSQL["name"], "id": copy}]},
    )
    assert two.first.delete(path, params={"force": "true"}).status_code == 200
    assert two.second.get("/api/connections").json()["data"] == two.second.get("/api/models").json()["data"] == []


def test_an_invalid_share_is_refused(two: Two) -> None:
    assert two.share().status_code == 200
    again = two.share()
    assert (again.status_code, again.json()["message"]) == (422, f"a connection named {MYSQL['name']!r} already exists")
    assert two.share(child_organization_id=two.ids[0]).status_code == 422
    assert two.share(child_organization_id=UNKNOWN).status_code == 404
    assert two.share(child_organization_id="other").status_code == 400
    path = f"/api/connections/{two.connection}/share"
    assert two.partner.post(path, json={}).status_code == 400
    assert (
        two.partner.post(path.replace(two.connection, UNKNOWN), json={"child_organization_id": two.ids[1]}).status_code
        == 404
    )
    assert two.first.post(path, json={"child_organization_id": two.ids[1]}).status_code == 403
