"""A spec and values of variables through the standard input and through pipes: `-`, `/dev/stdin`, `<(…)`."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system import WINDOWS, needs_named_pipes
from tests.workspace import Sandbox, Workspace

SPEC = """\
variables: {port: {type: number, default: 3306}, host: "${file:host.txt}"}
environments: {dev: {variables: {port: 1}}, prod: {variables: {port: 2}}}
connections:
  A: {type: mysql, configuration: {hostname: "${var:host}", port: "${var:port}", dbname: d, account: a,
    passwd: "${file:sub/p.txt}"}}
"""
needs_descriptors = pytest.mark.skipif(WINDOWS, reason="Windows has no /dev/fd")


@pytest.fixture
def folder(applier: Workspace) -> Workspace:
    applier.write("host.txt", "example.com\n")
    applier.write("sub/p.txt", "hush-hush\n")
    applier.write("spec.yaml", SPEC)
    return applier


def call(workspace: Workspace, given: str, *arguments: str) -> tuple[int, str, str]:
    """Return exit code and outputs of a command that gets a text through its standard input."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode()), encoding="utf-8"))
        result = workspace(*arguments)
    return result.code, result.out, result.err


def call_process(workspace: Workspace, given: str, *arguments: str) -> tuple[int, str, str]:
    """Do what `call` does with a process of its own."""
    process = workspace.start(*arguments, stdin=subprocess.PIPE)
    out, err = process.communicate(given, timeout=60)
    return process.returncode, out, err


def pipe(workspace: Workspace, given: str, *arguments: str) -> tuple[int, str, str]:
    """Return exit code and outputs of a command that gets a text through a pipe at `/dev/fd/N`, as bash gives `<(…)`.

    `{}` in the arguments stands for that path.
    """
    end, other = os.pipe()
    os.write(other, given.encode())
    os.close(other)
    result = workspace(*(one.replace("{}", f"/dev/fd/{end}") for one in arguments))
    os.close(end)
    return result.code, *(one.replace(f"/dev/fd/{end}", "/dev/fd/N") for one in (result.out, result.err))


@pytest.mark.parametrize("path", ["-", pytest.param("/dev/stdin", marks=needs_descriptors)])
def test_a_spec_through_the_standard_input(folder: Workspace, sandbox: Sandbox, path: str) -> None:
    """Paths in it are relative to the current folder, and places say where it came from."""
    assert call_process(folder, SPEC, "apply", path, "--yes", "--env", "dev")[0] == 0
    live = sandbox.named("connections", "A")["configuration"]
    assert (live["hostname"], live["port"]) == ("example.com", 1)
    assert folder.is_up_to_date("spec.yaml", "--env", "dev")
    code, out, _ = call(folder, SPEC, "plan", path, "--env", "prod", "-o", "json")
    (change,) = json.loads(out)["changes"]
    assert (code, change["address"], change["place"]["file"], change["place"]["line"]) == (
        0,
        "connections/A",
        "<stdin>",
        4,
    )


def test_errors_have_their_places(folder: Workspace) -> None:
    wrong = SPEC.replace("type: mysql, ", "").replace("sub/p.txt", "none.txt")
    assert call(folder, wrong, "validate", "-", "--env", "dev") == (
        1,
        "Invalid: 2 errors in 1 file.\n",
        (
            '<stdin>:4:3: error: connections/A needs "type". [missing-key]\n  hint: for example type: mysql\n'
            '<stdin>:5:13: error: The file "none.txt" does not exist. [included-file]\n'
            "  hint: the path is relative to the file that names it\n"
        ),
    )


def test_several_environments_read_it_once(folder: Workspace) -> None:
    assert call(folder, SPEC, "validate", "-", "--env", "all") == (0, "Valid: 1 connection in 1 file.\n", "")
    assert call(folder, "", "validate", "-")[0] == 0


@needs_descriptors
def test_a_spec_through_a_pipe(folder: Workspace) -> None:
    code, out, err = pipe(folder, SPEC, "plan", "{}", "--env", "dev", "--no-checks", "-o", "json")
    (change,) = json.loads(out)["changes"]
    assert (code, change["place"]["file"], err) == (0, "/dev/fd/N", "")
    assert sorted(one.name for one in folder.folder.iterdir()) == ["host.txt", "spec.yaml", "sub"]


