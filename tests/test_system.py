"""What differs by system: each branch, chosen by naming the system."""

from __future__ import annotations

import errno
import io
import os
import re
import signal
import sys
import threading
import time
from concurrent.futures import Future
from pathlib import Path

import pytest

from applier import system
from applier.api import threads
from applier.cli import process, program, run, streams
from applier.kinds import load_spec
from applier.saving import write_file
from applier.spec.documents import read_file
from applier.spec.variables.given import Given
from tests.workspace import Workspace


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "SYSTEM", "win32")


@pytest.mark.parametrize("name", ["linux", "darwin"])
def test_paths_are_shown_as_they_are(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(system, "SYSTEM", name)
    assert system.path_text("a\\b/c") == "a\\b/c"  # a backslash is a letter like others
    assert system.quote_argument("a b") == "'a b'"


def test_paths_are_shown_with_slashes(windows: None) -> None:
    assert system.path_text("C:\\pipelines\\spec.yaml") == "C:/pipelines/spec.yaml"
    assert system.path_text(Path("a/b")) == "a/b"
    assert system.quote_argument("a b") == '"a b"'


def test_another_drive_has_no_way_from_here(windows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def across(path: object) -> str:
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr(os.path, "relpath", across)
    assert system.relative_text("D:\\types\\x.json") == "D:/types/x.json"


@pytest.mark.parametrize("path", ["/a", "C:/a", "C:\\a", "\\\\server\\share\\a"])
def test_absolute_paths_of_every_system(path: str) -> None:
    assert system.is_absolute(path)


@pytest.mark.parametrize("path", ["a", "./a", "../a", "C", "a:b"])
def test_paths_that_go_on_from_here(path: str) -> None:
    assert not system.is_absolute(path)


def test_the_signals_that_end_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        monkeypatch.setattr(signal, name, name, raising=False)
    monkeypatch.setattr(system, "SYSTEM", "darwin")
    assert system.ending_signals() == ["SIGTERM", "SIGHUP"]
    monkeypatch.setattr(system, "SYSTEM", "win32")
    assert system.ending_signals() == ["SIGTERM", "SIGBREAK"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (FileNotFoundError(errno.ENOENT, "The system cannot find the file specified"), "no such file or directory"),
        (PermissionError(errno.EACCES, "Access is denied"), "permission denied"),
        (OSError(errno.ENOSPC, "There is not enough space on the disk"), "no space left on device"),
        (OSError(9999, "Some words."), "some words"),
        (OSError(), "unknown reason"),
    ],
)
def test_reasons_are_the_same_words_everywhere(error: OSError, words: str) -> None:
    assert system.describe_os_error(error) == words


def test_a_name_that_no_file_can_have_is_a_file_that_is_missing(windows: None) -> None:
    assert system.is_missing(OSError(errno.EINVAL, "The filename, directory name, or volume label syntax is incorrect"))
    assert system.is_missing(FileNotFoundError())
    assert not system.is_missing(PermissionError(errno.EACCES, ""))


def test_a_pipe_that_nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "SYSTEM", "linux")
    assert system.is_reader_gone(BrokenPipeError())
    assert not system.is_reader_gone(OSError(errno.EINVAL, ""))
    monkeypatch.setattr(system, "SYSTEM", "win32")
    assert system.is_reader_gone(OSError(errno.EINVAL, ""))
    assert not system.is_reader_gone(OSError(errno.ENOSPC, ""))


