"""What holds secrets is for its owner only, whatever the umask and whatever was there before. Windows has no modes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from applier import saving
from tests.system import WINDOWS, minimal_environment
from tests.workspace import EXAMPLE, ROOT, Sandbox, Workspace

pytestmark = pytest.mark.skipif(WINDOWS, reason="Windows has no modes")
SPEC = """\
version: 1
connections:
  Shop: {type: mysql, configuration: {hostname: h, account: me, passwd: "${env:PW}", dbname: d, port: 1}}
"""
SETTINGS = {"PW": "geh3im-pw", "APPLIER_SANDBOX": "1"}


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    """Return the modes of a folder and of everything in it."""
    paths = [folder, *sorted(folder.rglob("*"))]
    return {one.relative_to(folder.parent).as_posix(): oct(one.lstat().st_mode & 0o777) for one in paths}


def are_private(folder: Path) -> bool:
    """Return whether every folder is 0700 and every file 0600; the files of SQLite are among them."""
    found = modes(folder)
    expected = {name: "0o700" if (folder.parent / name).is_dir() else "0o600" for name in found}
    assert found == expected
    return any(name.endswith("sandbox.sqlite3") for name in found)


def test_the_folder_of_a_project_is_private(tmp_path: Path, umask: int) -> None:
    applier = Workspace(tmp_path, SETTINGS)
    applier.write("spec.yaml", SPEC)
    assert applier("apply", "--yes", "-q").code == 0
    assert are_private(tmp_path / ".applier")


def test_a_folder_that_was_open_is_closed(tmp_path: Path) -> None:
    applier = Workspace(tmp_path, SETTINGS)
    applier.write("spec.yaml", SPEC)
    assert applier("apply", "--yes", "-q").code == 0
    for one in (tmp_path / ".applier", *(tmp_path / ".applier").rglob("*")):
        one.chmod(0o777 if one.is_dir() else 0o666)
    assert applier("plan", "-q").code == 0
    assert are_private(tmp_path / ".applier")


def test_a_running_sandbox_has_no_open_file_either(tmp_path: Path, umask: int) -> None:
    """Those that SQLite keeps beside a database exist only while it is open."""
    with Sandbox.open(tmp_path / "data") as sandbox:
        sandbox.post("/api/connections", {"name": "A", "type": "csv", "configuration": {"url": "https://x.example"}})
        names = [name for name in modes(tmp_path / "data") if name.startswith("data/sandbox.sqlite3")]
        assert names == ["data/sandbox.sqlite3", "data/sandbox.sqlite3-shm", "data/sandbox.sqlite3-wal"]
        assert are_private(tmp_path / "data")


@pytest.mark.parametrize(
    "command", [("seed", str(EXAMPLE / "seed")), ("reset", "--yes"), ("authorize",)], ids=lambda one: one[0]
)
def test_every_command_of_the_sandbox_closes_its_folder(tmp_path: Path, umask: int, command: tuple[str, ...]) -> None:
    (tmp_path / ".applier").mkdir(mode=0o755)
    assert Workspace(tmp_path)("sandbox", *command).code == 0
    found = modes(tmp_path / ".applier")
    assert [name for name, mode in found.items() if mode not in ("0o700", "0o600")] == []
    assert len(found) > 1


def test_what_belongs_to_others_stays_open(tmp_path: Path) -> None:
    """A data folder can be a home or a project: only what is the sandbox's is closed."""
    applier = Workspace(tmp_path, {**SETTINGS, "APPLIER_SANDBOX_DATA": "."})
    applier.write("spec.yaml", SPEC)
    (tmp_path / "notes").mkdir(mode=0o755)
    before = modes(tmp_path)
    assert applier("apply", "spec.yaml", "--yes", "-q").code == 0
    after = modes(tmp_path)
    assert {name: mode for name, mode in after.items() if name in before} == before
    assert {mode for name, mode in after.items() if name not in before} == {"0o700", "0o600"}


def test_no_file_is_open_in_between(tmp_path: Path) -> None:
    """The files are made with their modes: a process that is stopped at any call of the system leaves none open."""
    script = """
import os, sys
from applier.cli import run
seen = []
def look(event, arguments):
    if event in ("open", "sqlite3.connect", "os.chmod", "os.mkdir", "os.rename"):
        for folder, folders, files in os.walk(".applier"):
            for one in (folder, *(os.path.join(folder, name) for name in files)):
                mode = os.stat(one).st_mode & 0o077 if os.path.exists(one) else 0
                if mode and one not in seen:
                    seen.append(one)
os.umask(0)
sys.addaudithook(look)
code = run(["apply", "spec.yaml", "--sandbox", "--yes", "-q"])
print(code, seen)
"""
    Workspace(tmp_path).write("spec.yaml", SPEC)
    environment = {**minimal_environment(), "PYTHONPATH": str(ROOT), "PW": "geh3im-pw"}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "0 []"


def test_a_private_spec_stays_private_while_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "spec.yaml"
    file.write_bytes(b"old")
    file.chmod(0o600)
    seen: list[int] = []
    replace = saving.replace_file

    def look(temporary: Path, target: Path) -> None:
        seen.append(temporary.stat().st_mode & 0o777)
        replace(temporary, target)

    monkeypatch.setattr(saving, "replace_file", look)
    saving.write_file(file, b"new")
    assert (seen, file.stat().st_mode & 0o777, file.read_bytes()) == ([0o600], 0o600, b"new")
