"""Drift beside a git base: which differences are of the files and which of the service, and what is refused."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import partial

import pytest

from tests.cli.test_apply import edit
from tests.resilience.projects import EXAMPLE_SPEC
from tests.workspace import Sandbox, Transcript, Workspace

StartTranscript = Callable[[str], Transcript]
SPEC = "spec.yaml"


@pytest.fixture
def committed(applier: Workspace, sandbox: Sandbox) -> None:
    """The spec is applied and committed; then the file says another table, and somebody edits the sync by hand."""
    applier.write(SPEC, EXAMPLE_SPEC)
    for words in ("init -q", "add spec.yaml", "-c user.name=A -c user.email=a@example.com commit -q -m spec"):
        subprocess.run(["git", *words.split()], cwd=applier.folder, check=True)
    assert applier("apply", SPEC, "--yes").code == 0
    applier.write(SPEC, EXAMPLE_SPEC.replace("LAST_NAME: {model", "# LAST_NAME: {model"))
    edit(sandbox, schedule={"frequency": "hourly", "minute": "5"})
    sandbox.clear("requests")


def test_drift_is_divided_by_a_base(committed: None, transcript: StartTranscript, sandbox: Sandbox) -> None:
    told = transcript("refuse_drift")
    told.run("plan", SPEC, "--base", "HEAD", "-q")
    told.run("plan", SPEC, "--base", "HEAD", "--refuse-drift", "-q")
    told.run("apply", SPEC, "--base", "HEAD", "--refuse-drift", "--yes", "-q")
    assert sandbox.writes() == []
    told.say("What the base has, too, is nobody's doing.")
    told.run("apply", SPEC, "--base", "HEAD", "--yes", "-q")
    told.run("plan", SPEC, "--base", "HEAD", "--refuse-drift", "-q")


def test_what_the_base_does_not_know_is_shown_and_refused(
    committed: None, transcript: StartTranscript, applier: Workspace, sandbox: Sandbox
) -> None:
    """The file is new to git, under a name and with a content that nothing there resembles."""
    applier.write("here.yaml", EXAMPLE_SPEC)
    (applier.folder / SPEC).write_text("version: 1\nlimits: {updates: 5}\n", "utf-8")
    git = partial(subprocess.run, cwd=applier.folder, check=True)
    git(["git", "add", SPEC])
    git(["git", "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-q", "-m", "spec"])
    told = transcript("unknown_to_the_base")
    told.run("plan", "here.yaml", "--base", "HEAD", "-q")
    for form in ("json", "markdown", "github", "junit"):
        told.run("plan", "here.yaml", "--base", "HEAD", "--refuse-drift", "-q", "-o", form)
    told.run("apply", "here.yaml", "--base", "HEAD", "--refuse-drift", "--yes")
    assert sandbox.writes() == []


def test_refuse_drift_needs_a_base(committed: None, applier: Workspace, sandbox: Sandbox) -> None:
    """Without a base nothing can be told apart: it is not silently ignored."""
    refused = applier("apply", SPEC, "--refuse-drift", "--yes")
    assert (refused.code, "--base" in refused.err, sandbox.writes()) == (1, True, [])


def test_drift_reports_who_changed_what(committed: None, transcript: StartTranscript, sandbox: Sandbox) -> None:
    model = sandbox.named("models", "Customer Model")
    sandbox.post(
        "/api/models",
        {"name": "By hand", "connection_id": model["connection_id"], "configuration": {"table": "company.teams"}},
    )
    told = transcript("drift")
    told.run("drift", SPEC, "--base", "HEAD", "-q")
    told.file("owns.yaml", 'version: 1\nowns: {models: ["*"]}\n')
    told.run("drift", SPEC, "owns.yaml", "-q", "-o", "json")


def test_drift_reports_who_deleted(applier: Workspace, transcript: StartTranscript, sandbox: Sandbox) -> None:
    """And nothing of another object that has the name of the missing one, but is of another kind."""
    applier.write(SPEC, EXAMPLE_SPEC)
    assert applier("apply", SPEC, "--yes").code == 0
    sync, model = sandbox.named("syncs", "MySQL to Snowflake Sync"), sandbox.named("models", "Customer Model")
    sandbox.http.delete(f"/api/syncs/{sync['id']}").raise_for_status()
    kept = {name: model[name] for name in ("connection_id", "configuration")}
    sandbox.put(f"/api/models/{model['id']}", {**kept, "name": sync["name"]})
    sandbox.put(f"/api/models/{model['id']}", {**kept, "name": "Customer Model"})
    told = transcript("drift_deleted")
    told.run("drift", SPEC, "-q")


def test_objects_edited_by_others_are_not_deleted(applier: Workspace, committed: None, sandbox: Sandbox) -> None:
    """`--prune` and `removed` overwrite, too: what the base does not have, and what is no longer as it was there."""
    model = sandbox.named("models", "Customer Model")
    sandbox.post(
        "/api/models",
        {"name": "By hand", "connection_id": model["connection_id"], "configuration": {"table": "company.teams"}},
    )
    sandbox.clear("requests")
    applier.write(SPEC, EXAMPLE_SPEC + 'owns: {models: ["*"]}\n')
    pruned = applier("apply", SPEC, "-x", "syncs/*", "--prune", "--yes", "--base", "HEAD", "--refuse-drift")
    assert (pruned.code, sandbox.writes()) == (3, [])
    assert "models/By hand is not in the base; last written at" in pruned.err
    kept, _, gone = EXAMPLE_SPEC.partition("syncs:")
    assert gone
    applier.write(SPEC, kept + "removed: {syncs: [MySQL to Snowflake Sync]}\n")
    removed = applier("apply", SPEC, "--yes", "--base", "HEAD", "--refuse-drift")
    assert (removed.code, sandbox.writes()) == (3, [])
    assert "syncs/MySQL to Snowflake Sync differs from the base; last written at" in removed.err


def test_values_of_variables_are_those_of_the_base(applier: Workspace, sandbox: Sandbox) -> None:
    """A file of variables that was edited is an edit of the files, in whichever folder the command runs."""
    git = partial(subprocess.run, cwd=applier.folder, check=True)
    variable = EXAMPLE_SPEC.replace("mode: replace", "mode: ${var:mode}") + "variables: {mode: replace}\n"
    applier.write("project/spec.yaml", variable)
    applier.write("project/prod.vars.yaml", "mode: append\n")
    for words in ("init -q", "add project", "-c user.name=A -c user.email=a@example.com commit -q -m spec"):
        git(["git", *words.split()])
    given = ("project", "--var-file", "project/prod.vars.yaml")
    assert applier("apply", *given, "--yes").code == 0
    applier.write("project/prod.vars.yaml", "mode: replace\n")
    planned = applier("plan", *given, "--base", "HEAD", "-o", "json").json
    fields = [(one["path"], one["cause"]) for change in planned["changes"] for one in change["fields"]]
    assert fields == [("mode", "config")]
