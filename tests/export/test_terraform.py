"""`applier export --from-terraform`: a state becomes a spec of the same objects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from applier.export import Export, ExportOptions, export_state
from applier.export.terraform import resources_of, state_of
from tests.export.support import EVERYTHING, differences, plan_export
from tests.kinds.test_models import ACCOUNTS
from tests.kinds.workspace import InProcessWorkspace, spec
from tests.workspace import Workspace

ROLES, POLICIES = "/api/permissions/roles", "/api/permissions/policies"
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


def as_the_provider_keeps(live: InProcessWorkspace) -> dict[str, Any]:
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
    for noun, path in (("role", ROLES), ("policy", POLICIES)):
        resources += [resource(f"polytomic_{noun}", one) for one in every(path) if not one["system"]]
    others = [resource("polytomic_user", {"email": "x"}), resource("random_id", {}), {"mode": "data", "type": "x"}]
    return {"values": {"root_module": {"resources": [*resources, *others], "child_modules": [{"resources": nested}]}}}


def said(name: str, value: Any) -> Any:
    return json.dumps(value) if name in ("value", "override") and value is not None else value


def resource(type_name: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"address": f"{type_name}.this", "mode": "managed", "type": type_name, "name": "this", "values": values}


def exported(*states: dict[str, Any], options: ExportOptions = EVERYTHING) -> Export:
    resources = [one for state in states for one in resources_of(json.dumps(state).encode())]
    return export_state(state_of(resources), options)


def told(made: Export) -> list[str]:
    return [one.detail for one in made.diagnostics]


def body(made: Export, address: str) -> Any:
    kind, _, name = address.partition("/")
    return yaml.safe_load(made.text)[kind][name]


def holding(*resources: dict[str, Any], **modules: list[dict[str, Any]]) -> dict[str, Any]:
    """A state with modules inside modules."""
    module: dict[str, Any] = {}
    for name, inside in modules.items():
        module = {"address": f"module.{name}", "resources": inside, "child_modules": [module] if module else []}
    return {"values": {"root_module": {"resources": list(resources), "child_modules": [module]}}}


def test_a_plan_of_it_is_empty(make: Any) -> None:
    live = make("2024-02-08")
    live.apply(FULL)
    made = exported(as_the_provider_keeps(live))
    assert told(made) == ["polytomic_user.this is not exported: applier does not manage this type of resource."]
    assert made.count == 6
    assert differences(plan_export(live, made)) == {}


def test_states_of_one_workspace_are_taken_together(make: Any) -> None:
    """Each alone refers to what it does not hold by id, and a plan of it is as empty."""
    live = make("2024-02-08")
    live.apply(FULL)
    root = as_the_provider_keeps(live)["values"]["root_module"]
    base, pipelines = holding(*root["resources"]), holding(*root["child_modules"][0]["resources"])
    assert dict(exported(base, pipelines).files) == dict(exported(as_the_provider_keeps(live)).files)
    ids = {one["name"]: one["id"] for path in ("connections", "models") for one in live.send("GET", f"/api/{path}")}
    alone = exported(pipelines)
    outside = [f"connections/{ids['Warehouse']}", f"models/{ids['Customers']}", f"connections/{ids['Source']}"]
    assert told(alone) == [
        "The state refers to objects that it does not contain. They are declared by their ids: "
        + ", ".join(sorted(outside, key=told(alone)[0].index))
        + "."
    ]
    assert body(alone, f"connections/{ids['Source']}") == {"managed": False, "id": ids["Source"]}
    assert differences(plan_export(live, alone)) == {}


def connection(type_name: str, name: str, configuration: dict[str, Any], **more: Any) -> dict[str, Any]:
    values = {"id": name, "name": name, "organization": "o", "force_destroy": None, "configuration": configuration}
    return resource(f"polytomic_{type_name}_connection", {**values, **more})


SHOP = connection("mysql", "Shop", {"hostname": "db", "account": "me", "passwd": "s3cret", "dbname": "shop"})
CRM = {**connection("salesforce", "CRM", {"domain": None}), "mode": "data"}


def sync(name: str, **members: Any) -> dict[str, Any]:
    values = {
        "id": name,
        "name": name,
        "organization": "o",
        "mode": "append",
        "target": {"connection_id": "CRM", "object": "Contact", "search_values": "{}", "configuration": None},
        "fields": [{"source": {"model_id": "People", "field": "id"}, "target": "Id", "new": None, "sync_mode": None}],
        "schedule": {"frequency": "manual", "hour": None, "run_after": None},
        "active": True,
    }
    return resource("polytomic_sync", {**values, **members})


def model(name: str, **members: Any) -> dict[str, Any]:
    values = {"id": name, "name": name, "connection_id": "Shop", "configuration": json.dumps({"table": "shop.people"})}
    return resource("polytomic_model", {**values, **members})


def test_what_is_not_set_is_null_at_every_depth() -> None:
    auth = {"basic": None, "header": {"name": "X", "value": "t0ken"}, "oauth": None}
    made = exported(holding(connection("csv", "File", {"url": "https://x", "auth": auth, "headers": None})))
    assert body(made, "connections/File") == {
        "type": "csv",
        "configuration": {
            "url": "https://x",
            "auth": {"header": {"name": "X", "value": "${env:FILE_AUTH_HEADER_VALUE}"}},
        },
    }


def test_a_data_source_is_a_connection_that_people_made() -> None:
    """What needs a person to sign in is only a data source for the provider; it is declared where it is used."""
    unused = {**connection("hubspot", "Unused", {}), "mode": "data"}
    both = {**SHOP, "mode": "data"}
    made = exported(holding(both, CRM, unused, b=[SHOP, model("People"), sync("To CRM")], a=[]))
    assert (told(made), made.count) == ([], 3)
    assert yaml.safe_load(made.text)["connections"].keys() == {"CRM", "Shop"}
    assert body(made, "connections/CRM") == {"type": "salesforce", "managed": False}
    assert body(made, "syncs/To CRM")["target"] == {"connection": "CRM", "object": "Contact"}


def test_every_instance_of_a_resource_in_every_module() -> None:
    """`count` and `for_each` make several resources of one address but for the index."""
    counted = [{**model(f"M{index}"), "index": index} for index in range(2)]
    named = [{**model(f"M{key}"), "index": key} for key in ("a", "b")]
    made = exported(holding(SHOP, inner=counted, outer=named))
    assert yaml.safe_load(made.text)["models"].keys() == {"M0", "M1", "Ma", "Mb"}


def test_words_of_older_versions_of_the_provider() -> None:
    athena = {"access_key_id": "i", "access_key_secret": "s", "region": "eu", "output_bucket": "b"}
    bulk = {
        "id": "b",
        "name": "Copy",
        "mode": "replicate",
        "active": True,
        "discover": True,
        "schedule": {"frequency": "manual", "day_of_month": None},
        "source_connection_id": "Shop",
        "dest_connection_id": "Warehouse",
        "source_configuration": None,
        "dest_configuration": {"schema": "copy"},
        "schemas": ["shop.a", "shop.b"],
    }
    columns = [{"id": "mail", "enabled": True, "obfuscated": True}, {"id": "note", "enabled": False}]
    schema = {"sync_id": "b", "id": "shop.b", "partition_key": "day", "fields": columns}
    orphan = {"sync_id": "none", "id": "x", "partition_key": None, "fields": None}
    made = exported(
        holding(
            SHOP,
            connection("snowflake", "Warehouse", {"account": "a", "username": "u", "dbname": "d", "password": "p"}),
            connection("athena", "Lake", athena),
            connection("sqlserver", "SQL", {"hostname": "h", "username": "u", "password": "p", "database": "d"}),
            model("People", configuration={"table": "shop.people"}),
            resource("polytomic_bulk_sync", bulk),
            resource("polytomic_bulk_sync_schema", schema),
            {**resource("polytomic_bulk_sync_schema", orphan), "address": "module.m.polytomic_bulk_sync_schema.x"},
        )
    )
    assert told(made) == [
        "module.m.polytomic_bulk_sync_schema.x is not exported: applier does not manage this type of resource."
    ]
    assert body(made, "connections/Lake") == {
        "type": "awsathena",
        "configuration": {
            "auth_mode": "access_key_and_secret",
            "access_id": "i",
            "secret_access_key": "${env:LAKE_SECRET_ACCESS_KEY}",
            "region": "eu",
            "outputbucket": "b",
        },
    }
    assert body(made, "connections/SQL")["type"] == "azuresql"
    assert body(made, "models/People")["configuration"] == {"table": "shop.people"}
    assert body(made, "bulk_syncs/Copy") == {
        "source": {"connection": "Shop"},
        "destination": {"connection": "Warehouse", "configuration": {"schema": "copy"}},
        "mode": "replicate",
        "automatically_add_new_objects": "all",
        "schemas": {"shop.a": {}, "shop.b": {"fields": [{"id": "mail", "obfuscate": True}], "partition_key": "day"}},
        "schedule": {"frequency": "manual"},
        "active": True,
    }


def test_a_field_known_by_id_is_kept_and_reported() -> None:
    filters = [
        {"field_id": "f1", "field_type": "Model", "function": "Equality", "label": "A", "value": '"5"'},
        {"field_id": "Status", "field_type": "Target", "function": "IsNull", "label": "B", "value": None},
    ]
    overrides = [{"field_id": "f2", "function": "IsNull", "value": None, "override": "none"}]
    made = exported(holding(SHOP, CRM, model("People"), sync("To CRM", filters=filters, overrides=overrides)))
    assert told(made) == [
        "polytomic_sync.this has a filter or an override on a field that the state identifies by its id only."
    ]
    assert body(made, "syncs/To CRM")["filters"] == [
        {"field": "f1", "function": "Equality", "value": "5"},
        {"field_type": "Target", "field": "Status", "function": "IsNull"},
    ]
    assert body(made, "syncs/To CRM")["overrides"] == [{"field": "f2", "function": "IsNull", "override": "none"}]


def test_policies_and_roles_of_the_state_have_names() -> None:
    """A data source finds a role whatever the case of its name, so that the id counts."""
    bindings = [{"action": "read", "role_ids": ["r1", "r2"]}, {"action": "edit", "role_ids": None}]
    ours = resource("polytomic_policy", {"id": "p1", "name": "Ours", "policy_actions": bindings, "organization": "o"})
    analysts = resource("polytomic_role", {"id": "r1", "name": "Analysts", "system": None})
    admin = {**resource("polytomic_role", {"id": "r2", "name": "admin", "organization": "o"}), "mode": "data"}
    made = exported(
        holding(SHOP, ours, analysts, admin, model("A", policies=["p1"]), model("B", policies=["p1", "p2"]))
    )
    assert yaml.safe_load(made.text)["roles"] == {"Analysts": {}, "admin": {"managed": False, "id": "r2"}}
    assert yaml.safe_load(made.text)["policies"] == {
        "Ours": {"actions": {"read": ["Analysts", "admin"]}},
        "p2": {"managed": False, "id": "p2"},
    }
    assert (body(made, "models/A")["policies"], body(made, "models/B")["policies"]) == (["Ours"], ["Ours", "p2"])
    assert told(made) == [
        "The state refers to objects that it does not contain. They are declared by their ids: policies/p2."
    ]


def test_a_plan_of_roles_and_policies_is_empty(make: Any) -> None:
    live = make("2024-02-08")
    policy = {"actions": {"read": ["Analysts", "Admin"], "trigger": ["Analysts"]}}
    live.apply(spec(roles={"Analysts": {}}, policies={"Finance": policy}, model={"policies": ["Finance"]}))
    made = exported(as_the_provider_keeps(live))
    assert made.count == 6
    assert body(made, "models/Customers")["policies"] == ["Finance"]
    assert differences(plan_export(live, made)) == {}


def test_objects_of_several_organizations_are_reported() -> None:
    made = exported(holding(SHOP, connection("mysql", "Theirs", {"hostname": "db"}, organization="p")))
    assert told(made) == ["The state has objects of 2 organizations: o, p."]


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
                resource("polytomic_global_error_subscribers", {"id": "s1", "emails": []}),
            ]
        }
    }
}  # fmt: skip


@pytest.fixture
def applier(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path)
    made.write("state.json", json.dumps(STATE))
    return made


def test_no_service_is_needed(applier: Workspace) -> None:
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
        "warning: polytomic_global_error_subscribers.this is not exported: applier does not manage this type of "
        "resource. [no-counterpart]\n  hint: keep it in Terraform, or manage it by hand\n"
        "exported 2 objects\n1 secret to fill in:\n  SHOP_PASSWD  connections/Shop: configuration.passwd\n"
    )


def test_numbers_of_a_state_keep_all_digits(applier: Workspace) -> None:
    """Terraform counts exactly: what JSON cannot carry as it is becomes a text of the same digits."""
    many = "9" * 5000
    members = (
        f'{{"table": "t", "a": 1234567890123456789, "b": 0.1234567890123456789, "c": 1e400, "d": {many}, "e": 1e3}}'
    )
    model = resource("polytomic_model", {"id": "m1", "name": "M", "connection_id": "c1", "configuration": members})
    other = json.dumps(resource("random_number", {"n": 0})).replace('"n": 0', f'"n": {many}')
    text = json.dumps({"values": {"root_module": {"resources": [model]}}})
    applier.write("state.json", text.replace('"resources": [', f'"resources": [{other}, '))
    result = applier("export", "--from-terraform", "state.json", "-q")
    lines = {line.strip() for line in result.out.splitlines()}
    assert (result.code, result.err) == (0, "")
    assert {"a: 1234567890123456789", 'b: "0.1234567890123456789"', 'c: "1e400"', f'd: "{many}"', "e: 1000.0"} <= lines


NOTHING = "it has no values.root_module"


@pytest.mark.parametrize(
    ("content", "place", "why"),
    [
        (b"{", "1:2", "it is not JSON: expecting property name enclosed in double quotes"),
        (b'{\r\n"values": \x80}', "2:11", "it holds bytes that are no text"),
        (b'{\n "values": 1,,}', "2:14", "it is not JSON: expecting property name enclosed in double quotes"),
        (b"[" * 100_000, "1:1", "it is nested deeper than 100 levels"),
        (b"[" * 480 + b"]" * 480, "1:1", "it is nested deeper than 100 levels"),
        (b"[]", "1:1", "it has no values.root_module"),
        (b'{"values": 1}', "1:1", "it has no values.root_module"),
    ],
    ids=["cut", "not text", "comma", "deep", "less deep", "list", "number"],
)
def test_a_file_that_is_no_state_is_refused(applier: Workspace, content: bytes, place: str, why: str) -> None:
    (applier.folder / "state.json").write_bytes(content)
    result = applier("export", "--from-terraform", "state.json", "-q")
    assert (result.code, result.out, result.err) == (
        1,
        "",
        (
            f"state.json:{place}: error: state.json is not a Terraform state: {why}. [not-a-state]\n"
            "  hint: create one with: terraform show -json > state.json\n"
        ),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_state_may_have_any_encoding_of_unicode(applier: Workspace, encoding: str) -> None:
    """Windows PowerShell writes what a program prints as UTF-16."""
    text = json.dumps(holding(connection("csv", "Über", {"url": "https://x"})), ensure_ascii=False)
    (applier.folder / "state.json").write_bytes(text.encode(encoding))
    result = applier("export", "--from-terraform", "state.json", "-q")
    assert (result.code, yaml.safe_load(result.out)["connections"]) == (
        0,
        {"Über": {"type": "csv", "configuration": {"url": "https://x"}}},
    )


@pytest.mark.parametrize("kind", ["polytomic_webhook", "polytomic_policy", "polytomic_role", "polytomic_model"])
def test_conditions_of_other_resources_are_ignored(kind: str) -> None:
    """Only syncs and bulk syncs have filters; members that a kind does not have are nothing."""
    values = {
        "id": "1",
        "name": "N",
        "endpoint": "https://x",
        "connection_id": "c",
        "filters": [{"function": "IsNull"}],
    }
    made = exported(holding(resource(kind, values)))
    assert [one.code for one in made.diagnostics if "filter" in one.detail] == []
    assert made.count == 1


def test_text_that_changes_the_direction_of_a_line_is_escaped() -> None:
    """In a terminal and in an editor it would show other text than the file holds."""
    made = exported(holding(connection("csv", "File", {"url": "a\u202eb\u2066c"})))
    assert r'url: "a\u202eb\u2066c"' in made.text
    assert body(made, "connections/File")["configuration"] == {"url": "a\u202eb\u2066c"}


def test_a_missing_state_is_refused(applier: Workspace) -> None:
    result = applier("export", "--from-terraform", "state.json", "--from-terraform", "none.json", "-q")
    assert (result.code, result.err.splitlines()[0]) == (
        1,
        "error: Cannot read none.json: no such file or directory. [file-unreadable]",
    )


def test_json_in_a_text_that_is_deeper_than_a_spec_stays_a_text() -> None:
    deep = "[" * 480 + "]" * 480
    made = exported(holding(sync("S", filters=[{"field": "id", "function": "Equality", "value": deep}])))
    assert body(made, "syncs/S")["filters"] == [{"field": "id", "function": "Equality", "value": deep}]
