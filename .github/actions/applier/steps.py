"""The commands of the action. All inputs come as environment variables, and no shell evaluates them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forge import Forge, ForgeError

REPORTS = {"markdown": "md", "html": "html", "json": "json", "github": "txt", "sarif": "sarif", "junit": "xml"}
PENDING, ERROR = 2, 1


@dataclass(frozen=True)
class Job:
    """The inputs of the action."""

    command: str
    paths: tuple[str, ...]
    arguments: tuple[str, ...]
    reports: Path
    environment: Mapping[str, str]
    key: str

    @classmethod
    def of_inputs(cls) -> Job:
        said = os.environ
        paths = tuple(line.strip() for line in said["SPEC"].splitlines() if line.strip()) or (".",)
        chosen = ("--env", said["SPEC_ENV"]) if said["SPEC_ENV"] else ()
        key = hashlib.sha256("\0".join((*paths, *chosen)).encode()).hexdigest()[:12]
        reports = Path(said["RUNNER_TEMP"]) / f"applier-{said['COMMAND']}-{key}"
        reports.mkdir(parents=True, exist_ok=True)
        given = {"POLYTOMIC_API_KEY": said["API_KEY"], "POLYTOMIC_DEPLOYMENT_URL": said["API_URL"]}
        kept = {name: value for name, value in said.items() if name not in ("TOKEN", "API_KEY")}
        commit = pull_request().get("head", {}).get("sha") or said.get("GITHUB_SHA", "")
        environment = {**kept, **{name: value for name, value in given.items() if value}, "APPLIER_COMMIT": commit}
        return cls(said["COMMAND"], paths, (*chosen, *words(said["ARGUMENTS"])), reports, environment, key)

    @property
    def plan(self) -> Path:
        return self.reports / "plan.json"

    def marker(self, what: str) -> str:
        """Return how the comment or issue of the action about this spec starts."""
        return f"<!-- applier:{what}:{self.key}"

    def report(self, form: str) -> str:
        path = self.reports / f"report.{REPORTS[form]}"
        return path.read_text("utf-8") if path.is_file() else ""

    @property
    def result(self) -> dict[str, Any]:
        told = self.report("json")
        return dict(json.loads(told)) if told else {}

    def run(self, command: str, paths: Sequence[str], *arguments: str) -> int:
        """Run applier, write its log, annotations and summary, and return its exit code.

        `paths` stand behind `--`: none of them is an option, whatever it starts with.
        """
        files = [f"--report={form}={self.reports / f'report.{ending}'}" for form, ending in REPORTS.items()]
        for ending in REPORTS.values():
            (self.reports / f"report.{ending}").unlink(missing_ok=True)
        program = (sys.executable, "-P", "-m", "applier")  # -P: a folder of that name in the repository is another one
        # Otherwise a line of SQL in the output could act as a command to the runner.
        quiet = secrets.token_hex(16)
        print(f"::stop-commands::{quiet}", flush=True)
        done = subprocess.run([*program, command, *arguments, *files, "--", *paths], env=self.environment, check=False)
        code = done.returncode
        print(f"::{quiet}::")
        told = self.report("github").split("\n")
        print("\n".join(line for line in told if line.startswith(("::error ", "::warning "))), flush=True)
        with Path(os.environ["GITHUB_STEP_SUMMARY"]).open("a", encoding="utf-8") as summary:
            summary.write(self.report("markdown") + "\n")
        output("exit-code", code)
        output("reports", self.reports)
        if "changes" in self.result:
            output("changes", len(self.result["changes"]) + len(self.result["unmanaged"]))
            output("fingerprint", self.result["fingerprint"])
        return code


def validate(job: Job, _: Forge) -> int:
    """Write annotations and a summary."""
    return job.run("validate", job.paths, *job.arguments)


def plan(job: Job, forge: Forge) -> int:
    """Write the plan to one comment on the pull request, which `apply` later reads as the approved plan."""
    code = job.run("plan", job.paths, *job.arguments, f"--out={job.plan}")
    request = pull_request()
    if request and job.report("markdown"):
        print_ = job.result.get("fingerprint", "") if code == 0 else ""
        head = f"{job.marker('plan')} fingerprint:{print_ or 'none'} head:{request['head']['sha']} -->"
        forge.upsert_comment(request["number"], job.marker("plan"), f"{head}\n{job.report('markdown')}")
    return code


def apply(job: Job, forge: Forge) -> int:
    """Plan again, compare with the plan of the merged pull request, apply, and comment there."""
    code = job.run("plan", job.paths, *job.arguments, f"--out={job.plan}")
    if code:
        return code
    request = forge.merged_pull_request(os.environ["GITHUB_SHA"])
    if os.environ["REQUIRE_APPROVED"] != "false":
        problem = _not_approved(job, forge, request)
        if problem:
            print(f"::error title=Not the approved plan::{problem}")
            return 3
    code = job.run("apply", (str(job.plan),), "--yes")
    if request:
        marker = job.marker("apply")
        try:
            forge.upsert_comment(request["number"], marker, f"{marker} -->\n{job.report('markdown')}")
        except ForgeError as error:  # the exit code is that of the apply, which is done
            print(f"::warning title=GitHub::{_data(error)}")
    return code


def _not_approved(job: Job, forge: Forge, request: dict[str, Any] | None) -> str:
    """Return why the plan must not be applied; empty if it is the approved one."""
    otherwise = "Review the plan above, then run this job again with require-approved: false."
    if not job.result["changes"]:
        return ""
    if request is None:
        return f"This commit has no pull request, so its plan was not reviewed. {otherwise}"
    comment = forge.comment(request["number"], job.marker("plan"))
    seen = re.match(r"\S+ \S+ fingerprint:(\w+) head:(\w+) -->", comment["body"]) if comment else None
    if seen is None or seen[2] != request["head"]["sha"]:
        return f"Pull request {request['number']} has no plan of its last commit. {otherwise}"
    if seen[1] != job.result["fingerprint"]:
        return f"The plan is not the one in pull request {request['number']} any more. {otherwise}"
    return ""


def drift(job: Job, forge: Forge) -> int:
    """Keep one issue open while there is drift."""
    code = job.run("drift", job.paths, *job.arguments)
    marker, label = job.marker("drift"), os.environ["LABEL"]
    if code == PENDING:
        where = " ".join((*job.paths, *job.arguments[:2])) if os.environ["SPEC_ENV"] else " ".join(job.paths)
        body = f"{marker} -->\n{job.report('markdown')}\n\nReported by {_this_run()}."
        output("issue", forge.upsert_issue(marker, label, f"Drift: {where}", body))
        return ERROR if os.environ["FAIL_ON_DRIFT"] == "true" else 0
    if code == 0:
        forge.close_issue(marker, label, f"No drift any more, according to {_this_run()}.")
    return code


def words(text: str) -> list[str]:
    """Return the words of a command line. A backslash is part of a path on Windows, and an escape elsewhere."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters = True, ""
    if os.name == "nt":
        lexer.escape = ""
    return list(lexer)


