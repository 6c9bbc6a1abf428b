"""Finds the YAML files of the paths on a command line, and reads their bytes."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from applier.diagnostics import Diagnostic, Place, diagnose
from applier.spec.documents.folders import FolderReader, Skipped
from applier.spec.documents.problems import not_a_file, unreadable
from applier.spec.documents.streams import STDIN, is_stdin, is_stream, read_pipe, read_stream
from applier.system import is_missing, path_text, printable_path

LARGEST_FILE = 20 * 1024 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class File:
    """A file to read, the name to show for it, and the folder that it belongs to."""

    path: Path
    name: str
    project: Path


@dataclass(slots=True)
class FoundFiles:
    """What the paths of a command line lead to: files to read, what is not read in their folders, what is wrong."""

    files: list[File] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)


def find(paths: Sequence[str | PathLike[str]], excluded: Sequence[str | PathLike[str]] = ()) -> FoundFiles:
    """Return the YAML files of files and folders (recursive, without hidden ones), each once, in a constant order.

    Files that are `excluded` are not among them, even if a path leads to them.
    """
    found = FoundFiles()
    if any(map(is_stdin, paths)) and any(map(is_stdin, excluded)):
        found.problems.append(_given_twice())
    others = {os.path.realpath(one) for one in excluded if not is_stream(one)}
    files: dict[Path, File] = {}
    for path in map(Path, paths):
        one = _find(path)
        for file in one.files:
            if str(file.path) not in others:
                files.setdefault(file.path, file)
        found.skipped += one.skipped
        found.problems += one.problems
    found.files = list(files.values())
    known = others.union(map(str, files))
    found.skipped = [one for one in found.skipped if one.path is None or one.path not in known]
    return found


def content(path: Path, name: str, given: bytes | None = None) -> tuple[bytes | None, list[Diagnostic]]:
    """Return the UTF-8 bytes of a file without byte order mark, or why they cannot be read; `given` count instead."""
    data, problems = raw_content(path, name) if given is None else (given, [])
    return None if data is None else data.removeprefix(BYTE_ORDER_MARK), problems


def raw_content(path: Path, name: str) -> tuple[bytes | None, list[Diagnostic]]:
    """Return the UTF-8 bytes of a file with its byte order mark, or why they cannot be read."""
    try:
        data = read_stream(path, LARGEST_FILE) if is_stream(path) else read_pipe(path, LARGEST_FILE)
    except OSError as error:
        return None, [_missing(name, error)]
    if len(data) > LARGEST_FILE:
        return None, [_too_large(name)]
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        mark = len(data) - len(data.removeprefix(BYTE_ORDER_MARK))
        return None, [_not_utf8(name, data[mark:], error.start - mark)]
    return data, []


def _find(path: Path) -> FoundFiles:
    if is_stdin(path):
        return FoundFiles([File(Path("-"), STDIN, Path.cwd())])
    try:
        mode = path.stat().st_mode
        real = path.resolve()
    except (OSError, ValueError, RuntimeError) as error:
        return FoundFiles(problems=[_missing(path_text(path), error)])
    if stat.S_ISFIFO(mode) and is_stream(path):
        return FoundFiles([File(path, path_text(path), Path.cwd())])
    if stat.S_ISDIR(mode):
        reader = FolderReader.read(path)
        files = [File(Path(one.path), one.name, Path(one.project)) for one in reader.files]
        empty = [] if files or reader.problems else [_no_files(path_text(path))]
        return FoundFiles(files, reader.skipped, [*reader.problems, *empty])
    if not stat.S_ISREG(mode):
        return FoundFiles(problems=[not_a_file(path_text(path))])
    return FoundFiles([File(real, path_text(path), real.parent)])


def _missing(name: str, error: Exception) -> Diagnostic:
    if isinstance(error, OSError) and not is_missing(error):
        return unreadable(name, error)
    return diagnose(
        "file-not-found",
        f'File or folder "{printable_path(name)}" not found.',
        hint="check the path; it is relative to the current folder",
    )


def _given_twice() -> Diagnostic:
    return diagnose(
        "stream-twice",
        "The standard input is given as a spec and as a file of variables.",
        hint="give one of them as a file",
    )


def _no_files(name: str) -> Diagnostic:
    return diagnose(
        "no-spec-files",
        f'No YAML files in "{printable_path(name)}".',
        hint="files end in .yaml or .yml, but not in .vars.yaml or .vars.yml; hidden ones are skipped",
    )


def _too_large(name: str) -> Diagnostic:
    return diagnose(
        "file-too-large",
        f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB.",
        Place(name),
        "split it into several files; all files of a folder are read together",
    )


def _not_utf8(name: str, data: bytes, position: int) -> Diagnostic:
    before = data[:position]
    line_start = before.rfind(b"\n") + 1
    return diagnose(
        "not-utf8",
        "The file holds bytes that are not UTF-8 text.",
        Place(name, before.count(b"\n") + 1, len(before[line_start:].decode("utf-8", "replace")) + 1),
        "save the file in the encoding UTF-8",
    )
