"""The kinds of files that users give to applier, each with a valid one and with the commands that read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from tests.invariants.mutations import mutate, paths, value_at, write_json, write_yaml

CANARY = "Sesame-7f3a-canary"
"""A secret, of the environment or in a file, that no output may show."""
LOCK_KEY = "kq3v-Zx81-pLw0-77dTRu2e"
ENVIRONMENT = {
    "PLAIN": "some-plain-text",
    "EMPTY": "",
    "CANARY": CANARY,
    "APPLIER_LOCK_KEY": LOCK_KEY,
}
SPEC: dict[str, Any] = {
    "version": 1,
    "variables": {
        "region": "eu",
        "port": {"type": "number", "default": 3306},
        "list": {"type": "list", "default": ["id", "email"]},
        "secret": {"sensitive": True, "default": "${env:CANARY}"},
        "on": {"type": "boolean", "default": True, "description": "Whether it runs."},
        "house": {"allowed": ["A", "B"], "default": "A"},
    },
    "environments": {
        "production": {
            "variables": {"region": "us"},
            "overrides": {"connections": {"Shop": {"configuration": {"dbname": "p"}}}},
        }
    },
    "defaults": {"syncs": {"mode": "replace"}},
    "checks": {"unknown-source-field": "warning"},
    "moved": {"models": {"Earlier": "Customers"}},
    "x-own": {"any": ["thing", 1, None]},
    "roles": {"Team": {}},
    "policies": {"Rule": {"actions": {"read": ["Team"]}}},
    "connections": {
        "Shop": {
            "type": "mysql",
            "configuration": {
                "hostname": "${var:region}",
                "port": "${var:port}",
                "account": "a",
                "passwd": "${env:CANARY}",
                "dbname": "company",
            },
        },
        "Warehouse": {
            "type": "snowflake",
            "configuration": {
                "account": "account",
                "dbname": "database",
                "username": "user",
                "password": "${var:secret}",
            },
        },
        "Own": {"type": "homemade", "configuration": {"key": "${env:CANARY}", "url": "u", "nested": {"depth": 1}}},
    },
    "models": {
        "Customers": {
            "connection": "Shop",
            "configuration": {"table": "company.customers"},
            "identifier": "id",
            "fields": ["id", "email", "first_name"],
            "tracking_columns": ["id"],
            "policies": ["Rule"],
        },
        "Accounts": {
            "connection": "Shop",
            "configuration": {"query": "${file:text.sql}"},
            "relations": [{"from": "id", "to": {"model": "Customers", "field": "id"}}],
            "additional_fields": [{"name": "tags", "type": "string"}],
        },
    },
    "syncs": {
        "First": {
            "mode": "updateOrCreate",
            "model": "Customers",
            "target": {"connection": "Warehouse", "object": "CUSTOMERS.CONTACTS", "configuration": {"a": [1]}},
            "fields": {
                "FIRST_NAME": "first_name",
                "LAST_NAME": {"field": "email"},
                "ORIGIN": {"value": "shop", "new": True},
            },
            "identity": {"field": "email", "target": "EMAIL", "function": "Equality"},
            "filters": [
                {"field": "id", "function": "GreaterThan", "value": 0},
                {"field": "email", "function": "IsNotNull"},
            ],
            "filter_logic": "A OR B",
            "overrides": [{"field": "email", "function": "IsNull", "override": "x"}],
            "schedule": {"frequency": "daily", "hour": 3, "minute": "05"},
            "active": "${var:on}",
        },
        "Second": {
            "model": "Customers",
            "target": {"connection": "Warehouse", "object": "CUSTOMERS.CONTACTS"},
            "fields": {"EMAIL": "email"},
            "schedule": {"frequency": "runafter", "run_after": {"syncs": ["First"]}},
        },
    },
    "bulk_syncs": {
        "Copy": {
            "source": {"connection": "Shop"},
            "destination": {"connection": "Warehouse", "configuration": {"schema": "replica"}},
            "mode": "replicate",
            "schemas": {"company.customers": {"fields": ["id", "email"]}},
            "schedule": {"frequency": "hourly", "minute": 5},
            "active": False,
        }
    },
    "webhooks": {"Hook": {"endpoint": "https://example.com/x", "secret": "${env:CANARY}", "enabled": True}},
}
TYPE: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "homemade",
    "type": "object",
    "properties": {
        "key": {"type": "string", "sensitive": True, "title": "Key", "minLength": 1},
        "url": {"type": "string", "description": "Where it is.", "pattern": "^[a-z:/.]+$", "format": "uri"},
        "nested": {"type": "object", "properties": {"depth": {"type": "integer", "minimum": 0, "default": 1}}},
        "kind": {"$ref": "#/$defs/kind"},
        "list": {"type": "array", "items": {"type": ["string", "null"], "enum": ["a", None]}},
    },
    "required": ["key"],
    "additionalProperties": False,
    "$defs": {"kind": {"enum": ["a", "b"]}},
    "allOf": [{"if": {"properties": {"kind": {"const": "a"}}, "required": ["kind"]}, "then": {"required": ["url"]}}],
}
VALUES: dict[str, Any] = {
    "region": "us",
    "port": 3307,
    "list": ["a", "b"],
    "secret": "Sesame-7f3a-in-the-file",
    "on": False,
    "house": "B",
}


def _resource(type_name: str, **values: Any) -> dict[str, Any]:
    values = {"id": f"{type_name}-id", "name": type_name, "organization": "o", "force_destroy": None, **values}
    return {
        "address": f"polytomic_{type_name}.this",
        "mode": "managed",
        "type": f"polytomic_{type_name}",
        "name": "this",
        "values": values,
    }


def _condition(**more: Any) -> dict[str, Any]:
    return {"field_id": "f-1", "field_type": "Model", "function": "Equality", "value": '"x"', "label": None, **more}


STATE: dict[str, Any] = {
    "format_version": "1.0",
    "values": {
        "root_module": {
            "resources": [
                _resource(
                    "mysql_connection",
                    configuration={"hostname": "db", "account": "me", "passwd": CANARY, "port": 3306, "ssl": None},
                ),
                {**_resource("salesforce_connection", configuration={"domain": None}), "mode": "data"},
                _resource("role"),
                _resource("policy", policy_actions=[{"action": "read", "role_ids": ["role-id"]}]),
                _resource("webhook", endpoint="https://x", secret=CANARY, enabled=True),
                _resource("user", email="x"),
            ],
            "child_modules": [
                {
                    "address": "module.m",
                    "resources": [
                        _resource(
                            "model",
                            connection_id="mysql_connection-id",
                            configuration='{"table": "shop.people"}',
                            fields=["id"],
                            additional_fields=[{"name": "tags", "type": "string", "label": None}],
                            tracking_columns=["id"],
                            relations=[{"from": "id", "to": {"model_id": "model-id", "field": "id"}}],
                            policies=["policy-id"],
                        ),
                        _resource(
                            "sync",
                            mode="append",
                            active=True,
                            target={
                                "connection_id": "salesforce_connection-id",
                                "object": "Contact",
                                "configuration": '{"a": 1}',
                            },
                            fields=[{"source": {"model_id": "model-id", "field": "id"}, "target": "Id", "new": None}],
                            identity={
                                "source": {"model_id": "model-id", "field": "id"},
                                "target": "Id",
                                "function": "Equality",
                            },
                            schedule={"frequency": "runafter", "run_after": {"sync_ids": ["other-id"]}},
                            filters=[_condition(), _condition(field="id")],
                            filter_logic="A AND B",
                            overrides=[_condition(override='"y"')],
                        ),
                        _resource(
                            "bulk_sync",
                            mode="replicate",
                            source={"connection_id": "mysql_connection-id", "configuration": "{}"},
                            dest_connection_id="other",
                            dest_configuration='{"schema": "x"}',
                            discover=True,
                            schedule={"frequency": "manual"},
                            schemas=["a", {"id": "b", "fields": [{"id": "f", "obfuscate": True}]}],
                        ),
                        _resource(
                            "bulk_sync_schema",
                            sync_id="bulk_sync-id",
                            id="c",
                            partition_key="x",
                            fields=[{"id": "f"}],
                            filters=[_condition()],
                        ),
                    ],
                }
            ],
        }
    },
}


@dataclass(frozen=True)
class Input:
    """One kind of file: where it lies, a valid one, how it is written, and the calls that read it.

    `secret` is the secret of the file; `writes` are the commands that may change the file when they succeed.
    """

    name: str
    file: str
    document: Callable[[Path], Any]
    calls: tuple[tuple[str, ...], ...]
    served: tuple[tuple[str, ...], ...] = ()
    write: Callable[[Any], bytes] = write_json
    secret: str = CANARY

    def mutated(self, chance: Random, valid: Path) -> bytes:
        """Return a mutation of the valid file; `valid` is the folder of those that depend on the workspace."""
        return mutate(chance, self.document(valid), self.write)

    def hides(self, data: bytes) -> bool:
        """Return whether a mutation has the secrets of the valid file where that one has them.

        A text that a mutation puts where no secret is expected is none.
        """
        if self.document is not _valid_state:
            return True
        try:
            return _places_of_secrets(json.loads(data)) == _places_of_secrets(STATE)
        except (ValueError, RecursionError):
            return True


def _places_of_secrets(state: Any) -> list[tuple[Any, ...]]:
    """Return the paths at which secrets are, with the type and mode of the resource that holds each."""
    found = []
    for path in paths(state):
        if CANARY in str(path[-1]) or (isinstance(value := value_at(state, path), str) and CANARY in value):
            resource = value_at(state, path[:4])
            found.append((path, resource.get("type"), resource.get("mode")) if isinstance(resource, dict) else (path,))
    return found


def _valid_state(_: Path) -> Any:
    return STATE


def _recorded(name: str) -> Callable[[Path], Any]:
    return lambda valid: json.loads((valid / name).read_text("utf-8"))


def seal_plan(document: Any) -> bytes:
    """Return a plan with the seal that fits it, as if applier had written it so."""
    if isinstance(document, dict) and "seal" in document:
        try:
            inside = json.loads(write_json({key: value for key, value in document.items() if key != "seal"}))
            content = json.dumps(inside, sort_keys=True, default=str).encode()
        except (ValueError, RecursionError):
            return write_json(document)
        return write_json({**document, "seal": sha256(content).hexdigest()})
    return write_json(document)


JSON = ("-o", "json")
SPEC_CALLS = (
    ("validate", *JSON),
    ("validate", "--env", "all", *JSON),
    ("validate", "--env", "production"),
    ("fmt", "--check"),
    ("graph",),
    ("graph", "-o", "dot"),
    ("graph", "-o", "svg"),
    ("validate", "-o", "sarif"),
)
SERVED = (
    ("plan", *JSON),
    ("pull", "--dry-run"),
    ("drift", *JSON),
    ("plan", "-o", "markdown"),
    ("graph", "--plan"),
    ("adopt", "syncs/First", "--file", "spec.yaml"),
    ("fmt",),
    ("schema", "--snapshot"),
    ("destroy",),
    ("status",),
)
INPUTS = (
    Input("spec", "spec.yaml", lambda _: SPEC, SPEC_CALLS, SERVED, write_yaml),
    Input(
        "plan",
        "saved.plan",
        _recorded("saved.plan"),
        (("show", "saved.plan", *JSON), ("show", "saved.plan")),
        (("apply", "saved.plan", *JSON),),
    ),
    Input(
        "sealed",
        "saved.plan",
        _recorded("saved.plan"),
        (("show", "saved.plan", *JSON), ("show", "saved.plan"), ("show", "saved.plan", "-o", "markdown")),
        (("apply", "saved.plan", *JSON),),
        seal_plan,
    ),
    Input(
        "snapshot",
        "applier.schemas.json",
        _recorded("applier.schemas.json"),
        (("validate", *JSON), ("validate",)),
        (("drift", *JSON),),
    ),
    Input("lock", "applier.lock", _recorded("applier.lock"), (), (("plan", *JSON), ("drift",))),
    Input(
        "type",
        "connection_types/homemade.json",
        lambda _: TYPE,
        (("validate", *JSON), ("validate",), ("graph",)),
        (("plan", *JSON),),
    ),
    Input(
        "values",
        "values.vars.yaml",
        lambda _: VALUES,
        (("validate", "--var-file", "values.vars.yaml", *JSON), ("validate", "--var-file", "values.vars.yaml")),
        (("plan", "--var-file", "values.vars.yaml", *JSON),),
        write_yaml,
        "Sesame-7f3a-in-the-file",
    ),
    Input("state", "state.json", _valid_state, (("export", "--from-terraform", "state.json"),)),
)