def test_streams_that_are_no_console_write_utf8(windows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp1252", newline="\r\n")
    system.write_utf8(stream)
    stream.write("replace → append\n")
    stream.flush()
    assert raw.getvalue() == "replace → append\n".encode()
    console = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(system, "is_terminal", lambda stream: True)
    system.write_utf8(console)
    assert console.encoding == "cp1252"
    system.write_utf8(None)


def test_files_are_written_with_the_line_ends_of_their_text(tmp_path: Path) -> None:
    for text in ("a → b\nc\n", "a\r\nb", ""):
        write_file(tmp_path / "file", text)
        assert (tmp_path / "file").read_bytes() == text.encode("utf-8")


def test_files_are_written_in_one_place() -> None:
    """What Python itself writes as text has other line ends on Windows, and half of a file if it is killed."""
    package = Path(system.__file__).parent
    calls = re.compile(r"\.write_(text|bytes)\(|open\([^)\n]*\"[wax]b?\+?\"|O_(WRONLY|CREAT)|\bmkstemp|NamedTemporary")
    found = {
        f"{file.relative_to(package).as_posix()}: {line.strip()}"
        for file in package.rglob("*.py")
        for line in file.read_text("utf-8").splitlines()
        if calls.search(line) and file.name != "saving.py"
    }
    assert found == {
        # Copies of what git holds, in temporary folders.
        "cli/git_renames.py: (after / path).write_bytes((tree.top / path).read_bytes())",
        "cli/git_tree.py: place.write_bytes(content)",
        # The null device.
        "cli/streams.py: os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())",
        # Empty, until SQLite writes it.
        "sandbox/system.py: os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))",
    }


def test_the_null_device_is_no_terminal(windows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Null(io.StringIO):
        def isatty(self) -> bool:
            return True

    for answer in (True, False):
        monkeypatch.setattr(system, "_has_console", lambda stream, answer=answer: answer)
        assert system.is_terminal(Null()) is answer
    assert not system.is_terminal(io.StringIO())
    assert not system.is_terminal(None)


def test_a_file_that_somebody_reads_is_replaced_when_they_are_done(
    windows: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "new").write_text("new", "utf-8")
    (tmp_path / "old").write_text("old", "utf-8")
    replace, refusals, pauses = Path.replace, [1, 2], []

    def busy(path: Path, target: Path) -> None:
        if refusals:
            refusals.pop()
            raise PermissionError(errno.EACCES, "Access is denied")
        replace(path, target)

    monkeypatch.setattr(Path, "replace", busy)
    monkeypatch.setattr(time, "sleep", pauses.append)
    system.replace_file(tmp_path / "new", tmp_path / "old")
    assert ((tmp_path / "old").read_text("utf-8"), pauses) == ("new", [system.PAUSE] * 2)
    refusals[:] = range(system.TRIES)
    (tmp_path / "new").write_text("newer", "utf-8")
    with pytest.raises(PermissionError):
        system.replace_file(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old").read_text("utf-8") == "new"


@pytest.mark.parametrize(("name", "seconds"), [("linux", None), ("darwin", None), ("win32", system.SLICE)])
def test_the_main_thread_wakes_where_a_wait_is_deaf(
    monkeypatch: pytest.MonkeyPatch, name: str, seconds: float | None
) -> None:
    monkeypatch.setattr(system, "SYSTEM", name)
    asked: list[float | None] = []

    def ended(longest: float | None) -> bool:
        asked.append(longest)
        return len(asked) == 3

    system.wait_for(ended)
    assert asked == [seconds] * 3
    with threads.side_by_side(2) as pool:
        assert list(pool.map(lambda number: number * 2, [1, 2, 3])) == [2, 4, 6]
    failed: Future[int] = Future()
    failed.set_exception(ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        list(threads.wait_for_results([failed]))


def test_a_wait_that_is_given_up_ends() -> None:
    """What has ended before is yielded; what has not is as if it were interrupted."""
    asked: list[float | None] = []
    system.wait_for(lambda longest: bool(asked.append(longest)), lambda: len(asked) == 2)
    assert asked == [system.SLICE] * 2
    ended: Future[int] = Future()
    ended.set_result(1)
    abandoned = threading.Event()
    abandoned.set()
    results = threads.wait_for_results([ended, Future()], abandoned)
    assert next(results) == 1
    with pytest.raises(KeyboardInterrupt):
        next(results)


def test_streams_and_signals_of_a_process(windows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    monkeypatch.setattr(streams, "write_utf8", seen.append)
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    monkeypatch.setattr(process, "ending_signals", list)
    process.prepare_process()
    assert seen == [sys.stdout, sys.stderr]


def test_arguments_are_taken_as_they_were_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Click expands globs, `~` and `$NAME` in arguments that it takes from the process on Windows, in quotes, too."""
    taken: list[object] = []
    monkeypatch.setattr(program.cli, "main", lambda **given: taken.append(given["args"]))
    monkeypatch.setattr(sys, "argv", ["applier", "pull", "syncs/*", "--var", "pw=a$HOME"])
    assert run() == 0  # by its own name: the command `run` takes that of the package when it is loaded
    assert taken == [["pull", "syncs/*", "--var", "pw=a$HOME"]]


def test_variables_of_an_environment_that_knows_capitals_only(windows: None, tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text("version: 1\nvariables: {db-host: a, region: b}\nx-a: ${var:db-host}\n", "utf-8")
    assert load_spec([spec], {"APPLIER_VAR_DB-HOST": "c", "APPLIER_VAR_REGION": "d"}, Given())[1] == ()


def test_files_are_shown_with_slashes(windows: None, tmp_path: Path) -> None:
    (tmp_path / "a\\b.yaml").parent.mkdir(exist_ok=True)
    (tmp_path / "a\\b.yaml").write_text("- a\n", "utf-8")  # on Linux a name, which stands for a path of Windows
    assert read_file(tmp_path / "a\\b.yaml")[1][0].place.file.endswith("/a/b.yaml")


def test_folders_are_shown_with_slashes(windows: None, tmp_path: Path) -> None:
    """Of what was given with backslashes; on Linux they are letters of the name."""
    applier, seed = Workspace(tmp_path), tmp_path / "my\\files" / "seed/mysql/shop"
    seed.mkdir(parents=True)
    (seed / "orders.csv").write_text("id\n1\n", "utf-8")
    spec = "version: 1\nconnections: {HubSpot: {type: hubspot, managed: false}}\n"
    (tmp_path / "my\\files" / "spec.yaml").write_text(spec, "utf-8")
    planned = applier("plan", "my\\files", "--sandbox")
    assert planned.err.startswith("sandbox: loaded 1 table (1 row) from my/files/seed\n")
    (tmp_path / "my\\files" / "spec.yaml").unlink()
    added = applier("adopt", "connections/HubSpot", "--sandbox", "--file", "hubspot\\spec.yaml")
    assert added.err.startswith("added connections/HubSpot to hubspot/spec.yaml\n")
    assert "exported 1 object to 1 file in out/all\n" in applier("export", "--sandbox", "--out", "out\\all").err
    assert applier("sandbox", "reset", "--yes", "--data", "a\\b").out == "a/b is empty\n"


def test_a_backslash_in_a_spec_would_be_a_path_on_one_system_only(windows: None, tmp_path: Path) -> None:
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql/a.sql").write_text("SELECT 1", "utf-8")
    spec = tmp_path / "spec.yaml"
    model = (
        "version: 1\nconnections: {C: {managed: false}}\nmodels:\n  M: {connection: C, configuration: {query: '%s'}}\n"
    )
    spec.write_text(model % "${file:sql/a.sql}", "utf-8")
    assert load_spec([spec], {}, Given())[1] == ()
    spec.write_text(model % "${file:sql\\a.sql}", "utf-8")
    (only,) = load_spec([spec], {}, Given())[1]
    assert (only.code, only.detail, only.hint) == (
        "included-file",
        'The file "sql\\a.sql" has a backslash, which other systems do not understand.',
        'write "/" between folders',
    )