@needs_descriptors
def test_values_through_a_pipe_beside_a_spec_through_the_standard_input(folder: Workspace, sandbox: Sandbox) -> None:
    assert call(folder, "port: 7\n", "apply", "spec.yaml", "--env", "dev", "--yes", "--var-file", "-")[0] == 0
    assert sandbox.named("connections", "A")["configuration"]["port"] == 7
    assert pipe(folder, "port: 8\n", "apply", "spec.yaml", "--env", "dev", "--yes", "--var-file", "{}")[0] == 0
    assert sandbox.named("connections", "A")["configuration"]["port"] == 8


def test_spec_and_values_cannot_both_be_the_standard_input(folder: Workspace) -> None:
    code, _, err = call(folder, "port: 7\n", "validate", "-", "--var-file", "-")
    assert code == 1
    assert err.startswith(
        "error: The standard input is given as a spec and as a file of variables. [stream-twice]\n"
        "  hint: give one of them as a file\n"
    )


READ_BACK = {
    "fmt": ("fmt", "-"),
    "fmt --check": ("fmt", "--check", "-"),
    "pull": ("pull", "--path", "-", "--env", "dev"),
    "adopt": ("adopt", "connections/A", "--file", "-"),
}


@pytest.mark.parametrize("case", READ_BACK)
def test_who_writes_back_refuses_a_stream(folder: Workspace, case: str) -> None:
    assert call(folder, SPEC, *READ_BACK[case]) == (
        1,
        "",
        (
            "error: <stdin> is a stream, and this command writes its result to the file. [stream-not-writable]\n"
            "  hint: give the path of a file or folder\n"
        ),
    )
    assert not (folder.folder / "-").exists()


def test_a_base_has_no_stream(folder: Workspace) -> None:
    assert call(folder, SPEC, "plan", "-", "--env", "dev", "--base", "HEAD") == (
        1,
        "",
        (
            "error: --base reads the spec as it was in a commit, and no commit has <stdin>. [bad-base]\n"
            "  hint: give the path of a file or folder\n"
        ),
    )


def test_a_saved_plan_needs_the_same_spec_again(folder: Workspace, sandbox: Sandbox) -> None:
    assert call(folder, SPEC, "plan", "-", "--env", "dev", "--out", "plan.json")[0] == 0
    code, _, err = call(folder, SPEC.replace("dbname: d", "dbname: e"), "apply", "plan.json", "--yes")
    assert (code, "[stale-plan]" in err, sandbox.names()["connections"]) == (1, True, [])
    assert call(folder, SPEC, "apply", "plan.json", "--yes")[0] == 0
    assert sandbox.names()["connections"] == ["A"]


@needs_descriptors
def test_a_plan_of_a_pipe_cannot_be_saved(folder: Workspace) -> None:
    code, _, err = pipe(folder, SPEC, "plan", "{}", "--env", "dev", "--out", "plan.json")
    assert (code, err) == (
        1,
        (
            "error: The spec comes from /dev/fd/N, which is gone when the plan is applied, and apply reads the spec "
            "again. [not-saved]\n"
            "  hint: give it as a file, or through the standard input: applier plan - --out FILE\n"
        ),
    )
    assert not (folder.folder / "plan.json").exists()


def test_a_saved_plan_does_not_wait_for_somebody_to_type_the_spec(folder: Workspace) -> None:
    assert call(folder, SPEC, "plan", "-", "--env", "dev", "--out", "plan.json")[0] == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", Terminal(io.BytesIO(b""), encoding="utf-8"))
        result = folder("apply", "plan.json", "--yes")
    assert (result.code, result.err) == (
        1,
        (
            "error: The plan was made of a spec from the standard input, which is a terminal now. [stale-plan]\n"
            "  hint: give the same spec again: applier apply PLANFILE < SPECFILE\n"
        ),
    )


class Terminal(io.TextIOWrapper):
    """A standard input that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@needs_named_pipes
def test_a_pipe_among_the_seed_files_is_never_opened(tmp_path: Path) -> None:
    local = Workspace.local(tmp_path)
    local.write("spec.yaml", "connections:\n  A: {type: hubspot, configuration: {}}\n")
    local.write("seed/mysql/company/x", "")
    os.mkfifo(local.folder / "seed/mysql/company/x.csv")
    result = local("plan", "spec.yaml")
    assert (result.code, result.err.splitlines()[0]) == (
        1,
        "error: seed/mysql/company/x.csv is not a regular file [bad-seed]",
    )
