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
    """Everything live by kind and name, without what the service makes up; ids are told as kind and name.

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
            objects[address] = told(one, names)
    return State(objects, sorted(twice))


def told(value: Any, names: dict[str, str]) -> Any:
    """The same with names for ids and without times; lists in one order."""
    if isinstance(value, dict):
        return {key: told(member, names) for key, member in value.items() if key not in SERVERS_OWN}
    if isinstance(value, list):
        return sorted((told(member, names) for member in value), key=repr)
    if isinstance(value, str):
        return ID.sub(lambda found: names.get(found.group(), "an id"), value)
    return value


class Kept:
    """A workspace as it is now, to be put back as often as wanted; requests and faults are forgotten."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self._live = sandbox.data / "sandbox.sqlite3"
        self._copy = folder / "kept.sqlite3"
        with closing(sqlite3.connect(self._live)) as live, closing(sqlite3.connect(self._copy)) as copy:
            live.backup(copy)

    def put_back(self) -> None:
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
    """These go wrong inside the block."""
    for one in descriptions:
        sandbox.fault(**one)
    try:
        yield
    finally:
        sandbox.clear("faults")


def nothing_left(applier: Workspace, *arguments: str) -> None:
    """A plan finds nothing to do."""
    planned = applier("plan", *arguments, "--detailed-exitcode")
    assert (planned.code, planned.out.startswith("Nothing to do"), planned.err) == (0, True, "")


def statuses(result: Result) -> dict[str, str]:
    """How each change ended, by address, from a JSON report."""
    return {one["address"]: one["status"] for one in result.json.get("outcomes") or ()}


def differences(one: State, other: State) -> list[tuple[str, Any, Any]]:
    """What is not the same, by address and member; empty when both are."""
    found = [("twice", one.twice, other.twice)] if one.twice != other.twice else []
    for address in sorted({*one.objects, *other.objects}):
        left, right = one.objects.get(address, {}), other.objects.get(address, {})
        members = [name for name in {**left, **right} if left.get(name) != right.get(name)]
        found += [(f"{address}: {name}", left.get(name), right.get(name)) for name in members]
    return found


def made_by_hand(sandbox: Sandbox, kind: str, like: str, **members: Any) -> str:
    """A copy of a live object that the spec does not know; its id."""
    one = sandbox.named(kind, like)
    if kind == "models":
        del one["fields"]
        one["configuration"] = {"table": one["configuration"]["table"]}
    kept = ("connection_id", "configuration", "mode", "fields", "target", "schedule", "active")
    return str(sandbox.post(f"/api/{kind}", {**{key: one[key] for key in kept if key in one}, **members})["id"])
