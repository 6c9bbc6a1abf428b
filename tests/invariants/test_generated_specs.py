"""The invariants of docs/architecture.md#invariants over generated specs, by the command line on a served sandbox."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from applier.sandbox import seed
from tests.effort import COSTLY
from tests.invariants.specs import DBT, NEEDS_IDENTITY, Generated, columns, generated
from tests.workspace import EXAMPLE, KEY, Sandbox, Workspace

SWITCHES = {
    "configuration_defaults": ("fill", "leave"),
    "nested_secrets": ("plain", "mask"),
    "omitted_secrets": ("keep", "clear"),
    "mask_sent_back": ("unchanged", "store"),
    "model_list_fields": ("with", "without"),
    "unset_members": ("absent", "null"),
    "override_source": ("zero", "empty", "absent"),
    "list_order": ("sent", "reversed"),
    "active_default": ("false", "true"),
}
switches = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in SWITCHES.items()})

BY_HAND = {"name": DBT, "type": "dbtcloud", "configuration": {"token": "unseen-token", "url": "https://dbt.example"}}


@pytest.fixture(scope="module")
def workspace(served: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A folder for generated specs, on the sandbox with the tables of the example."""
    seed(EXAMPLE / "seed", served.data)
    return Workspace.on(served, tmp_path_factory.mktemp("spec"))


def start_over(workspace: Workspace, one: Generated, chosen: Mapping[str, str] = {}) -> Workspace:
    """Empty the sandbox but for one connection that was made by hand; return the workspace with the environment."""
    workspace.sandbox.reset()
    workspace.sandbox.switch(**chosen)
    workspace.sandbox.post("/api/connections", BY_HAND)
    workspace.sandbox.clear("requests")
    return Workspace.on(workspace.sandbox, workspace.folder, **one.environment)


def assert_apply_succeeds(applier: Workspace) -> None:
    result = applier("apply", "--yes", "-q")
    note(result.out + result.err)
    assert result.code == 0


def assert_plan_is_empty(applier: Workspace) -> None:
    planned = applier("plan", "--detailed-exitcode", "-q")
    note(planned.out + planned.err)
    assert (planned.code, planned.out.split(":")[0]) == (0, "Nothing to do")


@COSTLY
@given(one=generated(), chosen=switches)
def test_apply_then_plan_is_empty(workspace: Workspace, one: Generated, chosen: dict[str, str]) -> None:
    """Drift finds nothing either, and a second apply writes nothing."""
    one.write(workspace.folder)
    note(json.dumps(one.spec, indent=1, ensure_ascii=False))
    applier = start_over(workspace, one, chosen)
    assert_apply_succeeds(applier)
    assert_plan_is_empty(applier)
    workspace.sandbox.clear("requests")
    assert applier("apply", "--yes").code == 0
    assert applier("drift").code == 0
    assert workspace.sandbox.writes() == []


@COSTLY
@given(before=generated(), after=generated(), chosen=switches)
def test_apply_of_another_spec_then_plan_is_empty(
    workspace: Workspace, before: Generated, after: Generated, chosen: dict[str, str]
) -> None:
    """Whatever is live, an apply of another spec updates it until the plan is empty."""
    for kind in ("models", "syncs"):
        pairs = zip(before.spec[kind], after.spec[kind].values(), strict=False)
        renamed = {name: body for name, body in pairs if name not in after.spec[kind]}  # others use these by name
        after.spec[kind] = {**after.spec[kind], **renamed}
    for body in after.spec["models"].values():  # without a list a model keeps the fields it has
        body.setdefault("fields", list(columns(body)))
    applier = start_over(workspace, Generated({}, {**before.environment, **after.environment}))
    before.write(workspace.folder)
    assert_apply_succeeds(applier)
    after.write(workspace.folder)
    planned = applier("plan", "-q")
    note(planned.out + planned.err)
    if planned.code == 0:
        assert_apply_succeeds(applier)
        assert_plan_is_empty(applier)


@COSTLY
@given(one=generated(most=1), data=st.data(), chosen=switches)
def test_a_removed_member_is_removed_live(
    workspace: Workspace, one: Generated, data: st.DataObject, chosen: dict[str, str]
) -> None:
    """The update does not send the member, the plan is empty, and what was never declared stays."""
    ((name, sync),) = one.spec["syncs"].items()
    removable = [member for member in sync if member not in ("mode", "model", "target", "fields", "schedule")]
    if sync["mode"] in NEEDS_IDENTITY:
        removable.remove("identity")
    paths = [(member,) for member in removable if (member != "filters" or "filter_logic" not in sync)]
    paths += [("fields", target) for target in sync["fields"] if len(sync["fields"]) > 1]
    if not paths:
        return
    path = data.draw(st.sampled_from(paths))
    applier = start_over(workspace, one, {name: value for name, value in chosen.items() if name != "active_default"})
    one.write(workspace.folder)
    assert_apply_succeeds(applier)
    before = workspace.sandbox.named("syncs", name)
    workspace.sandbox.clear("requests")
    one.without("syncs", name, *path).write(workspace.folder)
    assert_apply_succeeds(applier)
    puts = [body for method, _, body in workspace.sandbox.writes() if method == "PUT"]
    assert [said for body in puts if (said := _member_in_request(body, path))] == []
    assert_plan_is_empty(applier)
    after = workspace.sandbox.named("syncs", name)
    if path == ("active",):
        assert after["active"] == before["active"]


