"""What a web page can make a browser send reaches no sandbox, not even one that needs no key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import MYSQL, V1, V2, Server
from tests.workspace import Workspace

PAGE = "http://evil.example"
VERSION = {"X-Polytomic-Version": V1}


@pytest.fixture(scope="module")
def keyless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a sandbox that needs no key and is called by one more name."""
    process = Workspace(tmp_path_factory.mktemp("keyless")).start(
        "sandbox", "serve", "--port", "0", "--no-key", "--allow-host", "sandbox.test"
    )
    assert process.stdout is not None
    with httpx.Client(base_url=process.stdout.readline().strip(), headers=VERSION) as client:
        yield client
    process.terminate()
    _, told = process.communicate(timeout=15)
    assert told == "", "without a generated key there is nothing to tell"


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LocalHost.:1",
        "x.localhost",
        "127.0.0.1",
        "127.1.2.3:99",
        "[::1]",
        "[::1]:80",
        "[::ffff:127.0.0.1]",
        "sandbox.test",
        "SANDBOX.test:8080",
    ],
)
def test_the_names_of_this_computer_and_the_allowed_one_are_hosts(keyless: httpx.Client, host: str) -> None:
    assert keyless.get("/api/me", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8765",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil-localhost",
        "sandbox.test.evil.example",
        "sub.sandbox.test",
        "192.168.1.2",
        "0.0.0.0",
        "[fd00::1]",
        "::1",
        "[::1",
        "127.0.0.1@evil.example",
        "127.0.0.1:8765:1",
        "2130706433",
        "",
    ],
)
def test_any_other_host_is_refused(keyless: httpx.Client, host: str) -> None:
    """A name that resolves to 127.0.0.1 makes a page of its owner the same origin as the sandbox (DNS rebinding)."""
    for version in (V1, V2):
        answer = keyless.get("/_sandbox/requests?reveal=1", headers={"Host": host, "X-Polytomic-Version": version})
        assert answer.json() == {
            "key": "forbidden",
            "message": f'the host "{host}" is not allowed: use the address that the sandbox prints at its start, or '
            "start it with --allow-host",
            "metadata": {},
            "status": 403,
        }
        assert (answer.status_code, answer.headers["X-Polytomic-Version"]) == (403, version)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({"Origin": PAGE}, f'the origin is "{PAGE}"'),
        ({"Origin": "null"}, 'the origin is "null"'),
        ({"Origin": "http://localhost:1"}, 'the origin is "http://localhost:1"'),
        ({"Sec-Fetch-Site": "cross-site"}, "Sec-Fetch-Site is cross-site"),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate"}, "Sec-Fetch-Site is same-site"),
    ],
)
def test_requests_of_other_pages_do_nothing(keyless: httpx.Client, sent: dict[str, str], reason: str) -> None:
    keyless.post("/api/connections", json={**MYSQL, "name": reason}).raise_for_status()
    before = keyless.get("/_sandbox/requests").json()
    requests: list[tuple[str, str, Any]] = [
        ("GET", "/_sandbox/requests?reveal=1", None),
        ("POST", "/_sandbox/reset", {}),
        ("POST", "/api/connections", MYSQL),
        ("OPTIONS", "/api/connections", None),
        ("GET", "/nothing", None),
    ]
    for method, path, body in requests:
        answer = keyless.request(method, path, json=body, headers=sent)
        assert answer.status_code == 403
        assert answer.json()["message"] == f"requests of web pages are not allowed: {reason}"
        assert not any(name.startswith("access-control-") for name in answer.headers)
    assert keyless.get("/_sandbox/requests").json() == before


def test_a_page_of_the_sandbox_itself_and_an_address_bar_are_no_other_pages(keyless: httpx.Client) -> None:
    own = {"Origin": str(keyless.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert keyless.get("/api/me", headers=own).status_code == 200
    typed = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}
    assert keyless.get("/api/me", headers=typed).status_code == 200


def test_the_link_of_an_authorization_can_be_followed_from_a_page(server: Server, api: httpx.Client) -> None:
    """A terminal in a browser shows it, for example; the token in the link is the permission."""
    made = api.post("/api/connections", json={"name": "H", "type": "hubspot", "configuration": {}}).json()
    link = made["data"]["auth_url"]
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    with server.client(key=None) as client:
        assert client.get(link.partition("?")[0], headers=followed).status_code == 403
        assert client.get(link, headers={**followed, "Sec-Fetch-Mode": "no-cors"}).status_code == 403
        assert client.get(link, headers=followed).status_code == 200


@pytest.mark.parametrize(
    "kind",
    [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json", "+json"],
)
def test_a_body_that_is_not_said_to_be_json_is_refused(keyless: httpx.Client, kind: str | None) -> None:
    """A page sends these without asking first; what asks (a preflight) is refused by its origin."""
    headers = {} if kind is None else {"Content-Type": kind}
    answer = keyless.post("/_sandbox/reset", content=b"{}", headers=headers)
    given = "and it is missing" if kind is None else f'not "{kind}"'
    assert answer.json() == {
        "key": "unsupported_media_type",
        "message": f"the Content-Type of a request body must be application/json, {given}",
        "metadata": {},
        "status": 415,
    }
    assert keyless.post("/_sandbox/reset", content=b"", headers=headers).status_code == 200


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8", "application/x.y+json"])
def test_forms_of_json_are_accepted(keyless: httpx.Client, kind: str) -> None:
    assert keyless.post("/_sandbox/reset", content=b"{}", headers={"Content-Type": kind}).status_code == 200
