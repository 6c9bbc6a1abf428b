"""Everything that is refused, with exit code and text, and what `--force` allows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.resilience.projects import CONNECTIONS
from tests.resilience.projects import SYNC as ANY_SYNC
from tests.resilience.support import create_by_hand
from tests.workspace import Sandbox, Transcript, Workspace

StartTranscript = Callable[[str], Transcript]
SPEC = "spec.yaml"
MODELS = tuple(f"Model {number:02}" for number in range(10))
MODEL = "  {name}: {{connection: MySQL, configuration: {{table: company.{table}}}}}\n"
SYNC = ANY_SYNC % "Model 00"


def spec(count: int = 10, table: str = "customers", others: str = "teams", more: str = SYNC, head: str = "") -> str:
    """Two connections, ten models of which the first `count` read one table and the others another, and a sync."""
    models = [MODEL.format(name=name, table=table if number < count else others) for number, name in enumerate(MODELS)]
    return head + CONNECTIONS + "models:\n" + "".join(models) + more


@pytest.fixture
def applied(applier: Workspace, sandbox: Sandbox) -> Callable[[str], None]:
    def apply(content: str) -> None:
        applier.write(SPEC, content)
        assert applier("apply", SPEC, "--yes", "--force").code == 0
        sandbox.clear("requests")

    return apply


Apply = Callable[[str], None]


def test_too_many_updates_are_refused(
    transcript: StartTranscript, applied: Apply, applier: Workspace, sandbox: Sandbox
) -> None:
    applied(spec())
    told = transcript("too_many_updates")
    told.say("Three of thirteen may be updated, four are too many: somebody has searched and replaced.")
    applier.write(SPEC, spec(4, "accounts", "customers", more=SYNC.replace("EMAIL: email", "FIRST_NAME: name")))
    told.run("plan", SPEC)
    told.run("apply", SPEC, "--yes")
    assert sandbox.writes() == []
    told.say("The limit can be raised in the spec, or passed once.")
    raised = spec(4, "accounts", "customers", head="limits: {updates: 5}\n")
    raised = raised.replace("EMAIL: email", "FIRST_NAME: name")
    applier.write(SPEC, raised)
    assert applier("plan", SPEC).err == ""
    applier.write(SPEC, raised.replace("limits: {updates: 5}", "limits: {updates: 4}"))
    told.run("apply", SPEC, "--yes")
    assert sandbox.writes() == []
    told.run("apply", SPEC, "--yes", "--force", "--parallelism", "1")


def test_too_many_deletes_are_refused(
    transcript: StartTranscript, applied: Apply, applier: Workspace, sandbox: Sandbox
) -> None:
    applied(spec())
    told = transcript("too_many_deletes")
    told.say("Half of the models are gone from the file.")
    gone = "".join(MODEL.format(name=name, table="teams") for name in MODELS[5:])
    owned = spec(5, head='owns: {models: ["Model *"]}\n').replace(gone, "")
    applier.write(SPEC, owned)
    told.run("apply", SPEC, "--prune", "--yes")
    applier.write(SPEC, "limits: {deletes: 4}\n" + owned)
    told.run("apply", SPEC, "--prune", "--yes", "-o", "json", "-q")
    assert sandbox.writes() == []
    applier.write(SPEC, "limits: {deletes: 5}\n" + owned)
    assert applier("apply", SPEC, "--prune", "--yes").code == 0
    assert sandbox.names()["models"] == list(MODELS[:5])


def test_a_kind_that_is_no_longer_declared_is_refused(
    transcript: StartTranscript, applied: Apply, applier: Workspace, sandbox: Sandbox
) -> None:
    applied(spec())
    told = transcript("whole_kind_gone")
    told.say("A bad merge has taken the file of the syncs away.")
    applier.write(SPEC, spec(head='owns: {syncs: ["*"]}\n', more=""))
    told.run("apply", SPEC, "--prune", "--yes")
    assert sandbox.writes() == []
    told.run("apply", SPEC, "--prune", "--yes", "--force")
    assert sandbox.names()["syncs"] == []


def test_an_empty_spec_deletes_nothing(applied: Apply, applier: Workspace, sandbox: Sandbox) -> None:
    applied(spec())
    applier.write(SPEC, 'version: 1\nowns: {connections: ["*"], models: ["*"], syncs: ["*"]}\n')
    refused = applier("apply", SPEC, "--prune", "--yes", "-o", "json")
    brakes = [one["code"] for one in refused.json["diagnostics"] if one["severity"] == "error"]
    assert (refused.code, sorted(set(brakes)), sandbox.writes()) == (3, ["too-many-deletes", "whole-kind-gone"], [])


def test_protected(transcript: StartTranscript, applied: Apply, applier: Workspace, sandbox: Sandbox) -> None:
    protecting = spec(more=SYNC + "    protect: true\n")
    applied(protecting)
    told = transcript("protected")
    told.run("destroy", SPEC, "--yes", "--force", "-q")
    told.say("Another type needs a new connection, and this one may not go.")
    other = """\
  Warehouse:
    type: postgresql
    protect: true
    configuration: {hostname: db, port: 5432, database: warehouse, username: user, password: "${env:PASSWORD:-secret}"}