def _member_in_request(body: dict[str, Any], path: tuple[str, ...]) -> object:
    """What a request says about a member that the spec does not say, other than its default."""
    if path[0] == "fields":
        entries = [*body["fields"], *body.get("override_fields", [])]
        return [one for one in entries if one["target"] == path[1]]
    return None if path == ("active",) else body.get(path[0])


@COSTLY
@given(one=generated(), pieces=st.integers(1, 4))
def test_the_plan_does_not_depend_on_order(workspace: Workspace, one: Generated, pieces: int) -> None:
    """The order of files and of lists changes nothing, and every change comes after those it waits for."""
    applier = start_over(workspace, one)
    plans = []
    for backwards in (False, True):
        one.write(workspace.folder, pieces=pieces if backwards else 1, backwards=backwards)
        workspace.sandbox.switch(list_order="reversed" if backwards else "sent")
        planned = applier("plan", "-o", "json")
        assert planned.code == 0
        plans.append([{**change, "place": None} for change in planned.json["changes"]])
    assert [_with_ordered_fields(change) for change in plans[0]] == [
        _with_ordered_fields(change) for change in plans[1]
    ]
    addresses = [change["address"] for change in plans[0]]
    for position, change in enumerate(plans[0]):
        assert all(other in addresses[:position] for other in change["waits_for"])
        assert set(change["waits_for"]) == _dependencies(one, change) & set(addresses)
    one.write(workspace.folder)
    assert applier("apply", "--yes", "-q", "--parallelism", "1").code == 0
    posted = [body["name"] for _, path, body in workspace.sandbox.writes() if path in COLLECTIONS]
    assert posted == [change["name"] for change in plans[0]]


COLLECTIONS = ("/api/connections", "/api/models", "/api/syncs")


def _with_ordered_fields(change: dict[str, Any]) -> dict[str, Any]:
    return {**change, "fields": sorted(change["fields"], key=lambda one: one["path"])}


def _dependencies(one: Generated, change: dict[str, Any]) -> set[str]:
    """Whom a resource of a generated spec names, read off the spec by hand."""
    body = one.spec[change["kind"]][change["name"]]
    if change["kind"] == "models":
        return {f"connections/{body['connection']}"}
    if change["kind"] == "connections":
        return set()
    entries = [*body["fields"].values(), *body.get("filters", ()), *body.get("overrides", ()), body.get("identity")]
    sources = [entry if isinstance(entry, dict) else {"field": entry} for entry in entries if entry]
    models = {source.get("model", body["model"]) for source in sources if "field" in source}
    after = body["schedule"].get("run_after", {}).get("syncs", ())
    named = {f"models/{model}" for model in models} | {f"syncs/{sync}" for sync in after}
    return named | {f"connections/{body['target']['connection']}"}


def secrets_in(text: str, secrets: set[str]) -> list[str]:
    """The secrets that a text shows, as they are, quoted for URLs or escaped for JSON."""
    forms = [(one, {one, quote(one), quote(one, safe=""), json.dumps(one)[1:-1]}) for one in secrets]
    return [one for one, written in forms if any(form in text for form in written)]


@COSTLY
@given(one=generated(), mistake=st.sampled_from(["", "configuration", "number", "words"]))
def test_no_output_holds_a_secret(workspace: Workspace, one: Generated, mistake: str) -> None:
    """Plans, progress, errors and logged requests, also where the service answers with what it was sent."""
    said: list[str] = []
    applier = start_over(workspace, one)

    def call(*arguments: str) -> None:
        result = applier(*arguments)
        said.extend((result.out, result.err))

    one.write(workspace.folder)
    for form in ("text", "json"):
        call("validate", "-o", form)
        call("plan", "-v", "-o", form)
    echo = {"message": "cannot connect with " + ", ".join(sorted(one.secrets)), "metadata": {"sent": "…"}}
    workspace.sandbox.fault(method="POST", path="/api/connections", status=422, body=echo, times=1)
    call("apply", "--yes", "-v")
    call("apply", "--yes", "-v", "-o", "json")
    for connection in workspace.sandbox.get("/api/connections"):
        if connection["name"] != DBT:
            body = {"name": connection["name"], "configuration": {**connection["configuration"], "ssl": False}}
            workspace.sandbox.http.put(f"/api/connections/{connection['id']}", json=body)
    spoil(one, mistake)
    one.write(workspace.folder)
    for form in ("text", "json"):
        for command in (["validate"], ["drift"], ["plan", "-v"], ["apply", "--yes"], ["status"], ["destroy", "-y"]):
            call(*command, "-o", form)
    told = "\n".join(said).splitlines()
    assert [(line, found) for line in told if (found := secrets_in(line, {*one.secrets, KEY}))] == []


def spoil(one: Generated, mistake: str) -> None:
    """Make a mistake with a secret, for messages to complain about. (Names are no secrets, wherever they come from.)"""
    for name, body in one.spec["connections"].items():
        if name == DBT or not mistake:
            continue
        configuration = body["configuration"]
        member = next((key for key in ("passwd", "password") if key in configuration), "header")
        value = configuration[member]
        if not isinstance(value, str) or not value.startswith("${"):
            continue
        if mistake == "configuration":
            body["configuration"] = value
        elif mistake == "number":
            configuration["port"] = value
            configuration[member] = [value]
        else:
            one.spec["models"][name] = {"connection": name, "configuration": {"table": value}, "fields": value}
            one.spec["syncs"][name] = {"mode": value, "target": {"connection": name}, "schedule": {"frequency": value}}
