"""`applier export --from-terraform`: a state becomes a spec of the same objects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from applier.export import Exported, Wish, exported_state
from applier.export.terraform import state_of
from tests.cli.support import CommandLine
from tests.export.support import differences, planned
from tests.kinds.test_models import ACCOUNTS
from tests.kinds.workspace import Workspace, spec

FULL = spec(
    models=ACCOUNTS,
    model={
        "configuration": {"query": "SELECT * FROM customers"},
        "identifier": "id",
        "tracking_columns": ["id"],
        "additional_fields": [{"name": "tags", "type": "string"}],
        "relations": [{"from": "account_id", "to": {"model": "Accounts", "field": "id"}}],
    },
    sync={
        "mode": "updateOrCreate",
        "identity": {"field": "email", "target": "EMAIL"},
        "fields": {"FIRST_NAME": "first_name", "ORIGIN": {"value": "shop"}},
        "filters": [
            {"field": "id", "function": "GreaterThan", "value": 0},
            {"field": "email", "function": "StringOneOf", "value": ["a", "b"]},
        ],
        "filter_logic": "A OR B",
        "overrides": [{"field": "email", "function": "IsNull", "override": "none"}],
        "schedule": {"frequency": "daily", "hour": 3, "minute": 0},
        "active": True,
    },
    bulk_syncs={
        "Replica": {
            "source": {"connection": "Source"},
            "destination": {"connection": "Warehouse", "configuration": {"schema": "replica"}},
            "mode": "replicate",
            "schedule": {"frequency": "hourly", "minute": 5},
            "active": False,
        }
    },
)


def as_the_provider_keeps(live: Workspace) -> dict[str, Any]:
    """The live objects as attributes of the provider's resources."""

    def every(path: str) -> list[dict[str, Any]]:
        return [live.send("GET", f"{path}/{one['id']}") for one in live.send("GET", path)]

    resources = []
    for one in every("/api/connections"):
        values = {"id": one["id"], "name": one["name"], "organization": None, "configuration": one["configuration"]}
        resources.append(resource(f"polytomic_{one['type']['id']}_connection", values))
    for one in every("/api/models"):
        fields = [field["name"] for field in one["fields"] if not field.get("user_added")]
        added = [
            {name: field.get(name) for name in ("name", "type", "label")}
            for field in one["fields"]
            if field.get("user_added")
        ]
        values = {
            **one,
            "fields": fields,
            "additional_fields": added,
            "configuration": json.dumps(one["configuration"]),
        }
        resources.append(resource("polytomic_model", values))
    nested = []
    for one in every("/api/syncs"):
        target = {**one["target"], "configuration": json.dumps(one["target"].get("configuration") or {})}
        conditions = {
            name: [{key: said(key, value) for key, value in each.items()} for each in one.get(name) or []]
            for name in ("filters", "overrides")
        }
        nested.append(resource("polytomic_sync", {**one, **conditions, "target": target}))
    for one in every("/api/bulk/syncs"):
        ends = {
            end: {
                "connection_id": one[f"{end}_connection_id"],
                "configuration": json.dumps(one.get(f"{end}_configuration") or {}),
            }
            for end in ("source", "destination")
        }
        nested.append(resource("polytomic_bulk_sync", {**one, **ends}))
    others = [resource("polytomic_role", {"name": "x"}), resource("random_id", {}), {"mode": "data", "type": "x"}]
    return {"values": {"root_module": {"resources": [*resources, *others], "child_modules": [{"resources": nested}]}}}


def said(name: str, value: Any) -> Any:
    return json.dumps(value) if name in ("value", "override") and value is not None else value


def resource(type_name: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"address": f"{type_name}.this", "mode": "managed", "type": type_name, "name": "this", "values": values}


def exported(state: dict[str, Any]) -> Exported:
    return exported_state(state_of(json.dumps(state).encode()), Wish())


def test_a_plan_of_it_is_empty(make: Any) -> None:
    live = make("2024-02-08")
    live.apply(FULL)
    made = exported(as_the_provider_keeps(live))
    assert [one.detail for one in made.diagnostics] == [
        "polytomic_role.this is not in the spec: applier does not manage objects of that sort."
    ]
    assert made.count == 6
    assert differences(planned(live, made)) == {}


STATE = {
    "values": {
        "root_module": {
            "resources": [
                resource(
                    "polytomic_mysql_connection",
                    {
                        "id": "c1",
                        "name": "Shop",
                        "organization": "o",
                        "configuration": {"hostname": "db", "port": 3306, "account": "me", "passwd": "s3cret"},
                    },
                ),
                resource(
                    "polytomic_model",
                    {
                        "id": "m1",
                        "name": "Customers",
                        "connection_id": "c1",
                        "configuration": json.dumps({"table": "shop.customers"}),
                        "fields": ["id"],
                    },
                ),
                resource("polytomic_policy", {"id": "p1", "name": "Ours"}),
            ]
        }
    }
}  # fmt: skip


@pytest.fixture
def applier(tmp_path: Path) -> CommandLine:
    made = CommandLine(tmp_path)
    made.write("state.json", json.dumps(STATE))
    return made


def test_no_service_is_needed(applier: CommandLine) -> None:
    result = applier("export", "--from-terraform", "state.json")
    assert (result.code, result.out) == (
        0,
        (
            "version: 1\n\nconnections:\n  Shop:\n    type: mysql\n    configuration:\n      hostname: db\n"
            "      port: 3306\n      account: me\n      passwd: ${env:SHOP_PASSWD}\n\n"
            "models:\n  Customers:\n    connection: Shop\n    configuration:\n      table: shop.customers\n"
            "    fields: [id]\n"
        ),
    )
    assert result.err == (
        "warning: polytomic_policy.this is not in the spec: applier does not manage objects of that sort."
        " [no-counterpart]\n  hint: keep it in Terraform, or look after it by hand\n"
        "exported 2 objects\n1 secret to fill in:\n  SHOP_PASSWD  connections/Shop: configuration.passwd\n"
    )


NOTHING = "it has no values.root_module"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "it is not JSON"),
        ("[]", "it has no values.root_module"),
        ('{"values": 1}', "it has no values.root_module"),
    ],
)
def test_what_is_no_state(applier: CommandLine, content: str, why: str) -> None:
    applier.write("state.json", content)
    result = applier("export", "--from-terraform", "state.json", "-q")
    assert (result.code, result.out, result.err) == (
        1,
        "",
        (
            f"error: state.json is no Terraform state: {why}. [not-a-state]\n"
            "  hint: write it with: terraform show -json > state.json\n"
        ),
    )


def test_a_state_that_is_not_there(applier: CommandLine) -> None:
    result = applier("export", "--from-terraform", "none.json", "-q")
    assert (result.code, result.err.splitlines()[0]) == (
        1,
        "error: none.json cannot be read: No such file or directory. [file-unreadable]",
    )
