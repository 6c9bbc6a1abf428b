"""Every file that a command writes has its old content or its new one, whatever ends the process."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from tests.cli.test_apply import edit
from tests.resilience.projects import EXAMPLE_SPEC
from tests.system import (
    WINDOWS,
    minimal_environment,
)
from tests.workspace import ROOT, Sandbox, Workspace

SPEC = "spec.yaml"
UNORDERED = "version: 1\nconnections:\n  A: {managed: false}\nmodels:\n  M:\n    identifier: id\n    connection: A\n"

KILLER = """
import contextlib, io, json, os, pathlib, signal, sys

from applier.cli import run

arguments, folder = json.loads(sys.argv[1]), os.getcwd()
before = {name: pathlib.Path(name).read_bytes() for name in json.loads(sys.argv[2])}


def ends(number):  # Whether the command came to its end before the call of the system with this number.
    left = [number]

    def counted(call, half=None):
        def patched(*given, **named):
            left[0] -= 1
            if left[0] == 0:
                if half:
                    half(*given)
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*given, **named)
        return patched

    process = os.fork()
    if process == 0:
        write = os.write
        os.write = counted(write, lambda handle, data: write(handle, data[: len(data) // 2]))
        for name in ("fsync", "fchmod", "replace", "ftruncate"):
            setattr(os, name, counted(getattr(os, name)))
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            run(arguments)
        os._exit(0)
    return os.waitpid(process, 0)[1] == 0


def files():
    found = (os.path.join(top, name) for top, _, names in os.walk(".") for name in names)
    return {os.path.relpath(one): pathlib.Path(one).read_bytes().decode() for one in found if ".applier/" not in one}


seen = []
for number in range(1, 100):
    for one in list(files()):
        if one not in before:
            os.unlink(one) if not one.endswith(".applier") else None
    for name, data in before.items():
        pathlib.Path(name).write_bytes(data)
    ended = ends(number)
    seen.append(files())
    if ended:
        break
print(json.dumps(seen))
"""


def run_killed(applier: Workspace, *arguments: str) -> tuple[list[dict[str, str]], dict[str, str]]:
    """Run a command and kill it at each call that writes; return the files after each kill, and after the last run."""
    before = [one.relative_to(applier.folder).as_posix() for one in applier.folder.rglob("*") if one.is_file()]
    before = [one for one in before if not one.startswith(".applier/")]
    environment = {**minimal_environment(), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", **applier.environment}
    done = subprocess.run(
        [sys.executable, "-c", KILLER, json.dumps(arguments), json.dumps(before)],
        cwd=applier.folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    *killed, last = json.loads(done.stdout)
    return killed, last


COMMANDS = {
    "fmt": ("fmt",),
    "pull": ("pull", "--path", SPEC),
    "adopt": ("adopt", "models/Other", "--file", SPEC),
    "export": ("export", "--out", ".", "--layout", "one", "--force", "--split-sql"),
    "plan": ("plan", SPEC, "--out", "plan.json", "--report", "junit=report.xml", "--report", "html=report.html"),
    "apply": ("apply", SPEC, "--yes", "--push-secrets", "--result", "result.json", "--report", "sarif=report.sarif"),
    "schema": ("schema", "--snapshot", SPEC),
    "types": ("schema", "--connection-types", "mysql", SPEC),
    "init": ("init",),
}
WRITTEN = {
    "fmt": [SPEC],
    "pull": [SPEC],
    "adopt": [SPEC],
    "export": [SPEC, ".env.example"],
    "plan": ["plan.json", "report.xml", "report.html"],
    "apply": ["result.json", "report.sarif", "applier.lock"],
    "schema": ["applier.schemas.json"],
    "types": ["connection_types/mysql.json"],
    "init": ["polytomic.yaml", "sql/active_customers.sql"],
}


@pytest.mark.extended
@pytest.mark.skipif(WINDOWS, reason="Windows has no fork")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_process_killed_at_any_write_leaves_whole_files(applier: Workspace, sandbox: Sandbox, command: str) -> None:
    """What such a process leaves besides is removed by the next one that writes."""
    applier = replace(applier, environment={**applier.environment, "APPLIER_LOCK_KEY": "0123456789abcdef"})
    applier.write(SPEC, UNORDERED if command == "fmt" else EXAMPLE_SPEC)
    if command != "fmt":
        assert applier("apply", SPEC, "--yes").code == 0
        model = sandbox.named("models", "Customer Model")
        sandbox.post(
            "/api/models", {"name": "Other", **{one: model[one] for one in ("connection_id", "configuration")}}
        )
        edit(sandbox, schedule={"frequency": "manual"})
    before = {name: applier.read(name) for name in WRITTEN[command] if (applier.folder / name).exists()}
    killed, last = run_killed(applier, *COMMANDS[command])
    assert [name for name in last if name.endswith(".applier")] == []
    assert len(killed) >= 3 * len(WRITTEN[command])  # written, flushed, moved
    assert any(name.endswith(".applier") for files in killed for name in files)
    for name in WRITTEN[command]:
        assert before.get(name) != last[name]
        found = {files.get(name) for files in killed} - {before.get(name), last[name]}
        for content in found:  # another one each time, with its date or a key of its own, but a whole one
            assert content is not None
            assert name.endswith("json")
            assert list(json.loads(content))[:2] == list(json.loads(last[name]))[:2]
