"""A create that is refused: which requests are sent, of every kind, in both versions, with and without a replay."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from applier.kinds import KINDS
from tests.kinds.samples import ENVIRONMENT, SAMPLES
from tests.kinds.workspace import V1, V2
from tests.workspace import Result, Sandbox, Workspace

PATHS = {one.path: name for name, one in KINDS.items()}
TWICE = {name: ["the shared key", "a key of this run"] for name in KINDS}
SAME = {name: ["the shared key", "the shared key"] for name in KINDS}
BUSY = {"message": "a request with this Idempotency-Key is still being processed"}


@pytest.fixture(params=[V1, V2])
def applier(request: pytest.FixtureRequest, sandbox: Sandbox, tmp_path: Path) -> Workspace:
    """A folder with a resource of each kind that is not live yet, beside what they need."""
    needs: dict[str, dict[str, object]] = {}
    for sample in SAMPLES.values():
        for kind, bodies in sample.needs.items():
            needs.setdefault(kind, {}).update(bodies)
    workspace = Workspace.on(sandbox, tmp_path, POLYTOMIC_API_VERSION=request.param, **ENVIRONMENT)
    workspace.write("needs.yaml", yaml.safe_dump(needs))
    assert workspace("apply", "--yes", "--no-checks").code == 0
    workspace.write("new.yaml", yaml.safe_dump({kind: {"X": one.body} for kind, one in SAMPLES.items()}))
    return workspace


def refuse(sandbox: Sandbox, status: int, body: object = {"message": "no"}, **description: object) -> None:
    for path in PATHS:
        sandbox.fault(method="POST", path=path, status=status, body=body, **description)


def apply(applier: Workspace, sandbox: Sandbox) -> tuple[Result, dict[str, list[str]]]:
    """Apply; return the keys of all creates too, by kind."""
    sandbox.clear("requests")
    result = applier("apply", "--yes", "--no-checks", "-o", "json", "-q")
    keys: dict[str, list[str]] = {}
    for one in sandbox.get("/_sandbox/requests"):
        if one["method"] == "POST" and one["path"] in PATHS:
            keys.setdefault(PATHS[one["path"]], []).append(one["headers"]["idempotency-key"])
    return result, keys


def named(keys: dict[str, list[str]], shared: dict[str, str]) -> dict[str, list[str]]:
    return {
        kind: ["the shared key" if one == shared[kind] else "a key of this run" for one in sent]
        for kind, sent in keys.items()
    }


def shared_keys(applier: Workspace, sandbox: Sandbox) -> dict[str, str]:
    """The first key of each create, which every run uses; nothing is created."""
    refuse(sandbox, 400)
    _, keys = apply(applier, sandbox)
    sandbox.clear("faults")
    return {kind: sent[0] for kind, sent in keys.items()}


def store(sandbox: Sandbox, keys: dict[str, str], status: int) -> None:
    """Let an earlier run have been refused: the service goes on to answer so to its keys."""
    headers, body = json.dumps({"content-type": "application/json"}), json.dumps({"message": "an old refusal"})
    with closing(sqlite3.connect(sandbox.data / "sandbox.sqlite3", timeout=30)) as database:
        [(organization,)] = set(database.execute("SELECT organization FROM idempotency"))
        rows = [(organization, key, "nobody", time.time(), status, headers, body.encode()) for key in keys.values()]
        database.executemany(
            "INSERT OR REPLACE INTO idempotency (organization, key, owner, created_at, status, headers, body) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        database.commit()


def ended(result: Result) -> Counter[str]:
    return Counter(one["status"] for one in result.json["outcomes"])


@pytest.mark.behaviour("idempotency-keys")
@pytest.mark.parametrize("status", [400, 422])
def test_a_refusal_is_asked_for_once_more_under_a_key_that_has_no_old_answer(
    status: int, applier: Workspace, sandbox: Sandbox
) -> None:
    shared = shared_keys(applier, sandbox)
    refuse(sandbox, status)
    refused, keys = apply(applier, sandbox)
    assert (refused.code, ended(refused), named(keys, shared)) == (4, {"failed": len(KINDS)}, TWICE)
    sandbox.clear("faults")
    store(sandbox, shared, status)
    done, keys = apply(applier, sandbox)
    assert (done.code, ended(done), named(keys, shared)) == (0, {"done": len(KINDS)}, TWICE)


@pytest.mark.parametrize("status", [400, 422])
def test_a_refusal_after_a_used_up_key_is_final(status: int, applier: Workspace, sandbox: Sandbox) -> None:
    """An old answer, then a refusal of now: two requests, and the second refusal is what the user reads."""
    shared = shared_keys(applier, sandbox)
    store(sandbox, shared, status)
    refuse(sandbox, status, {"message": "the refusal of now"}, nth=[2])
    refused, keys = apply(applier, sandbox)
    messages = {one["message"] for one in refused.json["outcomes"]}
    assert (named(keys, shared), messages) == (TWICE, {f"The service answered {status}: the refusal of now"})


@pytest.mark.parametrize("text", ["cache refresh in progress", "did not provide any schemas"])
def test_a_bulk_sync_waits_for_schemas_with_reads_and_is_sent_once_more(
    text: str, applier: Workspace, sandbox: Sandbox
) -> None:
    sandbox.fault(method="POST", path=KINDS["bulk_syncs"].path, status=422, body={"message": text})
    refused, keys = apply(applier, sandbox)
    assert (ended(refused)["failed"], len(keys["bulk_syncs"])) == (1, 2)


@pytest.mark.extended
@pytest.mark.behaviour("idempotency-keys")
def test_a_conflict_is_waited_for_with_reads_and_asked_for_once_more(applier: Workspace, sandbox: Sandbox) -> None:
    """A 409 that names the key keeps it, as a request under it is in progress; any other may be an old answer.

    Each kind has one of the three cases, in the other version another one, as each waits for many seconds.
    """
    shared = shared_keys(applier, sandbox)
    shift = applier.environment["POLYTOMIC_API_VERSION"] == V2
    case = {name: ("old", "new", "busy")[(number + shift) % 3] for number, name in enumerate(KINDS)}
    store(sandbox, {name: key for name, key in shared.items() if case[name] == "old"}, 409)
    for path, name in PATHS.items():
        if case[name] != "old":
            body = BUSY if case[name] == "busy" else {"message": "no"}
            sandbox.fault(method="POST", path=path, status=409, body=body)
    result, keys = apply(applier, sandbox)
    statuses = {one["address"].partition("/")[0]: one["status"] for one in result.json["outcomes"]}
    assert statuses == {name: "done" if case[name] == "old" else "failed" for name in KINDS}
    assert named(keys, shared) == {**TWICE, **{name: SAME[name] for name in KINDS if case[name] == "busy"}}
