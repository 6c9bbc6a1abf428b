"""A new name is an update, by `moved` as by `id`."""

from __future__ import annotations

import pytest

from tests.resilience.projects import CONNECTIONS
from tests.resilience.support import assert_plan_is_empty, state
from tests.workspace import Sandbox, Workspace

SPEC = "spec.yaml"
USED = """\
models:
  {model}: {{connection: {connection}, configuration: {{table: company.customers}}{pin}}}
syncs:
  Contacts:
    mode: replace
    model: {model}
    target: {{connection: Warehouse, object: CUSTOMERS.CONTACTS}}
    fields: {{EMAIL: email}}
    schedule: {{frequency: manual}}
"""


@pytest.mark.parametrize("by", ["moved", "id"])
def test_a_rename_is_an_update(applier: Workspace, sandbox: Sandbox, by: str) -> None:
    applier.write(SPEC, CONNECTIONS + USED.format(model="Customers", connection="MySQL", pin=""))
    assert applier("apply", SPEC, "--yes").code == 0
    before = {kind: sorted(one["id"] for one in sandbox.get(f"/api/{kind}")) for kind in ("connections", "models")}
    pin = f", id: {before['models'][0]}" if by == "id" else ""
    moved = "moved: {connections: {MySQL: Shop}, models: {Customers: People}}\n" if by == "moved" else ""
    head = CONNECTIONS.replace("  MySQL:", "  Shop:")
    if by == "id":
        head = head.replace(
            "    type: mysql", f"    type: mysql\n    id: {sandbox.named('connections', 'MySQL')['id']}"
        )
    applier.write(SPEC, moved + head + USED.format(model="People", connection="Shop", pin=pin))
    renamed = applier("apply", SPEC, "--yes", "--force", "--parallelism", "1")
    assert (renamed.code, renamed.err.splitlines()) == (
        0,
        ["> connections/Shop  renamed", "> models/People  renamed"],
    )
    assert before == {kind: sorted(one["id"] for one in sandbox.get(f"/api/{kind}")) for kind in before}
    assert state(sandbox).addresses == [
        "connections/Shop",
        "connections/Warehouse",
        "models/People",
        "syncs/Contacts",
    ]
    assert_plan_is_empty(applier, SPEC)


def test_an_id_selects_one_of_several_equal_names(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write(SPEC, CONNECTIONS + USED.format(model="Customers", connection="MySQL", pin=""))
    assert applier("apply", SPEC, "--yes").code == 0
    one = sandbox.named("models", "Customers")
    body = {"name": "Customers", "connection_id": one["connection_id"], "configuration": {"table": "company.teams"}}
    sandbox.post("/api/models", body)
    twice = applier("plan", SPEC)
    assert (twice.code, "[ambiguous-name]" in twice.err) == (1, True)
    applier.write(SPEC, CONNECTIONS + USED.format(model="Customers", connection="MySQL", pin=f", id: {one['id']}"))
    assert_plan_is_empty(applier, SPEC)


def test_a_name_that_is_taken(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write(SPEC, CONNECTIONS + USED.format(model="Customers", connection="MySQL", pin=""))
    assert applier("apply", SPEC, "--yes").code == 0
    one = sandbox.named("models", "Customers")
    body = {"name": "People", "connection_id": one["connection_id"], "configuration": {"table": "company.teams"}}
    sandbox.post("/api/models", body)
    sandbox.clear("requests")
    moved = "moved: {models: {Customers: People}}\n"
    applier.write(SPEC, moved + CONNECTIONS + USED.format(model="People", connection="MySQL", pin=""))
    blocked = applier("apply", SPEC, "--yes")
    assert (blocked.code, "[move-blocked]" in blocked.err, sandbox.writes()) == (1, True, [])
