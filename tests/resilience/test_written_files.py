"""Every file that a command writes has its old content or its new one, whatever ends the process."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from applier import saving
from applier.saving import check_writable, overwrite_file, save, write_file, write_files
from tests.cli.test_apply import edit
from tests.resilience.projects import EXAMPLE_SPEC
from tests.system import (
    WINDOWS,
    minimal_environment,
    needs_links,
    needs_modes,
    needs_named_pipes,
    needs_permissions,
    needs_shell,
)
from tests.workspace import ROOT, Sandbox, Workspace

SPEC = "spec.yaml"
UNORDERED = "version: 1\nconnections:\n  A: {managed: false}\nmodels:\n  M:\n    identifier: id\n    connection: A\n"

KILLER = """
import contextlib, importlib, io, json, os, pathlib, pkgutil, signal, sys

import applier
from applier.cli import run

for one in pkgutil.walk_packages(applier.__path__, "applier."):  # once, and not in each of the processes
    if "sandbox" not in one.name and "__main__" not in one.name:
        importlib.import_module(one.name)

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
        timeout=600,
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
        assert applier("apply", SPEC, "--yes", APPLIER_LOCK_KEY="").code == 0
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
            assert name.endswith(("json", "lock"))
            assert list(json.loads(content))[:2] == list(json.loads(last[name]))[:2]


def files_of(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}


def test_no_file_is_changed_if_one_of_several_cannot_be_written(tmp_path: Path) -> None:
    write_file(tmp_path / "a", "old\n")
    with pytest.raises(FileNotFoundError):
        write_files({tmp_path / "a": "new\n", tmp_path / "none" / "b": "new\n"})
    with pytest.raises(IsADirectoryError):
        write_files({tmp_path / "a": "new\n", tmp_path: "new\n"})
    with pytest.raises(FileNotFoundError):
        check_writable(tmp_path / "none" / "b")
    check_writable(tmp_path / "c")
    assert files_of(tmp_path) == {"a": b"old\n"}
    save(tmp_path / "out", {"x/y": "1", "z": "2"})
    assert ((tmp_path / "out/x/y").read_bytes(), files_of(tmp_path / "out")) == (b"1", {"z": b"2"})


@needs_links
def test_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "other").mkdir()
    for name, target in (("a", "real/a"), ("b", "real/b")):
        (tmp_path / "other" / name).symlink_to(Path("..", target))
    (tmp_path / "loop").symlink_to("loop")
    write_file(tmp_path / "real/a", "old")
    for name in ("a", "b"):
        write_file(tmp_path / "other" / name, "new")
        assert (tmp_path / "other" / name).is_symlink()
    assert files_of(tmp_path / "real") == {"a": b"new", "b": b"new"}
    with pytest.raises(OSError, match="loop"):
        write_file(tmp_path / "loop", "new")


@needs_modes
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_a_file_keeps_its_rights(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "a"
    write_file(file, "old")
    file.chmod(mode)
    if os.geteuid() == 0:
        os.chown(file, 4711, 4712)
    before = file.stat()
    write_file(file, "new")
    after = file.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    write_file(file, "new", private=True)
    assert file.stat().st_mode & 0o777 == 0o600


@needs_permissions
def test_what_is_read_only_is_refused_and_a_closed_folder_is_not(tmp_path: Path) -> None:
    file = tmp_path / "a"
    write_file(file, "old")
    file.chmod(0o400)
    with pytest.raises(PermissionError):
        write_file(file, "new")
    file.chmod(0o600)
    tmp_path.chmod(0o500)
    write_file(file, "new")  # as nothing can be written beside it
    with pytest.raises(PermissionError):
        write_file(tmp_path / "b", "new")
    tmp_path.chmod(0o700)
    assert files_of(tmp_path) == {"a": b"new"}


@pytest.mark.parametrize("reason", [errno.EBUSY, errno.EXDEV])
def test_a_file_that_is_mounted_is_written_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int) -> None:
    """A container can have a single file from outside, which no other file can replace."""

    def refuse(path: Path, target: Path) -> None:
        raise OSError(reason, os.strerror(reason))

    write_file(tmp_path / "a", "old and longer")
    monkeypatch.setattr(Path, "replace", refuse)
    write_file(tmp_path / "a", "new")
    assert files_of(tmp_path) == {"a": b"new"}


def test_an_overwritten_file_is_restored_if_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_file(tmp_path / "a", "old")
    write, left = os.write, [1, 1]

    def fill(handle: int, data: bytes) -> int:
        if len(data) > 3 and not left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(handle, data[: left.pop()] if len(data) > 3 else data)

    monkeypatch.setattr(os, "write", fill)
    with pytest.raises(OSError, match="space"):
        overwrite_file(tmp_path / "a", "new and longer")
    assert files_of(tmp_path) == {"a": b"old"}


@needs_modes
def test_temporary_files_of_ended_processes_are_removed(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    host, other, now = saving._host(), "0" * 8, time.time()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as running:
        names = {
            f".a.{host}-{ended.pid}-{1:012x}.applier": now,
            f".a.{host}-{running.pid}-{2:012x}.applier": now,
            f".a.{host}-{os.getpid()}-{3:012x}.applier": now,  # of an earlier process with this number
            f".a.{other}-{ended.pid}-{4:012x}.applier": now,
            f".a.{other}-{ended.pid}-{5:012x}.applier": now - 2 * saving.LONGEST_WRITE,
            "a.applier": now - 2 * saving.LONGEST_WRITE,
        }
        for name, when in names.items():
            (tmp_path / name).write_bytes(b"half")
            os.utime(tmp_path / name, (when, when))
        write_file(tmp_path / "b", "new")
        kept = [name for number, name in enumerate(names) if number in (1, 3, 5)]
        assert sorted(files_of(tmp_path)) == sorted(["b", *kept])
        running.communicate(b"\n")


@needs_named_pipes
def test_a_pipe_is_read_to_its_end(applier: Workspace, sandbox: Sandbox) -> None:
    """It is opened once, when all is known: its reader would take an end in between for the end."""
    applier.write(SPEC, EXAMPLE_SPEC)
    os.mkfifo(applier.folder / "pipe")
    reader = subprocess.Popen(["cat", applier.folder / "pipe"], stdout=subprocess.PIPE)
    assert applier("apply", SPEC, "--yes", "-q", "--result", "pipe").code == 0
    out, _ = reader.communicate(timeout=30)
    assert [one["status"] for one in json.loads(out)["outcomes"]] == ["done"] * 4


@needs_shell
@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/fd/1"])
def test_a_result_on_stdout_stands_before_what_is_printed(applier: Workspace, sandbox: Sandbox, path: str) -> None:
    """Also if stdout is a file, which is not replaced: the shell goes on to write to it."""
    applier.write(SPEC, EXAMPLE_SPEC)
    with (applier.folder / "out").open("wb") as out:
        process = applier.start("apply", SPEC, "--yes", "-q", "--result", path, stdout=out)
        process.communicate(timeout=60)
    assert process.returncode == 0
    lines = applier.read("out").splitlines()
    start = lines.index("{")
    assert json.loads("\n".join(lines[start : lines.index("}", start) + 1]))["exit_code"] == 0
    assert lines[-1] == "Applied: 4 created."
