"""The files of examples/ci and the hooks: what they name exists, and their commands do what they should."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from applier.cli.program import COMMANDS
from tests.ci.support import ACTION, ROOT, Actions, GitLab, served
from tests.workspace import EXAMPLE, KEY, Sandbox

pytestmark = pytest.mark.extended

KIT = ROOT / "examples/ci"
SPEC = (EXAMPLE / "spec.yaml").read_text("utf-8")


def read(path: Path) -> Any:
    # `on` is a key of workflows; the base loader takes no word for a truth
    return yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)


def shell(command: str, actions: Actions, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**actions.settings, **settings}
    environment["PATH"] = f"{actions.temp}/applier/bin{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euc", command],
        cwd=actions.checkout,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_workflow_uses_the_action_with_inputs_that_it_has() -> None:
    inputs = read(ACTION / "action.yml")["inputs"]
    jobs = read(KIT / "github/applier.yml")["jobs"]
    uses = [step for job in jobs.values() for step in job["steps"] if step["uses"].split("@")[0].endswith("/applier")]
    assert [one["with"]["command"] for one in uses] == ["validate", "plan", "apply", "drift"]
    for one in uses:
        assert one["with"].keys() <= inputs.keys()
        assert (
            ROOT / one["uses"].partition("@")[0].removeprefix("your--organization/applier/") / "action.yml"
        ).is_file()


def test_every_job_has_the_permissions_that_it_needs_and_no_more() -> None:
    workflow = read(KIT / "github/applier.yml")
    assert workflow["permissions"] == {"contents": "read"}
    needs = {"plan": {"pull-requests"}, "apply": {"pull-requests"}, "drift": {"issues"}}
    for name, job in workflow["jobs"].items():
        assert {one for one, access in job["permissions"].items() if access == "write"} == needs[name]


def test_forks_get_no_plan_and_other_branches_are_not_applied() -> None:
    jobs = read(KIT / "github/applier.yml")["jobs"]
    assert jobs["plan"]["env"]["SECRETS"].endswith("head.repo.full_name == github.repository }}")
    guards = {step["with"].get("command", "artifact"): step.get("if") for step in jobs["plan"]["steps"][1:]}
    assert guards == {"validate": None, "plan": "env.SECRETS == 'true'", "artifact": "env.SECRETS == 'true'"}
    by_hand = "(github.event_name == 'workflow_dispatch' && github.ref == 'refs/heads/main')"
    assert jobs["apply"]["if"] == f"github.event_name == 'push' || {by_hand}"
    assert jobs["plan"]["concurrency"]["cancel-in-progress"] == "true"
    assert jobs["apply"]["concurrency"] == "applier-apply"


def test_the_drift_issue_of_gitlab_stays_open_unless_the_check_succeeds(actions: Actions) -> None:
    gitlab = GitLab(issues=[{"iid": 0, "state": "opened", "author": {"id": 1}, "description": "<!-- applier:73 -->"}])
    tell = f'python3 "{KIT}/gitlab/tell.py" issue none.md'
    with served(gitlab.answer) as url:
        settings = {"CI_API_V4_URL": url, "CI_PROJECT_ID": "9", "GITLAB_TOKEN": "the-token", "SPEC": "s"}
        assert shell(f"{tell} 1", actions, **settings).returncode == 0
        assert gitlab.issues[0]["state"] == "opened"
        assert shell(f"{tell} 0", actions, **settings).returncode == 0
        assert gitlab.issues[0]["state"] == "closed"
        refused = shell(f"{tell} 0", actions, **{**settings, "GITLAB_TOKEN": "another"})
    assert (refused.returncode, refused.stderr) == (1, "GitLab says 401 to GET user: {}\n")


def test_the_jobs_of_gitlab_do_as_they_say(actions: Actions, sandbox: Sandbox) -> None:
    jobs = read(KIT / "gitlab/applier.gitlab-ci.yml")
    actions.write("pipelines/spec.yaml", SPEC)
    gitlab = GitLab()
    gitlab.notes.append({"id": 0, "body": "somebody else's", "author": {"id": 2}})
    settings = {"SPEC": jobs["variables"]["SPEC"], "TELL": str(KIT / "gitlab/tell.py"), "GITLAB_TOKEN": "the-token"}

    def job(name: str, **more: str) -> int:
        with served(gitlab.answer) as url:
            told = {**settings, "CI_API_V4_URL": url, "CI_PROJECT_ID": "9", **more}
            done = shell("\n".join(jobs[name]["script"]), actions, **told)
        wanted = jobs[name]["artifacts"]
        for file in (*wanted.get("paths", ()), *wanted.get("reports", {}).values()):
            assert (actions.checkout / file).stat().st_size > 0, done.stderr
        return done.returncode

    assert [job("validate"), job("plan", CI_MERGE_REQUEST_IID="3"), job("plan", CI_MERGE_REQUEST_IID="3")] == [0, 0, 0]
    assert [one["body"].partition("\n")[2][:30] for one in gitlab.notes[1:]] == ["## applier plan: 4 to create ("]
    assert [job("apply"), job("drift")] == [0, 0]
    sandbox.http.delete(f"/api/syncs/{sandbox.named('syncs', 'MySQL to Snowflake Sync')['id']}").raise_for_status()
    assert [job("drift"), job("drift")] == [2, 2]
    assert [one["title"] for one in gitlab.issues] == ["Drift: pipelines"]
    assert job("apply") == 1  # something moved since the plan
    assert [job("plan", GITLAB_TOKEN=""), job("apply"), job("drift")] == [0, 0, 0]
    assert [one["state"] for one in gitlab.issues] == ["closed"]


@pytest.mark.parametrize("hook", read(ROOT / ".pre-commit-hooks.yaml"), ids=lambda hook: hook["id"])
def test_the_hooks_fail_on_what_is_wrong_and_pass_what_is_right(hook: dict[str, str], actions: Actions) -> None:
    program, command = hook["entry"].split()
    assert (program, hook["language"], hook["pass_filenames"]) == ("applier", "python", "false")
    assert command in COMMANDS
    assert re.search(hook["files"], "pipelines/spec.yaml")
    actions.write("pipelines/spec.yaml", SPEC)
    run = f"{hook['entry']} pipelines"
    shell("applier fmt pipelines", actions)
    before = (actions.checkout / "pipelines/spec.yaml").read_text("utf-8")
    assert shell(run, actions).returncode == 0
    assert (actions.checkout / "pipelines/spec.yaml").read_text("utf-8") == before
    actions.write("pipelines/spec.yaml", "version: 1\nsyncs: {A: {mode: create, model: [}\n")
    assert shell(run, actions).returncode == 1


def test_the_image_installs_this_and_runs_as_nobody_special() -> None:
    lines = (KIT / "Containerfile").read_text("utf-8").splitlines()
    assert any("--require-hashes -r /source/sandbox.txt" in line for line in lines)
    assert any("--no-deps --no-build-isolation /source" in line for line in lines)
    copied = [one for line in lines if line.startswith("COPY ") and "--from" not in line for one in line.split()[1:-1]]
    assert sorted(copied) == [".locks/sandbox.txt", "LICENSE", "README.md", "applier", "pyproject.toml", "schemas"]
    assert all((ROOT / one).exists() for one in copied)
    assert lines.index("USER 10001") < lines.index('ENTRYPOINT ["applier"]')  # a number, so that a cluster sees no root
    assert not any(KEY in line or "API_KEY=" in line for line in lines)


def test_the_page_names_commands_inputs_and_hooks_that_exist() -> None:
    page = (KIT / "README.md").read_text("utf-8")
    assert set(re.findall(r"`applier (\w+)", page)) <= set(COMMANDS)
    table = re.findall(r"^\| `([\w-]+)` \|", page, re.MULTILINE)
    assert set(table) <= read(ACTION / "action.yml")["inputs"].keys()
    hooks = {one["id"] for one in read(ROOT / ".pre-commit-hooks.yaml")}
    assert set(re.findall(r"- id: ([\w-]+)$", page, re.MULTILINE)) == hooks
