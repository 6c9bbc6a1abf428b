"""Webhooks: one for an organization, with a secret that goes in and does not come out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import V1, V2, Server, create

WEBHOOKS = "/api/webhooks"
BODY = {"endpoint": "https://example.com/events", "secret": "s3cret-s3cret"}
MASK = "********"
MISSING = "11111111-1111-4111-8111-111111111111"


@pytest.fixture(params=[V1, V2])
def client(request: pytest.FixtureRequest, api: httpx.Client, server: Server) -> Iterator[httpx.Client]:
    with server.client(version=request.param) as client:
        yield client


def test_a_webhook_is_created_read_replaced_and_deleted(client: httpx.Client) -> None:
    assert client.get(WEBHOOKS).json() == {"data": []}
    webhook = create(client, WEBHOOKS, BODY)
    assert webhook == {
        "id": webhook["id"],
        "endpoint": BODY["endpoint"],
        "secret": MASK,
        "organization_id": client.get("/api/me").json()["data"]["organization_id"],
        "disabled": False,
        "created_at": webhook["created_at"],
    }
    path = f"{WEBHOOKS}/{webhook['id']}"
    assert client.get(path).json() == {"data": webhook}
    assert client.get(WEBHOOKS).json() == {"data": [webhook]}
    moved = {**BODY, "endpoint": "http://localhost:8080/", "organization_id": ""}
    assert client.put(path, json=moved).json()["data"] == {**webhook, "endpoint": moved["endpoint"]}
    deleted = client.delete(path)
    assert (deleted.status_code, deleted.content) == (200, b"")
    assert client.get(WEBHOOKS).json() == {"data": []}


def test_enable_and_disable_are_the_only_way_to_change_disabled(client: httpx.Client) -> None:
    webhook = create(client, WEBHOOKS, {**BODY, "disabled": True})
    assert webhook["disabled"] is False
    path = f"{WEBHOOKS}/{webhook['id']}"
    disabled = client.post(f"{path}/disable").json()["data"]
    assert disabled["disabled"] is True
    assert ("disabled_at" in disabled) is (client.headers["X-Polytomic-Version"] == V2)
    assert client.post(f"{path}/disable").json()["data"] == disabled
    assert client.put(path, json=BODY).json()["data"] == disabled
    assert client.post(f"{path}/enable").json()["data"] == webhook
    assert client.post(f"{path}/enable").json()["data"] == webhook


def test_an_organization_has_one_webhook(api: httpx.Client) -> None:
    webhook = create(api, WEBHOOKS, BODY)
    refused = api.post(WEBHOOKS, json=BODY)
    assert (refused.status_code, refused.json()["message"]) == (422, "the organization already has a webhook")
    api.put("/_sandbox/switches", json={"second_webhook": "409"}).raise_for_status()
    assert api.post(WEBHOOKS, json=BODY).status_code == 409
    assert api.get(WEBHOOKS).json()["data"] == [webhook]


def test_the_secret_is_kept_when_its_mask_is_sent_back(api: httpx.Client) -> None:
    path = f"{WEBHOOKS}/{create(api, WEBHOOKS, BODY)['id']}"
    api.put(path, json={**BODY, "secret": MASK}).raise_for_status()
    api.put("/_sandbox/switches", json={"webhook_secrets": "plain"}).raise_for_status()
    assert api.get(path).json()["data"]["secret"] == BODY["secret"]
    assert api.put(path, json={**BODY, "secret": "other"}).json()["data"]["secret"] == "other"
    api.put("/_sandbox/switches", json={"mask_sent_back": "store"}).raise_for_status()
    assert api.put(path, json={**BODY, "secret": MASK}).json()["data"]["secret"] == MASK


def test_the_secret_is_masked_in_the_request_log(api: httpx.Client) -> None:
    create(api, WEBHOOKS, BODY)
    requests = api.get("/_sandbox/requests", params={"path": WEBHOOKS}).json()["data"]
    assert [request["body"]["secret"] for request in requests] == [MASK]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"endpoint": None}, "endpoint is required"),
        ({"endpoint": " "}, "endpoint is required"),
        ({"secret": None}, "secret is required"),
        ({"secret": ""}, "secret is required"),
        ({"secret": 5}, "secret must be a string"),
        ({"endpoint": ["https://example.com"]}, "endpoint must be a string"),
        ({"endpoint": "example.com/events"}, "endpoint must be an http or https URL"),
        ({"endpoint": "ftp://example.com"}, "endpoint must be an http or https URL"),
        ({"endpoint": "https://"}, "endpoint must be an http or https URL"),
        ({"endpoint": "https://[::1"}, "endpoint must be an http or https URL"),
    ],
)
def test_an_invalid_webhook_is_refused(client: httpx.Client, members: dict[str, Any], message: str) -> None:
    body = {**BODY, **members}
    expected = {"key": "unprocessable_entity", "message": message, "metadata": {}, "status": 422}
    assert client.post(WEBHOOKS, json=body).json() == expected
    path = f"{WEBHOOKS}/{create(client, WEBHOOKS, BODY)['id']}"
    assert client.put(path, json=body).json() == expected


def test_an_endpoint_that_is_no_url_is_stored_when_switched(api: httpx.Client) -> None:
    api.put("/_sandbox/switches", json={"webhook_endpoint": "store"}).raise_for_status()
    assert create(api, WEBHOOKS, {**BODY, "endpoint": "example.com"})["endpoint"] == "example.com"


def test_a_webhook_that_is_gone_is_not_found(client: httpx.Client) -> None:
    path = f"{WEBHOOKS}/{MISSING}"
    for method, at in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/enable"), ("POST", "/disable")):
        answer = client.request(method, f"{path}{at}", json=BODY if method == "PUT" else None)
        assert (answer.status_code, answer.json()["message"]) == (404, f"webhook {MISSING} not found")


def test_another_organization_is_forbidden(api: httpx.Client) -> None:
    assert api.post(WEBHOOKS, json={**BODY, "organization_id": MISSING}).status_code == 403


def test_the_newer_version_lists_deliveries_and_the_sandbox_makes_none(api: httpx.Client) -> None:
    path = f"{WEBHOOKS}/{create(api, WEBHOOKS, BODY)['id']}/deliveries"
    newer = {"X-Polytomic-Version": V2}
    assert api.get(path, headers=newer).json() == {"data": [], "pagination": {"next_page_token": ""}}
    assert api.get(path, headers=newer, params={"page_token": "x"}).status_code == 400
    assert api.get(f"{WEBHOOKS}/{MISSING}/deliveries", headers=newer).status_code == 404
    assert api.get(path).status_code == 404
