"""`applier schema --connection-types`: types that applier does not ship, fetched once and used offline."""

from __future__ import annotations

import json
from typing import Any

import pytest

from applier.discovery.inspection import type_schema
from tests.workspace import Sandbox, Workspace

SPEC = "connections: {A: {type: amplemarket, configuration: {api_key: x}}, W: {type: webhook, managed: false}}\n"


def test_fetched_once_and_used_without_network(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write("spec.yaml", SPEC)
    assert "amplemarket" not in applier("validate").err
    result = applier("schema", "--connection-types")
    assert (result.code, result.out, result.err) == (0, "connection_types/amplemarket.json\n", "")
    schema = json.loads((applier.folder / "connection_types/amplemarket.json").read_text("utf-8"))
    assert schema["x-polytomic"] == {"name": "Amplemarket", "oauth": False}
    again = applier("schema", "--connection-types")
    assert (again.out, again.err) == ("", "all connection types of the spec are known\n")


def test_a_committed_schema_is_used(tmp_path) -> None:
    offline = Workspace(tmp_path)
    members = {"key": {"type": "string", "sensitive": True}, "size": {"enum": ["small", "large"]}}
    schema = {
        "type": "object",
        "properties": members,
        "required": ["key"],
        "x-polytomic": {"name": "Own", "oauth": False},
    }
    offline.write("connection_types/own_type.json", json.dumps(schema))
    offline.write("spec.yaml", "connections: {A: {type: own_type, configuration: {size: huge, sise: x}}}")
    result = offline("validate")
    assert [line.split(": ", 2)[2] for line in result.err.splitlines() if not line.startswith("  hint")] == [
        '"configuration" of connections/A needs "key". [missing-key]',
        '"configuration.size" of connections/A cannot be "huge". [value-not-allowed]',
        '"configuration.sise" of connections/A is not a known setting of the type own_type. [unknown-setting]',
    ]
    offline.write("spec.yaml", 'connections: {A: {type: own_type, configuration: {key: "hunter2"}}}')
    assert "secret-in-file" in offline("validate").err


def test_choices_with_labels_become_values() -> None:
    class Service:
        def get(self, path: str) -> dict[str, Any]:
            if path == "/api/connection_types":
                return {"data": [{"id": "x", "name": "X", "use_oauth": True}]}
            return {"$id": "https://far.away", "properties": {"a": {"enum": [{"value": 1, "label": "One"}, "two"]}}}

    assert type_schema(Service(), "x") == {  # type: ignore[arg-type]
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "properties": {"a": {"enum": [1, "two"]}},
        "x-polytomic": {"name": "X", "oauth": True},
    }


def test_given_types_and_what_can_go_wrong(applier: Workspace, sandbox: Sandbox) -> None:
    applier.write("project/spec.yaml", SPEC)
    assert applier("schema", "--connection-types", "project", "mysql").out == "project/connection_types/mysql.json\n"
    assert applier("validate", "project").code == 0
    assert applier("schema", "--connection-types", "project", "nothing").code == 1
    assert applier("schema", "--connection-types", "a/b").code == 1
    applier.write("project/connection_types/broken.json", "{")
    applier.write("project/connection_types/remote.json", '{"$ref": "http://example.com/schema"}')
    result = applier("validate", "project")
    assert result.code == 1
    for name, place in (("broken", "1:2"), ("remote", "1:1")):
        assert f"project/connection_types/{name}.json:{place}: error: " in result.err
        assert f"hint: fetch it again: applier schema --connection-types {name}\n" in result.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(tmp_path, shell: str) -> None:
    result = Workspace(tmp_path)("completion", shell)
    assert result.code == 0
    assert f"_APPLIER_COMPLETE={shell}_complete" in result.out
