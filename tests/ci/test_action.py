"""The GitHub action, step by step: annotations, one comment, the approved plan and no other, one issue."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.support import ACTION, BOT, Actions, StandIn
from tests.workspace import EXAMPLE, KEY, Sandbox

pytestmark = pytest.mark.extended

SPEC = (EXAMPLE / "spec.yaml").read_text("utf-8")
REQUEST: dict[str, Any] = {"number": 5, "head": {"sha": "head1"}, "merged_at": None}
MERGED = {**REQUEST, "merged_at": "2026-11-22T10:00:00Z"}


@pytest.fixture
def project(actions: Actions) -> Actions:
    actions.write("pipelines/spec.yaml", SPEC)
    return actions


def test_validate_annotates_the_lines_of_the_pull_request(project: Actions, forge: StandIn) -> None:
    assert project.use("validate", path="pipelines").code == 0
    project.write("pipelines/spec.yaml", SPEC.replace("mode: replace", "mode: relpace"))
    done = project.use("validate", path="pipelines", request=REQUEST)
    assert done.code == 1
    assert re.search(r"^::error file=pipelines/spec.yaml,line=\d+,col=\d+,title=.*relpace", done.log, re.MULTILINE)
    assert "## applier validate: Invalid: 1 error" in done.summary
    assert "blob/head1/pipelines/spec.yaml#L" in done.summary
    assert forge.calls == []


def test_a_plan_is_one_comment_that_is_kept_up_to_date(project: Actions, forge: StandIn, sandbox: Sandbox) -> None:
    forge.comment(5, "<!-- applier:plan: something like ours, by somebody else", author="mallory")
    for number in range(130):
        forge.comment(5, f"talk {number}", author="ada")
    first = project.use("plan", path="pipelines", request=REQUEST, api_key=KEY)
    assert (first.code, first.outputs["changes"]) == (0, "4")
    assert "::notice" not in first.log
    assert not any(secret in first.log + first.summary for secret in (KEY, "the-token"))
    reports = Path(first.outputs["reports"]).glob("report.*")
    assert sorted(one.suffix for one in reports) == [".html", ".json", ".md", ".sarif", ".txt", ".xml"]
    second = project.use("plan", path="pipelines", request=REQUEST)
    ours = [one for one in forge.comments if one["user"]["login"] == BOT]
    assert len(ours) == 1
    assert [method for method, _ in forge.calls if method != "GET"] == ["POST"]
    assert second.outputs["fingerprint"] == first.outputs["fingerprint"]
    head, rest = ours[0]["body"].split("\n", 1)
    assert re.fullmatch(rf"<!-- applier:plan:\w{{12}} fingerprint:{first.outputs['fingerprint']} head:head1 -->", head)
    assert rest.startswith("## applier plan: 4 to create")
    project.write("pipelines/spec.yaml", SPEC.replace("active: true", "active: false"))
    project.use("plan", path="pipelines", request={**REQUEST, "head": {"sha": "head2"}})
    assert "head:head2 -->" in ours[0]["body"]
    assert [method for method, _ in forge.calls if method != "GET"] == ["POST", "PATCH"]
    assert sandbox.writes() == []


def test_two_specs_of_one_pull_request_have_a_comment_each(project: Actions, forge: StandIn) -> None:
    project.write("other/spec.yaml", SPEC)
    for path in ("pipelines", "other"):
        project.use("plan", path=path, request=REQUEST)
    assert len(forge.comments) == 2


def test_the_approved_plan_is_applied_on_merge(project: Actions, forge: StandIn, sandbox: Sandbox) -> None:
    project.use("plan", path="pipelines", request=REQUEST)
    forge.pulls["merge1"] = [MERGED]
    done = project.use("apply", path="pipelines")
    assert done.code == 0, done.log
    assert sandbox.names()["syncs"] == ["MySQL to Snowflake Sync"]
    assert forge.comments[-1]["body"].split("\n")[1] == "## applier apply: Applied: 4 created."
    again = project.use("apply", path="pipelines")
    assert (again.code, again.outputs["changes"]) == (0, "0")
    assert len(forge.comments) == 2


def test_another_plan_than_the_approved_is_refused(project: Actions, forge: StandIn, sandbox: Sandbox) -> None:
    project.use("plan", path="pipelines", request=REQUEST)
    forge.pulls["merge1"] = [MERGED]
    project.write("pipelines/spec.yaml", SPEC.replace("active: true", "active: false"))
    refused = project.use("apply", path="pipelines")
    assert refused.code == 3
    assert "::error title=Not the approved plan::The plan is not the one in pull request" in refused.log
    assert sandbox.writes() == []
    assert project.use("apply", path="pipelines", require_approved="false").code == 0
    assert sandbox.names()["syncs"] == ["MySQL to Snowflake Sync"]


def test_a_plan_that_nobody_reviewed_is_refused(project: Actions, forge: StandIn, sandbox: Sandbox) -> None:
    project.use("plan", path="pipelines", request=REQUEST)
    for requests, said in (
        ([REQUEST], "has no pull request"),
        ([{**MERGED, "head": {"sha": "head9"}}], "has no plan of its last commit"),
        ([{**MERGED, "number": 6}], "has no plan of its last commit"),
    ):
        forge.pulls["merge1"] = requests
        refused = project.use("apply", path="pipelines")
        assert refused.code == 3
        assert said in refused.log
    forge.pulls["merge1"] = [MERGED]
    forge.comments[0]["user"]["login"] = "mallory"
    assert project.use("apply", path="pipelines").code == 3
    assert sandbox.writes() == []


def test_drift_opens_updates_and_closes_one_issue(project: Actions, forge: StandIn, sandbox: Sandbox) -> None:
    project.use("apply", path="pipelines", require_approved="false")
    calm = project.use("drift", path="pipelines")
    assert (calm.code, forge.issues) == (0, [])
    sync = sandbox.named("syncs", "MySQL to Snowflake Sync")
    sandbox.http.delete(f"/api/syncs/{sync['id']}").raise_for_status()
    found = project.use("drift", path="pipelines")
    assert (found.code, found.outputs["exit-code"], found.outputs["issue"]) == (0, "2", "100")
    assert forge.issues[0]["title"] == "Drift: pipelines"
    assert "1 missing" in forge.issues[0]["body"]
    sandbox.http.delete(f"/api/models/{sandbox.named('models', 'Customer Model')['id']}").raise_for_status()
    assert project.use("drift", path="pipelines", fail_on_drift="true").code == 1
    assert len(forge.issues) == 1
    assert "2 missing" in forge.issues[0]["body"]
    project.use("apply", path="pipelines", require_approved="false")
    project.use("drift", path="pipelines")
    assert forge.issues[0]["state"] == "closed"
    assert forge.comments[-1]["body"].startswith("No drift any more")


def test_hostile_inputs_are_never_commands(project: Actions, forge: StandIn) -> None:
    name = "a $(touch hacked) `touch hacked` ; touch hacked ' \" .yaml"
    project.write(name, SPEC)
    done = project.use("plan", path=name, request=REQUEST, args="--target 'syncs/$(touch hacked)*'")
    assert not list(project.checkout.rglob("hacked"))
    assert done.code == 1
    assert "no-such-address" in done.log
    assert forge.comments[0]["body"].startswith("<!-- applier:plan:")


@pytest.mark.parametrize("command", ["validate", "plan", "drift"])
def test_a_path_is_never_an_option(project: Actions, forge: StandIn, command: str) -> None:
    done = project.use(command, path="--report=text=hacked\npipelines", request=REQUEST)
    assert not list(project.checkout.rglob("hacked"))
    assert (done.code, 'File or folder "--report=text=hacked" not found.' in done.log) == (1, True)


def test_foreign_text_is_never_a_command_to_the_runner(project: Actions) -> None:
    query = "SELECT 1\n\n::error::from a query\n::set-env name=A::b\n"
    model = f"configuration:\n      query: {query!r}".replace("'", '"')
    project.write("pipelines/spec.yaml", SPEC.replace("configuration:\n      table: company.customers", model))
    lines = project.use("plan", path="pipelines", request=REQUEST).log.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("::stop-commands::"))
    end = lines.index(f"::{lines[start].rpartition('::')[2]}::")
    assert any("::set-env" in line for line in lines[start:end])
    assert not any("::set-env" in line or "::error::from" in line for line in lines[end:])


def test_a_refusal_of_the_forge_is_an_error_that_says_what(project: Actions, forge: StandIn) -> None:
    forge.refused = ("GET",)
    done = project.use("plan", path="pipelines", request=REQUEST)
    assert done.code == 1
    assert "::error title=GitHub::GitHub says 403 to GET issues/5/comments: " in done.log


def test_a_call_that_github_fails_to_answer_is_made_again(project: Actions, forge: StandIn) -> None:
    forge.silent = 1
    assert project.use("plan", path="pipelines", request=REQUEST).code == 0
    assert [method for method, _ in forge.calls] == ["GET", "GET", "POST"]
    forge.silent = 3
    done = project.use("plan", path="pipelines", request={**REQUEST, "head": {"sha": "head2"}})
    assert (done.code, "GitHub says 502 to GET issues/5/comments" in done.log) == (1, True)


def test_an_apply_succeeds_although_its_comment_fails(project: Actions, forge: StandIn, sandbox: Sandbox) -> None:
    project.use("plan", path="pipelines", request=REQUEST)
    forge.pulls["merge1"], forge.refused = [MERGED], ("POST",)
    done = project.use("apply", path="pipelines")
    assert (done.code, done.outputs["exit-code"]) == (0, "0")
    assert "::warning title=GitHub::GitHub says 403 to POST issues/5/comments: " in done.log
    assert sandbox.names()["syncs"] == ["MySQL to Snowflake Sync"]


def test_a_comment_holds_what_github_takes_and_says_when_that_is_not_all(
    project: Actions, forge: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ACTION))
    from forge import Forge

    for name, value in {**project.settings, "AUTHOR": BOT, "TOKEN": "the-token"}.items():
        monkeypatch.setenv(name, value)
    lines = "- **delete** `models/one`\n" * 2521
    Forge.of_job().upsert_comment(5, "marker", lines[:65_536])
    assert forge.comments[0]["body"] == lines[:65_536]
    Forge.of_job().upsert_comment(6, "marker", lines)
    body = forge.comments[1]["body"]
    assert 65_400 < len(body) <= 65_536
    assert body.endswith("`models/one`\n\n_Too long for a comment; the summary of the job has all of it._")


def test_no_expression_is_inside_a_script() -> None:
    """An input inside of `run` would be a program of whoever names a branch."""
    action = yaml.safe_load((ACTION / "action.yml").read_text("utf-8"))
    assert all("${{" not in step["run"] for step in action["runs"]["steps"])
    assert all(step["shell"] == "bash" for step in action["runs"]["steps"])


def test_an_unknown_command_says_which_there_are(project: Actions) -> None:
    done = project.use("aply", path="pipelines")
    assert (done.code, "validate, plan, apply, drift" in done.log) == (1, True)
