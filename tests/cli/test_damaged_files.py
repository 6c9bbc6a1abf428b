"""Files that applier wrote and something else changed: the message tells what is wrong, and where JSON ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from applier.kinds import KINDS
from tests.invariants.inputs import seal_plan
from tests.invariants.mutations import value_at
from tests.workspace import Sandbox, Workspace

SPEC = """\
version: 1
connections:
  Shop:
    type: mysql
    configuration: {hostname: h, port: 1, account: a, passwd: "${env:P:-p}"}
"""
GONE = object()


@pytest.fixture(scope="module")
def planned(served: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A folder with a saved plan of one change."""
    applier = Workspace.on(served, tmp_path_factory.mktemp("planned"))
    served.reset()
    applier.write("spec.yaml", SPEC)
    assert applier("plan", "--out", "saved.plan", "-q").code == 0
    return applier


def edited(document: Any, path: tuple[str | int, ...], value: object) -> Any:
    """Return the document with another value at a path."""
    holder = value_at(document, path[:-1])
    if value is GONE:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        (("changes",), {}, "changes is not a list"),
        (("changes",), GONE, "changes is missing"),
        (("changes", 0), [], "changes[0] is not an object"),
        (("changes", 0, "address"), GONE, "changes[0].address is missing"),
        (("changes", 0, "name"), True, "changes[0].name is not a text"),
        (("changes", 0, "id"), 5, "changes[0].id is not a text"),
        (("changes", 0, "action"), "burn", "changes[0].action is none of create, update, rename, replace, delete"),
        (("changes", 0, "action"), {}, "changes[0].action is none of create, update, rename, replace, delete"),
        (("changes", 0, "kind"), "sync", f"changes[0].kind is none of {', '.join(KINDS)}"),
        (("changes", 0, "fields", 0, "path", 0), 7, "changes[0].fields[0].path[0] is not a text"),
        (("changes", 0, "fields", 0, "cause"), "x", "a cause in changes[0] is none of config, drift, both, unknown"),
        (("changes", 0, "place", "line"), 1.5, "changes[0].place.line is not an integer"),
        (("changes", 0, "waits_for"), "abc", "changes[0].waits_for is not a list"),
        (("unchanged",), [None], "unchanged[0] is not a text"),
        (("change_digests",), [], "change_digests has not one digest for each change"),
        (("change_digests", 0, "live"), {}, "change_digests[0].live is not a text"),
        (("options", "prune"), 1, "options.prune is not true or false"),
        (("inputs", "variables"), "a=b", "inputs.variables is not a list"),
        (("digests", "key"), "xyz", "digests.key is not hexadecimal"),
        (("digests", "cost"), 2**40, "digests.cost is not a cost of digests"),
        (("digests", "resources"), [], "digests.resources is not an object"),
        (("circumstances", "targets"), [{}], "circumstances.targets[0] is not a text"),
        (("applier",), ["0"], "it does not tell the version of applier that made it"),
    ],
)
@pytest.mark.parametrize("command", ["show", "apply"])
def test_a_plan_with_other_values_is_refused(
    planned: Workspace, command: str, path: tuple[str | int, ...], value: object, why: str
) -> None:
    document = edited(json.loads(planned.read("saved.plan")), path, value)
    (planned.folder / "edited.plan").write_bytes(seal_plan(document))
    hint = "create a plan with" if command == "show" else "create a new plan"
    result = planned(command, "edited.plan")
    assert (result.code, result.out) == (1, "")
    assert result.err == (
        f"edited.plan:1:1: error: Cannot read edited.plan as a saved plan: {why}. [not-a-plan]\n"
        f"  hint: {hint}: applier plan --out FILE\n"
    )


def test_a_plan_that_is_written_again_is_the_same(planned: Workspace) -> None:
    (planned.folder / "edited.plan").write_bytes(seal_plan(json.loads(planned.read("saved.plan"))))
    assert planned("show", "edited.plan") == planned("show", "saved.plan")


VALID = '{"format": "applier-schemas", "format_version": 1, "taken": "", "connections": {}, "frequencies": {}}'


@pytest.mark.parametrize(
    ("content", "place", "why"),
    [
        (VALID.encode()[:-1], "1:101", "it is not JSON: expecting ',' delimiter"),
        (VALID.encode().replace(b"1,", b"1,\n\n\xff"), "3:1", "it holds bytes that are no text"),
        (VALID.encode().replace(b"1,", b"9" * 5000 + b","), "1:1", "it holds a number of too many digits"),
        (VALID.encode().replace(b"{}}", b"[" * 5000), "1:1", "it is nested deeper than 100 levels"),
        (VALID.encode().replace(b"{}}", b"[" * 480 + b"]" * 480 + b"}"), "1:1", "it is nested deeper than 100 levels"),
        (VALID.replace("taken", "token").encode(), "1:1", "'taken' is missing"),
        (VALID.replace('s": {}', 's": []').encode(), "1:1", "a value is not a mapping"),
        (b"[]", "1:1", "a value is not a mapping"),
        (b"", "1:1", "it is not JSON: expecting value"),
    ],
    ids=["cut", "not text", "number", "deep", "less deep", "missing", "list", "no object", "empty"],
)
def test_damaged_recorded_schemas_are_refused(tmp_path: Path, content: bytes, place: str, why: str) -> None:
    applier = Workspace(tmp_path)
    applier.write("spec.yaml", SPEC)
    (tmp_path / "applier.schemas.json").write_bytes(content)
    result = applier("validate", "-q")
    assert result.code == 1
    assert result.err == (
        f"applier.schemas.json:{place}: error: applier.schemas.json has no recorded schemas: {why}. [bad-schemas]\n"
        "  hint: record them again: applier schema --snapshot\n"
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_recorded_schemas_may_have_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    applier = Workspace(tmp_path)
    applier.write("spec.yaml", SPEC)
    (tmp_path / "applier.schemas.json").write_bytes(VALID.encode(encoding))
    assert (applier("validate", "-q").code, applier("validate", "-q").err) == (0, "")
