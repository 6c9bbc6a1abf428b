"""A process that gets a signal, or whose streams or disk fail, ends in time with the right code and report."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from applier.system import ending_signals
from tests.resilience.projects import CONNECTIONS, EXAMPLE_SPEC
from tests.resilience.support import ONE, assert_plan_is_empty, faults, requests, state
from tests.system import (
    ENDING,
    INTERRUPT,
    minimal_environment,
    needs_file_limits,
    needs_full_device,
    needs_links,
    needs_named_pipes,
    needs_shell,
    send_interrupt,
)
from tests.workspace import Sandbox, Workspace

pytestmark = pytest.mark.extended

SPEC = "spec.yaml"
PATIENCE, AT_ONCE = 30.0, 5.0  # seconds
LITTLE = 2000  # bytes
LONG = 20  # seconds that the service says nothing


@pytest.fixture(autouse=True)
def spec(applier: Workspace) -> None:
    applier.write(SPEC, EXAMPLE_SPEC)


def wait_for(sandbox: Sandbox, path: str) -> None:
    """Until the path was asked for."""
    deadline = time.monotonic() + PATIENCE
    while not any(one["fired"] for one in sandbox.get("/_sandbox/faults") if one["path"] == path):
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("by", ENDING)
@pytest.mark.parametrize("path", ["/api/models", "/api/connections/*/modelsync/target/fields"], ids=["look", "check"])
def test_a_signal_during_a_refresh_ends_it_at_once(
    applier: Workspace, sandbox: Sandbox, path: str, by: signal.Signals
) -> None:
    """The service says nothing for a long time; there is nothing to be finished, and nobody waits."""
    assert applier("apply", SPEC, "--yes").code == 0
    applier.write(SPEC, EXAMPLE_SPEC.replace("mode: replace", "mode: append"))
    sandbox.clear("requests")
    with faults(sandbox, {"kind": "delay", "path": path, "method": "GET", "delay": 12}):
        process = applier.start("apply", SPEC, "-q")
        wait_for(sandbox, path)
        started = time.monotonic()
        process.send_signal(by)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err, time.monotonic() - started < AT_ONCE) == (130, "", "\ninterrupted\n", True)
    assert sandbox.writes() == []


@pytest.mark.parametrize("by", ENDING[:2])
def test_a_signal_while_syncs_run_reports_what_was_applied(
    applier: Workspace, sandbox: Sandbox, by: signal.Signals
) -> None:
    """All is applied, and told, although the end of the run is not awaited."""
    path = "/api/syncs/*/executions/*"
    with faults(sandbox, {"kind": "delay", "path": path, "delay": 1}):
        process = applier.start("apply", SPEC, "--yes", "--run", "-q", "--result", "result.json")
        wait_for(sandbox, path)
        process.send_signal(by)
        out, err = process.communicate(timeout=PATIENCE)
    result = json.loads((applier.folder / "result.json").read_text("utf-8"))
    assert (process.returncode, err, result["stopped"]) == (130, "", "interrupted")
    assert [one["status"] for one in result["outcomes"]] == ["done"] * 4
    assert out.splitlines()[-1] == "Interrupted: runs that were started continue in Polytomic."
    assert len(result["runs"]) == 1


def stop_twice(process: subprocess.Popen[str], first: signal.Signals, second: signal.Signals) -> tuple[str, str, bool]:
    """Send both signals; return what is told, and whether the process ended at once."""
    process.send_signal(first)
    time.sleep(0.5)
    assert process.poll() is None
    started = time.monotonic()
    process.send_signal(second)
    out, err = process.communicate(timeout=PATIENCE)
    return out, err, time.monotonic() - started < AT_ONCE


@pytest.mark.parametrize("by", ENDING)
def test_a_second_signal_reports_what_is_known(applier: Workspace, sandbox: Sandbox, by: signal.Signals) -> None:
    """The service does not answer; nobody waits, but what was written is told, and the digests of it are kept."""
    with faults(sandbox, {"kind": "delay", "path": "/api/models", "method": "POST", "delay": LONG}):
        files = ("--result", "result.json", "--report", "junit=junit.xml")
        keyed = replace(applier, environment={**applier.environment, "APPLIER_LOCK_KEY": "0123456789abcdef"})
        process = keyed.start("apply", SPEC, "--yes", *files)
        wait_for(sandbox, "/api/models")
        out, err, is_at_once = stop_twice(process, INTERRUPT, by)
    assert (process.returncode, is_at_once) == (130, True)
    assert "interrupted: waiting for 1 change in progress; interrupt again to stop at once\n" in err
    assert out.splitlines()[-5:] == [
        "! models/Customer Model  outcome unknown  spec.yaml:35: Stopped while it was applied.",
        "  hint: run plan again to see whether it was",
        "! syncs/MySQL to Snowflake Sync  not started  spec.yaml:42",
        "Interrupted: 2 created, 1 outcome unknown, 1 not started.",
        "Stopped at once: 1 of 4 changes has an unknown outcome.",
    ]
    result = json.loads(applier.read("result.json"))
    assert (result["stopped"], result["exit_code"]) == ("interrupted", 130)
    assert [one["status"] for one in result["outcomes"]] == ["done", "done", "outcome unknown", "not started"]
    assert "outcome unknown" in applier.read("junit.xml")
    assert [*json.loads(applier.read("applier.lock"))["secrets"]] == [
        "connections/MySQL Connection",
        "connections/Snowflake Connection",
    ]


def test_a_secret_with_an_unknown_outcome_is_sent_again(applier: Workspace, sandbox: Sandbox) -> None:
    """Also if it gets back the value that was applied before: nobody knows which of both is live."""
    keyed = replace(applier, environment={**applier.environment, "APPLIER_LOCK_KEY": "0123456789abcdef"})
    assert keyed("apply", SPEC, "--yes", "-q").code == 0
    changing = replace(keyed, environment={**keyed.environment, "MYSQL_PASSWORD": "another-password"})
    with faults(sandbox, {"kind": "delay", "path": "/api/connections/*", "method": "PUT", "delay": LONG}):
        process = changing.start("apply", SPEC, "--yes", "-q")
        wait_for(sandbox, "/api/connections/*")
        _, _, is_at_once = stop_twice(process, INTERRUPT, INTERRUPT)
    assert (process.returncode, is_at_once) == (130, True)
    assert json.loads(applier.read("applier.lock"))["secrets"]["connections/MySQL Connection"] == {
        "configuration.passwd": "send again"
    }
    assert keyed("plan", SPEC, "-q").out.splitlines()[0] == "~ connections/MySQL Connection  spec.yaml:14  [config]"
    assert keyed("apply", SPEC, "--yes", "-q").code == 0
    assert_plan_is_empty(keyed, SPEC)


@needs_named_pipes
def test_a_third_signal_ends_it_all_the_same(applier: Workspace, sandbox: Sandbox) -> None:
    """Even where the result cannot be written, since nobody reads the pipe."""
    with faults(sandbox, {"kind": "delay", "path": "/api/models", "method": "POST", "delay": LONG}):
        os.mkfifo(applier.folder / "report")
        reader = os.open(applier.folder / "report", os.O_RDONLY | os.O_NONBLOCK)
        process = applier.start("apply", SPEC, "--yes", "-q", "--report", "junit=report")
        wait_for(sandbox, "/api/models")
        os.close(reader)
        process.send_signal(INTERRUPT)
        time.sleep(0.5)
        process.send_signal(INTERRUPT)
        time.sleep(0.5)
        assert process.poll() is None  # it waits for a reader
        process.send_signal(INTERRUPT)
        process.communicate(timeout=AT_ONCE)
    assert process.returncode == 130


def test_a_second_signal_during_a_destroy_reports_what_is_known(applier: Workspace, sandbox: Sandbox) -> None:
    assert applier("apply", SPEC, "--yes", "-q").code == 0
    with faults(sandbox, {"kind": "delay", "path": "/api/models/*", "method": "DELETE", "delay": LONG}):
        process = applier.start("destroy", SPEC, "--yes", "-q", "-o", "json")
        wait_for(sandbox, "/api/models/*")
        out, _, is_at_once = stop_twice(process, INTERRUPT, INTERRUPT)
    assert (process.returncode, is_at_once) == (130, True)
    statuses = [one["status"] for one in json.loads(out)["outcomes"]]
    assert statuses == ["done", "outcome unknown", "done", "not started"]


@pytest.mark.parametrize(
    ("method", "path", "status"), [("POST", "executions", "not known"), ("GET", "executions/*", "")]
)
def test_a_second_signal_during_runs_reports_what_is_known(
    applier: Workspace, sandbox: Sandbox, method: str, path: str, status: str
) -> None:
    assert applier("apply", SPEC, "--yes", "-q").code == 0
    path = f"/api/syncs/*/{path}"
    with faults(sandbox, {"kind": "delay", "path": path, "method": method, "delay": LONG}):
        process = applier.start("run", "*", "-q", "-o", "json")
        wait_for(sandbox, path)
        out, err, is_at_once = stop_twice(process, INTERRUPT, INTERRUPT)
    assert (process.returncode, err, is_at_once) == (130, "", True)
    runs = json.loads(out)["runs"]
    assert [(one["address"], bool(one["id"])) for one in runs] == [("syncs/MySQL to Snowflake Sync", method == "GET")]
    assert runs[0]["status"] == status or (not status and runs[0]["status"] not in ("not known", "not started"))


@pytest.mark.parametrize("by", ENDING)
@pytest.mark.parametrize("command", [("export", "--out", "exported"), ("export", "--out", "exported", "--split-sql")])
def test_a_signal_during_an_export_writes_nothing(
    applier: Workspace, sandbox: Sandbox, by: signal.Signals, command: tuple[str, ...]
) -> None:
    assert applier("apply", SPEC, "--yes", "-q").code == 0
    with faults(sandbox, {"kind": "delay", "path": "/api/models", "method": "GET", "delay": LONG}):
        process = applier.start(*command, "-q")
        wait_for(sandbox, "/api/models")
        started = time.monotonic()
        process.send_signal(by)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err, time.monotonic() - started < AT_ONCE) == (130, "", "\ninterrupted\n", True)
    assert not (applier.folder / "exported").exists()


def test_a_killed_apply_leaves_an_interrupted_result(applier: Workspace, sandbox: Sandbox) -> None:
    """The result that is left behind is not that of another day, and does not say that all went well."""
    assert applier("apply", SPEC, "--yes", "--result", "result.json").code == 0
    applier.write(SPEC, EXAMPLE_SPEC.replace("mode: replace", "mode: append"))
    with faults(sandbox, {"kind": "delay", "path": "/api/syncs/*-*", "method": "PUT", "delay": 2}):
        process = applier.start("apply", SPEC, "--yes", "--result", "result.json")
        wait_for(sandbox, "/api/syncs/*-*")
        process.kill()
        process.communicate(timeout=PATIENCE)
        while not any(one["method"] == "PUT" and one["status"] for one in requests(sandbox)):
            time.sleep(0.05)  # what was on its way arrives; it shall not do so in the next test
    result = json.loads((applier.folder / "result.json").read_text("utf-8"))
    assert (result["stopped"], result["exit_code"], "outcomes" in result) == ("interrupted", 130, False)
    assert result["summary"]["update"] == 1


def with_small_files(applier: Workspace, *arguments: str) -> tuple[int, str]:
    """As on a full disk: no file can grow beyond a little. The exit code, and what is told."""
    import resource

    limited = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (LITTLE, LITTLE))
    bare = replace(applier, environment={**applier.environment, "PYTHONDONTWRITEBYTECODE": "1"})
    process = bare.start(*arguments, preexec_fn=limited)
    _, err = process.communicate(timeout=PATIENCE)
    return process.returncode, err


@needs_file_limits
def test_a_full_disk_for_the_result_is_reported(applier: Workspace, sandbox: Sandbox) -> None:
    code, err = with_small_files(applier, "apply", SPEC, "--yes", "-q", "--result", "result.json")
    said = "error: Cannot write result.json: file too large. [not-saved]\n  hint: choose another path\n"
    assert (code, err, sandbox.writes()) == (1, said, [])


@needs_file_limits
def test_a_full_disk_for_the_plan_is_reported(applier: Workspace, sandbox: Sandbox) -> None:
    code, err = with_small_files(applier, "plan", SPEC, "-q", "--out", "plan.json")
    said = "error: Cannot write plan.json: file too large. [not-saved]\n  hint: choose another path\n"
    assert (code, err) == (1, said)
    refused = applier("apply", "plan.json", "--yes")
    assert (refused.code, "[file-not-found]" in refused.err, sandbox.writes()) == (1, True, [])


@pytest.mark.parametrize(
    ("arguments", "file"),
    [(("--result", "no/such.json"), "no/such.json"), (("--report", "junit=no/such.xml"), "no/such.xml")],
)
def test_unwritable_files_are_reported_before_the_apply(
    applier: Workspace, sandbox: Sandbox, arguments: tuple[str, ...], file: str
) -> None:
    """Told before anything is done."""
    refused = applier("apply", SPEC, "--yes", *arguments)
    said = f"error: Cannot write {file}: no such file or directory. [not-saved]\n  hint: choose another path\n"
    assert (refused.code, refused.out, refused.err, requests(sandbox)) == (1, "", said, [])


@needs_links
def test_an_unwritable_lock_file_is_reported(applier: Workspace, sandbox: Sandbox) -> None:
    (applier.folder / "applier.lock").symlink_to("no/such/folder")
    refused = applier("apply", SPEC, "--yes", "-q", APPLIER_LOCK_KEY="0123456789abcdef")
    said = "error: Cannot write applier.lock: no such file or directory. [not-saved]\n  hint: choose another path\n"
    assert (refused.code, refused.err, sandbox.writes()) == (1, said, [])


def through(applier: Workspace, line: str) -> tuple[int, str]:
    """A shell line in which `applier` is the command; the exit code of the first in the pipe, and what is shown."""
    python = shlex.quote(sys.executable)
    script = f'applier() {{ {python} -m applier "$@"; }}; {line}; exit ${{PIPESTATUS[0]}}'
    environment = {**minimal_environment(), "PYTHONPATH": str(Path(__file__).parents[2]), **applier.environment}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=applier.folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=PATIENCE,
    )
    return done.returncode, done.stdout


@needs_shell
@pytest.mark.parametrize(
    ("line", "code"),
    [("{} | head -n 1", 1), ("{} 2>&1 | head -n 1", 1), ("{} >&-", 0), ("{} 2>&-", 0), ("{} <&- >&- 2>&-", 0)],
)
def test_a_closed_output_does_not_stop_the_apply(applier: Workspace, sandbox: Sandbox, line: str, code: int) -> None:
    """What was begun is done all the same."""
    ended, shown = through(applier, line.format(f"applier apply {SPEC} --yes --parallelism 1"))
    assert (ended, "Traceback" in shown, "Exception" in shown) == (code, False, False)
    assert_plan_is_empty(applier, SPEC)


@needs_shell
def test_a_closed_input_is_no_confirmation(applier: Workspace, sandbox: Sandbox) -> None:
    code, shown = through(applier, f"applier apply {SPEC} <&-")
    assert (code, shown.splitlines()[-2:]) == (
        1,
        ["error: Cannot prompt: no terminal. [no-terminal]", "  hint: review the plan, then pass --yes"],
    )
    assert sandbox.writes() == []


@needs_shell
@needs_full_device
@pytest.mark.parametrize("command", ["apply --yes", "plan", "apply --yes -o json"])
def test_a_full_disk_for_the_output_is_reported(applier: Workspace, sandbox: Sandbox, command: str) -> None:
    """Told in a sentence; a plan that cannot be shown is not carried out."""
    code, shown = through(applier, f"applier {command} {SPEC} -q >/dev/full")
    said = "error: Cannot write the output: no space left on device. [not-saved]\n  hint: choose another path\n"
    assert (code, shown) == (1, said)
    assert (sandbox.writes() != []) is command.endswith("json")


def test_an_interrupt_at_any_time_reports_what_is_live(applier: Workspace, sandbox: Sandbox) -> None:
    """Whenever it comes: what is told as done is live, and nothing else."""
    models = "".join(f"  M{n}: {{connection: MySQL, configuration: {{table: company.teams}}}}\n" for n in range(30))
    applier.write(SPEC, f"{CONNECTIONS}models:\n{models}")
    for _ in range(6):
        before = set(state(sandbox).addresses)
        sandbox.clear("requests")
        process = applier.start("apply", SPEC, "--yes", "-q", "-o", "json", "--no-checks")
        deadline = time.monotonic() + PATIENCE
        while not sandbox.writes() and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.002)
        send_interrupt(process)
        out, _ = process.communicate(timeout=PATIENCE)
        told = {one["address"] for one in json.loads(out).get("outcomes", ()) if one["status"] == "done"}
        assert (process.returncode in (0, 130), set(state(sandbox).addresses) - before) == (True, told)
    assert applier("apply", SPEC, "--yes", *ONE).code == 0
    assert_plan_is_empty(applier, SPEC)


@pytest.mark.parametrize("by", [signal.SIGINT, *ending_signals()])
def test_a_signal_at_the_end_keeps_the_exit_code(tmp_path: Path, by: signal.Signals) -> None:
    """The exit code is that of the answer, not that of a signal which comes while the interpreter ends."""
    late = f"import atexit, signal; atexit.register(signal.raise_signal, {int(by)}); from applier.cli import main"
    done = subprocess.run(
        [sys.executable, "-c", f"{late}; main(['validate', 'none.yaml', '-q'])"],
        cwd=tmp_path,
        env={**minimal_environment(), "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=PATIENCE,
    )
    said = (
        'error: File or folder "none.yaml" not found. [file-not-found]\n'
        "  hint: check the path; it is relative to the current folder\n"
    )
    assert (done.returncode, done.stderr) == (1, said)