def _this_run() -> str:
    said = os.environ
    return f"[this run]({said['GITHUB_SERVER_URL']}/{said['GITHUB_REPOSITORY']}/actions/runs/{said['GITHUB_RUN_ID']})"


def pull_request() -> dict[str, Any]:
    """Return the pull request that started the job, empty without one."""
    path = os.environ.get("GITHUB_EVENT_PATH")
    event = json.loads(Path(path).read_text("utf-8")) if path and Path(path).is_file() else {}
    return dict(event.get("pull_request") or {})


def _data(words: object) -> str:
    """Return a message as the runner reads it."""
    return str(words).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def output(name: str, value: object) -> None:
    """Set an output of the step."""
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.write(f"{name}={value}\n")


COMMANDS = {"validate": validate, "plan": plan, "apply": apply, "drift": drift}


def main() -> int:
    """Run the command of the inputs. A refusal of GitHub is an error of the job."""
    chosen = COMMANDS.get(os.environ["COMMAND"])
    if chosen is None:
        print(f"::error::command must be one of {', '.join(COMMANDS)}")
        return ERROR
    try:
        return chosen(Job.of_inputs(), Forge.of_job())
    except ForgeError as error:
        print(f"::error title=GitHub::{_data(error)}")
        return ERROR


if __name__ == "__main__":
    sys.exit(main())
