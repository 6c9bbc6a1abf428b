"""`applier fmt`, as a user sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from applier import system
from tests.workspace import Workspace


def test_fmt_writes_and_check_only_reports(tmp_path) -> None:
    applier = Workspace(tmp_path)
    file = applier.write("a.yaml", "models:\nversion: 1\n")
    applier.write("b.yaml", "version: 1\n")
    file.chmod(0o640)
    mode = file.stat().st_mode & 0o777  # Windows keeps one bit of it
    told = applier("fmt", "--check")
    assert (told.code, told.out, told.err) == (1, "a.yaml\n", "")
    assert file.read_text("utf-8") == "models:\nversion: 1\n"
    done = applier("fmt", "a.yaml", "b.yaml")
    assert (done.code, done.out) == (0, "a.yaml\n")
    assert (file.read_text("utf-8"), file.stat().st_mode & 0o777) == ("version: 1\nmodels:\n", mode)
    assert applier("fmt").out == ""
    assert applier("fmt", "--check").code == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.yaml", "b.yaml"]


def test_files_that_are_not_yaml(tmp_path) -> None:
    applier = Workspace(tmp_path)
    applier.write("a.yaml", "a: b: c\n")
    file = applier.write("b.yaml", "models:\nversion: 1\n")
    result = applier("fmt")
    assert (result.code, result.out) == (1, "b.yaml\n")
    assert "a.yaml:1:5: error: The file is not valid YAML" in result.err
    assert file.read_text("utf-8") == "version: 1\nmodels:\n"
    assert applier("fmt", "none.yaml").code == 1


def test_a_file_of_windows_stays_such_a_file(tmp_path: Path) -> None:
    applier = Workspace(tmp_path)
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfmodels:\r\nversion: 1")
    assert applier("fmt").code == 0
    assert (tmp_path / "a.yaml").read_bytes() == b"\xef\xbb\xbfversion: 1\r\nmodels:\r\n"
    assert applier("fmt", "--check").code == 0


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, where an editor may keep a file open."""

    def held(path: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(path))

    applier = Workspace(tmp_path)
    file = applier.write("a.yaml", "models:\nversion: 1\n")
    monkeypatch.setattr(system, "SYSTEM", "win32")
    monkeypatch.setattr(system, "PAUSE", 0)
    monkeypatch.setattr(Path, "replace", held)
    told = applier("fmt")
    assert (told.code, told.err.partition(":")[0]) == (1, "error")
    assert "Cannot write a.yaml: " in told.err
    assert file.read_text("utf-8") == "models:\nversion: 1\n"
    assert [one.name for one in tmp_path.iterdir()] == ["a.yaml"]