"""
    start, end = protecting.index("  Warehouse:"), protecting.index("models:")
    applier.write(SPEC, protecting[:start] + other + protecting[end:])
    told.run("apply", SPEC, "--yes", "--no-checks")
    told.run("apply", SPEC, "--yes", "--force", "--allow-replace", "--no-checks", "-q")
    assert sandbox.writes() == []


def test_saved_plans(transcript: StartTranscript, applied: Apply, applier: Workspace, sandbox: Sandbox) -> None:
    """Stale by an edit of the service or of the files, by what it is applied to, and by having been applied."""
    applied(spec())
    told = transcript("saved_plans")
    applier.write(SPEC, spec(9))
    changed = applier.folder / SPEC
    told.run("plan", SPEC, "--out", "plan.json", "-q")
    told.say("Somebody edits the same model, and makes something else.")
    model = sandbox.named("models", "Model 09")
    body = {"name": "Model 09", "connection_id": model["connection_id"], "configuration": {"table": "company.accounts"}}
    sandbox.put(f"/api/models/{model['id']}", body)
    sandbox.clear("requests")
    told.run("apply", "plan.json", "--yes", "-q")
    told.say("The files change.")
    told.run("plan", SPEC, "--out", "plan.json", "-q")
    applier.write(SPEC, spec(8))
    told.run("apply", "plan.json", "--yes", "-q")
    applier.write(SPEC, spec(9))
    told.say("It is meant for another API version.")
    told.run("apply", "plan.json", "--yes", "-q", "--api-version", "2025-09-18")
    told.say("An environment variable is another.")
    told.run("apply", "plan.json", "--yes", "-q", MYSQL_PASSWORD="another")
    assert sandbox.writes() == []
    told.say("It was not made with such options.")
    told.run("apply", "plan.json", "--yes", "-q", "--prune", "-t", "models/*")
    told.say("Nothing has moved.")
    told.run("apply", "plan.json", "--yes", "-q")
    told.run("apply", "plan.json", "--yes", "-q")
    told.say("It is no plan any more.")
    plan = Path(applier.folder / "plan.json")
    plan.write_text(plan.read_text("utf-8")[:300], "utf-8")
    told.run("apply", "plan.json", "--yes", "-q")
    assert changed.is_file()


def test_a_saved_plan_obeys_the_safety_limits(applied: Apply, applier: Workspace, sandbox: Sandbox) -> None:
    """The limits hold for a saved plan; `--force` may be passed with either command."""
    applied(spec())
    applier.write(SPEC, spec(4, "accounts", "customers", more=SYNC.replace("EMAIL: email", "FIRST_NAME: name")))
    assert applier("plan", SPEC, "--out", "plan.json").code == 0
    assert (applier("apply", "plan.json", "--yes").code, sandbox.writes()) == (3, [])
    assert applier("apply", "plan.json", "--yes", "--force").code == 0


def test_no_terminal(applied: Apply, applier: Workspace, sandbox: Sandbox) -> None:
    """Exit 1, the plan is shown, nothing is done."""
    applier.write(SPEC, spec())
    process = applier.start("apply", SPEC)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, "Plan: 13 to create" in out, "[no-terminal]" in err) == (1, True, True)
    assert sandbox.writes() == []
    applied(spec())
    process = applier.start("destroy", SPEC)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, "Plan: 13 to delete" in out, "[no-terminal]" in err) == (1, True, True)
    assert sandbox.writes() == []


def test_force_delete_is_not_force(applied: Apply, applier: Workspace, sandbox: Sandbox) -> None:
    """What falls with the deleted counts, too."""
    applied(spec())
    for number in range(4):
        create_by_hand(sandbox, "syncs", "Contacts", name=f"By hand {number}")
    removed = spec(head="removed: {models: [Model 00]}\nlimits: {deletes: 4}\n", more="")
    applier.write(SPEC, removed.replace(MODEL.format(name="Model 00", table="customers"), ""))
    refused = applier("apply", SPEC, "--yes", "--force-delete")
    assert (refused.code, "[too-many-deletes]" in refused.err) == (3, True)
    assert [one for one in sandbox.writes() if one[0] == "DELETE"] == []
