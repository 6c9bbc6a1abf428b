"""The sandbox describes itself, and no request that fits the description, or nearly, breaks it."""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from applier.sandbox import seed
from applier.sandbox.app import API
from applier.sandbox.app.request_bodies import BODIES, QUERIES
from applier.sandbox.inprocess import transport
from tests.effort import scale
from tests.sandbox.conftest import V1, V2
from tests.sandbox.populated_workspace import bodies_of, populate

pytestmark = pytest.mark.extended

# It wants newer libraries than applier, so that the lowest versions are tested without it.
schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed: it is no part of [test]")

EXAMPLES = scale(3, 100)
USUALLY = 0.75


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, tables: Path) -> Iterator[httpx.Client]:
    data = tmp_path_factory.mktemp("fuzzed")
    seed(tables, data)
    with httpx.Client(transport=transport(data), base_url="http://sandbox.example") as running:
        yield running


def test_every_endpoint_is_described(client: httpx.Client) -> None:
    description = client.get("/_sandbox/openapi.json").json()
    assert description["openapi"].startswith("3.1")
    described = {(method.upper(), path) for path, methods in description["paths"].items() for method in methods}
    assert {(endpoint.method, endpoint.path) for endpoint in API} <= described
    create = description["paths"]["/api/syncs"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(create["required"]) == {"name", "mode", "fields", "schedule", "target"}


def test_every_writing_endpoint_says_what_it_takes() -> None:
    known = {(endpoint.method, endpoint.path) for endpoint in API}
    assert {one for one in known if one[0] in ("POST", "PUT", "PATCH")} == set(BODIES)
    assert set(QUERIES) <= known


def place_ids(case: schemathesis.Case, ids: dict[str, list[str]], dice: random.Random) -> None:
    """Let most requests be about something that exists."""
    for name in list(case.path_parameters or {}):
        before = case.operation.path.partition(f"/{{{name}}}")[0].removeprefix("/api/")
        pool = ids.get(name) or ids.get(before) or ids.get(before.rpartition("/")[2])
        if pool and dice.random() < USUALLY:
            case.path_parameters[name] = dice.choice(pool)
    fill(case.body, ids, dice)


def fill(body: Any, ids: dict[str, list[str]], dice: random.Random) -> None:
    """Ids, modes and names in a body that mean something, most of the time."""
    meant = {
        "connection_id": ids["connections"],
        "model_id": ids["models"],
        "mode": ["replace", "update", "updateOrCreate", "append"],
        "object": ["CUSTOMERS.CONTACTS", "Contact"],
        "field": ["email", "age"],
        "target": ["EMAIL", "Email", "CUSTOMERS.CONTACTS"],
        "function": ["Equality", "IsNull", "Between"],
        "frequency": ["manual", "continuous", "runafter"],
        "type": ["mysql", "salesforce", "string"],
        "source_connection_id": ids["connections"],
        "destination_connection_id": ids["connections"],
        "configuration": [{"table": "company.customers"}, {"object": "Contact"}, {"query": "SELECT 1 AS a"}],
    }
    if isinstance(body, list):
        for member in body:
            fill(member, ids, dice)
    elif isinstance(body, dict):
        for name, value in list(body.items()):
            if name == "organization_id":
                body[name] = None
            elif isinstance(value, (dict, list)) and name != "configuration":
                fill(value, ids, dice)
            elif name in meant and dice.random() < USUALLY:
                body[name] = dice.choice(meant[name])


def test_no_request_breaks_it(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    dice = random.Random(0)
    schema = schemathesis.openapi.from_dict(client.get("/_sandbox/openapi.json").json())
    state = {"ids": populate(client), "requests": 0}
    for found in schema.get_all_operations():
        operation = found.ok()
        if not operation.path.startswith("/api"):
            continue

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def send(case: schemathesis.Case) -> None:
            place_ids(case, state["ids"], dice)
            kwargs = case.as_transport_kwargs(base_url="http://sandbox.example")
            kwargs.pop("cookies", None)
            try:
                response = client.request(**kwargs, follow_redirects=False)
            except (httpx.InvalidURL, UnicodeEncodeError):
                return
            state["requests"] += 1
            assert response.status_code < 500, (kwargs, response.text, caplog.text)

        send()
        if operation.method.upper() == "DELETE":
            state["ids"] = populate(client)
    assert state["requests"] > 200


@pytest.mark.parametrize("version", [V1, V2])
@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b"1",
        b'"x"',
        b"null",
        b"\xff\xfe",
        b"{}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"name": "\\ud800", "mode": 1}',
        b'{"name": "\\ud800", "type": "mysql", "configuration": {"a": "\\udfff"}, "validate": false}',
        b'{"limit": 1e999, "name": NaN}',
        b'{"a": 1' + b"0" * 5000 + b"}",
    ],
    ids=lambda content: repr(content[:20]),
)
def test_no_content_breaks_it(client: httpx.Client, version: str, content: bytes) -> None:
    for method, template in BODIES:
        path = re.sub(r"{\w+}", "x", template)
        headers = {"X-Polytomic-Version": version, "content-type": "application/json"}
        answer = client.request(method, path, content=content, headers=headers)
        assert answer.status_code < 500, (method, path, answer.text)


JUNK = (
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    "",
    "x",
    "\0",
    "😀" * 300,
    [],
    [None],
    ["x"],
    [[]],
    [{}],
    {},
    {"x": 1},
    {"": None},
)


def spots(document: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where a document holds something, from the outside in."""
    yield at
    members = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for name, member in members:
        yield from spots(member, (*at, name))


def change(document: Any, at: tuple[Any, ...], value: Any) -> Any:
    """The document with something else in one spot."""
    if not at:
        return value
    inside = change(document[at[0]], at[1:], value)
    if isinstance(document, list):
        return [inside if place == at[0] else member for place, member in enumerate(document)]
    return {**document, at[0]: inside}


@pytest.mark.parametrize("version", [V1, V2])
def test_no_slip_in_a_good_request_breaks_it(client: httpx.Client, version: str) -> None:
    dice = random.Random(version)
    headers = {"X-Polytomic-Version": version}
    client.put("/_sandbox/switches", json={"schema_cache_refusals": "0"}).raise_for_status()
    broken = []
    for method, path, body in bodies_of(client, version):
        good = client.request(method, path, json=body, headers=headers)
        assert good.status_code == 200, (method, path, good.text)
        for spot in spots(body):
            for junk in dice.sample(JUNK, 3):
                slipped = change(body, spot, junk)
                answer = client.request(method, path, json=slipped, headers=headers)
                if answer.status_code >= 500:
                    broken.append((method, path, spot, junk))
    assert broken == []
    for path in ("connections", "models", "syncs", "bulk/syncs", "events"):
        listed = client.get(f"/api/{path}", headers=headers)
        assert listed.status_code == 200, (path, listed.text)
