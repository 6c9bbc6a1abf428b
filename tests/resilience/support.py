"""The state of a workspace by names, copies of it to restore, and faults."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.workspace import Result, Sandbox, Workspace

ONE = ("--parallelism", "1")
KINDS = {"connections": "connections", "models": "models", "syncs": "syncs", "bulk_syncs": "bulk/syncs"}
SERVERS_OWN = ("created_at", "updated_at", "created_by", "updated_by", "version")
TABLES = ("objects", "idempotency", "requests", "faults")
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True)
class State:
    """Everything live by kind and name, without what the service makes up; ids are given as kind and name.

    `twice` holds what is there more than once.
    """

    objects: dict[str, Any] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)

    @property
    def addresses(self) -> list[str]:
        return sorted(self.objects)


def state(sandbox: Sandbox) -> State:
    found = {
        kind: [sandbox.get(f"/api/{path}/{one['id']}") for one in sandbox.get(f"/api/{path}")]
        for kind, path in KINDS.items()
    }
    names = {one["id"]: f"{kind}/{one['name']}" for kind, objects in found.items() for one in objects}
    objects: dict[str, Any] = {}
    twice: list[str] = []
    for kind, entries in found.items():
        for one in entries:
            address = f"{kind}/{one['name']}"
            if address in objects:
                twice.append(address)
            objects[address] = replace_ids(one, names)
    return State(objects, sorted(twice))


def replace_ids(value: Any, names: dict[str, str]) -> Any:
    """Return a value with names for ids, without times and with sorted lists."""
    if isinstance(value, dict):
        return {key: replace_ids(member, names) for key, member in value.items() if key not in SERVERS_OWN}
    if isinstance(value, list):
        return sorted((replace_ids(member, names) for member in value), key=repr)
    if isinstance(value, str):
        return ID.sub(lambda found: names.get(found.group(), "an id"), value)
    return value


class WorkspaceBackup:
    """A copy of the workspace, to be restored as often as needed; requests and faults are cleared."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self._live = sandbox.data / "sandbox.sqlite3"
        self._copy = folder / "kept.sqlite3"
        with closing(sqlite3.connect(self._live)) as live, closing(sqlite3.connect(self._copy)) as copy:
            live.backup(copy)

    def restore(self) -> None:
        with closing(sqlite3.connect(self._live, timeout=30, isolation_level=None)) as live:
            live.execute("ATTACH ? AS kept", (str(self._copy),))
            live.execute("BEGIN IMMEDIATE")
            for table in TABLES:
                live.execute(f"DELETE FROM main.{table}")
            live.execute("INSERT INTO main.objects SELECT * FROM kept.objects")
            live.execute("INSERT INTO main.idempotency SELECT * FROM kept.idempotency")
            live.execute("COMMIT")


def requests(sandbox: Sandbox) -> list[dict[str, Any]]:
    """Every request to the API since the log was cleared."""
    return [dict(one) for one in sandbox.get("/_sandbox/requests")]


@contextmanager
def faults(sandbox: Sandbox, *descriptions: dict[str, Any]) -> Iterator[None]:
    """Have the sandbox fail in these ways inside the block."""
    for one in descriptions:
        sandbox.fault(**one)
    try:
        yield
    finally:
        sandbox.clear("faults")


def assert_plan_is_empty(applier: Workspace, *arguments: str) -> None:
    """Assert that a plan has no changes."""
    planned = applier("plan", *arguments, "--detailed-exitcode")
    assert (planned.code, planned.out.startswith("Nothing to do"), planned.err) == (0, True, "")


def statuses(result: Result) -> dict[str, str]:
    """Return the status of each change by address, from a JSON report."""
    return {one["address"]: one["status"] for one in result.json.get("outcomes") or ()}


def differences(one: State, other: State) -> list[tuple[str, Any, Any]]:
    """Return what differs, by address and member."""
    found = [("twice", one.twice, other.twice)] if one.twice != other.twice else []
    for address in sorted({*one.objects, *other.objects}):
        left, right = one.objects.get(address, {}), other.objects.get(address, {})
        members = [name for name in {**left, **right} if left.get(name) != right.get(name)]
        found += [(f"{address}: {name}", left.get(name), right.get(name)) for name in members]
    return found


def create_by_hand(sandbox: Sandbox, kind: str, like: str, **members: Any) -> str:
    """Copy a live object under members that no spec declares; return its id."""
    one = sandbox.named(kind, like)
    if kind == "models":
        del one["fields"]
        one["configuration"] = {"table": one["configuration"]["table"]}
    kept = ("connection_id", "configuration", "mode", "fields", "target", "schedule", "active")
    return str(sandbox.post(f"/api/{kind}", {**{key: one[key] for key in kept if key in one}, **members})["id"])
